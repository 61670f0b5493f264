"""The request id: what every line of the log about one click carries, in the web and in the workers after it.

A request gets an id when it arrives (soho/config/identified.py); what it starts keeps that id in its row, and
whoever works on the row takes it up again. It is an opaque word, never a name, a prompt or a key.
"""

import os
import re

import structlog

MAX_REQUEST_ID = 64
_WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{7,63}", re.ASCII)


def new_request_id() -> str:
    """A new id: 32 hexadecimal digits."""
    return os.urandom(16).hex()


def sound(word: str) -> bool:
    """Whether a proxy's id may go into logs and rows as it is: 8 to 64 letters, digits, dots, colons, hyphens
    and underscores.
    """
    return _WORD.fullmatch(word) is not None


def request_id() -> str:
    """The id of the request that is being answered here; empty where nothing is (a command, a timer)."""
    found: str = structlog.contextvars.get_contextvars().get("request_id", "")
    return found

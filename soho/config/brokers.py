"""How long the lines to Redis or Valkey are waited on: for the cache, and for Celery's bell."""

import socket
from typing import Any

CONNECT_SECONDS = 3
# Whoever rings or asks the cache is a person's request; rows wait well without either.
ANSWER_SECONDS = 3

# A line that went dead without a word is found out within half a minute. A worker waits for its next ring
# without sending anything, and would otherwise never learn that nobody is there any more.
_KEEPALIVE = {"TCP_KEEPIDLE": 10, "TCP_KEEPINTVL": 5, "TCP_KEEPCNT": 3}


def cache_options(url: str) -> dict[str, Any]:
    """What redis-py is told about the cache's lines to `url`."""
    waits: dict[str, Any] = {"socket_timeout": ANSWER_SECONDS}
    if url.startswith("unix:"):
        return waits
    return waits | {"socket_connect_timeout": CONNECT_SECONDS, **_kept_alive()}


def transport_options() -> dict[str, Any]:
    """What kombu is told about the bell's lines; it leaves out by itself what a Unix socket has not."""
    return {
        "socket_timeout": ANSWER_SECONDS,
        "socket_connect_timeout": CONNECT_SECONDS,
        "max_retries": 1,
        **_kept_alive(),
    }


def _kept_alive() -> dict[str, Any]:
    # Not every system has all three.
    found = {getattr(socket, name): value for name, value in _KEEPALIVE.items() if hasattr(socket, name)}
    return {"socket_keepalive": True, "socket_keepalive_options": found}

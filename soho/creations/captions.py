"""What a caption says besides its words: #tags and @names, found by one parser for pages, API and search.

A tag is `#` and up to 50 letters, marks, digits or underscores of any script, one of them a letter. It is
known by its folded form, so that #Sunset and #SUNSET are one tag. A name is `@` and the shape of a username;
words that the site keeps for itself are no names. Neither begins inside a word, an address or an e-mail.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal

from soho.accounts.names import RESERVED

MAX_TAG = 50
MOST_TAGS = 30  # of one caption; what comes after is plain text

# Python's \w leaves out combining marks, without which Hindi or Thai words fall apart; and the joiners that
# Persian writes with. Variation selectors (U+FE00 to FE0F) only choose how an emoji looks.
_MARKS: Final = "".join(
    chr(point)
    for point in range(0x300, 0x10000)
    if unicodedata.category(chr(point)) in {"Mn", "Mc"} and not 0xFE00 <= point <= 0xFE0F
)
_WORD: Final = rf"\w{_MARKS}\u200c\u200d\u00b7"
# The last lookahead keeps a name whole: nothing is linked that goes on with a letter it cannot have.
_NAME: Final = r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,28}[A-Za-z0-9])(?![A-Za-z0-9@\u00c0-\u024f])"
_FOUND = re.compile(rf"(?<![{_WORD}&/#＃@])(?:[#＃](?P<tag>[{_WORD}]+)|@(?P<name>{_NAME}))")
_TAG = re.compile(rf"[{_WORD}]+").fullmatch


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a caption as it was written, and what it stands for: `target` is the folded tag or name."""

    kind: Literal["text", "tag", "name"]
    text: str
    target: str = ""


def parts(caption: str) -> list[Part]:
    """The caption in pieces, none of them empty; their texts joined are the caption again."""
    if "#" not in caption and "@" not in caption and "＃" not in caption:
        return [Part("text", caption)] if caption else []
    found, end = [], 0
    for start, part in _targets(caption):
        if start > end:
            found.append(Part("text", caption[end:start]))
        found.append(part)
        end = start + len(part.text)
    if end < len(caption):
        found.append(Part("text", caption[end:]))
    return found


def tags(caption: str) -> list[str]:
    """The tags of a caption, folded, each once, in its order."""
    # A page of the feed asks this of each caption, so: no pieces are made, and often nothing is looked for.
    if "#" not in caption and "＃" not in caption:
        return []
    folded = (fold(tag) for tag, _ in _FOUND.findall(caption) if tag)
    return list(dict.fromkeys(tag for tag in folded if tag))[:MOST_TAGS]


def mentions(caption: str) -> list[str]:
    """The names that a caption calls, in lower case, each once, in its order. Not every one is a person."""
    if "@" not in caption:
        return []
    names = (_called(name) for _, name in _FOUND.findall(caption) if name)
    return list(dict.fromkeys(name for name in names if name))


@lru_cache(maxsize=4096)
def fold(tag: str) -> str | None:
    """What a tag (without its #) is known by: NFKC, case folded. None for what is no tag."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", tag).casefold())
    if not _TAG(folded) or len(folded) > MAX_TAG or not any(sign.isalpha() for sign in folded):
        return None
    return folded


def _targets(caption: str) -> Iterator[tuple[int, Part]]:
    seen: set[str] = set()
    for match in _FOUND.finditer(caption):
        if match["name"]:
            if name := _called(match["name"]):
                yield match.start(), Part("name", match[0], name)
        elif tag := fold(match["tag"]):
            seen.add(tag)
            if len(seen) <= MOST_TAGS:
                yield match.start(), Part("tag", match[0], tag)


def _called(name: str) -> str | None:
    name = name.lower()
    return None if name.replace("_", "-") in RESERVED else name

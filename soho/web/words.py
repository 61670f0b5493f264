"""Figures in the words of a page: times, counts, lengths, shapes."""

import zlib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from soho.syndication.words import title_of as title_of

# The shapes that the style sheets know (css/media.css), as width : height.
SHAPES = {
    "9-16": 9 / 16,
    "2-3": 2 / 3,
    "3-4": 3 / 4,
    "4-5": 4 / 5,
    "1-1": 1.0,
    "5-4": 5 / 4,
    "4-3": 4 / 3,
    "3-2": 3 / 2,
    "16-9": 16 / 9,
    "21-9": 21 / 9,
}


def moment(value: str | datetime) -> datetime:
    """An RFC 3339 text as an aware time; a time is passed through."""
    return value if isinstance(value, datetime) else datetime.fromisoformat(value)


def ago(value: str | datetime, now: datetime | None = None) -> str:
    """How long since, in the shortest words: "now", "4 min", "3 h", "6 d", then the date."""
    then, now = moment(value), now or datetime.now(UTC)
    seconds = (now - then).total_seconds()
    if seconds < 60:
        return "now"
    if seconds < 3600:
        return f"{int(seconds // 60)} min"
    if seconds < 86_400:
        return f"{int(seconds // 3600)} h"
    if seconds < 7 * 86_400:
        return f"{int(seconds // 86_400)} d"
    return day(then) if then.year == now.year else f"{day(then)} {then.year}"


def day(value: str | datetime) -> str:
    """The day and month, as "3 May"."""
    then = moment(value)
    return f"{then.day} {then:%b}"


def when(value: str | datetime, now: datetime | None = None) -> str:
    """A moment to come, as "3 May, 14:00 UTC"; with the year when it is another one."""
    then, now = moment(value).astimezone(UTC), now or datetime.now(UTC)
    year = "" if then.year == now.year else f" {then.year}"
    return f"{day(then)}{year}, {then:%H:%M} UTC"


def minute(value: str | datetime) -> str:
    """A moment in UTC as <input type="datetime-local"> takes it: 2026-05-03T14:00."""
    return f"{moment(value).astimezone(UTC):%Y-%m-%dT%H:%M}"


def count(number: int) -> str:
    """A count that fits beside an icon: 940, 1.2K, 48K, 3.1M."""
    for size, letter in ((1_000_000, "M"), (1_000, "K")):
        if number >= size:
            scaled = number / size
            # Cut, not rounded: 999,999 is not yet a million.
            return (
                f"{int(scaled * 10) / 10:.1f}".removesuffix(".0") + letter
                if scaled < 10
                else f"{int(scaled)}{letter}"
            )
    return str(number)


def clock(seconds: float | None) -> str:
    """A length as on a player: 0:08, 1:04."""
    whole = max(1, round(seconds or 0))
    return f"{whole // 60}:{whole % 60:02d}"


def eta(seconds: int | None, between: Sequence[int] | None = None) -> str:
    """What is likely left, rounded as far as one can honestly tell; empty when nothing can be said.

    `between` are the least and the most seconds, where both can be told (js/words.js says the same).
    """
    if between:
        return _eta_range(*between)
    if seconds is None:
        return ""
    if seconds < 5:
        return "a few seconds left"
    if seconds < 60:
        return f"about {max(5, round(seconds / 5) * 5)} s left"
    return f"about {max(1, round(seconds / 60))} min left"


def span(seconds: float) -> str:
    """A length of time as one says it: "5 s", "40 s", "2 min"."""
    if seconds < 10:
        return f"{max(1, round(seconds))} s"
    if seconds < 90:
        return f"{round(seconds / 5) * 5} s"
    return f"{round(seconds / 60)} min"


def usually(median: float, p90: float) -> str:
    """What a wait is like, of its median and the time that nine in ten take no longer than."""
    middle, long = span(median), span(p90)
    return f"Usually {middle}" if middle == long else f"Usually {middle}, seldom over {long}"


def _eta_range(least: int, most: int) -> str:
    if most < 5:
        return "a few seconds left"
    unit, step, word = (5, 5, "s") if most < 90 else (60, 1, "min")
    first, last = least // unit * step, -(-most // unit) * step
    if first == 0:
        return f"up to {last} {word} left"
    return f"about {last} {word} left" if first == last else f"{first}–{last} {word} left"


def percent(fraction: float | None) -> int:
    """A fraction of 0..1 in whole percent, never above 99 before it is done."""
    return min(99, int((fraction or 0) * 100))


def tokens(number: int) -> str:
    """ "1 token", "10 tokens"."""
    return f"{number:,} token" if number == 1 else f"{number:,} tokens"


def shape(creation: Mapping[str, Any]) -> str:
    """The nearest known shape: of the pixels that were made or, before that, of the ratio asked for."""
    width, height = creation.get("width"), creation.get("height")
    if not (width and height):
        try:
            width, height = (float(part) for part in (creation.get("aspectRatio") or "9:16").split(":"))
        except ValueError:
            return "9-16"
    return _nearest_shape(width / height if height else 9 / 16)


@lru_cache(maxsize=1024)
def _nearest_shape(ratio: float) -> str:
    # Kept, because every card asks three times and there are few ratios.
    return min(SHAPES, key=lambda name: abs(SHAPES[name] - ratio))


def hue(name: str) -> int:
    """One of twelve hues, always the same for a name."""
    return zlib.crc32(name.encode()) % 12

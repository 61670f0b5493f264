"""Server-sent events as bytes, and the ids that say how far a reader has come.

An id is a cursor (soho/cursors.py) of a moment or a place in the feed, not a count: any process of a fleet
can go on from an id that another one sent, and so can one that was started since.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, TypeAlias
from uuid import UUID

import orjson

from soho import cursors

HEARTBEAT = b": still here\n\n"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

# Where a post stands in the feed: when it was published, in whole milliseconds as the API tells it, and its
# id.
Place: TypeAlias = tuple[datetime, UUID]
NOWHERE: Place = (_EPOCH, UUID(int=0))  # before every post


@dataclass(frozen=True, slots=True)
class Letter:
    """One event as it goes over the wire, and the moment of the database's clock that it tells of."""

    at: datetime
    frame: bytes


def letter(name: str, data: Any, at: datetime, *, place: Place | None = None) -> Letter:
    """The event `name` with `data` as JSON. Its id is `at`, or a `place` in the feed."""
    identity = cursors.encode(*place) if place else cursors.encode(at)
    # orjson writes one line, so one `data:` field carries it all.
    return Letter(
        at, b"id: %b\nevent: %b\ndata: %b\n\n" % (identity.encode(), name.encode(), orjson.dumps(data))
    )


def opening(retry_milliseconds: int) -> bytes:
    """The first words of a stream: how long to wait before coming back when it ends."""
    return b"retry: %d\n\n" % retry_milliseconds


def moment_of(identity: str | None) -> datetime | None:
    """The moment an id stands for; None for anything that is not such an id, which begins anew."""
    try:
        return cursors.decode(identity, datetime)[0] if identity else None
    except cursors.BadCursor:
        return None


def place_of(identity: str | None) -> Place | None:
    """The place in the feed an id stands for; None for anything else."""
    try:
        found = cursors.decode(identity, datetime, UUID) if identity else None
    except cursors.BadCursor:
        return None
    return (found[0], found[1]) if found else None


def place(published: datetime, post: UUID) -> Place:
    """The place of a post, to the millisecond, which is all that a page knows of it."""
    return published.replace(microsecond=published.microsecond // 1000 * 1000), post


def first_id_at(moment: datetime) -> UUID:
    """The smallest UUIDv7 that could have been made at `moment`."""
    return UUID(int=max(0, (moment - _EPOCH) // timedelta(milliseconds=1)) << 80)

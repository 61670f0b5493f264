"""Identifiers: opaque to readers, sortable by the time they were made."""

from datetime import UTC, datetime
from uuid import UUID

from uuid_utils.compat import uuid7


def new_id() -> UUID:
    """A UUIDv7 (RFC 9562, section 5.7): 48 bits of milliseconds, then 74 random bits."""
    return uuid7()


def first_at(moment: datetime) -> UUID:
    """The least identifier that `new_id` could have made at `moment` (aware), to the millisecond.

    What was made since then is a range of the primary key: a window in time needs no index of its own.
    """
    return UUID(int=int(moment.timestamp() * 1000) << 80)


def made_at(identifier: UUID) -> datetime:
    """When an identifier of `new_id` was made, to the millisecond."""
    return datetime.fromtimestamp((identifier.int >> 80) / 1000, UTC)

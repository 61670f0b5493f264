"""Cursors: where a page ended, as opaque text that a client hands back to get the next one.

A cursor holds the sort key of the last row of a page, not an offset, so it stays right while rows come and
go. Its text is base64url (RFC 4648, section 5) without padding: 32 characters for a time and an id.
"""

import struct
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import UTC, datetime, timedelta
from typing import Any, TypeAlias
from uuid import UUID

CursorValue: TypeAlias = datetime | UUID | int

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_SIZES: dict[type, int] = {datetime: 8, UUID: 16, int: 8}


class BadCursor(ValueError):
    """A text that was not handed out here as a cursor."""

    def __init__(self) -> None:
        super().__init__("This cursor was not handed out here. Begin again without one.")


def encode(*values: CursorValue) -> str:
    """The cursor that stands for `values`: aware times (to the microsecond), UUIDs, integers of 64 bits."""
    return urlsafe_b64encode(b"".join(map(_pack, values))).rstrip(b"=").decode()


def decode(text: str, *kinds: type[CursorValue]) -> tuple[Any, ...]:
    """The values of `kinds` that `encode` made `text` from; times come back in UTC.

    Raises BadCursor for anything that `encode` cannot have made from values of these kinds.
    """
    size = sum(_SIZES[kind] for kind in kinds)
    # Checked before decoding, so that a request cannot make us work through a long text.
    if len(text) != -(-size * 4 // 3):
        raise BadCursor
    try:
        data = urlsafe_b64decode(text + "=" * (-len(text) % 4))
        # Python's decoder skips what is not base64 and ignores spare bits; only the text we write may pass.
        if len(data) != size or urlsafe_b64encode(data).rstrip(b"=").decode() != text:
            raise BadCursor
        values, start = [], 0
        for kind in kinds:
            values.append(_unpack(kind, data[start : start + _SIZES[kind]]))
            start += _SIZES[kind]
    except (ValueError, OverflowError) as error:
        raise BadCursor from error
    return tuple(values)


def _pack(value: CursorValue) -> bytes:
    if isinstance(value, UUID):
        return value.bytes
    return struct.pack(">q", (value - _EPOCH) // _MICROSECOND if isinstance(value, datetime) else value)


def _unpack(kind: type[CursorValue], data: bytes) -> CursorValue:
    if kind is UUID:
        return UUID(bytes=data)
    number: int = struct.unpack(">q", data)[0]
    return _EPOCH + timedelta(microseconds=number) if kind is datetime else number

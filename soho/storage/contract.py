"""What a storage promises, whoever keeps the objects. One test suite holds every implementation to it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

CHUNK_BYTES = 128 * 1024


class StorageError(Exception):
    """The storage cannot do what was asked;

    one sentence for an operator, naming `variable` where one is at fault.
    """

    def __init__(self, message: str, *, variable: str | None = None) -> None:
        super().__init__(message)
        self.variable = variable


class ObjectMissingError(StorageError):
    """There is no object of that name."""

    def __init__(self, key: str) -> None:
        super().__init__(f"There is no object {key!r}.")
        self.key = key


@dataclass(frozen=True, slots=True)
class ObjectStat:
    """What is known of an object without reading it.

    `size` in bytes; `etag` without quotes, another one whenever the content is another; `modified` in UTC,
    aware.
    """

    key: str
    size: int
    etag: str
    content_type: str
    modified: datetime


class Storage(Protocol):
    """Objects by name. Safe to share between threads; names are checked by `keys.check_key` in every method.

    Each method raises `keys.InvalidKeyError` for a name that no object can have, and `StorageError` when the
    storage does not answer.
    """

    def put(self, key: str, path: Path, content_type: str) -> None:
        """Store the file `path` as `key`, in place of what was there. Readers see the old object or the new,
        whole.

        `content_type` must be the one of `key`'s suffix, else `ValueError`.
        """

    def open(self, key: str, start: int = 0, length: int | None = None) -> Iterator[bytes]:
        """Yield the object's bytes in chunks, from byte `start`, at most `length` of them (None: to the end).

        Raises `ObjectMissingError` at the call, not at the first chunk. A start past the end yields nothing.
        """

    def stat(self, key: str) -> ObjectStat | None:
        """Return what is known of the object, or None if there is none."""

    def delete(self, keys: Iterable[str]) -> None:
        """Remove the objects of these names. A name without an object is fine, so doing it twice is too."""

    def keys(self, prefix: str = "") -> Iterator[ObjectStat]:
        """Yield all objects whose name begins with `prefix`, in no promised order, without loading all at
        once.
        """

    def signed_url(self, key: str, seconds: int) -> str | None:
        """Return an address that reads the object for `seconds`, or None if only this site can serve it."""

    def public_url(self, key: str) -> str | None:
        """Return the lasting public address of the object, or None if there is no public place."""

    def create(self) -> None:
        """Make the place where objects live, if it is not there yet: the folder, or the bucket."""

    def check(self) -> None:
        """Write, read and remove a small object. Raises `StorageError` naming the variable to mend."""

"""Uploading what belongs together, side by side: all of it or none of it."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

from soho.storage.contract import Storage, StorageError

_AT_ONCE = 8


def put_many(storage: Storage, objects: Sequence[tuple[str, Path, str]]) -> None:
    """Store every `(key, path, content type)`, side by side.

    If one fails, the others are waited for, all of the keys are removed again, and the first error comes out.
    So the keys must be new ones: what stood under them before is gone then too.
    """
    if not objects:
        return
    with ThreadPoolExecutor(min(_AT_ONCE, len(objects)), thread_name_prefix="put") as pool:
        puts = [pool.submit(storage.put, *each) for each in objects]
    errors = [error for put in puts if (error := put.exception()) is not None]
    if errors:
        with suppress(
            StorageError, ValueError
        ):  # the sweep finds what this leaves; the first error is the one to tell
            storage.delete([key for key, _, _ in objects])
        raise errors[0]

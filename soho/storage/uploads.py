"""Uploading what belongs together, side by side."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from soho.storage.contract import Storage

_AT_ONCE = 8


def put_many(storage: Storage, objects: Sequence[tuple[str, Path, str]]) -> None:
    """Store every `(key, path, content type)`, side by side.

    If one fails, the others are waited for and the first error comes out. What was stored by then stays:
    another worker may have stored the same keys meanwhile, and only the owner of the rows knows what may go
    (the sweep of orphans removes what nothing points to).
    """
    if not objects:
        return
    with ThreadPoolExecutor(min(_AT_ONCE, len(objects)), thread_name_prefix="put") as pool:
        puts = [pool.submit(storage.put, *each) for each in objects]
    errors = [error for put in puts if (error := put.exception()) is not None]
    if errors:
        raise errors[0]

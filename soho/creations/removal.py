"""Removing objects, and holding that back while somebody copies them.

A backup reads rows from one snapshot and then copies the objects they name; none of them may go meanwhile.
Whoever removes objects holds this lock shared for as long as it takes, a backup holds it alone. The lock is
PostgreSQL's and ends with its connection, so that a backup that was killed holds back nothing.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

_LOCK = 0x534F484F  # any number will do, as long as it is always the same


@contextmanager
def allowed() -> Iterator[bool]:
    """Whether objects may be removed inside the block; False while they are held back."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock_shared(%s)", [_LOCK])
        (may,) = cursor.fetchone()
        try:
            yield bool(may)
        finally:
            if may:
                cursor.execute("SELECT pg_advisory_unlock_shared(%s)", [_LOCK])


@contextmanager
def held_back() -> Iterator[None]:
    """Nothing is removed from the storage inside the block; waits for removals that are under way."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [_LOCK])
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [_LOCK])

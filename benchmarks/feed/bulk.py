"""Tables without indexes and foreign keys for as long as much is written to them.

An index that is built over all rows costs a fraction of one that is written to row by row. All come back as
they were: their definitions are PostgreSQL's own, and foreign keys are checked over every row as they return.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial

from django.db import connection, transaction

# Foreign keys of other tables too: they stand on the primary keys of these.
_FOREIGN = """
SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
WHERE contype = 'f' AND (conrelid = ANY (%s::regclass[]) OR confrelid = ANY (%s::regclass[])) ORDER BY conname
"""
# What takes longest comes first.
_INDEXES = """
SELECT i.indrelid::regclass::text, i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid),
    CASE c.contype WHEN 'p' THEN 'PRIMARY KEY' WHEN 'u' THEN 'UNIQUE' ELSE '' END
FROM pg_index AS i LEFT JOIN pg_constraint AS c ON c.conindid = i.indexrelid AND c.contype IN ('p', 'u')
WHERE i.indrelid = ANY (%s::regclass[]) AND NOT i.indexrelid::regclass::text = ANY (%s)
ORDER BY pg_get_indexdef(i.indexrelid) NOT LIKE '%% USING gin %%', 2
"""
_QUICKLY = (
    "SET LOCAL synchronous_commit = off",
    "SET LOCAL maintenance_work_mem = '768MB'",
    "SET LOCAL max_parallel_maintenance_workers = 1",
)


def statements(*given: str) -> None:
    """Runs them in one transaction that does not wait for the disk."""
    with transaction.atomic(), connection.cursor() as cursor:
        for one in (*_QUICKLY, *given):
            cursor.execute(one)


def side_by_side(work: Iterable[Callable[[], None]]) -> None:
    """Two at a time, each on a connection of its own. What one raises is raised here, when all have ended.

    One after another on this connection inside a transaction (of a test that takes it all back): others would
    see nothing of it.
    """
    if connection.in_atomic_block:
        for one in work:
            one()
        return

    def alone(one: Callable[[], None]) -> None:
        try:
            one()
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as threads:
        for ended in [threads.submit(alone, one) for one in work]:
            ended.result()


@contextmanager
def unindexed(tables: Sequence[str], keep: Sequence[str]) -> Iterator[None]:
    """`tables` without indexes, keys and foreign keys inside; with all of them after, however it ended.

    `keep` names indexes that stay, because nothing that is written goes into them.
    """
    with connection.cursor() as cursor:
        cursor.execute(_FOREIGN, [list(tables), list(tables)])
        foreign = cursor.fetchall()
        cursor.execute(_INDEXES, [list(tables), list(keep)])
        indexes = cursor.fetchall()
    statements(
        "SET CONSTRAINTS ALL IMMEDIATE",  # nothing may wait for its check when its table changes
        *(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"' for table, name, _ in foreign),
        *(
            f"ALTER TABLE {table} DROP CONSTRAINT {index}" if kind else f"DROP INDEX {index}"
            for table, index, _, kind in indexes
        ),
    )
    try:
        yield
    finally:
        side_by_side(partial(statements, definition) for _, _, definition, _ in indexes)
        statements(
            *(
                f"ALTER TABLE {table} ADD CONSTRAINT {index} {kind} USING INDEX {index}"
                for table, index, _, kind in indexes
                if kind
            ),
            *(f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {text}' for table, name, text in foreign),
        )

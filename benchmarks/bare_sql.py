"""One job's life as bare SQL: the statements that the product sends, sent again by psycopg and nothing else.

A life is recorded in this process from the product's own code, statement by statement with its parameters and
with BEGIN and COMMIT where they stood: the order (tokens held, row, event), and the work (claim, attempt,
what it notes, capture, draft). `python -m benchmarks.bare_sql FILE JOBS` is a process that replays it: all
orders first, as a backlog, then, on a line from standard input, the work of each, one after another, as fast
as PostgreSQL answers. Ids that were made during the recorded life are new ones in each replayed life.
"""

import itertools
import os
import pickle
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import Enum
from pathlib import Path
from typing import Any
from uuid import UUID

Statements = list[tuple[str, Any]]

_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")


def record(act: Callable[[], object]) -> Statements:
    """What `act` sends over this thread's connection."""
    from django.db import connection

    sent: Statements = []
    is_open = False

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        nonlocal is_open
        if connection.in_atomic_block and not is_open:
            sent.append(("BEGIN", None))
            is_open = True
        sent.extend((sql, plain(one)) for one in (params if many else [params]))
        return execute(sql, params, many, context)

    def closing(name: str) -> Callable[[], None]:
        end: Callable[[], None] = getattr(connection, name)

        def ended() -> None:
            nonlocal is_open
            if is_open:
                sent.append((name.upper(), None))
            is_open = False
            end()

        return ended

    with connection.execute_wrapper(note), _replaced(connection, "commit", closing("commit")):
        act()
    return sent


def plain(value: Any) -> Any:
    """`value` with choices as the words that they stand for, so that a process without models can read it."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, dict):
        return {key: plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(plain(one) for one in value)
    return value


@contextmanager
def _replaced(owner: Any, name: str, replacement: Any) -> Iterator[None]:
    setattr(owner, name, replacement)
    try:
        yield
    finally:
        delattr(owner, name)  # the class's own stands below


def made_since(began: float, statements: Statements) -> set[str]:
    """The ids (UUIDv7) in the statements' parameters that are younger than `began`, seconds since 1970."""
    found = set(_ID.findall(repr([params for _, params in statements])))
    return {one for one in found if int(one.replace("-", "")[:12], 16) >= int(began * 1000)}


def anew(value: Any, ids: dict[str, str]) -> Any:
    """`value` with the ids in it replaced, however deep they are."""
    if isinstance(value, UUID):
        return UUID(ids.get(str(value), str(value)))
    if isinstance(value, str):
        return _ID.sub(lambda found: ids.get(found[0], found[0]), value)
    if isinstance(value, dict):
        return {key: anew(one, ids) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(anew(one, ids) for one in value)
    return value


@contextmanager
def ready(files: list[Path], jobs: int) -> Iterator[Callable[[], float]]:
    """Processes with a backlog of so many jobs each, one for each recorded life.

    What it yields has all of them do the work at once, and answers the seconds until the last is done.
    """
    processes = [
        subprocess.Popen(
            [sys.executable, "-m", "benchmarks.bare_sql", str(file), str(jobs)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for file in files
    ]
    try:
        for one in processes:
            _line(one)
        yield lambda: _all_at_once(processes)
    finally:
        for one in processes:
            one.kill()
            one.wait(5)


def _all_at_once(processes: list["subprocess.Popen[str]"]) -> float:
    for one in processes:
        assert one.stdin
        one.stdin.write("go\n")
        one.stdin.flush()
    return max(float(_line(one)) for one in processes)


def _line(process: "subprocess.Popen[str]") -> str:
    assert process.stdout
    line = process.stdout.readline()
    if not line:
        raise RuntimeError("A process that replays SQL has ended early.")
    return line


def main() -> None:
    """Replays; see the module."""
    import psycopg

    from soho.ids import new_id

    life = pickle.loads(Path(sys.argv[1]).read_bytes())
    jobs = [{old: str(new_id()) for old in life["ids"]} for _ in range(int(sys.argv[2]))]
    lives = {
        part: [[(sql, anew(params, ids)) for sql, params in life[part]] for ids in jobs]
        for part in ("order", "work")
    }
    # As Django sends them: values written into the statement by the client.
    with psycopg.connect(
        os.environ["BENCH_DATABASE"], autocommit=True, cursor_factory=psycopg.ClientCursor
    ) as connection:
        cursor = connection.cursor()

        def replay(part: str) -> None:
            for sql, params in itertools.chain.from_iterable(lives[part]):
                cursor.execute(sql, params)
                if cursor.description:
                    cursor.fetchall()

        replay("order")
        print("ready", flush=True)
        sys.stdin.readline()
        began = time.perf_counter()
        replay("work")
        print(time.perf_counter() - began, flush=True)


if __name__ == "__main__":
    main()

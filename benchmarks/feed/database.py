"""The bare SQL of a page: what it costs PostgreSQL, and a client that does nothing else."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import psutil

from benchmarks.feed.filling import Filling
from benchmarks.feed.pages import before, depths
from benchmarks.feed.texts import COMMON_TAG, COMMON_WORD, MIDDLING_WORD, RARE_WORD
from benchmarks.serving import cpu_seconds


@dataclass
class Asked:
    """A page's query as the product sends it, how many blocks of tables and indexes it reads; its rounds."""

    sql: str
    values: Any
    blocks: int
    server: list[float] = field(default_factory=list)  # CPU milliseconds a page of PostgreSQL,
    client: list[float] = field(default_factory=list)  # and of the one who asks


def measure(filling: Filling, rounds: int, requests: int) -> dict[str, Asked]:
    """Every page's query in turn, `rounds` times over: by depth ("page 10") and by what `BESIDE` calls it."""
    import psycopg
    from django.conf import settings

    from soho.embedded import addresses

    asked = {name: _overheard(read) for name, read in _reads(filling).items()}
    with psycopg.connect(addresses.database_url(settings.SOHO_HOME), autocommit=True) as connection:
        backend = psutil.Process(connection.info.backend_pid)
        for _ in range(rounds):
            for one in asked.values():
                client, server = time.process_time(), cpu_seconds(backend)
                for _ in range(requests):
                    # Planned anew each time, as for the product.
                    connection.execute(one.sql, one.values, prepare=False, binary=True).fetchall()
                one.client.append((time.process_time() - client) / requests * 1000)
                one.server.append((cpu_seconds(backend) - server) / requests * 1000)
    return asked


def _reads(filling: Filling) -> dict[str, Callable[[], object]]:
    from soho.cursors import encode
    from soho.feed import queries, search

    reader = filling.reader

    def page(number: int) -> Callable[[], object]:
        cursor = encode(before(filling, number), UUID(int=0))
        return lambda: queries.explore(reader, cursor)

    def found(word: str) -> Callable[[], object]:
        return lambda: search.posts(search.read(word), reader)

    return {
        **{f"page {number}": page(number) for number in depths(filling.posts)},
        "profile": lambda: queries.profile("maker0", reader),
        "tag": lambda: queries.tagged(COMMON_TAG, reader),
        "search common": found(COMMON_WORD),
        "search middling": found(MIDDLING_WORD),
        "search rare": found(RARE_WORD),
        "top": lambda: queries.top(reader),
        "following": lambda: queries.followed(reader),
    }


def _overheard(read: Callable[[], object]) -> Asked:
    """The one query for posts that `read` sends."""
    import json

    from django.db import connection

    sent: list[tuple[str, Any]] = []

    def overhear(execute: Callable[..., Any], sql: str, values: Any, *rest: Any) -> Any:
        if sql.startswith("SELECT c.id"):
            sent.append((sql, values))
        return execute(sql, values, *rest)

    with connection.execute_wrapper(overhear):
        read()
    ((sql, values),) = sent
    with connection.cursor() as cursor:
        for _ in range(2):  # the second time, nothing is marked or fetched for the first
            cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS, TIMING OFF, FORMAT JSON) {sql}", values)
            (answer,) = cursor.fetchone()
    plan = (json.loads(answer) if isinstance(answer, str) else answer)[0]["Plan"]
    return Asked(sql, values, plan["Shared Hit Blocks"] + plan["Shared Read Blocks"])

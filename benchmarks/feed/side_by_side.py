"""The same pages among few and many posts, in the same minutes: each size has its own database and server."""

from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from benchmarks.feed.filling import Filling
from benchmarks.feed.pages import whatever_the_size
from benchmarks.serving import Subject, serving, take_turns


def keep(home: Path, posts: int) -> None:
    """Keeps the database as it is, with its statistics, under a name of its own; the other one grows on."""
    import psycopg
    from django.db import connection

    from soho.embedded import addresses

    connection.close()
    connection.close_pool()  # a database that somebody is connected to cannot be copied
    with psycopg.connect(addresses.database_url(home, database="postgres"), autocommit=True) as server:
        server.execute(f'CREATE DATABASE "{_name(posts)}" TEMPLATE soho STRATEGY FILE_COPY'.encode())


def measure(
    home: Path, filling: Filling, sizes: Sequence[int], *, rounds: int, requests: int
) -> dict[int, dict[str, Subject]]:
    """What is asked for whatever the size, by size. The largest is the database that grew."""
    from soho.embedded import addresses

    with ExitStack() as stack:
        found = {}
        for posts in sizes:
            database = "soho" if posts == sizes[-1] else _name(posts)
            url = addresses.database_url(home, database=database)
            product = stack.enter_context(serving("soho.config.wsgi:application", env={"DATABASE_URL": url}))
            found[posts] = whatever_the_size(product, filling, posts)
        # One page at all sizes before the next page: what disturbs one disturbs the others.
        in_turn = [subjects[key] for key in found[sizes[0]] for subjects in found.values()]
        take_turns(in_turn, rounds=rounds, requests=requests)
    return found


def _name(posts: int) -> str:
    return f"soho_{posts}"

"""What a page of the feed costs the web server, among a million posts.

python -m benchmarks feed [--posts 1000000]
"""

import argparse
import time
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from importlib import import_module
from statistics import median
from uuid import UUID

import psutil

from benchmarks.figures import Figure, paired_ratio, table
from benchmarks.ground import ground
from benchmarks.serving import Served, Subject, serving, take_turns

PAGE = 24
DEEP_PAGE = 10_000
ROUNDS = 5
REQUESTS = 400


def measure(posts: int) -> list[Figure]:
    """The figures, with servers started for the occasion."""
    with ground(), ExitStack() as stack:
        from benchmarks.posts import publish_many
        from soho.accounts.actions import create_user

        print(f"  writing {posts:,} posts ...", flush=True)
        reader = create_user("reader", "a long winter walk").pk
        publish_many(posts, reader)
        subjects = _subjects(stack, reader, posts)
        print("  asking ...", flush=True)
        take_turns(list(subjects.values()), rounds=ROUNDS, requests=REQUESTS)
        return [*_figures(subjects), *_database(reader, posts)]


def _deep(posts: int) -> datetime:
    """The time of the last post before page 10,000 (or before the last page of a smaller feed)."""
    from django.db import connection

    skipped = min((DEEP_PAGE - 1) * PAGE, posts - PAGE - 2)
    with connection.cursor() as cursor:
        cursor.execute("SELECT published_at FROM creations_creation WHERE seed = %s LIMIT 1", [skipped])
        (moment,) = cursor.fetchone()
    return moment


def _subjects(stack: ExitStack, reader: UUID, posts: int) -> dict[str, Subject]:
    from django.conf import settings

    from soho.cursors import encode
    from soho.embedded import addresses

    def served(target: str, interface: str = "wsgi", **env: str) -> Served:
        return stack.enter_context(serving(target, interface=interface, env=env))

    product = served("soho.config.wsgi:application")
    hello = served("benchmarks.bare:hello")
    empty = served("benchmarks.empty_django:application", DJANGO_SETTINGS_MODULE="benchmarks.empty_django")
    rival = served(
        "benchmarks.bare:starlette", "asgi", BENCH_DATABASE_URL=addresses.database_url(settings.SOHO_HOME)
    )
    deep, now = _deep(posts), datetime.now(UTC) + timedelta(days=1)
    signed_in = {"Cookie": f"{settings.SESSION_COOKIE_NAME}={_session(reader)}"}
    deeper = f"/api/feed?cursor={encode(deep, UUID(int=0))}"

    def bare(before: datetime) -> str:
        return f"/feed?reader={reader}&id={UUID(int=0)}&before={before.isoformat().replace('+00:00', 'Z')}"

    found = {
        "hello": Subject("bare WSGI hello", hello, "/", times=8),
        "empty": Subject("empty Django view", empty, "/", times=8),
        "rival 1": Subject("bare Starlette + asyncpg, page 1", rival, bare(now)),
        "rival deep": Subject("bare Starlette + asyncpg, page 10,000", rival, bare(deep)),
        "feed in 1": Subject("feed JSON signed in, page 1", product, "/api/feed", signed_in),
        "feed in deep": Subject("feed JSON signed in, page 10,000", product, deeper, signed_in),
        "feed out 1": Subject("feed JSON signed out, not cached, page 1", product, "/api/feed?limit=24"),
        "cached": Subject("feed JSON signed out, cached first page", product, "/api/feed", times=8),
    }
    found["html in"] = Subject("explore as HTML signed in, 24 posts", product, "/soho/explore", signed_in)
    found["html cached"] = Subject("explore as HTML, cached first page", product, "/soho/explore", times=8)
    return found


def _session(reader: UUID) -> str:
    """The cookie of somebody who signed in."""
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

    from soho.accounts.models import User

    user = User.objects.get(pk=reader)
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    return str(session.session_key)


def _figures(found: dict[str, Subject]) -> list[Figure]:
    def ratio(name: str, ours: str, theirs: str, target: float | None = None) -> Figure:
        value = paired_ratio(found[ours].rounds, found[theirs].rounds)
        return Figure(f"{found[ours].name} / {name}", value, "x", target)

    figures = [Figure(one.name, one.milliseconds, "ms CPU") for one in found.values()]
    figures += [
        ratio("bare Starlette + asyncpg", "feed in 1", "rival 1", 3.0),
        ratio("bare Starlette + asyncpg", "feed in deep", "rival deep", 3.0),
        ratio("bare Starlette + asyncpg", "feed out 1", "rival 1", 3.0),
        ratio("the same, page 1", "feed in deep", "feed in 1", 1.1),
        ratio("bare WSGI hello", "feed in 1", "hello"),
        ratio("empty Django view", "cached", "empty", 1.5),
    ]
    html = found["html in"]
    return [
        *figures,
        Figure(html.name, html.milliseconds, "ms CPU", 4.0),
        ratio("empty Django view", "html cached", "empty", 1.5),
    ]


def _database(reader: UUID, posts: int) -> list[Figure]:
    """The bare query by a client that does nothing else: what it costs that client, and PostgreSQL."""
    import psycopg
    from django.conf import settings

    from benchmarks.bare import FEED_SQL
    from soho.embedded import addresses

    sql = FEED_SQL.replace("$1", "%s").replace("$2", "%s").replace("$3", "%s")
    moments = {"page 1": datetime.now(UTC) + timedelta(days=1), "page 10,000": _deep(posts)}
    client: dict[str, list[float]] = {page: [] for page in moments}
    server: dict[str, list[float]] = {page: [] for page in moments}
    with psycopg.connect(addresses.database_url(settings.SOHO_HOME), autocommit=True) as connection:
        backend = psutil.Process(connection.info.backend_pid)
        for _ in range(ROUNDS):
            for page, moment in moments.items():
                before, theirs = time.process_time(), sum(backend.cpu_times()[:2])
                for _ in range(REQUESTS):
                    connection.execute(
                        sql, [reader, moment, UUID(int=0)], prepare=True, binary=True
                    ).fetchall()
                client[page].append((time.process_time() - before) / REQUESTS * 1000)
                server[page].append((sum(backend.cpu_times()[:2]) - theirs) / REQUESTS * 1000)
    return [
        Figure("bare query, in the client, page 1", median(client["page 1"]), "ms CPU"),
        *(Figure(f"bare query, in PostgreSQL, {page}", median(server[page]), "ms CPU") for page in moments),
    ]


def main(arguments: Sequence[str] | None = None) -> list[Figure]:
    """Measures and prints."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks feed")
    parser.add_argument("--posts", type=int, default=1_000_000)
    chosen = parser.parse_args(arguments)
    figures = measure(chosen.posts)
    print(table(f"Feed, {chosen.posts:,} posts, {PAGE} a page", figures))
    return figures


if __name__ == "__main__":
    main()

"""What is asked for: the pages, the servers that answer, and how deep a page lies."""

from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from functools import cache
from importlib import import_module
from urllib.parse import urlencode
from uuid import UUID

from benchmarks.feed.filling import Filling
from benchmarks.feed.texts import COMMON_TAG, COMMON_WORD, MIDDLING_WORD, RARE_WORD
from benchmarks.serving import Served, Subject, serving

PAGE = 24
DEPTHS = (1, 10, 100, 1_000, 10_000)
# Pages that cost other things than the feed does, by what they are called here.
BESIDE = {
    "profile": "the profile of who posted most",
    "tag": "a tag of every tenth post",
    "search common": "search, a word of every tenth post",
    "search middling": "search, a word of one post in 625",
    "search rare": "search, a word of one post in 10,000",
    "top": "top",
    "following": "Following, 200 people",
}


def depths(posts: int) -> list[int]:
    """The pages that are asked for among so many posts: those of DEPTHS, and the last full one."""
    last = posts // PAGE
    return [*(page for page in DEPTHS if page < last), last]


def before(filling: Filling, page: int) -> datetime:
    """The time of the last post before a page: where its cursor stands."""
    return filling.moment((page - 1) * PAGE)


def subjects(stack: ExitStack, filling: Filling) -> dict[str, Subject]:
    """Everything that is asked for at one size, on servers that run as long as `stack` lasts."""
    from django.conf import settings

    from soho.embedded import addresses

    def served(target: str, interface: str = "wsgi", **env: str) -> Served:
        return stack.enter_context(serving(target, interface=interface, env=env))

    product = served("soho.config.wsgi:application")
    hello = served("benchmarks.bare:hello")
    empty = served("benchmarks.empty_django:application", DJANGO_SETTINGS_MODULE="benchmarks.empty_django")
    rival = served(
        "benchmarks.bare:starlette", "asgi", BENCH_DATABASE_URL=addresses.database_url(settings.SOHO_HOME)
    )
    pages = depths(filling.posts)
    return {
        "hello": Subject("bare WSGI hello", hello, "/", times=8),
        "empty": Subject("empty Django view", empty, "/", times=8),
        "rival 1": Subject("bare Starlette + asyncpg, page 1", rival, _bare(filling, 1)),
        "rival last": Subject("bare Starlette + asyncpg, last page", rival, _bare(filling, pages[-1])),
        **_feed(product, filling, pages),
        **_beside(product, _signed_in(filling.reader)),
    }


def whatever_the_size(product: Served, filling: Filling, posts: int) -> dict[str, Subject]:
    """What is compared between sizes, on a server that reads a database of so many posts."""
    reader = _signed_in(filling.reader)
    return {
        "json in": Subject("feed JSON signed in", product, "/api/feed", reader),
        "json out": Subject("feed JSON signed out, not cached", product, f"/api/feed?limit={PAGE}"),
        "html in": Subject("explore as HTML signed in", product, "/soho/explore", reader),
        "json last": Subject(
            "feed JSON signed in, last page", product, _at("/api/feed", filling, depths(posts)[-1]), reader
        ),
        **_beside(product, reader),
    }


def _feed(product: Served, filling: Filling, pages: list[int]) -> dict[str, Subject]:
    reader = _signed_in(filling.reader)
    compressed = reader | {"Accept-Encoding": "gzip"}
    json, html = "/api/feed", "/soho/explore"
    # With a cursor although it is the first page: what differs between pages is then their depth alone.
    deep = {
        f"json in {page}": Subject(
            f"feed JSON signed in, page {page:,}", product, _at(json, filling, page), reader
        )
        for page in pages
    }
    last = pages[-1]
    return {
        "json in": Subject("feed JSON signed in", product, json, reader),
        "json in gzip": Subject("feed JSON signed in, compressed", product, json, compressed),
        **deep,
        "json out": Subject("feed JSON signed out, not cached", product, f"{json}?limit={PAGE}"),
        "json cached": Subject("feed JSON signed out, cached", product, json, times=8),
        "html in": Subject("explore as HTML signed in", product, html, reader),
        "html in gzip": Subject("explore as HTML signed in, compressed", product, html, compressed),
        "html in last": Subject(
            "explore as HTML signed in, last page", product, _at(html, filling, last), reader
        ),
        "html out": Subject("explore as HTML signed out, not cached", product, f"{html}?sort=new"),
        "html cached": Subject("explore as HTML signed out, cached", product, html, times=8),
        "html cached gzip": Subject(
            "explore as HTML signed out, cached, compressed",
            product,
            html,
            {"Accept-Encoding": "gzip"},
            times=8,
        ),
    }


def _beside(product: Served, reader: dict[str, str]) -> dict[str, Subject]:
    paths = {
        "profile": "/api/users/maker0/creations",
        "tag": f"/api/tags/{COMMON_TAG}/creations",
        "search common": f"/api/search?q={COMMON_WORD}",
        "search middling": f"/api/search?q={MIDDLING_WORD}",
        "search rare": f"/api/search?q={RARE_WORD}",
        "top": "/api/feed?sort=top",
        "following": "/api/feed/following",
    }
    return {key: Subject(f"{name}, JSON", product, paths[key], reader) for key, name in BESIDE.items()}


def _at(path: str, filling: Filling, page: int) -> str:
    from soho.cursors import encode

    # Later than any post: the first page, asked for in the words of every other.
    moment = before(filling, page) if page > 1 else datetime.now(UTC) + timedelta(days=1)
    return f"{path}?cursor={encode(moment, UUID(int=0))}"


def _bare(filling: Filling, page: int) -> str:
    moment = before(filling, page).isoformat().replace("+00:00", "Z")
    return "/feed?" + urlencode({"reader": filling.reader, "id": UUID(int=0), "before": moment})


@cache
def _signed_in(reader: UUID) -> dict[str, str]:
    """The cookie of somebody who signed in, once: a database that is kept knows the same one."""
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

    from soho.accounts.models import User

    user = User.objects.get(pk=reader)
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    return {"Cookie": f"{settings.SESSION_COOKIE_NAME}={session.session_key}"}

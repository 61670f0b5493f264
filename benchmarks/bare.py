"""The rivals: each the least code that does the same, without anything a product needs around it."""

import os
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
import orjson
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

# What the feed's own query selects (soho/feed/queries.py), in asyncpg's spelling of parameters.
FEED_SQL = """
SELECT id, media_type, prompt, caption, username, user_id, media_key, thumbnail_key,
    rendition_key, poster_key, placeholder, duration, width, height, aspect_ratio, seed, tokens, model,
    made_by, like_count, created_at, published_at, publish_at, comment_count, remix_of_id,
    (SELECT u.avatar FROM accounts_user AS u WHERE u.id = c.user_id) AS user__avatar,
    (SELECT true FROM feed_like AS l WHERE l.creation_id = c.id AND l.user_id = $1) IS NOT NULL AS liked
FROM creations_creation AS c
WHERE status = 'published' AND (published_at, id) < ($2, $3)
ORDER BY published_at DESC, id DESC LIMIT 25
"""


def hello(environ: dict[str, Any], start: Callable[[str, list[tuple[str, str]]], object]) -> Iterable[bytes]:
    """The smallest WSGI application."""
    start("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "5")])
    return [b"hello"]


@asynccontextmanager
async def _pool(app: Starlette) -> AsyncIterator[None]:
    app.state.pool = await asyncpg.create_pool(os.environ["BENCH_DATABASE_URL"], min_size=1, max_size=10)
    yield
    await app.state.pool.close()


async def _feed(request: Request) -> Response:
    ask = request.query_params
    rows = await request.app.state.pool.fetch(
        FEED_SQL, UUID(ask["reader"]), datetime.fromisoformat(ask["before"]), UUID(ask["id"])
    )
    return Response(
        orjson.dumps([dict(row) for row in rows[:24]], default=str), media_type="application/json"
    )


starlette = Starlette(routes=[Route("/feed", _feed)], lifespan=_pool)

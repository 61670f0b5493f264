"""Reading what is published, for those who read us elsewhere."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.core.cache import cache
from django.db import connection

from soho import cursors
from soho.creations.models import Creation

URLS = 5_000  # on a page of the sitemap, besides the one of the feed itself; the protocol allows 50,000
BEGINNING = (datetime(1970, 1, 1, tzinfo=UTC), UUID(int=0))
_STARTS = "sitemap:starts"
_STARTS_KEPT = 86_400  # seconds; then pages that shrank by deletions are cut anew

# Found in creations_feed, which is walked forwards here: what was published once stays on its page.
_FROM = "FROM creations_creation WHERE status = 'published' AND (published_at, id) >= (%s, %s)"
_NEXT = f"SELECT published_at, id {_FROM} ORDER BY published_at, id LIMIT 1 OFFSET %s"
_ENTRIES = (
    "SELECT id, username, media_type, left(caption, 2100), left(prompt, 2100), model, made_by, "
    f"media_key, thumbnail_key, poster_key, duration, published_at {_FROM} ORDER BY published_at, id LIMIT %s"
)


@dataclass(frozen=True, slots=True)
class File:
    """What an enclosure has to say of a post's media."""

    content_type: str
    size_bytes: int | None


@dataclass(frozen=True, slots=True)
class Entry:
    """A post on a page of the sitemap. `duration` in seconds; the keys name objects."""

    id: UUID
    username: str
    media_type: str
    caption: str
    prompt: str
    model: str
    made_by: str
    media_key: str
    thumbnail_key: str
    poster_key: str
    duration: float | None
    published_at: datetime


def files(creation_ids: Iterable[str]) -> dict[str, File]:
    """Type and size of the media of each of these creations, by its id. One query."""
    rows = Creation.objects.filter(pk__in=list(creation_ids)).values_list("pk", "content_type", "size_bytes")
    return {str(pk): File(content_type, size) for pk, content_type, size in rows}


def sitemap_starts() -> list[str]:
    """Where each page of the sitemap begins, as cursors, oldest first; there is always one.

    What was found is kept for a day and only added to: each new page costs one step along the index.
    """
    starts: list[str] = cache.get(_STARTS) or [cursors.encode(*BEGINNING)]
    known = len(starts)
    while (following := _after(starts[-1])) is not None:
        starts.append(following)
    if len(starts) > known or known == 1:
        cache.set(_STARTS, starts, _STARTS_KEPT)
    return starts


def sitemap_entries(start: str) -> list[Entry]:
    """The posts of the page that begins at the cursor `start`, oldest first. Raises BadCursor."""
    with connection.cursor() as cursor:
        cursor.execute(_ENTRIES, [*cursors.decode(start, datetime, UUID), URLS])
        return [Entry(*row) for row in cursor.fetchall()]


def _after(start: str) -> str | None:
    """The start of the page after the one that begins at `start`; None when that one is the last."""
    with connection.cursor() as cursor:
        cursor.execute(_NEXT, [*cursors.decode(start, datetime, UUID), URLS])
        row: tuple[Any, ...] | None = cursor.fetchone()
    return cursors.encode(*row) if row else None

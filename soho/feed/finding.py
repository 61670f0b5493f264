"""What posts are found by: the tags of a caption, and the words of caption, prompt, tags and name.

Both are rows beside the post, written in the transaction that publishes it and deleted in the one that takes
it back, so that they speak of published posts alone.
"""

import unicodedata
from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper

from soho.creations import captions, states
from soho.creations.models import Creation, Status

BATCH = 500

_TAG = """
    INSERT INTO feed_posttag (creation_id, tag, published_at)
    SELECT %s, tag, %s FROM unnest(%s::text[]) AS tag ON CONFLICT DO NOTHING
"""
# Stemmed for English, and as they are for every other language. Tags and the name, whole, are lexemes of
# their own with their sign: what was found by one parser is not left to another.
_WORDS = """
    INSERT INTO feed_searchentry (creation_id, published_at, words)
    VALUES (%s, %s, to_tsvector('english', %s) || to_tsvector('simple', %s) || array_to_tsvector(%s::text[]))
    ON CONFLICT (creation_id) DO UPDATE SET published_at = excluded.published_at, words = excluded.words
"""
_UNFILLED = """
    SELECT id, username, caption, prompt, published_at FROM creations_creation
    WHERE status = 'published' AND (published_at, id) > (%s, %s) ORDER BY published_at, id LIMIT %s
"""


def plain(text: str) -> str:
    """`text` without accents and case, as it is kept and looked up: "Über" is "uber"."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(sign for sign in apart if unicodedata.category(sign) != "Mn")


def remember(creation: Creation) -> None:
    """Makes a post that was just published findable."""
    assert creation.published_at is not None
    facts = (creation.pk, creation.username, creation.caption, creation.prompt, creation.published_at)
    _write([facts], connection)


def forget(creation_id: UUID) -> None:
    """Makes a post that is not published any more unfindable."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM feed_posttag WHERE creation_id = %s", [creation_id])
        cursor.execute("DELETE FROM feed_searchentry WHERE creation_id = %s", [creation_id])


def follow_the_feed(sender: Any, creation: Creation, arrow: states.Arrow, **_: Any) -> None:
    """Hears `soho.creations.signals.moved`."""
    if creation.status == Status.PUBLISHED:
        remember(creation)
    elif arrow is states.UNPUBLISH or (arrow is states.DELETE and creation.deleted_from == Status.PUBLISHED):
        forget(creation.pk)
    elif arrow is states.PURGE:
        # In one statement, where Django would first read them all to delete them one by one.
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM feed_comment WHERE creation_id = %s", [creation.pk])


def fill(on: BaseDatabaseWrapper) -> None:
    """Makes everything that is published findable. For migrations; doing it twice changes nothing."""
    last: tuple[Any, ...] = ("-infinity", UUID(int=0))
    while True:
        with on.cursor() as cursor:
            cursor.execute(_UNFILLED, [*last, BATCH])
            rows = cursor.fetchall()
        if not rows:
            return
        _write(rows, on)
        last = (rows[-1][4], rows[-1][0])


def _write(
    posts: Iterable[tuple[UUID, str, str, str, datetime]], on: BaseDatabaseWrapper | Any = connection
) -> None:
    with on.cursor() as cursor:
        for creation_id, username, caption, prompt, published_at in posts:
            tags = captions.tags(caption)
            if tags:
                cursor.execute(_TAG, [creation_id, published_at, tags])
            text = plain(f"{caption}\n{prompt}")
            exact = [f"@{username}", *(f"#{tag}" for tag in tags)]
            cursor.execute(_WORDS, [creation_id, published_at, text, text, exact])

"""What posts are found by: the tags of a caption, and the words of caption, prompt, tags and name.

Both are rows beside the post, written in the transaction that publishes it and deleted in the one that takes
it back, so that they speak of published posts alone.
"""

import unicodedata
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils import timezone

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
# A row of the same moment says that both kinds were written when the post went out. One of another moment is
# from before it was taken back and published anew by code that knew nothing of words.
_UNFOUND = """
    SELECT id, username, caption, prompt, published_at FROM creations_creation AS c
    WHERE status = 'published' AND published_at >= %s AND NOT EXISTS (
        SELECT 1 FROM feed_searchentry AS e WHERE e.creation_id = c.id AND e.published_at = c.published_at
    )
    ORDER BY published_at DESC, id DESC LIMIT %s FOR NO KEY UPDATE SKIP LOCKED
"""
_STALE = """
    SELECT c.id FROM creations_creation AS c JOIN feed_searchentry AS e ON e.creation_id = c.id
    WHERE c.status <> 'published' AND e.published_at >= %s
    ORDER BY c.id LIMIT %s FOR NO KEY UPDATE OF c SKIP LOCKED
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


def catch_up(since: timedelta | None = None) -> int:
    """Puts right what code of a version before this one left: posts that cannot be found, or not by what they
    now say, and words and tags of what is not published. Answers how many posts it wrote or took out.

    Of what was published `since` so long ago; None: of everything, in one pass over all posts. Safe beside
    the traffic and itself: a post that somebody has locked is left to the next time.
    """
    horizon: Any = "-infinity" if since is None else timezone.now() - since
    mended = 0
    steps: tuple[tuple[str, Callable[[list[Any]], None]], ...] = (
        (_UNFOUND, _write_anew),
        (_STALE, _forget_all),
    )
    for statement, mend in steps:
        while True:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(statement, [horizon, BATCH])
                rows = cursor.fetchall()
                mend(rows)
            mended += len(rows)
            if len(rows) < BATCH:
                break
    return mended


def _forget_all(posts: Iterable[tuple[Any, ...]]) -> None:
    for post in posts:
        forget(post[0])


def _write_anew(posts: list[tuple[UUID, str, str, str, datetime]]) -> None:
    _forget_all(posts)
    _write(posts)


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

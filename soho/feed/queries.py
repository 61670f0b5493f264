"""Reading the feed: everybody's posts, one person's posts, one post.

A page is one query. It walks a partial index backwards from the cursor (`(published_at, id) < (x, y)`, newest
first) and stops after `limit` rows, so the first page and the ten-thousandth cost the same, among a thousand
posts or ten million. Rows go straight to dicts: model instances cost more than everything else together
(docs/performance.md).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import psycopg
from django.db import connection
from psycopg.pq import Format

from soho import cursors
from soho.accounts.models import User
from soho.feed.shape import PUBLISHED_AT, SELECTED, post_json

PAGE_SIZE = 24

# A scalar subquery is looked up row by row in the unique index. EXISTS or a join would let the planner read
# all the likes that a person ever gave, to answer for one page.
_LIKED = "(SELECT true FROM feed_like AS l WHERE l.creation_id = c.id AND l.user_id = %s) IS NOT NULL"
_NOT_LIKED = "false"

# The partial indexes (creations_feed, creations_profile) are found by these very words.
_PUBLISHED = " FROM creations_creation AS c WHERE c.status = 'published'"
_BEFORE = " AND (c.published_at, c.id) < (%s, %s)"
_NEWEST_FIRST = " ORDER BY c.published_at DESC, c.id DESC LIMIT %s"
# A person is a range here, from X to X. With `= X` the planner, who does not know X yet, may rather walk the
# whole feed and pick their posts out, which takes long when they posted long ago or not at all; in this order
# only creations_profile lists posts.
_PERSON = "(SELECT u.id FROM accounts_user AS u WHERE u.username = %s)"
_THEIRS = f"{_PUBLISHED} AND c.user_id >= {_PERSON} AND c.user_id <= {_PERSON}"
_THEIRS_BEFORE = (
    f"{_PUBLISHED} AND c.user_id >= {_PERSON} AND (c.user_id, c.published_at, c.id) < ({_PERSON}, %s, %s)"
)
_THEIR_NEWEST_FIRST = " ORDER BY c.user_id DESC, c.published_at DESC, c.id DESC LIMIT %s"


@dataclass(frozen=True, slots=True)
class Page:
    """Posts, newest first, in the shape of `creation_json`, and the cursor of the next page, if any."""

    items: list[dict[str, Any]]
    next: str | None


def explore(viewer_id: UUID | None, cursor: str | None = None, limit: int = PAGE_SIZE) -> Page:
    """A page of everybody's posts as `viewer_id` sees them (None: signed out). Raises BadCursor."""
    before = _position(cursor)
    source = _PUBLISHED + (_BEFORE if before else "") + _NEWEST_FIRST
    return _page(_rows(source, [*before, limit + 1], viewer_id), limit)


def profile(username: str, viewer_id: UUID | None, cursor: str | None = None, limit: int = PAGE_SIZE) -> Page:
    """A page of one person's posts; empty when there is no such person. Raises BadCursor."""
    before = _position(cursor)
    if "\0" in username:  # PostgreSQL has no such text, so nobody has such a name
        return Page([], None)
    source = (_THEIRS_BEFORE if before else _THEIRS) + _THEIR_NEWEST_FIRST
    return _page(_rows(source, [username, username, *before, limit + 1], viewer_id), limit)


def is_somebody(username: str) -> bool:
    """Whether a person has this name."""
    return "\0" not in username and User.objects.filter(username=username).exists()


def post(creation_id: UUID, viewer_id: UUID | None) -> dict[str, Any] | None:
    """One post, or None when it is not published (or not there at all)."""
    rows = _rows(f"{_PUBLISHED} AND c.id = %s", [creation_id], viewer_id)
    return post_json(rows[0]) if rows else None


def published_count(user_id: UUID) -> int:
    """How many posts one person has."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*){_PUBLISHED} AND c.user_id = %s", [user_id])
        return int(cursor.fetchone()[0])


def _position(cursor: str | None) -> tuple[Any, ...]:
    """The time and id of the last post that was seen; nothing at the beginning."""
    return () if cursor is None else cursors.decode(cursor, datetime, UUID)


def _page(rows: list[Sequence[Any]], limit: int) -> Page:
    """A page of `limit` rows at most, out of one row more, which tells whether there is a next page."""
    more = len(rows) > limit
    del rows[limit:]
    following = cursors.encode(rows[-1][PUBLISHED_AT], UUID(rows[-1][0])) if more else None
    return Page([post_json(row) for row in rows], following)


def _rows(source: str, parameters: list[Any], viewer_id: UUID | None) -> list[Sequence[Any]]:
    """The rows that `source` names, as `post_json` reads them.

    Read in PostgreSQL's binary format, which takes a third of the text format's time and which Django's own
    cursors, binding on the client's side, cannot read. The wrapper round it is Django's, so queries are still
    counted and errors still Django's.
    """
    liked, parameters = (_NOT_LIKED, parameters) if viewer_id is None else (_LIKED, [viewer_id, *parameters])
    connection.ensure_connection()
    # Typed Any: Django names its own wrapper where any DB-API cursor will do.
    binary: Any = psycopg.Cursor(connection.connection)
    binary.format = Format.BINARY
    wrap = connection.make_debug_cursor if connection.queries_logged else connection.make_cursor
    with wrap(binary) as cursor:
        cursor.execute(f"SELECT {SELECTED}, {liked}{source}", parameters)
        rows: list[Sequence[Any]] = cursor.fetchall()
    return rows

"""Reading the feed: everybody's posts by time or score, one person's, a tag's, those one follows; one post.

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

# creations_top is found by these words (soho.creations.models.Score says what they mean).
_SCORE = "creations_score(c.like_count, c.published_at)"
_BELOW = f" AND ({_SCORE}, c.id) < (%s, %s)"
_HIGHEST_FIRST = f" ORDER BY {_SCORE} DESC, c.id DESC LIMIT %s"

# The page is chosen from the tag's own rows, in the order of feed_tag_pages; each post is then looked up.
_TAGGED = (
    " FROM (SELECT t.creation_id FROM feed_posttag AS t WHERE t.tag >= %s AND {end} "
    "ORDER BY t.tag DESC, t.published_at DESC, t.creation_id DESC LIMIT %s) AS p "
    "JOIN creations_creation AS c ON c.id = p.creation_id WHERE c.status = 'published' "
    "ORDER BY c.published_at DESC, c.id DESC"
)
_TAG_END = "t.tag <= %s"
_TAG_BEFORE = "(t.tag, t.published_at, t.creation_id) < (%s, %s, %s)"

# A page of those one follows. Only they can be on it whose newest post (after the cursor) is among the newest
# `limit` such posts: everybody else has that many posts before them. So each person followed is asked for one
# post, and `limit` people at most for more. Asked as ranges, for the reason given above.
_NEWEST_OF = (
    "LATERAL (SELECT c.id, c.published_at FROM creations_creation AS c "
    "WHERE c.status = 'published' AND c.user_id >= {who} AND {end} "
    "ORDER BY c.user_id DESC, c.published_at DESC, c.id DESC LIMIT {limit})"
)
_FOLLOWED = (
    " FROM (SELECT n.id FROM (SELECT f.followed_id FROM feed_follow AS f "  # noqa: S608 - all our words
    f"CROSS JOIN {_NEWEST_OF} AS h "
    "WHERE f.follower_id = %s ORDER BY h.published_at DESC, h.id DESC LIMIT %s) AS who "
    f"CROSS JOIN {_NEWEST_OF.format(who='{who2}', end='{end2}', limit='%s')} AS n "
    "ORDER BY n.published_at DESC, n.id DESC LIMIT %s) AS p "
    "JOIN creations_creation AS c ON c.id = p.id WHERE c.status = 'published' "
    "ORDER BY c.published_at DESC, c.id DESC"
)

# Those that were taken back have no time and are passed over.
_REMIXES = f"{_PUBLISHED} AND c.remix_of_id >= %s AND c.published_at IS NOT NULL AND "
_REMIXES_END = "c.remix_of_id <= %s"
_REMIXES_BEFORE = "(c.remix_of_id, c.published_at, c.id) < (%s, %s, %s)"
_REMIXES_NEWEST_FIRST = " ORDER BY c.remix_of_id DESC, c.published_at DESC, c.id DESC LIMIT %s"

MOST_COUNTED = 1_000
_LINEAGE = (
    "SELECT p.id, p.username, (SELECT count(*) FROM (SELECT 1 FROM creations_creation AS r "
    "WHERE r.remix_of_id = %s AND r.published_at IS NOT NULL AND r.status = 'published' LIMIT %s) AS few) "
    "FROM creations_creation AS c "
    "LEFT JOIN creations_creation AS p ON p.id = c.remix_of_id AND p.status = 'published' WHERE c.id = %s"
)


@dataclass(frozen=True, slots=True)
class Page:
    """Posts, newest first, in the shape of `creation_json`, and the cursor of the next page, if any."""

    items: list[dict[str, Any]]
    next: str | None


@dataclass(frozen=True, slots=True)
class Lineage:
    """The post that a post was made from (None, None: none, or none any more), and its own remixes.

    `remix_count` is counted to one past MOST_COUNTED.
    """

    parent_id: UUID | None
    parent_username: str | None
    remix_count: int


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


def top(viewer_id: UUID | None, cursor: str | None = None, limit: int = PAGE_SIZE) -> Page:
    """A page of everybody's posts, highest score first. Raises BadCursor."""
    below = () if cursor is None else cursors.decode(cursor, int, UUID)
    source = _PUBLISHED + (_BELOW if below else "") + _HIGHEST_FIRST
    rows = _rows(source, [*below, limit + 1], viewer_id, also=_SCORE)
    scores = [row[-1] for row in rows]
    page = _page([row[:-1] for row in rows], limit)
    if page.next is None:
        return page
    return Page(page.items, cursors.encode(scores[limit - 1], UUID(page.items[-1]["creationId"])))


def tagged(tag: str, viewer_id: UUID | None, cursor: str | None = None, limit: int = PAGE_SIZE) -> Page:
    """A page of the posts whose captions have the folded `tag`, newest first. Raises BadCursor."""
    before = _position(cursor)
    source = _TAGGED.format(end=_TAG_BEFORE if before else _TAG_END)
    return _page(_rows(source, [tag, tag, *before, limit + 1], viewer_id), limit)


def followed(viewer_id: UUID, cursor: str | None = None, limit: int = PAGE_SIZE) -> Page:
    """A page of the posts of those whom `viewer_id` follows, newest first. Raises BadCursor."""
    before = _position(cursor)
    ends = ("f.followed_id", "who.followed_id")
    first, second = (
        f"(c.user_id, c.published_at, c.id) < ({who}, %s, %s)" if before else f"c.user_id <= {who}"
        for who in ends
    )
    source = _FOLLOWED.format(who=ends[0], end=first, limit=1, who2=ends[1], end2=second)
    most = limit + 1
    return _page(_rows(source, [*before, viewer_id, most, *before, most, most], viewer_id), limit)


def remixes(
    creation_id: UUID, viewer_id: UUID | None, cursor: str | None = None, limit: int = PAGE_SIZE
) -> Page:
    """A page of the posts that were made from one, newest first. Raises BadCursor."""
    before = _position(cursor)
    source = _REMIXES + (_REMIXES_BEFORE if before else _REMIXES_END) + _REMIXES_NEWEST_FIRST
    return _page(_rows(source, [creation_id, creation_id, *before, limit + 1], viewer_id), limit)


def lineage(creation_id: UUID) -> Lineage:
    """What a post was made from, if that is a post too, and how many posts were made from it. One query."""
    with connection.cursor() as cursor:
        cursor.execute(_LINEAGE, [creation_id, MOST_COUNTED + 1, creation_id])
        row = cursor.fetchone()
    return Lineage(*row) if row else Lineage(None, None, 0)


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


def page_of(source: str, parameters: list[Any], viewer_id: UUID | None, limit: int) -> Page:
    """A page of what `source` (from FROM on, posts as `c`, newest first, one more than `limit`) names."""
    return _page(_rows(source, parameters, viewer_id), limit)


def _position(cursor: str | None) -> tuple[Any, ...]:
    """The time and id of the last post that was seen; nothing at the beginning."""
    return () if cursor is None else cursors.decode(cursor, datetime, UUID)


def _page(rows: list[Sequence[Any]], limit: int) -> Page:
    """A page of `limit` rows at most, out of one row more, which tells whether there is a next page."""
    more = len(rows) > limit
    del rows[limit:]
    following = cursors.encode(rows[-1][PUBLISHED_AT], UUID(rows[-1][0])) if more else None
    return Page([post_json(row) for row in rows], following)


def _rows(
    source: str, parameters: list[Any], viewer_id: UUID | None, *, also: str = ""
) -> list[Sequence[Any]]:
    """The rows that `source` names, as `post_json` reads them, with one column more if `also` names it.

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
        cursor.execute(f"SELECT {SELECTED}, {liked}{', ' + also if also else ''}{source}", parameters)
        rows: list[Sequence[Any]] = cursor.fetchall()
    return rows

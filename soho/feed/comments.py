"""What people say below a post: comment, answer, delete, and read it back a page at a time."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from soho import cursors
from soho.accounts.models import User
from soho.creations import captions, intake
from soho.creations.links import avatar_url
from soho.creations.shape import timestamp
from soho.feed import pace
from soho.feed.models import MAX_COMMENT, Comment
from soho.ids import new_id
from soho.problems.refusals import InvalidField, NotFound

PAGE = 20
FIRST_REPLIES = 3

_NO_POST = "There is no such post, or it is not published any more."
_NO_COMMENT = "There is no such comment, or it is not yours to delete."

# A post or thread is a range here, from X to X, for the reason given in soho/feed/queries.py: in this order
# only its own index lists comments, where the planner might else walk all there are, newest first.
_SELECT = (
    "SELECT m.id, m.creation_id, m.parent_id, m.user_id, u.username, m.text, m.reply_count, m.created_at, "
    "c.user_id, u.avatar FROM feed_comment AS m JOIN accounts_user AS u ON u.id = m.user_id "
    "JOIN creations_creation AS c ON c.id = m.creation_id AND c.status = 'published' "
)
_FIRST_REPLIES = (
    f"SELECT r.* FROM unnest(%s::uuid[]) AS t(id) CROSS JOIN LATERAL ({_SELECT}"  # noqa: S608 - all our words
    "WHERE m.parent_id >= t.id AND m.parent_id <= t.id ORDER BY m.parent_id, m.id LIMIT %s) AS r"
)


@dataclass(frozen=True, slots=True)
class Page:
    """Comments in the API's words, and the cursor of the next page, if any."""

    items: list[dict[str, Any]]
    next: str | None


def comment(user: User, creation_id: UUID, text: str, parent_id: UUID | None = None) -> dict[str, Any]:
    """`user` says `text` below a post, or in answer to a comment there.

    An answer to an answer joins its thread. The post's row is locked, so its count is exact, and unpublishing
    comes wholly before or wholly after.
    Raises NotFound, InvalidField, TooOften.
    """
    said = intake.written("text", text, MAX_COMMENT, called="comment")
    pace.keep(pace.COMMENTS, user.pk)
    comment_id = new_id()
    with transaction.atomic(), connection.cursor() as cursor:
        owner = _count(cursor, creation_id, 1)
        if parent_id is not None:
            parent_id = _answer_to(cursor, creation_id, parent_id)
        # Made within the lock, so that ids stand in the order in which the comments were counted.
        row = Comment(pk=comment_id, creation_id=creation_id, parent_id=parent_id, user=user, text=said)
        row.save(force_insert=True)
        row.refresh_from_db(fields=["created_at"])
    facts = (
        comment_id,
        creation_id,
        parent_id,
        user.pk,
        user.username,
        said,
        0,
        row.created_at,
        owner,
        user.avatar,
    )
    return _json(facts, user.pk)


def delete(user: User, comment_id: UUID) -> UUID:
    """Deletes a comment with its answers: one's own, or one below one's own post. Answers the post's id.

    Raises NotFound for one that is gone, or not the person's to delete.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        found = Comment.objects.filter(pk=comment_id).values_list("creation_id", "parent_id").first()
        if found is None:
            raise NotFound(_NO_COMMENT)
        creation_id, parent_id = found
        # The post first, as when commenting: two who delete at once stand in one line.
        cursor.execute(
            "SELECT user_id FROM creations_creation WHERE id = %s FOR NO KEY UPDATE", [creation_id]
        )
        post = cursor.fetchone()
        allowed = Comment.objects.filter(pk=comment_id)
        if post is None or post[0] != user.pk:
            allowed = allowed.filter(user=user)
        if not allowed.exists():
            raise NotFound(_NO_COMMENT)
        cursor.execute("DELETE FROM feed_comment WHERE parent_id = %s", [comment_id])
        gone = 1 + cursor.rowcount
        cursor.execute("DELETE FROM feed_comment WHERE id = %s", [comment_id])
        cursor.execute(
            "UPDATE creations_creation SET comment_count = comment_count - %s WHERE id = %s",
            [gone, creation_id],
        )
        if parent_id:
            cursor.execute("UPDATE feed_comment SET reply_count = reply_count - 1 WHERE id = %s", [parent_id])
    return UUID(str(creation_id))


def of_post(creation_id: UUID, viewer_id: UUID | None, cursor: str | None = None, limit: int = PAGE) -> Page:
    """A page of a post's comments, newest first, each with its first few answers. Raises BadCursor.

    Two queries; one where nobody answered. Empty when there is no such post.
    """
    before = () if cursor is None else cursors.decode(cursor, UUID)
    end = "(m.creation_id, m.id) < (%s, %s)" if before else "m.creation_id <= %s"
    rows = _read(
        f"{_SELECT}WHERE m.parent_id IS NULL AND m.creation_id >= %s AND {end} "
        "ORDER BY m.creation_id DESC, m.id DESC LIMIT %s",
        [creation_id, creation_id, *before, limit + 1],
    )
    page = _page(rows, viewer_id, limit)
    answered = {one["commentId"]: one for one in page.items if one["replyCount"]}
    if answered:
        for row in _read(_FIRST_REPLIES, [list(answered), FIRST_REPLIES]):
            answered[str(row[2])]["replies"].append(_json(row, viewer_id))
    return page


def replies(comment_id: UUID, viewer_id: UUID | None, cursor: str | None = None, limit: int = PAGE) -> Page:
    """A page of the answers to one comment, oldest first. Raises BadCursor. One query."""
    after = () if cursor is None else cursors.decode(cursor, UUID)
    begin = "(m.parent_id, m.id) > (%s, %s)" if after else "m.parent_id >= %s"
    rows = _read(
        f"{_SELECT}WHERE m.parent_id <= %s AND {begin} ORDER BY m.parent_id, m.id LIMIT %s",
        [comment_id, comment_id, *after, limit + 1],
    )
    return _page(rows, viewer_id, limit)


def one(comment_id: UUID, viewer_id: UUID | None) -> dict[str, Any] | None:
    """A comment on a published post, without its answers; None when there is none."""
    rows = _read(f"{_SELECT}WHERE m.id = %s", [comment_id])
    return _json(rows[0], viewer_id) if rows else None


def _count(cursor: Any, creation_id: UUID, step: int) -> UUID:
    """Counts one more on a published row, which is locked by that; answers whose it is. Raises NotFound."""
    cursor.execute(
        "UPDATE creations_creation SET comment_count = comment_count + %s "
        "WHERE id = %s AND status = 'published' RETURNING user_id",
        [step, creation_id],
    )
    row = cursor.fetchone()
    if row is None:
        raise NotFound(_NO_POST)
    return UUID(str(row[0]))


def _answer_to(cursor: Any, creation_id: UUID, parent_id: UUID) -> UUID:
    """The comment that begins the thread of `parent_id`, one answer more to it. Raises InvalidField."""
    cursor.execute(
        "UPDATE feed_comment SET reply_count = reply_count + 1 WHERE creation_id = %s AND id = "
        "(SELECT coalesce(p.parent_id, p.id) FROM feed_comment AS p WHERE p.id = %s) RETURNING id",
        [creation_id, parent_id],
    )
    row = cursor.fetchone()
    if row is None:
        raise InvalidField("parentId", "The comment that this answers is gone.")
    return UUID(str(row[0]))


def _read(sql: str, parameters: list[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return list(cursor.fetchall())


def _page(rows: list[tuple[Any, ...]], viewer_id: UUID | None, limit: int) -> Page:
    more = len(rows) > limit
    del rows[limit:]
    return Page([_json(row, viewer_id) for row in rows], cursors.encode(rows[-1][0]) if more else None)


def _json(row: tuple[Any, ...], viewer_id: UUID | None) -> dict[str, Any]:
    # fmt: off
    (comment_id, creation_id, parent_id, user_id, username, text, reply_count, created_at, owner_id,
     avatar) = row
    # fmt: on
    return {
        "commentId": str(comment_id),
        "creationId": str(creation_id),
        "parentId": str(parent_id) if parent_id else None,
        "userId": str(user_id),
        "username": username,
        "avatarUrl": avatar_url(user_id, avatar),
        "text": text,
        "mentions": captions.mentions(text),
        "replyCount": reply_count,
        "replies": [],
        "deletableByMe": viewer_id is not None and viewer_id in (user_id, owner_id),
        "createdAt": timestamp(created_at),
    }

"""What people do with posts: like, and take it back."""

from dataclasses import dataclass
from uuid import UUID

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from soho.accounts.models import User
from soho.problems.refusals import NotFound


@dataclass(frozen=True, slots=True)
class LikeState:
    """How many people like a post, and whether the one who asked does."""

    like_count: int
    liked_by_me: bool


def like(user: User, creation_id: UUID) -> LikeState:
    """`user` likes a post; liking it again changes nothing. Raises NotFound unless it is published."""
    change = "INSERT INTO feed_like (creation_id, user_id) VALUES (%s, %s) ON CONFLICT DO NOTHING"
    return _set_like(creation_id, change, user, step=1)


def unlike(user: User, creation_id: UUID) -> LikeState:
    """`user` takes a like back; without one nothing changes. Raises NotFound unless the post is published."""
    change = "DELETE FROM feed_like WHERE creation_id = %s AND user_id = %s"
    return _set_like(creation_id, change, user, step=-1)


def _set_like(creation_id: UUID, change: str, user: User, *, step: int) -> LikeState:
    """Runs `change` and, when it changed something, moves the count by `step`: both or neither.

    The post's row is locked first. Likes of one post queue up there, so the count is exact; and publishing,
    unpublishing and deleting, which lock the same row, come wholly before or wholly after.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        count = _lock_post(cursor, creation_id)
        cursor.execute(change, [creation_id, user.pk])
        if cursor.rowcount:
            count += step
            cursor.execute(
                "UPDATE creations_creation SET like_count = %s WHERE id = %s", [count, creation_id]
            )
    return LikeState(like_count=count, liked_by_me=step > 0)


def _lock_post(cursor: CursorWrapper, creation_id: UUID) -> int:
    """Locks a published row and returns its count of likes."""
    # NO KEY: rows that point to this one by a foreign key may be written meanwhile.
    cursor.execute(
        "SELECT like_count FROM creations_creation WHERE id = %s AND status = 'published' FOR NO KEY UPDATE",
        [creation_id],
    )
    row = cursor.fetchone()
    if row is None:
        raise NotFound("There is no such post, or it is not published any more.")
    return int(row[0])

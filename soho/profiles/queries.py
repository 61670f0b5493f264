"""Reading how somebody shows themselves."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.core.cache import cache
from django.db import connection

from soho.accounts.models import User
from soho.creations.links import avatar_url
from soho.creations.shape import timestamp
from soho.feed import follows

MOST_COUNTED = 1_000
KEPT_SECONDS = 60

# A person is a range here, for the reason given in soho/feed/queries.py.
_POSTS = (
    "SELECT like_count FROM creations_creation WHERE status = 'published' AND user_id >= %s AND user_id <= %s"
)
_TOTALS = "SELECT count(*), coalesce(sum(like_count), 0) FROM ({posts}) AS posts"


@dataclass(frozen=True, slots=True)
class Totals:
    """How many posts somebody has, and how many likes those received."""

    post_count: int
    like_count: int


def totals(user_id: UUID) -> Totals:
    """What somebody's posts come to. One query.

    Of a person with more than a thousand posts a second one counts the rest, and what it found is said for a
    minute.
    """
    few = _totals(f"{_POSTS} LIMIT %s", [user_id, user_id, MOST_COUNTED + 1])
    if few.post_count <= MOST_COUNTED:
        return few
    key = f"totals:{user_id}"
    kept = cache.get(key)
    if kept is None:
        all_of_them = _totals(_POSTS, [user_id, user_id])
        kept = (all_of_them.post_count, all_of_them.like_count)
        cache.set(key, kept, KEPT_SECONDS)
    return Totals(*kept)


def profile_json(person: User, viewer_id: UUID | None) -> dict[str, Any]:
    """Somebody as `viewer_id` sees them (None: signed out), in the API's words. Two queries."""
    counted, standing = totals(person.pk), follows.standing(person.pk, viewer_id)
    return {
        "userId": str(person.pk),
        "username": person.username,
        "bio": person.bio,
        "avatarUrl": avatar_url(person.pk, person.avatar),
        "avatarLargeUrl": avatar_url(person.pk, person.avatar, 256),
        "createdAt": timestamp(person.date_joined),
        "postCount": counted.post_count,
        "likeCount": counted.like_count,
        "followerCount": standing.follower_count,
        "followingCount": standing.following_count,
        "followedByMe": standing.followed_by_me,
    }


def _totals(posts: str, parameters: list[Any]) -> Totals:
    with connection.cursor() as cursor:
        cursor.execute(_TOTALS.format(posts=posts), parameters)
        posts_counted, likes = cursor.fetchone()
    return Totals(int(posts_counted), int(likes))

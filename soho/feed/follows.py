"""Who follows whom: follow, unfollow, and how many do."""

from dataclasses import dataclass
from uuid import UUID

from django.db import connection, transaction

from soho.accounts.models import User
from soho.feed import pace
from soho.problems.refusals import InvalidField, NotFound, Refusal

# The Following page asks each of them for their newest post (soho/feed/queries.py), so there is an end to it.
MOST_FOLLOWS = 5_000

_FOLLOW = "INSERT INTO feed_follow (follower_id, followed_id) VALUES (%s, %s) ON CONFLICT DO NOTHING"
_UNFOLLOW = "DELETE FROM feed_follow WHERE follower_id = %s AND followed_id = %s"
_COUNT = """
    INSERT INTO feed_standing AS s (user_id, followers, following) VALUES (%s, %s, %s)
    ON CONFLICT (user_id) DO UPDATE SET followers = s.followers + %s, following = s.following + %s
"""


class FollowsTooMany(Refusal):
    """Nobody can follow more people than this."""

    status = 409
    code = "follows_too_many"
    title = "You follow too many people"

    def __init__(self) -> None:
        super().__init__(f"You follow {MOST_FOLLOWS:,} people already. Unfollow somebody first.")


@dataclass(frozen=True, slots=True)
class Standing:
    """How many people follow somebody, how many they follow, and whether the one who asked does."""

    follower_count: int
    following_count: int
    followed_by_me: bool


def follow(user: User, username: str) -> Standing:
    """`user` follows a person; doing so again changes nothing.

    Raises NotFound for nobody, InvalidField for oneself, FollowsTooMany, TooOften.
    """
    person = _person(username)
    if person == user.pk:
        raise InvalidField("username", "This is you. Follow somebody else.")
    pace.keep(pace.FOLLOWS, user.pk)
    # Read without a lock: windows open at once may pass it by as many as there are windows.
    if standing(user.pk, None).following_count >= MOST_FOLLOWS:
        raise FollowsTooMany
    return _set(user, person, _FOLLOW, step=1)


def unfollow(user: User, username: str) -> Standing:
    """`user` follows a person no more; without following them nothing changes. Raises NotFound, TooOften."""
    person = _person(username)
    pace.keep(pace.FOLLOWS, user.pk)
    return _set(user, person, _UNFOLLOW, step=-1)


def standing(user_id: UUID, viewer_id: UUID | None) -> Standing:
    """How somebody stands, as `viewer_id` sees it (None: signed out). One query."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(s.followers, 0), coalesce(s.following, 0), "
            "EXISTS (SELECT 1 FROM feed_follow f WHERE f.follower_id = %s AND f.followed_id = w.id) "
            "FROM (SELECT %s::uuid AS id) AS w LEFT JOIN feed_standing s ON s.user_id = w.id",
            [viewer_id, user_id],
        )
        followers, following, mine = cursor.fetchone()
    return Standing(followers, following, mine)


def _person(username: str) -> UUID:
    found = None
    if "\0" not in username:
        found = User.objects.filter(username=username, is_active=True).values_list("pk", flat=True).first()
    if found is None:
        raise NotFound("There is nobody of that name.")
    return found


def _set(user: User, person: UUID, change: str, *, step: int) -> Standing:
    """Runs `change` and, when it changed something, moves both counts by `step`: all or nothing.

    The row of the two decides: who comes second to it changes nothing and counts nothing. The counts are
    written in the order of ids, so that two people who follow each other at once do not wait in a ring.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change, [user.pk, person])
        if cursor.rowcount:
            for user_id in sorted([user.pk, person]):
                followers, following = (step, 0) if user_id == person else (0, step)
                cursor.execute(_COUNT, [user_id, max(0, followers), max(0, following), followers, following])
    return standing(person, user.pk)

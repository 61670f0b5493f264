"""Following: once, never oneself, counted exactly, and with an end to it."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from soho.accounts.models import User
from soho.feed import follows, pace
from soho.feed.follows import FollowsTooMany, Standing, follow, standing, unfollow
from soho.feed.models import Follow
from soho.feed.pace import Pace, TooOften
from soho.problems.refusals import InvalidField, NotFound


def counted(user: User) -> tuple[int, int, int, int]:
    """What is said of somebody, and what there really is."""
    said = standing(user.pk, None)
    return (
        said.follower_count,
        Follow.objects.filter(followed=user).count(),
        said.following_count,
        Follow.objects.filter(follower=user).count(),
    )


def test_a_friend_follows_and_stops(alice: User, bob: User, charlie: User) -> None:
    assert follow(bob, "alice") == Standing(1, 0, followed_by_me=True)
    assert follow(charlie, "alice") == Standing(2, 0, followed_by_me=True)
    assert follow(alice, "bob") == Standing(1, 1, followed_by_me=True)
    assert standing(alice.pk, bob.pk) == Standing(2, 1, followed_by_me=True)
    assert standing(alice.pk, None) == Standing(2, 1, followed_by_me=False)
    assert unfollow(bob, "alice") == Standing(1, 1, followed_by_me=False)
    assert counted(alice) == (1, 1, 1, 1)


def test_saying_it_twice_changes_nothing(alice: User, bob: User) -> None:
    assert [follow(bob, "alice"), follow(bob, "alice")] == [Standing(1, 0, followed_by_me=True)] * 2
    assert [unfollow(bob, "alice"), unfollow(bob, "alice")] == [Standing(0, 0, followed_by_me=False)] * 2
    assert counted(alice) == (0, 0, 0, 0)


def test_nobody_follows_themselves_nor_nobody(alice: User, bob: User) -> None:
    with pytest.raises(InvalidField):
        follow(alice, "alice")
    User.objects.filter(pk=bob.pk).update(is_active=False)
    for name in ("nobody", "bob", "a\0b"):
        with pytest.raises(NotFound):
            follow(alice, name)
    assert counted(alice) == (0, 0, 0, 0)


def test_there_is_an_end_to_it(
    alice: User, bob: User, charlie: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(follows, "MOST_FOLLOWS", 1)
    follow(alice, "bob")
    with pytest.raises(FollowsTooMany):
        follow(alice, "charlie")
    unfollow(alice, "bob")
    assert follow(alice, "charlie").followed_by_me


def test_more_often_than_anybody_needs_is_refused(
    alice: User, bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pace, "FOLLOWS", (Pace("follows", 3, 60),))
    for change in (follow, unfollow, follow):
        change(bob, "alice")
    with pytest.raises(TooOften) as refused:
        unfollow(bob, "alice")
    assert refused.value.extra == {"retryAfter": 60}
    assert counted(alice) == (1, 1, 0, 0)
    follow(alice, "bob")  # somebody else has a pace of their own


@pytest.mark.django_db(transaction=True)
def test_counts_are_exact_when_a_crowd_follows_each_other_at_once() -> None:
    crowd = [User.objects.create_user(f"friend{n}") for n in range(5)]

    def go_back_and_forth(person: User) -> None:
        try:
            for change in (follow, follow, unfollow, follow):
                for other in crowd:
                    if other != person:
                        change(person, other.username)
        finally:
            connection.close()

    # Each of the five in two windows.
    with ThreadPoolExecutor(10) as threads:
        list(threads.map(go_back_and_forth, crowd * 2))

    assert [counted(person) for person in crowd] == [(4, 4, 4, 4)] * 5

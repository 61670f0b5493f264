"""A like counts once, however often it is said and however many say it at the same time."""

from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest
from django.db import connection

from soho.accounts.models import User
from soho.creations import actions
from soho.creations.models import Creation, Status
from soho.feed.actions import LikeState, like, unlike
from soho.feed.models import Like
from soho.problems.refusals import NotFound
from tests.feed.conftest import make


def counted(post: Creation) -> tuple[int, int]:
    """What the post says, and how many likes there really are."""
    post.refresh_from_db()
    return post.like_count, Like.objects.filter(creation=post).count()


def test_a_friend_likes_a_post_and_takes_it_back(alice: User, bob: User, charlie: User) -> None:
    post = make(alice)

    assert like(bob, post.pk) == LikeState(1, liked_by_me=True)
    assert like(charlie, post.pk) == LikeState(2, liked_by_me=True)
    assert unlike(bob, post.pk) == LikeState(1, liked_by_me=False)
    assert counted(post) == (1, 1)


def test_saying_it_twice_changes_nothing(alice: User, bob: User) -> None:
    post = make(alice)

    assert [like(bob, post.pk), like(bob, post.pk)] == [LikeState(1, liked_by_me=True)] * 2
    assert [unlike(bob, post.pk), unlike(bob, post.pk)] == [LikeState(0, liked_by_me=False)] * 2
    assert counted(post) == (0, 0)


def test_one_may_like_ones_own(alice: User) -> None:
    assert like(alice, make(alice).pk).like_count == 1


def test_a_like_leaves_the_other_posts_alone(alice: User, bob: User) -> None:
    post, other = make(alice), make(alice)
    like(bob, post.pk)
    assert counted(other) == (0, 0)


@pytest.mark.parametrize("status", [status for status in Status if status != Status.PUBLISHED])
def test_only_a_post_can_be_liked(alice: User, bob: User, status: Status) -> None:
    hidden = make(alice, status=status)
    for change in (like, unlike):
        with pytest.raises(NotFound):
            change(bob, hidden.pk)
    assert counted(hidden) == (0, 0)


def test_what_is_not_there_cannot_be_liked(bob: User) -> None:
    with pytest.raises(NotFound):
        like(bob, uuid4())


@pytest.mark.django_db(transaction=True)
def test_the_count_is_exact_when_many_like_at_once() -> None:
    alice = User.objects.create_user("alice")
    crowd = [User.objects.create_user(f"friend{n}") for n in range(8)]
    post = make(alice)

    def go_back_and_forth(person: User) -> None:
        try:
            for change in (like, like, unlike, like, unlike, unlike, like):
                change(person, post.pk)
        finally:
            connection.close()

    with ThreadPoolExecutor(len(crowd)) as threads:
        list(threads.map(go_back_and_forth, crowd))

    assert counted(post) == (8, 8)


@pytest.mark.django_db(transaction=True)
def test_one_person_in_many_windows_likes_once() -> None:
    bob = User.objects.create_user("bob")
    post = make(bob)

    def say_it(_window: int) -> LikeState:
        try:
            return like(bob, post.pk)
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as threads:
        answers = list(threads.map(say_it, range(12)))

    assert answers == [LikeState(1, liked_by_me=True)] * 12
    assert counted(post) == (1, 1)


def test_unpublishing_takes_the_likes_along(alice: User, bob: User) -> None:
    post = make(alice)
    like(bob, post.pk)

    actions.unpublish(alice.pk, post.pk)
    actions.publish(alice.pk, post.pk)

    assert counted(post) == (0, 0)
    assert like(bob, post.pk).like_count == 1

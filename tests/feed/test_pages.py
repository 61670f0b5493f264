"""Pages of posts: newest first, without gaps or doubles, whatever happens meanwhile; one query each."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.test.utils import CaptureQueriesContext

from soho.accounts.models import User
from soho.creations.models import Creation, Status
from soho.cursors import BadCursor
from soho.feed import queries
from soho.feed.actions import like
from soho.feed.queries import Page
from tests.feed.conftest import NOON, make, make_series

Count = Callable[[int], CaptureQueriesContext]


def ids(page: Page) -> list[str]:
    return [item["creationId"] for item in page.items]


def read_all(limit: int) -> list[str]:
    """Every id from the first page to the last."""
    found: list[str] = []
    cursor = None
    for _ in range(100):
        page = queries.explore(None, cursor, limit)
        found += ids(page)
        if page.next is None:
            return found
        assert len(page.items) == limit
        cursor = page.next
    raise AssertionError("the pages do not end")


def test_nobody_has_posted_yet(db: None) -> None:
    assert queries.explore(None) == Page([], None)


def test_the_newest_comes_first_and_no_post_is_lost_or_doubled(alice: User) -> None:
    expected = make_series(alice, 23)
    for limit in (1, 4, 22, 23, 24):
        assert read_all(limit) == expected


def test_posts_of_the_same_instant_have_an_order_too(alice: User) -> None:
    expected = make_series(alice, 11, apart=timedelta(0))
    assert read_all(3) == sorted(expected, reverse=True)


def test_a_microsecond_tells_two_posts_apart(alice: User) -> None:
    expected = make_series(alice, 9, apart=timedelta(microseconds=1))
    assert read_all(2) == expected


def test_there_is_no_next_page_after_exactly_the_last_post(alice: User) -> None:
    make_series(alice, 24)
    assert queries.explore(None).next is None


def test_new_posts_do_not_move_the_pages_of_somebody_who_scrolls(alice: User, bob: User) -> None:
    expected = make_series(alice, 9)
    first = queries.explore(None, None, 3)

    newcomers = [make(bob, published_at=NOON + timedelta(days=1, minutes=n)) for n in range(5)]
    second = queries.explore(None, first.next, 3)
    third = queries.explore(None, second.next, 3)

    assert ids(first) + ids(second) + ids(third) == expected
    assert ids(queries.explore(None, None, 5)) == [str(one.pk) for one in reversed(newcomers)]


def test_a_page_goes_on_where_its_last_post_was_even_when_that_is_gone(alice: User) -> None:
    expected = make_series(alice, 6)
    first = queries.explore(None, None, 3)

    Creation.objects.filter(pk=expected[2]).delete()
    Creation.objects.filter(pk=expected[3]).update(status=Status.DRAFT)

    assert ids(queries.explore(None, first.next, 3)) == expected[4:]


@pytest.mark.parametrize("status", [status for status in Status if status != Status.PUBLISHED])
def test_what_is_not_published_is_nowhere(alice: User, status: Status) -> None:
    hidden = make(alice, status=status)
    assert queries.explore(alice.pk).items == []
    assert queries.profile("alice", alice.pk).items == []
    assert queries.post(hidden.pk, alice.pk) is None
    assert queries.published_count(alice.pk) == 0


def test_a_profile_holds_one_persons_posts(alice: User, bob: User, charlie: User) -> None:
    hers = make_series(alice, 7)
    make_series(bob, 3)

    first = queries.profile("alice", charlie.pk, None, 4)
    second = queries.profile("alice", charlie.pk, first.next, 4)

    assert ids(first) + ids(second) == hers
    assert second.next is None
    assert queries.profile("charlie", None).items == []
    assert queries.profile("nobody", None).items == []
    assert [queries.published_count(person.pk) for person in (alice, bob, charlie)] == [7, 3, 0]


def test_likes_are_shown_to_the_one_who_gave_them(alice: User, bob: User) -> None:
    liked, other = make_series(alice, 2)
    like(bob, UUID(liked))

    def seen_by(viewer: User | None) -> dict[str, bool]:
        page = queries.explore(viewer.pk if viewer else None)
        return {item["creationId"]: item["likedByMe"] for item in page.items}

    assert seen_by(bob) == {liked: True, other: False}
    assert seen_by(alice) == {liked: False, other: False}
    assert seen_by(None) == {liked: False, other: False}
    one = queries.post(UUID(liked), bob.pk)
    assert one is not None
    assert (one["likedByMe"], one["likeCount"]) == (True, 1)


def test_a_page_is_one_query(alice: User, bob: User, django_assert_num_queries: Count) -> None:
    newest = UUID(make_series(alice, 30)[0])
    for viewer in (None, bob.pk):
        with django_assert_num_queries(1):
            first = queries.explore(viewer)
        with django_assert_num_queries(1):
            queries.explore(viewer, first.next)
        with django_assert_num_queries(1):
            queries.profile("alice", viewer)
        with django_assert_num_queries(1):
            queries.post(newest, viewer)
    with django_assert_num_queries(1):
        queries.published_count(alice.pk)


@pytest.mark.parametrize("cursor", ["", "x", "A" * 31, "not/a+cursor=", "f" + "_" * 31, "é" * 32, "\0" * 32])
def test_a_bad_cursor_is_refused_before_the_database_is_asked(
    db: None, cursor: str, django_assert_num_queries: Count
) -> None:
    with django_assert_num_queries(0):
        with pytest.raises(BadCursor):
            queries.explore(None, cursor)
        with pytest.raises(BadCursor):
            queries.profile("alice", None, cursor)


def test_a_post_that_is_not_there_is_none(db: None) -> None:
    assert queries.post(uuid4(), None) is None


def test_markup_and_unicode_come_back_as_text(alice: User) -> None:
    caption = "<script>alert('%s')</script> 🎬 %(x)s"
    make(alice, caption=caption, prompt="100 % % rain")
    (item,) = queries.explore(None).items
    assert (item["caption"], item["prompt"]) == (caption, "100 % % rain")

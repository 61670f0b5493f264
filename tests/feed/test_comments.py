"""Comments: plain text, one level of answers, counted exactly, gone with those whose they are."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from soho.accounts.models import User
from soho.creations import actions
from soho.creations.models import Creation, Status
from soho.feed import comments, pace
from soho.feed.comments import FIRST_REPLIES, comment, delete, of_post, replies
from soho.feed.models import MAX_COMMENT, Comment
from soho.feed.pace import Pace, TooOften
from soho.problems.refusals import InvalidField, NotFound
from tests.feed.conftest import make

Count = Callable[[int], CaptureQueriesContext]


@pytest.fixture(autouse=True)
def no_hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stories say more in a moment than a person may."""
    monkeypatch.setattr(pace, "COMMENTS", (Pace("comments", 1000, 60),))


def say(user: User, post: Creation, text: str, to: dict[str, Any] | None = None) -> dict[str, Any]:
    return comment(user, post.pk, text, UUID(to["commentId"]) if to else None)


def texts(page: comments.Page) -> list[str]:
    return [one["text"] for one in page.items]


def counted(post: Creation) -> tuple[int, int]:
    """What the post says, and how many comments there really are."""
    post.refresh_from_db()
    return post.comment_count, Comment.objects.filter(creation=post).count()


def test_newest_first_with_their_first_answers_oldest_first(alice: User, bob: User) -> None:
    post = make(alice)
    first = say(bob, post, "First")
    say(bob, post, "Second")
    for n in range(5):
        say(alice, post, f"Answer {n}", first)

    page = of_post(post.pk, None)

    assert texts(page) == ["Second", "First"]
    assert [one["text"] for one in page.items[1]["replies"]] == ["Answer 0", "Answer 1", "Answer 2"]
    assert page.items[1]["replyCount"] == 5
    assert FIRST_REPLIES == 3
    assert texts(replies(UUID(first["commentId"]), None)) == [f"Answer {n}" for n in range(5)]
    assert counted(post) == (7, 7)


def test_pages_lose_and_double_nothing(alice: User, bob: User) -> None:
    post = make(alice)
    for n in range(7):
        thread = say(bob, post, f"{n}")
    for n in range(7):
        say(bob, post, f"{n}", thread)
    seen: list[str] = []
    cursor: str | None = None
    for _ in range(4):
        page = of_post(post.pk, None, cursor, 2)
        seen += texts(page)
        cursor = page.next
    assert (seen, cursor) == ([f"{n}" for n in range(6, -1, -1)], None)
    one = replies(UUID(thread["commentId"]), None, None, 4)
    two = replies(UUID(thread["commentId"]), None, one.next, 4)
    assert texts(one) + texts(two) == [f"{n}" for n in range(7)]
    assert two.next is None


def test_an_answer_to_an_answer_joins_its_thread(alice: User, bob: User, charlie: User) -> None:
    post = make(alice)
    first = say(bob, post, "One level")
    answer = say(alice, post, "Yes", first)
    deeper = say(charlie, post, "@alice and no deeper", answer)
    assert deeper["parentId"] == first["commentId"]
    assert deeper["mentions"] == ["alice"]
    assert of_post(post.pk, None).items[0]["replyCount"] == 2


@pytest.mark.parametrize("text", ["", "  \n ", "x" * (MAX_COMMENT + 1), "a\0b"])
def test_what_is_no_comment_is_refused_and_counts_nothing(alice: User, text: str) -> None:
    post = make(alice)
    with pytest.raises(InvalidField) as refused:
        say(alice, post, text)
    assert refused.value.field == "text"
    assert counted(post) == (0, 0)


def test_the_longest_comment_and_markup_come_back_as_text(alice: User) -> None:
    post = make(alice)
    for text in ("é" * MAX_COMMENT, "<script>alert(1)</script> 🎬 %s", "غروب\nالشمس"):
        assert say(alice, post, text)["text"] == text
        assert of_post(post.pk, None).items[0]["text"] == text


def test_an_answer_needs_a_comment_of_the_same_post(alice: User) -> None:
    post, other = make(alice), make(alice)
    elsewhere = say(alice, other, "Elsewhere")
    for parent in (UUID(elsewhere["commentId"]), uuid4()):
        with pytest.raises(InvalidField) as refused:
            comment(alice, post.pk, "Here", parent)
        assert refused.value.field == "parentId"
    assert counted(post) == (0, 0)
    assert counted(other) == (1, 1)


def test_its_author_and_the_posts_owner_delete_it_and_nobody_else(
    alice: User, bob: User, charlie: User
) -> None:
    post = make(alice)
    thread = say(bob, post, "Mine")
    say(charlie, post, "An answer", thread)
    other = say(bob, post, "Another")
    assert [one["deletableByMe"] for one in of_post(post.pk, charlie.pk).items] == [False, False]
    assert all(one["deletableByMe"] for who in (alice, bob) for one in of_post(post.pk, who.pk).items)

    with pytest.raises(NotFound):
        delete(charlie, UUID(thread["commentId"]))
    assert counted(post) == (3, 3)

    assert delete(bob, UUID(thread["commentId"])) == post.pk  # with the answer to it
    assert counted(post) == (1, 1)
    delete(alice, UUID(other["commentId"]))
    assert counted(post) == (0, 0)
    with pytest.raises(NotFound):
        delete(alice, UUID(other["commentId"]))


def test_an_answer_that_is_deleted_leaves_its_thread(alice: User, bob: User) -> None:
    post = make(alice)
    thread = say(bob, post, "Thread")
    answer = say(bob, post, "Answer", thread)
    delete(bob, UUID(answer["commentId"]))
    (found,) = of_post(post.pk, None).items
    assert (found["replyCount"], found["replies"], counted(post)) == (0, [], (1, 1))


@pytest.mark.parametrize("status", [status for status in Status if status != Status.PUBLISHED])
def test_only_below_a_post(alice: User, status: Status) -> None:
    hidden = make(alice, status=status)
    with pytest.raises(NotFound):
        say(alice, hidden, "Hello")
    assert of_post(hidden.pk, alice.pk).items == []
    with pytest.raises(NotFound):
        comment(alice, uuid4(), "Hello")


def test_they_rest_while_a_post_is_a_draft_and_go_when_it_goes(alice: User, bob: User) -> None:
    post = make(alice)
    thread = say(bob, post, "Still here")
    say(bob, post, "And this", thread)
    actions.unpublish(alice.pk, post.pk)
    assert of_post(post.pk, bob.pk).items == []
    assert comments.one(UUID(thread["commentId"]), bob.pk) is None
    actions.publish(alice.pk, post.pk)
    assert texts(of_post(post.pk, bob.pk)) == ["Still here"]
    actions.remove(alice.pk, post.pk)
    assert not Comment.objects.exists()


def test_a_page_is_two_queries_however_much_was_said(
    alice: User, bob: User, django_assert_num_queries: Count
) -> None:
    post = make(alice)
    for n in range(6):
        thread = say(bob, post, f"{n}")
        say(alice, post, "Answer", thread)
    with django_assert_num_queries(2):
        of_post(post.pk, bob.pk)
    with django_assert_num_queries(1):
        replies(UUID(thread["commentId"]), bob.pk)


def test_more_often_than_anybody_needs_is_refused(
    alice: User, bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pace, "COMMENTS", (Pace("comments", 2, 60),))
    post = make(alice)
    for n in range(2):
        say(bob, post, f"{n}")
    with pytest.raises(TooOften):
        say(bob, post, "too many")
    say(alice, post, "Somebody else may")
    assert counted(post) == (3, 3)


@pytest.mark.django_db(transaction=True)
def test_the_counts_are_exact_when_a_crowd_talks_and_deletes_at_once() -> None:
    alice = User.objects.create_user("alice")
    crowd = [User.objects.create_user(f"friend{n}") for n in range(6)]
    post = make(alice)
    thread = say(alice, post, "Talk")

    def talk(person: User) -> None:
        try:
            for n in range(4):
                gone = say(person, post, f"{n}", thread)
                say(person, post, f"{n}")
                delete(person, UUID(gone["commentId"]))
                say(person, post, "stays", thread)
        finally:
            connection.close()

    with ThreadPoolExecutor(len(crowd)) as threads:
        list(threads.map(talk, crowd))

    assert counted(post) == (1 + 6 * 8, 1 + 6 * 8)
    assert Comment.objects.get(pk=thread["commentId"]).reply_count == 24

    # When the owner and the authors delete the same ones at once, each is counted once.
    ids = list(Comment.objects.exclude(pk=thread["commentId"]).values_list("pk", "user_id"))

    def clear(who: User) -> None:
        try:
            for comment_id, author in ids:
                if who == alice or author == who.pk:
                    with suppress(NotFound):
                        delete(who, comment_id)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(clear, [alice, *crowd[:3]]))
    assert counted(post) == (1, 1)
    assert Comment.objects.get().reply_count == 0

"""Another like it: made from a post or one's own, remembered, and not lost with what it was made from."""

from uuid import UUID, uuid4

import pytest

from soho.accounts.models import User
from soho.creations import actions, intake
from soho.creations.models import Creation, Status
from soho.feed import queries
from soho.feed.queries import Lineage
from soho.ledger.queries import balance
from soho.problems.refusals import InvalidField
from tests.feed.conftest import make, make_series


def start(user: User, parent: UUID) -> Creation:
    order = intake.order("video", "Another like it")
    return Creation.objects.get(pk=actions.start(user, order, remix_of=parent))


def test_anybody_may_remix_a_post_and_the_owner_a_draft(alice: User, bob: User) -> None:
    post, draft = make(alice), make(alice, status=Status.DRAFT, published_at=None)
    assert start(bob, post.pk).remix_of_id == post.pk
    assert start(alice, draft.pk).remix_of_id == draft.pk


def test_what_is_not_there_or_anothers_draft_starts_and_holds_nothing(alice: User, bob: User) -> None:
    draft = make(alice, status=Status.DRAFT, published_at=None)
    for parent in (draft.pk, uuid4()):
        with pytest.raises(InvalidField) as refused:
            start(bob, parent)
        assert refused.value.field == "remixOf"
    assert not Creation.objects.filter(user=bob).exists()
    assert balance(bob.pk).held == 0


def test_both_show_where_they_come_from_and_lead(alice: User, bob: User) -> None:
    post = make(alice)
    remix = make(bob, remix_of=post)
    make(bob, remix_of=post, status=Status.DRAFT, published_at=None)
    assert queries.lineage(remix.pk) == Lineage(post.pk, "alice", 0)
    assert queries.lineage(post.pk) == Lineage(None, None, 1)
    (found,) = queries.remixes(post.pk, alice.pk).items
    assert (found["creationId"], found["remixOf"]) == (str(remix.pk), str(post.pk))


def test_a_parent_that_is_taken_back_is_not_shown_and_one_that_is_deleted_is_forgotten(
    alice: User, bob: User
) -> None:
    post = make(alice)
    remix, waiting = make(bob, remix_of=post), start(bob, post.pk)
    actions.unpublish(alice.pk, post.pk)
    assert queries.lineage(remix.pk) == Lineage(None, None, 0)
    actions.publish(alice.pk, post.pk)
    assert queries.lineage(remix.pk).parent_username == "alice"

    actions.remove(alice.pk, post.pk)

    for left in (remix, waiting):
        left.refresh_from_db()
        assert left.remix_of_id is None
    assert remix.status == Status.PUBLISHED
    shown = queries.post(remix.pk, None)
    assert shown is not None
    assert shown["remixOf"] is None


def test_remixes_come_newest_first_page_by_page(alice: User, bob: User) -> None:
    post = make(alice)
    expected = make_series(bob, 7)
    Creation.objects.filter(pk__in=expected).update(remix_of=post)
    one = queries.remixes(post.pk, None, None, 4)
    two = queries.remixes(post.pk, None, one.next, 4)
    assert [item["creationId"] for item in [*one.items, *two.items]] == expected
    assert two.next is None


def test_more_remixes_than_are_counted_are_many(alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "MOST_COUNTED", 3)
    post = make(alice)
    for _ in range(6):
        make(alice, remix_of=post)
    assert queries.lineage(post.pk).remix_count == 4

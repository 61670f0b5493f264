"""Deleting, and taking it back: hidden at once, restored as it was, gone for good afterwards."""

from datetime import timedelta
from functools import partial
from uuid import UUID, uuid4

import pytest

from soho.accounts.models import User
from soho.creations import actions, clock, objects
from soho.creations.models import Creation, CreationEvent
from soho.ledger.models import Transfer
from soho.problems.refusals import NotFound
from tests.creations.conftest import Caller, make, time_passes
from tests.ledger.together import together
from tests.support.engine import books_balance, stored, tokens


def address(creation_id: UUID, verb: str = "") -> str:
    return f"/generate/video/{creation_id}{verb and f'/{verb}'}"


def test_a_deleted_post_is_nowhere_and_comes_back_with_its_likes_and_its_place(
    as_alice: Caller, as_bob: Caller, alice: User
) -> None:
    # Given two posts, the older one liked by bob.
    older, newer = make(alice, "published"), make(alice, "published")
    as_bob.post(address(older, "like"))
    before = as_alice.get(address(older)).json()
    media = before["creation"]["mediaUrl"]

    # When alice deletes it, neither she nor anybody else finds it anywhere.
    assert as_alice.delete(address(older)).status_code == 204
    assert as_alice.get(address(older)).status_code == 404
    assert as_alice.get("/generate/drafts").json()["creations"] == []
    assert [one["creationId"] for one in as_bob.get("/feed").json()["creations"]] == [str(newer)]
    assert [one["creationId"] for one in as_bob.get("/users/alice/creations").json()["creations"]] == [
        str(newer)
    ]
    assert as_bob.post(address(older, "like")).status_code == 404
    assert as_alice.client.get(media).status_code == 404
    for verb in ("publish", "unpublish", "retry", "cancel", "schedule"):
        assert (
            as_alice.post(
                address(older, verb), {"publishAt": "2027-01-01T00:00:00Z"} if verb == "schedule" else None
            ).status_code
            == 404
        )

    # When she takes it back, all is as it was.
    restored = as_alice.post(address(older, "restore"))
    assert restored.status_code == 200
    assert restored.json() == before
    feed = as_bob.get("/feed").json()["creations"]
    assert [(one["creationId"], one["likeCount"], one["likedByMe"]) for one in feed] == [
        (str(newer), 0, False),
        (str(older), 1, True),
    ]
    assert as_alice.client.get(media).status_code == 200
    arrows = CreationEvent.objects.filter(creation_id=older).values_list("arrow", flat=True)
    assert list(arrows)[-2:] == ["delete", "restore"]


def test_after_ten_seconds_it_is_gone_for_good(as_alice: Caller, alice: User) -> None:
    draft = make(alice, "draft")
    as_alice.delete(address(draft))
    time_passes(9.5)
    assert clock.finish_deletions() == 0
    assert len(stored()) == 4
    time_passes(3)
    assert clock.finish_deletions() == 1
    assert clock.finish_deletions() == 0
    objects.remove_doomed()
    assert stored() == set()
    late = as_alice.post(address(draft, "restore"))
    assert (late.status_code, late.json()["code"]) == (404, "not_found")


def test_the_sweep_of_orphans_leaves_what_may_come_back(alice: User) -> None:
    draft = make(alice, "draft")
    actions.delete(alice.pk, draft)
    assert objects.remove_orphans(older_than=timedelta(seconds=-5)) == 0
    assert len(stored()) == 4


def test_a_failed_one_gives_its_tokens_back_once_and_an_undo_costs_nothing(
    as_alice: Caller, alice: User
) -> None:
    # Given a failed video with its ten tokens held.
    failed = make(alice, "failed")
    assert tokens(alice) == (40, 10)
    # Deleted, she has them back at once; restored, she keeps them, and a retry says what it costs.
    as_alice.delete(address(failed))
    assert tokens(alice) == (50, 0)
    error = as_alice.post(address(failed, "restore")).json()["creation"]["error"]
    assert (error["code"], error["retryTokens"]) == ("moderated", 10)
    assert tokens(alice) == (50, 0)
    # A retry holds them anew, as often as this goes round.
    for _ in range(2):
        as_alice.post(address(failed, "retry"))
        assert tokens(alice) == (40, 10)
        as_alice.post(address(failed, "cancel"))
        as_alice.delete(address(failed))
        as_alice.post(address(failed, "restore"))
    as_alice.delete(address(failed))
    time_passes()
    clock.finish_deletions()
    assert tokens(alice) == (50, 0)
    assert books_balance()


@pytest.mark.parametrize("whose", ["another's", "nobody's", "mine but not deleted", "no id"])
def test_only_what_i_deleted_can_be_restored(
    whose: str, as_alice: Caller, as_bob: Caller, a_draft: UUID
) -> None:
    if whose == "another's":
        as_alice.delete(address(a_draft))
        answer = as_bob.post(address(a_draft, "restore"))
    elif whose == "mine but not deleted":
        answer = as_alice.post(address(a_draft, "restore"))
    else:
        answer = as_alice.post(f"/generate/video/{uuid4() if whose == 'nobody' else 'x'}/restore")
    assert answer.status_code == 404
    assert Creation.objects.get(pk=a_draft).status == ("deleted" if whose == "another's" else "draft")


@pytest.mark.django_db(transaction=True)
def test_undoing_and_finishing_at_the_same_instant_is_one_or_the_other(alice: User) -> None:
    for _ in range(3):
        draft = make(alice, "draft")
        actions.delete(alice.pk, draft)
        time_passes()
        answers = together(
            [partial(actions.restore, alice.pk, draft), clock.finish_deletions, clock.finish_deletions]
        )
        row = Creation.objects.filter(pk=draft).first()
        if row is None:
            assert isinstance(answers[0], NotFound)
            assert sum(one for one in answers[1:] if isinstance(one, int)) == 1
        else:
            assert (row.status, row.deleted_at, row.deleted_from) == ("draft", None, "")
            assert answers[1:] == [0, 0]
        arrows = CreationEvent.objects.filter(creation_id=draft, arrow__in=["restore", "purge"])
        assert [one.arrow for one in arrows] == ["purge" if row is None else "restore"]


@pytest.mark.django_db(transaction=True)
def test_deleting_a_failed_one_many_times_at_once_gives_back_once(alice: User) -> None:
    failed = make(alice, "failed")
    together([partial(verb, alice.pk, failed) for verb in [actions.delete, actions.restore] * 5])
    assert tokens(alice) == (50, 0)
    assert Transfer.objects.filter(kind="release").count() == 1
    assert books_balance()

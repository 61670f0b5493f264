"""Refund and re-run: once, with a reason, by whom; and the doctor finds nothing wrong with it."""

from uuid import UUID

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client

from soho.accounts.models import User
from soho.creations import actions as creations
from soho.creations.models import Creation, CreationEvent
from soho.generation.run import work_once
from soho.ids import new_id
from soho.ledger import queries as ledger
from soho.operator import actions
from soho.operator.errors import CannotRefund
from tests.creations.conftest import make
from tests.ledger.together import together
from tests.support.engine import books_balance, tokens


def sound() -> bool:
    """Whether the doctor finds nothing in the rows."""
    from soho.doctor import rows

    return books_balance() and list(rows.examine()) == []


def here(creation_id: UUID, verb: str = "") -> str:
    return f"/operator/creations/{creation_id}" + (f"/{verb}" if verb else "")


def test_a_refund_gives_back_what_was_captured_once_with_a_reason(
    as_operator: Client, operator: User, alice: User
) -> None:
    # Given a video that cost alice ten of her fifty
    video = make(alice, "draft")
    assert tokens(alice) == (40, 0)
    assert "Refund 10 tokens" in as_operator.get(here(video)).content.decode()
    assert "reads your reason" in as_operator.get(here(video, "refund")).content.decode()
    assert tokens(alice) == (40, 0), "asking moves nothing"

    # When the operator refunds it without a reason, then nothing happens and the field is named
    answer = as_operator.post(here(video, "refund"), {"reason": "  "})
    assert answer.status_code == 422
    assert 'id="reason-error"' in answer.content.decode()

    # With one, alice has them back, reads why, and keeps what was made
    assert as_operator.post(here(video, "refund"), {"reason": "The wrong lake"})["Location"] == here(video)
    assert tokens(alice) == (50, 0)
    newest = ledger.receipts(alice.pk, before=None, limit=1)[0]
    assert (newest.kind, newest.amount, newest.reason) == ("grant", 10, "Refund: The wrong lake")
    assert newest.subject == video
    assert Creation.objects.get(pk=video).status == "draft"

    # And a second time nothing moves
    page = as_operator.post(here(video, "refund"), {"reason": "Again"}, follow=True).content.decode()
    assert "given back already" in page
    assert "Refund 10 tokens" not in page
    assert tokens(alice) == (50, 0)
    entry = LogEntry.objects.get()
    assert (entry.user, entry.object_id) == (operator, str(video))
    assert entry.change_message == "Refunded tokens: 10. The wrong lake"
    assert sound()


def test_what_was_deleted_since_can_still_be_refunded(as_operator: Client, alice: User) -> None:
    video = make(alice, "draft")
    creations.remove(alice.pk, video)
    assert "deleted for good" in as_operator.get(here(video)).content.decode()
    as_operator.post(here(video, "refund"), {"reason": "It never played"})
    assert tokens(alice) == (50, 0)


@pytest.mark.parametrize("status", ["pending", "processing", "failed"])
def test_what_was_not_captured_cannot_be_refunded(operator: User, alice: User, status: str) -> None:
    creation = make(alice, status)
    before = tokens(alice)
    with pytest.raises(CannotRefund, match="Nothing was spent"):
        actions.refund(operator, creation, "A reason")
    assert tokens(alice) == before
    assert not LogEntry.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_operators_at_the_same_instant_refund_once(operator: User, alice: User) -> None:
    video = make(alice, "draft")
    found = together([lambda: actions.refund(operator, video, "Sorry")] * 4)
    assert sorted(map(str, found))[0] == "10"
    assert sum(isinstance(one, CannotRefund) for one in found) == 3
    assert tokens(alice) == (50, 0)
    assert LogEntry.objects.count() == 1


def test_a_rerun_costs_its_owner_nothing_and_says_who_did_it(
    as_operator: Client, operator: User, alice: User
) -> None:
    # Given a video that failed and still holds its price
    video = make(alice, "failed")
    assert tokens(alice) == (40, 10)
    assert "on the house" in as_operator.get(here(video, "rerun")).content.decode()

    # When the operator has it made again
    Creation.objects.filter(pk=video).update(prompt="A quiet lake")
    assert as_operator.post(here(video, "rerun"))["Location"] == here(video)

    # Then alice has her tokens back at once, and the video when it is made
    assert tokens(alice) == (50, 0)
    assert work_once("video", worker="a test")
    assert Creation.objects.get(pk=video).status == "draft"
    assert tokens(alice) == (50, 0)
    event = CreationEvent.objects.get(creation_id=video, arrow="retry")
    assert event.detail == "re-run for nothing by bob"
    assert (LogEntry.objects.get().user, LogEntry.objects.get().object_id) == (operator, str(video))
    assert sound()


def test_a_cancelled_one_is_rerun_without_holding_anything(operator: User, alice: User) -> None:
    video = make(alice, "pending")
    creations.cancel(alice.pk, video)
    actions.rerun(operator, video)
    assert tokens(alice) == (50, 0)
    assert sound()


def test_only_what_failed_is_rerun(as_operator: Client, alice: User) -> None:
    video = make(alice, "draft")
    assert "Nothing to do" in as_operator.get(here(video, "rerun")).content.decode()
    page = as_operator.post(here(video, "rerun"), follow=True).content.decode()
    assert "cannot be retried while it is draft" in page
    assert not LogEntry.objects.exists()


@pytest.mark.parametrize("verb", ["", "refund", "rerun"])
def test_it_is_nobody_elses(as_alice: Client, alice: User, verb: str) -> None:
    video = make(alice, "draft")
    for client in (as_alice, Client()):
        assert client.get(here(video, verb)).status_code == 404
        assert client.post(here(video, verb)).status_code in {404, 405}
        assert client.get("/operator").status_code == 404
        assert client.get("/operator/find?q=alice").status_code == 404
    assert tokens(alice) == (40, 0)


def test_an_operator_without_the_powers_sees_and_cannot_act(as_alice: Client, alice: User, bob: User) -> None:
    User.objects.filter(pk=alice.pk).update(is_staff=True)
    video = make(bob, "failed")
    assert "Re-run" not in as_alice.get(here(video)).content.decode()
    assert as_alice.post(here(video, "rerun")).status_code == 404
    assert as_alice.post(here(video, "refund"), {"reason": "x"}).status_code == 404


def test_the_buttons_want_a_token_of_the_page(operator: User, alice: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(operator)
    video = make(alice, "draft")
    assert client.post(here(video, "refund"), {"reason": "Forged"}).status_code == 403
    assert tokens(alice) == (40, 0)


def test_what_never_was_is_not_found(as_operator: Client) -> None:
    for verb in ("", "refund", "rerun"):
        assert as_operator.get(here(new_id(), verb)).status_code == 404
    assert as_operator.post(here(new_id(), "rerun")).status_code == 404

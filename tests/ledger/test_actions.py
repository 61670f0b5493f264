"""Tokens move: granted, held, captured, released, revoked, each once."""

from uuid import uuid4

import pytest
from django.db import transaction

from soho.accounts.models import User
from soho.ledger import actions as ledger
from soho.ledger.audit import verify
from soho.ledger.errors import (
    AlreadyResolved,
    InsufficientTokens,
    InvalidAmount,
    KeyReused,
    NoAccounts,
    ReasonMissing,
    UnknownHold,
)
from soho.ledger.models import Account, Transfer
from soho.ledger.queries import Balance, balance

pytestmark = pytest.mark.django_db


def hold(person: User, amount: int, key: str = "video", **more):
    return ledger.hold(person.id, amount, reason="Video", key=key, subject=more.get("subject"))


def test_a_new_person_has_the_welcome_grant(alice):
    assert balance(alice.id) == Balance(available=50, held=0)


def test_a_held_video_leaves_40_of_50_and_a_capture_spends_the_ten(alice):
    held = hold(alice, 10)
    assert balance(alice.id) == Balance(40, 10)

    assert ledger.capture(held, reason="Video made") is True

    assert balance(alice.id) == Balance(40, 0)
    assert verify() == []


def test_a_released_hold_gives_everything_back(alice):
    held = hold(alice, 10)

    assert ledger.release(held, reason="Cancelled") is True

    assert balance(alice.id) == Balance(50, 0)
    assert verify() == []


def test_capture_and_release_carry_the_subject_of_their_hold(alice):
    creation = uuid4()
    ledger.capture(hold(alice, 10, subject=creation), reason="Video made")

    assert list(Transfer.objects.filter(subject=creation).values_list("kind", flat=True)) == [
        "capture",
        "hold",
    ]


def test_too_few_tokens_say_the_balance_and_the_price_and_move_nothing(alice):
    before = Transfer.objects.count()

    with pytest.raises(InsufficientTokens, match=r"takes 51 tokens and the balance is 50") as refusal:
        hold(alice, 51)

    assert (refusal.value.balance, refusal.value.price) == (50, 51)
    assert balance(alice.id) == Balance(50, 0)
    assert Transfer.objects.count() == before


def test_the_very_last_token_can_be_spent(alice):
    hold(alice, 50)
    assert balance(alice.id) == Balance(0, 50)


def test_a_refused_hold_leaves_its_callers_transaction_usable(alice):
    with transaction.atomic():
        with pytest.raises(InsufficientTokens):
            hold(alice, 51, "too much")
        hold(alice, 10, "enough")

    assert balance(alice.id) == Balance(40, 10)


def test_a_failing_caller_takes_its_movements_back(alice):
    def start_a_video() -> None:
        with transaction.atomic():
            hold(alice, 10)
            raise RuntimeError("the row could not be made")

    with pytest.raises(RuntimeError):
        start_a_video()

    assert balance(alice.id) == Balance(50, 0)
    assert verify() == []


@pytest.mark.parametrize("repeat", [1, 3])
def test_repeating_a_key_moves_nothing_and_answers_the_same_transfer(alice, repeat):
    grant = ledger.grant(alice.id, 7, reason="Thanks", key="thanks")
    held = hold(alice, 10)

    for _ in range(repeat):
        assert ledger.grant(alice.id, 7, reason="Thanks again", key="thanks") == grant
        assert hold(alice, 10) == held

    assert balance(alice.id) == Balance(47, 10)


def test_a_repeated_hold_answers_even_when_it_took_the_last_tokens_or_ended(alice):
    held = hold(alice, 50)
    assert hold(alice, 50) == held

    ledger.capture(held, reason="Made")
    assert hold(alice, 50) == held
    assert balance(alice.id) == Balance(0, 0)


def test_a_key_never_stands_for_a_second_movement(alice, bob):
    subject = uuid4()
    ledger.hold(alice.id, 10, reason="Video", key="k", subject=subject)

    for other in (
        lambda: ledger.hold(alice.id, 11, reason="Video", key="k", subject=subject),
        lambda: ledger.hold(bob.id, 10, reason="Video", key="k", subject=subject),
        lambda: ledger.hold(alice.id, 10, reason="Video", key="k", subject=uuid4()),
        lambda: ledger.grant(alice.id, 10, reason="Video", key="k"),
        lambda: ledger.revoke(alice.id, 10, reason="Video", key="k"),
    ):
        with pytest.raises(KeyReused, match="different movement"):
            other()

    assert balance(alice.id) == Balance(40, 10)
    assert balance(bob.id) == Balance(50, 0)


def test_ending_a_hold_again_the_same_way_is_no_news_and_the_other_way_is_refused(alice):
    captured, released = hold(alice, 10, "one"), hold(alice, 5, "two")
    ledger.capture(captured, reason="Made")
    ledger.release(released, reason="Deleted")

    assert ledger.capture(captured, reason="Made") is False
    assert ledger.release(released, reason="Deleted") is False
    with pytest.raises(AlreadyResolved, match="capture"):
        ledger.release(captured, reason="Deleted")
    with pytest.raises(AlreadyResolved, match="release"):
        ledger.capture(released, reason="Made")

    assert balance(alice.id) == Balance(40, 0)
    assert verify() == []


def test_only_a_hold_can_be_ended(alice):
    grant = Transfer.objects.get(key=f"welcome:{alice.id}")
    for unknown in (uuid4(), grant.id):
        with pytest.raises(UnknownHold):
            ledger.capture(unknown, reason="Made")
        with pytest.raises(UnknownHold):
            ledger.release(unknown, reason="Deleted")


def test_what_is_held_cannot_be_revoked(alice):
    hold(alice, 45)

    with pytest.raises(InsufficientTokens):
        ledger.revoke(alice.id, 6, reason="Spam", key="r1")
    ledger.revoke(alice.id, 5, reason="Spam", key="r2")

    assert balance(alice.id) == Balance(0, 45)
    assert verify() == []


@pytest.mark.parametrize("amount", [0, -1, -50, ledger.MAX_AMOUNT + 1, 2**63])
def test_amounts_that_are_none_are_refused(alice, amount):
    for move in (
        lambda: ledger.grant(alice.id, amount, reason="x", key="k"),
        lambda: ledger.revoke(alice.id, amount, reason="x", key="k"),
        lambda: hold(alice, amount),
    ):
        with pytest.raises(InvalidAmount):
            move()


@pytest.mark.parametrize("reason", ["", "  \n ", "x" * 201])
def test_every_movement_needs_a_reason(alice, reason):
    held = hold(alice, 1)
    for move in (
        lambda: ledger.grant(alice.id, 1, reason=reason, key="k"),
        lambda: ledger.capture(held, reason=reason),
        lambda: ledger.release(held, reason=reason),
    ):
        with pytest.raises(ReasonMissing):
            move()


def test_who_has_no_accounts_is_told_apart_from_who_has_no_tokens():
    for ask in (balance, lambda who: ledger.grant(who, 1, reason="x", key="k")):
        with pytest.raises(NoAccounts):
            ask(uuid4())


def test_opening_accounts_twice_changes_nothing(alice):
    ledger.open_accounts(alice)

    assert Account.objects.filter(user=alice).count() == 2
    assert balance(alice.id) == Balance(50, 0)


def test_a_hold_takes_five_statements_and_a_capture_four(alice, django_assert_num_queries):
    savepoint = 2
    with django_assert_num_queries(5 + savepoint):  # lock, key, take, give, transfer
        held = hold(alice, 10)
    with django_assert_num_queries(4 + savepoint):  # hold and lock, resolution, held, transfer
        ledger.capture(held, reason="Made")
    with django_assert_num_queries(1):
        balance(alice.id)

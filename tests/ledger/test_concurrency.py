"""Many at once: a balance covers what it covers, keys and holds count once, and nobody waits in a ring."""

import random
from uuid import uuid4

import pytest
from django.db import transaction

from soho.ledger import actions as ledger
from soho.ledger.audit import verify
from soho.ledger.errors import AlreadyResolved, InsufficientTokens, KeyReused, LedgerError
from soho.ledger.models import Transfer
from soho.ledger.queries import Balance, balance
from tests.ledger.together import together

pytestmark = pytest.mark.django_db(transaction=True)


def test_fifty_parallel_holds_of_ten_with_fifty_tokens_are_exactly_five(alice):
    answers = together(
        [
            lambda n=n: ledger.hold(alice.id, 10, reason="Video", key=f"v{n}", subject=uuid4())
            for n in range(50)
        ]
    )

    refused = [answer for answer in answers if isinstance(answer, InsufficientTokens)]
    assert len(refused) == 45
    assert len(set(answers) - set(refused)) == 5
    assert balance(alice.id) == Balance(0, 50)
    assert verify() == []


def test_a_capture_racing_a_release_is_one_or_the_other(alice):
    for turn in range(10):
        held = ledger.hold(alice.id, 5, reason="Video", key=f"v{turn}", subject=None)

        answers = together(
            [
                lambda held=held: ledger.capture(held, reason="Made"),
                lambda held=held: ledger.release(held, reason="Deleted"),
                lambda held=held: ledger.capture(held, reason="Made"),
                lambda held=held: ledger.release(held, reason="Deleted"),
            ]
        )

        assert answers.count(True) == 1
        assert answers.count(False) == 1
        assert sum(isinstance(answer, AlreadyResolved) for answer in answers) == 2
        assert Transfer.objects.filter(resolves=held).count() == 1
    assert balance(alice.id).held == 0
    assert verify() == []


def test_the_same_key_in_parallel_moves_once_and_everyone_gets_that_hold(alice):
    # 50 tokens cover five such holds, so only the key stands in their way.
    answers = together(
        [lambda: ledger.hold(alice.id, 10, reason="Video", key="same", subject=None) for _ in range(12)]
    )

    assert len(set(answers)) == 1
    assert balance(alice.id) == Balance(40, 10)
    assert Transfer.objects.filter(key="same").count() == 1


def test_the_same_key_in_parallel_that_takes_the_last_token_refuses_nobody(alice):
    answers = together(
        [lambda: ledger.hold(alice.id, 50, reason="Video", key="all", subject=None) for _ in range(8)]
    )

    assert len(set(answers)) == 1
    assert balance(alice.id) == Balance(0, 50)


def test_a_key_that_two_people_use_at_once_goes_to_one_of_them(alice, bob):
    for turn in range(10):
        answers = together(
            [
                lambda who=who, turn=turn: ledger.grant(who.id, 1, reason="Thanks", key=f"thanks{turn}")
                for who in (alice, bob)
            ]
        )
        assert {type(answer) for answer in answers} == {KeyReused, Transfer}
        assert Transfer.objects.filter(key=f"thanks{turn}").count() == 1
    assert balance(alice.id).available + balance(bob.id).available == 110
    assert verify() == []


def test_opposite_movements_in_one_transaction_never_deadlock(alice):
    """Each thread moves alice's tokens in an order of its own, several movements to a transaction."""
    ledger.grant(alice.id, 1000, reason="Plenty", key="plenty")

    def busy(seed: int) -> None:
        dice = random.Random(seed)
        for turn in range(6):
            with transaction.atomic():
                key = f"{seed}-{turn}"
                held = [
                    ledger.hold(alice.id, 3, reason="Video", key=f"{key}-{n}", subject=None) for n in range(2)
                ]
                steps = [
                    lambda held=held: ledger.capture(held[0], reason="Made"),
                    lambda held=held: ledger.release(held[1], reason="Deleted"),
                    lambda key=key: ledger.grant(alice.id, 2, reason="Thanks", key=f"{key}-g"),
                    lambda key=key: ledger.revoke(alice.id, 2, reason="Oops", key=f"{key}-r"),
                ]
                dice.shuffle(steps)
                for step in steps:
                    step()

    answers = together([lambda seed=seed: busy(seed) for seed in range(8)])

    assert answers == [None] * 8
    assert balance(alice.id) == Balance(1050 - 8 * 6 * 3, 0)
    assert verify() == []


def test_resolving_first_and_holding_after_never_deadlocks(alice):
    """The dangerous order: one touches `held` and then `available`, the others the other way round."""
    ledger.grant(alice.id, 1000, reason="Plenty", key="plenty")
    old = [ledger.hold(alice.id, 1, reason="Video", key=f"old{n}", subject=None) for n in range(20)]

    def capture_then_hold(n: int) -> None:
        with transaction.atomic():
            ledger.capture(old[n], reason="Made")
            ledger.hold(alice.id, 1, reason="Video", key=f"new{n}", subject=None)

    def hold_then_release(n: int) -> None:
        with transaction.atomic():
            ledger.hold(alice.id, 1, reason="Video", key=f"new{n}", subject=None)
            ledger.release(old[n], reason="Deleted")

    answers = together(
        [lambda n=n: (capture_then_hold if n % 2 else hold_then_release)(n) for n in range(20)]
    )

    assert answers == [None] * 20
    assert balance(alice.id) == Balance(1020, 20)
    assert verify() == []


def test_strangers_do_not_wait_for_each_other(alice, bob):
    """While alice's movement is open, bob's grant, hold and capture go through: both name the house."""
    with transaction.atomic():
        ledger.grant(alice.id, 1, reason="Thanks", key="open")
        ledger.capture(ledger.hold(alice.id, 1, reason="Video", key="open-hold", subject=None), reason="Made")

        def bobs() -> bool:
            ledger.grant(bob.id, 1, reason="Thanks", key="bob")
            return ledger.capture(
                ledger.hold(bob.id, 1, reason="Video", key="bob-hold", subject=None), reason="Made"
            )

        assert together([bobs]) == [True]  # it would hang until the test's time is up


def test_a_crowd_leaves_the_books_balanced(alice, bob):
    """Random holds, ends and repeats by both, in parallel, with refusals among them."""

    def story(seed: int) -> None:
        dice = random.Random(seed)
        person = dice.choice((alice, bob))
        for turn in range(10):
            try:
                held = ledger.hold(
                    person.id,
                    dice.randint(1, 20),
                    reason="Video",
                    key=f"{person}{dice.randint(0, 12)}",
                    subject=None,
                )
                dice.choice((ledger.capture, ledger.release))(held, reason=f"Turn {turn}")
            except LedgerError:
                pass  # too few tokens, a key of another amount, ended the other way: all expected

    answers = together([lambda seed=seed: story(seed) for seed in range(10)])

    assert answers == [None] * 10
    assert verify() == []

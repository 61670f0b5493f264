"""Receipts tell a person what happened to their tokens, newest first."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from soho.ledger import actions as ledger
from soho.ledger.queries import balance, receipts

pytestmark = pytest.mark.django_db


def a_busy_day(person) -> None:
    for n in range(4):
        held = ledger.hold(person.id, 5 + n, reason="Video", key=f"{person.id}{n}", subject=uuid4())
        (ledger.capture if n % 2 else ledger.release)(held, reason="Made" if n % 2 else "Deleted")
    ledger.grant(person.id, 3, reason="Thanks", key=f"{person.id}g")
    ledger.revoke(person.id, 2, reason="Oops", key=f"{person.id}r")
    ledger.hold(person.id, 1, reason="Image", key=f"{person.id}i", subject=None)


def test_each_receipt_says_what_a_movement_did_to_what_one_can_spend(alice):
    creation = uuid4()
    held = ledger.hold(alice.id, 10, reason="Video", key="v", subject=creation)
    ledger.capture(held, reason="Video made")
    other = ledger.hold(alice.id, 4, reason="Video", key="w", subject=None)
    ledger.release(other, reason="Deleted")
    ledger.revoke(alice.id, 5, reason="Spam", key="r")

    found = receipts(alice.id, before=None, limit=10)

    assert [(one.kind, one.amount, one.tokens, one.balance, one.reason) for one in found] == [
        ("revoke", -5, 5, 35, "Spam"),
        ("release", 4, 4, 40, "Deleted"),
        ("hold", -4, 4, 36, "Video"),
        ("capture", 0, 10, 40, "Video made"),
        ("hold", -10, 10, 40, "Video"),
        ("grant", 50, 50, 50, "Welcome to Soho"),
    ]
    assert [one.subject for one in found] == [None, None, None, creation, creation, None]
    assert all(timezone.now() - one.time < timedelta(minutes=1) for one in found)


def test_pages_of_any_size_tell_the_same_story(alice, bob):
    a_busy_day(alice)
    a_busy_day(bob)
    whole = receipts(alice.id, before=None, limit=100)
    assert len(whole) == 12
    assert whole[0].balance == balance(alice.id).available

    for size in (1, 2, 5, 11, 12, 13):
        pages, before = [], None
        while page := receipts(alice.id, before=before, limit=size):
            assert len(page) <= size
            pages += page
            before = page[-1].id
        assert pages == whole


def test_each_balance_is_the_one_before_it_plus_the_movement(alice):
    a_busy_day(alice)
    oldest_first = receipts(alice.id, before=None, limit=100)[::-1]

    running = 0
    for one in oldest_first:
        running += one.amount
        assert one.balance == running


def test_nobody_reads_anothers(alice, bob):
    a_busy_day(bob)

    assert [one.kind for one in receipts(alice.id, before=None, limit=100)] == ["grant"]
    assert receipts(uuid4(), before=None, limit=100) == []


def test_a_page_is_one_query(alice, django_assert_num_queries):
    a_busy_day(alice)
    middle = receipts(alice.id, before=None, limit=6)[-1].id
    for before in (None, middle):
        with django_assert_num_queries(1):
            receipts(alice.id, before=before, limit=5)

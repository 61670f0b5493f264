"""`verify` names what was tampered with. The forger has the run of the database and turns its guards off."""

import pytest
from django.db import connection

from soho.ids import new_id
from soho.ledger import actions as ledger
from soho.ledger.audit import Finding, verify
from soho.ledger.house import REVENUE
from soho.ledger.models import Account, Transfer

pytestmark = pytest.mark.django_db


@pytest.fixture
def held(alice) -> Transfer:
    """Ten of alice's tokens, held."""
    return Transfer.objects.get(id=ledger.hold(alice.id, 10, reason="Video", key="video", subject=new_id()))


@pytest.fixture
def captured(held) -> Transfer:
    """Ten of alice's tokens, spent."""
    ledger.capture(held.id, reason="Video made")
    return Transfer.objects.get(resolves=held)


def found(check: str) -> list[Finding]:
    return [finding for finding in verify() if finding.check == check]


def account(person, kind: str = "available") -> Account:
    return Account.objects.get(user=person, kind=kind)


def test_right_books_have_no_findings(alice, bob, captured):
    ledger.release(ledger.hold(bob.id, 50, reason="Video", key="b", subject=None), reason="Deleted")
    ledger.revoke(bob.id, 50, reason="Spam", key="r")
    ledger.hold(alice.id, 3, reason="Video", key="open", subject=None)

    assert verify() == []


def test_empty_books_are_right():
    assert verify() == []


def test_a_changed_balance_names_its_account_and_person(alice, bob, forge):
    forge("UPDATE ledger_account SET balance = balance + 10 WHERE id = %s", account(alice).id)

    finding = found("balance")[0]

    assert (finding.account, finding.username) == (account(alice).id, "alice")
    assert finding.problem == "the balance is 60, but its transfers add up to 50"
    assert str(finding).startswith(f"balance: account {account(alice).id} of alice: the balance is 60")
    assert [one.problem for one in found("totals")] == [
        "the house issued 100 tokens, but people have 110 and it earned 0"
    ]
    assert not [one for one in verify() if one.username == "bob"]


def test_a_changed_amount_leaves_a_balance_that_does_not_add_up(alice, forge):
    forge("UPDATE ledger_transfer SET amount = 40 WHERE key = %s", f"welcome:{alice.id}")

    assert [(one.account, one.username) for one in found("balance")] == [(account(alice).id, "alice")]


@pytest.mark.parametrize("which", ["grant", "hold", "capture"])
def test_a_deleted_transfer_is_missed(alice, captured, forge, which):
    forge("DELETE FROM ledger_transfer WHERE kind = %s", which)

    assert {one.username for one in found("balance")} == {"alice"}


def test_an_added_transfer_is_one_too_many(alice, forge):
    forge(
        "INSERT INTO ledger_transfer (id, kind, source_id, target_id, amount, reason, key, created_at) "
        "SELECT %s, kind, source_id, target_id, amount, reason, 'again', now() FROM ledger_transfer",
        new_id(),
    )

    assert [one.problem for one in found("balance")] == ["the balance is 50, but its transfers add up to 100"]


def test_a_capture_of_another_amount_than_its_hold_is_named(captured, forge):
    forge("UPDATE ledger_transfer SET amount = 4 WHERE id = %s", captured.id)
    # The forger is careful and mends the balance too.
    forge("UPDATE ledger_account SET balance = balance + 6 WHERE id = %s", captured.source_id)

    assert [(one.transfer, one.username, one.problem) for one in verify()] == [
        (captured.id, "alice", "a capture of 4 for a hold of 10")
    ]


def test_a_release_to_another_person_is_named(alice, bob, held, forge):
    ledger.release(held.id, reason="Deleted")
    release = Transfer.objects.get(resolves=held)
    forge("UPDATE ledger_transfer SET target_id = %s WHERE id = %s", account(bob).id, release.id)
    forge("UPDATE ledger_account SET balance = balance - 10 WHERE id = %s", account(alice).id)
    forge("UPDATE ledger_account SET balance = balance + 10 WHERE id = %s", account(bob).id)

    assert {(one.check, one.transfer, one.problem) for one in verify()} == {
        ("person", release.id, "a release went from one person to another"),
        ("resolution", release.id, "a release to another person"),
    }


def test_a_capture_of_another_persons_hold_is_named(alice, bob, captured, forge):
    forge("UPDATE ledger_account SET balance = 10 WHERE id = %s", account(alice, "held").id)
    forge("UPDATE ledger_transfer SET source_id = %s WHERE id = %s", account(bob, "held").id, captured.id)

    problems = {(one.check, one.username, one.problem) for one in verify()}

    assert ("resolution", "bob", "a capture of another person's hold") in problems
    assert ("below zero", "bob", "-10 tokens") in problems


def test_a_hold_that_became_a_gift_is_named(alice, bob, held, forge):
    forge("UPDATE ledger_transfer SET target_id = %s WHERE id = %s", account(bob).id, held.id)

    assert [(one.transfer, one.problem) for one in found("route")] == [
        (held.id, "a hold went from available to available")
    ]
    assert [one.transfer for one in found("person")] == [held.id]


def test_a_kind_on_the_wrong_road_is_named(captured, forge):
    forge("UPDATE ledger_transfer SET kind = 'release' WHERE id = %s", captured.id)

    assert [one.problem for one in found("route")] == ["a release went from held to revenue"]


def test_a_capture_that_ends_no_hold_is_named(captured, forge):
    forge("UPDATE ledger_transfer SET resolves_id = %s WHERE id = %s", new_id(), captured.id)

    assert [(one.transfer, one.problem) for one in verify()] == [(captured.id, "a capture that ends no hold")]


def test_a_capture_that_ends_a_grant_is_named(alice, captured, forge):
    grant = Transfer.objects.get(key=f"welcome:{alice.id}")
    forge("UPDATE ledger_transfer SET resolves_id = %s WHERE id = %s", grant.id, captured.id)

    assert [(one.transfer, one.problem) for one in found("resolution")] == [
        (captured.id, "a capture that ends a grant")
    ]


def test_a_capture_for_another_creation_is_named(captured, forge):
    forge("UPDATE ledger_transfer SET subject = %s WHERE id = %s", new_id(), captured.id)

    assert [one.problem for one in verify()] == ["a capture for another subject than its hold"]


def test_a_hold_ended_twice_is_named(alice, captured, forge):
    constraint = _name_of_unique("ledger_transfer", "resolves_id")
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f'ALTER TABLE ledger_transfer DROP CONSTRAINT "{constraint}"')
    forge(
        "INSERT INTO ledger_transfer "
        "(id, kind, source_id, target_id, amount, reason, key, resolves_id, created_at) "
        "VALUES (%s, 'capture', %s, %s, 10, 'Again', 'again', %s, now())",
        new_id(),
        captured.source_id,
        REVENUE,
        captured.resolves_id,
    )

    assert [(one.transfer, one.problem) for one in found("resolved twice")] == [
        (captured.resolves_id, "this hold was ended 2 times")
    ]


def test_an_account_below_zero_is_named_when_its_guard_is_gone(alice, forge):
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE ledger_account DROP CONSTRAINT ledger_account_never_below_zero")
    forge("UPDATE ledger_account SET balance = -5 WHERE id = %s", account(alice).id)

    assert [(one.account, one.username, one.problem) for one in found("below zero")] == [
        (account(alice).id, "alice", "-5 tokens")
    ]


def test_a_missing_account_is_named(alice, bob, forge):
    forge("DELETE FROM ledger_account WHERE id = %s", account(alice).id)

    assert [(one.username, one.problem) for one in found("accounts")] == [
        ("alice", "has 0 available and 1 held accounts instead of one of each")
    ]
    assert [one.problem for one in found("sides")] == ["it names an account that does not exist"]


def test_an_account_whose_person_is_gone_is_named(alice, forge):
    orphan = account(alice).id
    forge("DELETE FROM accounts_user WHERE id = %s", alice.id)

    assert orphan in {one.account for one in found("accounts")}


def test_it_is_one_statement_and_so_one_snapshot(alice, captured, django_assert_num_queries):
    with django_assert_num_queries(1):
        verify()


def _name_of_unique(table: str, column: str) -> str:
    with connection.cursor() as cursor:
        constraints = connection.introspection.get_constraints(cursor, table)
    return next(
        name for name, about in constraints.items() if about["columns"] == [column] and about["unique"]
    )

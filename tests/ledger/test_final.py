"""The database refuses to change history, whoever asks and however."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import ProtectedError

from soho.ledger.actions import hold
from soho.ledger.audit import verify
from soho.ledger.house import ISSUANCE, REVENUE
from soho.ledger.models import Account, Transfer

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ledger_transfer SET amount = amount + 1",
        "UPDATE ledger_transfer SET reason = 'a better one'",
        "DELETE FROM ledger_transfer",
        "DELETE FROM ledger_transfer WHERE kind = 'no such kind'",
        "TRUNCATE ledger_transfer CASCADE",
    ],
)
def test_a_transfer_is_never_changed_nor_deleted(alice, statement):
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # nothing pending: ALTER TABLE would refuse
        cursor.execute("ALTER TABLE ledger_transfer ENABLE TRIGGER ledger_transfers_stay")
        with pytest.raises(IntegrityError, match="Transfers are final"), transaction.atomic():
            cursor.execute(statement)
    assert Transfer.objects.get(key=f"welcome:{alice.id}").amount == 50


def test_nor_through_the_models(alice):
    transfer = Transfer.objects.get(key=f"welcome:{alice.id}")
    transfer.amount = 5000
    with pytest.raises(IntegrityError, match="Transfers are final"), transaction.atomic():
        transfer.save()
    with pytest.raises(IntegrityError, match="Transfers are final"), transaction.atomic():
        transfer.delete()
    assert verify() == []


def test_a_person_with_a_history_is_switched_off_and_not_deleted(alice):
    with pytest.raises(ProtectedError):
        alice.delete()


def test_no_balance_goes_below_zero_even_by_hand(alice):
    with pytest.raises(IntegrityError, match="never_below_zero"), transaction.atomic():
        Account.objects.filter(user=alice, kind="available").update(balance=-1)


def test_a_hold_has_one_resolution_even_by_hand(alice):
    held = Transfer.objects.get(id=hold(alice.id, 10, reason="Video", key="v", subject=None))
    ends = {
        "kind": "capture",
        "source_id": held.target_id,
        "target_id": REVENUE,
        "amount": 10,
        "reason": "Made",
        "resolves": held,
    }
    Transfer.objects.create(**ends, key="one")
    with pytest.raises(IntegrityError, match="resolves_id"), transaction.atomic():
        Transfer.objects.create(**ends, key="two")


def test_the_house_has_its_accounts_from_the_start():
    assert dict(Account.objects.filter(user=None).values_list("kind", "id")) == {
        "issuance": ISSUANCE,
        "revenue": REVENUE,
    }

"""Amends: tokens given back, and work done again for nothing. Each leaves an entry in the admin's log."""

from uuid import UUID

from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import transaction

from soho.accounts.models import User
from soho.creations import actions as creations
from soho.creations import intake
from soho.creations.models import Creation
from soho.ledger import actions as ledger
from soho.ledger.errors import AlreadyRefunded, NothingCaptured
from soho.operator.errors import CannotRefund

MAX_REASON = 160


def may_refund(operator: User) -> bool:
    """Whether this operator may give tokens back: whoever may grant them."""
    return operator.is_active and operator.has_perm("ledger.add_transfer")


def may_rerun(operator: User) -> bool:
    """Whether this operator may have work done on the house."""
    return operator.is_active and operator.has_perm("creations.change_creation")


def refund(operator: User, creation_id: UUID, reason: str) -> int:
    """Gives the person what their creation cost, with a reason that they read; answers how many tokens.

    Once for each creation, also when it was deleted since. Raises InvalidField (`reason`), CannotRefund.
    """
    why = intake.written("reason", reason, MAX_REASON)
    with transaction.atomic():
        try:
            given = ledger.refund(creation_id, reason=f"Refund: {why}")
        except (NothingCaptured, AlreadyRefunded) as error:
            raise CannotRefund(str(error)) from error
        _note(operator, creation_id, f"Refunded tokens: {given.amount}. {why}")
    return given.amount


def rerun(operator: User, creation_id: UUID) -> None:
    """Has a failed creation made again, for nothing, in its owner's name.

    Raises NotFound, IllegalTransition.
    """
    with transaction.atomic():
        creations.rerun(creation_id, by=operator.username)
        _note(operator, creation_id, "Re-run for nothing.")


def _note(operator: User, creation_id: UUID, what: str) -> None:
    LogEntry.objects.create(
        user_id=operator.pk,
        content_type_id=ContentType.objects.get_for_model(Creation).pk,
        object_id=str(creation_id),
        object_repr=str(creation_id),
        action_flag=CHANGE,
        change_message=what,
    )

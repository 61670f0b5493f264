"""Moving tokens. Every function is one transaction, or a part of its caller's.

Locks: each function first locks the person's `available` account, then changes `available`, then `held`. So
two movements of one person follow each other, however they are combined in a transaction, and can neither
deadlock nor see half of one another; the movements of different people never meet. The UPDATE of a balance
and the KEY SHARE lock of a transfer's foreign key do not conflict, and the house keeps no balance, so its
accounts hold nobody up.

Keys: a key makes a movement happen once. Whoever repeats it gets the transfer that the first call made.
"""

from functools import partial
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F

from soho import measures
from soho.ledger.errors import (
    AlreadyRefunded,
    AlreadyResolved,
    InsufficientTokens,
    InvalidAmount,
    KeyReused,
    NoAccounts,
    NothingCaptured,
    ReasonMissing,
    UnknownHold,
)
from soho.ledger.house import ISSUANCE, REVENUE
from soho.ledger.models import Account, AccountKind, Transfer, TransferKind

if TYPE_CHECKING:  # accounts opens the books of those who sign up, so the arrow points the other way
    from soho.accounts.models import User

MAX_AMOUNT = 1_000_000_000
_MAX_REASON = 200
# How the keys of refunds begin.
REFUND = "refund:"


def open_accounts(user: "User") -> None:
    """Makes the person's `available` and `held` accounts, both at 0; does nothing where they exist."""
    Account.objects.bulk_create(
        [Account(user=user, kind=kind, balance=0) for kind in (AccountKind.AVAILABLE, AccountKind.HELD)],
        ignore_conflicts=True,
    )


def grant(user_id: UUID, amount: int, *, reason: str, key: str) -> Transfer:
    """Gives the person `amount` new tokens, once for each `key`.

    Raises InvalidAmount, ReasonMissing, NoAccounts, or KeyReused when `key` names a different movement.
    """
    return _move(TransferKind.GRANT, user_id, amount, reason=reason, key=key)


def refund(subject: UUID, *, reason: str) -> Transfer:
    """Gives back, by a grant, what was captured for `subject`: once, whoever asks and however often.

    What was spent stays spent in the books; the grant stands beside it and names the same subject.
    Raises NothingCaptured, AlreadyRefunded, and as `grant` does.
    """
    captured = Transfer.objects.filter(subject=subject, kind=TransferKind.CAPTURE).select_related("source")
    with transaction.atomic():
        found = captured.first()
        if found is None or found.source.user_id is None:
            raise NothingCaptured
        # The lock that the grant takes too: of two operators at the same instant the second sees the first's.
        _lock(found.source.user_id)
        key = f"{REFUND}{subject}"
        if Transfer.objects.filter(key=key).exists():
            raise AlreadyRefunded
        return _move(
            TransferKind.GRANT, found.source.user_id, found.amount, reason=reason, key=key, subject=subject
        )


def revoke(user_id: UUID, amount: int, *, reason: str, key: str) -> Transfer:
    """Takes `amount` tokens that the person is free to spend back to the house, once for each `key`.

    Raises InsufficientTokens when fewer are available (what is held stays held), and as `grant` does.
    """
    return _move(TransferKind.REVOKE, user_id, amount, reason=reason, key=key)


def hold(user_id: UUID, amount: int, *, reason: str, key: str, subject: UUID | None) -> UUID:
    """Sets `amount` tokens aside for `subject`, once for each `key`. The id is what `capture` and `release`
    take.

    Raises InsufficientTokens when fewer are available (nothing is held then), and as `grant` does.
    """
    return _move(TransferKind.HOLD, user_id, amount, reason=reason, key=key, subject=subject).id


def capture(hold_id: UUID, *, reason: str) -> bool:
    """Ends a hold by spending it. True when this call did, False when it was already captured.

    Raises AlreadyResolved when it was released, UnknownHold, ReasonMissing.
    """
    return _resolve(hold_id, TransferKind.CAPTURE, reason)


def release(hold_id: UUID, *, reason: str) -> bool:
    """Ends a hold by giving its tokens back. True when this call did, False when it was already released.

    Raises AlreadyResolved when it was captured, UnknownHold, ReasonMissing.
    """
    return _resolve(hold_id, TransferKind.RELEASE, reason)


def _move(
    kind: TransferKind, user_id: UUID, amount: int, *, reason: str, key: str, subject: UUID | None = None
) -> Transfer:
    if not 1 <= amount <= MAX_AMOUNT:
        raise InvalidAmount
    _require_reason(reason)
    try:
        with transaction.atomic():
            available, held = _lock(user_id)
            source, target = {
                TransferKind.GRANT: (ISSUANCE, available.id),
                TransferKind.REVOKE: (available.id, ISSUANCE),
                TransferKind.HOLD: (available.id, held.id),
            }[kind]
            wanted = Transfer(
                kind=kind,
                source_id=source,
                target_id=target,
                amount=amount,
                reason=reason,
                key=key,
                subject=subject,
            )
            # Looked up under the lock: whoever used this key for this person has committed by now.
            made = Transfer.objects.filter(key=key).first()
            if made:
                return _same(made, wanted)
            if source == available.id:
                _take(available, amount)
            else:
                _give(available, amount)
            if target == held.id:
                _give(held, amount)
            wanted.save(force_insert=True)
            _count(kind, amount)
            return wanted
    except IntegrityError as error:
        # Another person's movement, whose lock is another one, took the key between our look and our insert.
        if Transfer.objects.filter(key=key).exists():
            raise KeyReused(key) from error
        raise


def _resolve(hold_id: UUID, kind: TransferKind, reason: str) -> bool:
    _require_reason(reason)
    with transaction.atomic():
        held = (
            Transfer.objects.select_related("source")
            .select_for_update(of=("source",), no_key=True)
            .filter(id=hold_id, kind=TransferKind.HOLD)
            .first()
        )
        if not held:
            raise UnknownHold(hold_id)
        # Read after the lock, so that what a rival did meanwhile is seen.
        resolution = Transfer.objects.filter(resolves=held).values_list("kind", flat=True).first()
        if resolution:
            if resolution != kind:
                raise AlreadyResolved(hold_id, resolution)
            return False
        if kind is TransferKind.RELEASE:
            Account.objects.filter(id=held.source_id).update(balance=F("balance") + held.amount)
        Account.objects.filter(id=held.target_id).update(balance=F("balance") - held.amount)
        Transfer.objects.create(
            kind=kind,
            source_id=held.target_id,
            target_id=held.source_id if kind is TransferKind.RELEASE else REVENUE,
            amount=held.amount,
            reason=reason,
            key=f"{kind}:{held.id}",
            resolves=held,
            subject=held.subject,
        )
        _count(kind, held.amount)
        return True


def _lock(user_id: UUID) -> tuple[Account, Account]:
    # "available" sorts before "held", and rows are locked in the order they are sorted.
    rows = list(Account.objects.filter(user_id=user_id).order_by("kind").select_for_update(no_key=True))
    if [row.kind for row in rows] != [AccountKind.AVAILABLE, AccountKind.HELD]:
        raise NoAccounts(user_id)
    return rows[0], rows[1]


def _take(account: Account, amount: int) -> None:
    taken = Account.objects.filter(id=account.id, balance__gte=amount).update(balance=F("balance") - amount)
    if not taken:
        raise InsufficientTokens(account.balance or 0, amount)


def _give(account: Account, amount: int) -> None:
    Account.objects.filter(id=account.id).update(balance=F("balance") + amount)


def _same(made: Transfer, wanted: Transfer) -> Transfer:
    for field in ("kind", "source_id", "target_id", "amount", "subject"):
        if getattr(made, field) != getattr(wanted, field):
            raise KeyReused(made.key)
    return made


def _count(kind: TransferKind, amount: int) -> None:
    transaction.on_commit(partial(measures.TOKENS.labels(kind.value).inc, amount))


def _require_reason(reason: str) -> None:
    if not reason.strip() or len(reason) > _MAX_REASON:
        raise ReasonMissing

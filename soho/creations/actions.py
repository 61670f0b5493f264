"""The verbs of a person:

start, cancel, retry, publish, unpublish, delete. Each is one transaction, and all or nothing.
"""

import secrets
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from soho.accounts.models import User
from soho.creations import bell, intake, lineage, states
from soho.creations.errors import IdempotencyMismatch, NotEnoughTokens
from soho.creations.intake import MAX_SEED, Order
from soho.creations.models import Creation, CreationEvent, DoomedObject, IdempotencyKey
from soho.ids import new_id
from soho.ledger import actions as ledger
from soho.ledger.errors import InsufficientTokens
from soho.storage.keys import all_keys_for


def start(
    user: User,
    order: Order,
    *,
    idempotency: tuple[str, str] | None = None,
    remix_of: UUID | None = None,
) -> UUID:
    """Holds the price and queues the work; answers the creation's id.

    1. An `idempotency` (key, digest of the request) that was used before answers the creation it started
       then.
    2. The tokens are held in the transaction that makes the row: there is never one without the other.
    3. `remix_of` is remembered as what it was made from: a post, or something of one's own.
    4. After the commit the bell is rung. A lost ring only costs time: the sweeper finds the row.

    Raises NotEnoughTokens, IdempotencyMismatch, InvalidField.
    """
    creation_id = new_id()
    with transaction.atomic():
        if idempotency is not None:
            earlier = _claim_key(user, *idempotency, creation_id)
            if earlier is not None:
                return earlier
        creation = Creation(
            pk=creation_id,
            user=user,
            media_type=order.kind,
            prompt=order.prompt,
            model=order.model,
            aspect_ratio=order.aspect_ratio,
            requested_seconds=order.seconds,
            seed=secrets.randbelow(MAX_SEED + 1) if order.seed is None else order.seed,
            tokens=order.price,
            remix_of_id=lineage.hold_parent(remix_of, user.pk) if remix_of else None,
            hold=_hold(user.pk, order.price, creation_id, order.kind),
        )
        creation.save(force_insert=True)
        states.record(creation_id, user.pk, states.START)
        transaction.on_commit(lambda: bell.ring(order.kind))
    return creation_id


def cancel(user_id: UUID, creation_id: UUID) -> Creation:
    """Stops a creation that is not made yet and gives its tokens back.

    A worker at it notices within a heartbeat.
    """
    with transaction.atomic():
        creation = states.lock(creation_id, user_id)
        hold, creation.hold = creation.hold, None
        states.move(
            creation,
            states.CANCEL,
            fence=creation.fence + 1,
            lease_until=None,
            not_before=None,
            hold=None,
            error_code="cancelled",
            error_message="You cancelled this one. It cost nothing.",
            error_retriable=True,
        )
        if hold is not None:
            ledger.release(hold, reason=f"Cancelled {creation.media_type}")
    return creation


def retry(user_id: UUID, creation_id: UUID) -> Creation:
    """Queues a failed creation again.

    It is paid for already, unless it was cancelled: then the price is held anew.

    Raises IllegalTransition, NotEnoughTokens.
    """
    with transaction.atomic():
        creation = states.lock(creation_id, user_id)
        states.move(
            creation,
            states.RETRY,
            claims=0,
            errors=0,
            not_before=None,
            progress=0,
            progress_note="",
            processing_since=None,
            error_code="",
            error_message="",
            error_retriable=False,
        )
        if creation.hold is None and creation.tokens:
            creation.hold = _hold(user_id, creation.tokens, creation_id, creation.media_type)
            creation.save(update_fields=["hold"])
        kind = creation.media_type
        transaction.on_commit(lambda: bell.ring(kind))
    return creation


def publish(user_id: UUID, creation_id: UUID, *, caption: str | None = None) -> Creation:
    """Puts a draft at the top of the feed. Raises InvalidField, IllegalTransition."""
    text = intake.caption(caption)
    with transaction.atomic():
        creation = states.lock(creation_id, user_id)
        return states.move(
            creation,
            states.PUBLISH,
            caption=text,
            username=User.objects.values_list("username", flat=True).get(pk=user_id),
            like_count=0,
            published_at=timezone.now(),
            publish_at=None,
        )


def unpublish(user_id: UUID, creation_id: UUID) -> Creation:
    """Takes a post out of the feed; it is a draft again, and the likes it had are gone."""
    with transaction.atomic():
        creation = states.lock(creation_id, user_id)
        states.move(creation, states.UNPUBLISH, published_at=None, like_count=0)
        creation.likes.all().delete()
    return creation


def delete(user_id: UUID, creation_id: UUID) -> None:
    """Removes the row now and its objects soon after; a creation that never succeeded gives its tokens back.

    The keys are noted in the same transaction, so that objects go even when this process dies after the
    commit.
    """
    with transaction.atomic():
        creation = states.lock(creation_id, user_id)
        states.move(creation, states.DELETE)
        if creation.hold is not None:
            ledger.release(creation.hold, reason=f"Deleted failed {creation.media_type}")
        doom(all_keys_for(user_id, creation_id))
        creation.delete()
        transaction.on_commit(bell.ring_removal)


def doom(keys: list[str]) -> None:
    """Notes objects that are to be deleted from the storage."""
    DoomedObject.objects.bulk_create([DoomedObject(key=key) for key in keys], ignore_conflicts=True)


def _hold(user_id: UUID, price: int, creation_id: UUID, kind: str) -> UUID | None:
    """Holds the price for a creation; None for one that is free. Raises NotEnoughTokens."""
    if not price:
        return None
    holds = CreationEvent.objects.filter(creation_id=creation_id, arrow=states.CANCEL.name).count()
    try:
        return ledger.hold(
            user_id,
            price,
            reason=f"{kind.capitalize()}",
            key=f"hold:{creation_id}:{holds}",
            subject=creation_id,
        )
    except InsufficientTokens as error:
        raise NotEnoughTokens(error.balance, error.price) from error


def _claim_key(user: User, key: str, digest: str, creation_id: UUID) -> UUID | None:
    """Takes the key for `creation_id`, or answers the creation that took it before.

    Raises IdempotencyMismatch. The insert waits for a concurrent transaction with the same key, so exactly
    one of them starts anything.
    """
    row = IdempotencyKey(user=user, key=key, digest=digest, creation_id=creation_id)
    IdempotencyKey.objects.bulk_create([row], ignore_conflicts=True)
    kept = IdempotencyKey.objects.get(user=user, key=key)
    if kept.creation_id == creation_id:
        return None
    if kept.digest != digest:
        raise IdempotencyMismatch()
    return kept.creation_id

"""The verbs of a person:

start, cancel, retry, publish, unpublish, schedule, unschedule, delete, restore. Each is one transaction, and
all or nothing. soho/creations/batches.py does some of them to many at once.
"""

import secrets
from datetime import datetime
from typing import Any
from uuid import UUID

import structlog
from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone

from soho import tracing, trail
from soho.accounts.models import User
from soho.creations import bell, clock, intake, lineage, once, states
from soho.creations.errors import NotEnoughTokens, TooLateToUndo
from soho.creations.intake import MAX_SEED, Order
from soho.creations.models import MAX_PROMPT, Creation, CreationEvent, Status
from soho.ids import new_id
from soho.ledger import actions as ledger
from soho.ledger.errors import InsufficientTokens
from soho.problems.refusals import NotFound
from soho.providers import registry
from soho.storage.keys import all_keys_for

log = structlog.get_logger(__name__)


def start(
    user: User,
    order: Order,
    *,
    idempotency: tuple[str, str] | None = None,
    remix_of: UUID | None = None,
) -> UUID:
    """Holds the price and queues the work; answers the creation's id.

    1. An `idempotency` (key, digest of the request) that was used before answers the creation it started
       then, even if the model cannot be used any more.
    2. The tokens are held in the transaction that makes the row: there is never one without the other.
    3. `remix_of` is remembered as what it was made from: a post, or something of one's own.
    4. After the commit the bell is rung. A lost ring only costs time: the sweeper finds the row.

    Raises NotEnoughTokens, IdempotencyMismatch, InvalidField, and the order's own refusal.
    """
    creation_id = new_id()
    facts = {"soho.creation_id": str(creation_id), "soho.model": order.model}
    with tracing.span("creation.start", facts=facts), transaction.atomic():
        if idempotency is not None:
            earlier = once.claim(user.pk, *idempotency, creation_id=creation_id)
            if earlier is not None and earlier.creation_id is not None:
                return earlier.creation_id
        if order.refusal is not None:
            raise order.refusal
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
            request_id=trail.request_id(),
            traceparent=tracing.current(),
        )
        creation.save(force_insert=True)
        states.record(creation_id, user.pk, states.START)
        transaction.on_commit(
            lambda: log.info(
                "creation.started", creation=str(creation_id), kind=order.kind, model=order.model
            )
        )
        transaction.on_commit(lambda: bell.ring(order.kind, lane=registry.lane_of(order.model)))
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


def retry(
    user_id: UUID,
    creation_id: UUID,
    *,
    prompt: str | None = None,
    idempotency: tuple[str, str] | None = None,
) -> Creation:
    """Queues a failed creation again, with another `prompt` where one is given.

    It is paid for already, unless its tokens were given back (it was cancelled, or deleted and restored):
    then the price is held anew. An `idempotency` (key, digest of the request) that was used before changes
    nothing and answers the creation as it is now.

    Raises InvalidField, IllegalTransition, NotEnoughTokens, IdempotencyMismatch.
    """
    rewritten = None if prompt is None else intake.written("prompt", prompt, MAX_PROMPT)
    with transaction.atomic():
        # Keys before creations, as in a batch, so that neither waits for the other in a circle.
        earlier = once.claim(user_id, *idempotency, creation_id=creation_id) if idempotency else None
        creation = states.lock(creation_id, user_id)
        if earlier is not None:
            return creation
        anew = rewritten is not None and rewritten != creation.prompt
        if creation.status == Status.FAILED and creation.hold is None and creation.tokens:
            creation.hold = _hold(user_id, creation.tokens, creation_id, creation.media_type)
        _queue_again(
            creation,
            detail="with another prompt" if anew else "",
            prompt=rewritten if anew else creation.prompt,
            # A job that a provider still has was bought for the old prompt: it is not taken up (queue.py).
            fence=creation.fence + int(anew),
            hold=creation.hold,
        )
    return creation


def rerun(creation_id: UUID, *, by: str) -> Creation:
    """Queues somebody's failed creation again, for nothing: an operator's amends, told apart by who did it.

    What it holds is given back first, and it costs nothing from then on, however often it is tried.
    Raises NotFound, IllegalTransition.
    """
    owner = Creation.objects.filter(pk=creation_id).values_list("user_id", flat=True).first()
    if owner is None:
        raise NotFound()
    with transaction.atomic():
        creation = states.lock(creation_id, owner)
        hold = creation.hold
        _queue_again(creation, detail=f"re-run for nothing by {by}", hold=None, tokens=0)
        if hold is not None:
            ledger.release(hold, reason=f"{creation.media_type.capitalize()} tried again, on the house")
    return creation


def _queue_again(creation: Creation, *, detail: str, **changes: Any) -> None:
    """Sends a locked creation back to the queue as if it were new. Raises IllegalTransition.

    From here on it belongs to the request that asked for this; its trace is linked to the one before.
    """
    kind, lane, creation_id = creation.media_type, registry.lane_of(creation.model), creation.pk
    facts = {"soho.creation_id": str(creation_id), "soho.model": creation.model}
    with tracing.span("creation.retry", link=creation.traceparent, facts=facts):
        states.move(
            creation,
            states.RETRY,
            detail=detail,
            trying="",
            claims=0,
            errors=0,
            not_before=None,
            progress=0,
            progress_note="",
            processing_since=None,
            error_code="",
            error_message="",
            error_retriable=False,
            request_id=trail.request_id(),
            traceparent=tracing.current(),
            **changes,
        )
        trace = creation.traceparent
        transaction.on_commit(
            lambda: log.info("creation.retried", creation=str(creation_id), kind=kind, detail=detail)
        )
        transaction.on_commit(lambda: bell.ring(kind, lane=lane, trace=trace))


def publish(user_id: UUID, creation_id: UUID, *, caption: str | None = None) -> Creation:
    """Puts a draft at the top of the feed. Without a `caption`, with the words it was scheduled with, if any.

    Raises InvalidField, IllegalTransition.
    """
    text = None if caption is None else intake.caption(caption)
    with transaction.atomic():
        return publish_locked(states.lock(creation_id, user_id), text, username_of(user_id))


def publish_locked(creation: Creation, caption: str | None, username: str, detail: str = "") -> Creation:
    """Publishes a creation that the transaction has locked. Raises IllegalTransition."""
    return states.move(
        creation,
        states.PUBLISH,
        detail=detail,
        caption=_scheduled_words(creation) if caption is None else caption,
        username=username,
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


def schedule(
    user_id: UUID, creation_id: UUID, publish_at: datetime | str, *, caption: str | None = None
) -> Creation:
    """Has a draft published by itself at `publish_at`, or at another time than before.

    `publish_at` is aware, or RFC 3339 with an offset; in the future and within a year. Without a `caption` a
    scheduled one keeps the words it has. Raises InvalidField, IllegalTransition.
    """
    moment = intake.publish_at(publish_at)
    text = None if caption is None else intake.caption(caption)
    with transaction.atomic():
        return schedule_locked(states.lock(creation_id, user_id), moment, text)


def schedule_locked(creation: Creation, moment: datetime, caption: str | None) -> Creation:
    """Schedules a creation that the transaction has locked. Raises IllegalTransition."""
    words = _scheduled_words(creation) if caption is None else caption
    return states.move(creation, states.SCHEDULE, detail=moment.isoformat(), publish_at=moment, caption=words)


def unschedule(user_id: UUID, creation_id: UUID) -> Creation:
    """Leaves a draft a draft until it is published by hand; one that was not scheduled stays as it is.

    Raises IllegalTransition.
    """
    with transaction.atomic():
        return unschedule_locked(states.lock(creation_id, user_id))


def unschedule_locked(creation: Creation) -> Creation:
    """Takes a creation that the transaction has locked off its schedule. Raises IllegalTransition."""
    if creation.status == Status.DRAFT and creation.publish_at is None:
        return creation
    return states.move(creation, states.UNSCHEDULE, publish_at=None, caption="")


def delete(user_id: UUID, creation_id: UUID) -> None:
    """Hides a creation from everybody at once; `restore` brings it back while there is time for an undo.

    After that its row and its objects go (soho/creations/clock.py). One that never succeeded gives its tokens
    back now. Raises IllegalTransition.
    """
    with transaction.atomic():
        delete_locked(states.lock(creation_id, user_id))


def delete_locked(creation: Creation) -> None:
    """Deletes a creation that the transaction has locked. Raises IllegalTransition."""
    hold, was = creation.hold, creation.status
    states.move(creation, states.DELETE, deleted_at=Now(), deleted_from=was, hold=None)
    if hold is not None:
        ledger.release(hold, reason=f"Deleted failed {creation.media_type}")


def remove(user_id: UUID, creation_id: UUID) -> None:
    """Deletes a creation for good, with no time for an undo; its objects go soon after.

    Raises IllegalTransition.
    """
    with transaction.atomic():
        creation = states.lock(creation_id, user_id)
        delete_locked(creation)
        states.move(creation, states.PURGE)
        clock.doom(all_keys_for(user_id, creation_id))
        creation.delete()
        transaction.on_commit(bell.ring_removal)


def restore(user_id: UUID, creation_id: UUID) -> Creation:
    """Undoes a deletion: the creation is back where it was, a post with its likes and its place in the feed.

    A failed one comes back as a cancelled one is: its tokens stay with the person, and a retry holds the
    price anew. So an undo never costs anything and never fails for want of tokens. Raises TooLateToUndo.
    """
    with transaction.atomic():
        creation = states.lock_many([creation_id], user_id, deleted=True).get(creation_id)
        if creation is None:
            raise TooLateToUndo()
        return restore_locked(creation)


def restore_locked(creation: Creation) -> Creation:
    """Brings back a deleted creation that the transaction has locked."""
    was = Status(creation.deleted_from)
    return states.move(creation, states.RESTORE, to=was, deleted_at=None, deleted_from="")


def username_of(user_id: UUID) -> str:
    """The name that a person publishes under."""
    return User.objects.values_list("username", flat=True).get(pk=user_id)


def _scheduled_words(creation: Creation) -> str:
    """The caption that waits with a schedule; what an unpublished post once said is over."""
    return creation.caption if creation.publish_at is not None else ""


def _hold(user_id: UUID, price: int, creation_id: UUID, kind: str) -> UUID | None:
    """Holds the price for a creation; None for one that is free. Raises NotEnoughTokens."""
    if not price:
        return None
    # Each time its tokens were given back there is one hold more.
    given_back = [states.CANCEL.name, states.DELETE.name]
    holds = CreationEvent.objects.filter(creation_id=creation_id, arrow__in=given_back).count()
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

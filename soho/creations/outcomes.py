"""The verbs of a worker:

complete, fail, defer. Each carries the fence of its claim; a claim that was lost can no longer write.
"""

import random
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from soho.creations import bell, states
from soho.creations.errors import LeaseLost
from soho.creations.models import Creation, Status
from soho.ledger import actions as ledger
from soho.providers import registry

MAX_ERRORS = 3


@dataclass(frozen=True, slots=True)
class Made:
    """What was made, by which model, and where its objects are.

    Seconds and pixels as probed. `media_key` exists in the storage already.
    """

    media_key: str
    thumbnail_key: str
    rendition_key: str
    poster_key: str
    placeholder: str
    content_type: str
    size_bytes: int
    duration: float | None
    width: int
    height: int
    made_by: str = ""


def complete(creation_id: UUID, fence: int, made: Made) -> None:
    """Captures the hold and makes it a draft, both or neither. Raises LeaseLost."""
    with transaction.atomic():
        creation = _lock_claimed(creation_id, fence)
        if creation.hold is not None:
            ledger.capture(creation.hold, reason=f"{creation.media_type.capitalize()} made")
        states.move(
            creation,
            states.COMPLETE,
            hold=None,
            lease_until=None,
            progress=1.0,
            progress_note="",
            **{name: getattr(made, name) for name in Made.__dataclass_fields__},
        )


def fail(
    creation_id: UUID,
    fence: int,
    *,
    code: str,
    message: str,
    retriable: bool,
    retry_after: float | None = None,
    again: bool = True,
) -> Status:
    """Ends the attempt with an error.

    A retriable one is tried again by itself, three attempts in all, not before `retry_after` seconds; else,
    and then, and where it must not be tried `again` by itself, the creation has failed. The hold stays either
    way, so a retry costs nothing more. Answers the status it has now. Raises LeaseLost.
    """
    with transaction.atomic():
        creation = _lock_claimed(creation_id, fence)
        errors = creation.errors + 1
        if retriable and again and errors < MAX_ERRORS:
            states.move(
                creation,
                states.DEFER,
                detail=code,
                errors=errors,
                lease_until=None,
                not_before=timezone.now() + max(backoff(errors), _asked_for(retry_after)),
                progress=0,
                progress_note="Trying again in a moment",
            )
        else:
            _give_up(creation, code, message, retriable, errors=errors)
        return Status(creation.status)


def move_on(creation_id: UUID, fence: int, *, model: str, title: str, code: str) -> None:
    """Ends the attempt with an error and lets `model` go on, at once and within the same hold.

    Raises LeaseLost.
    """
    with transaction.atomic():
        creation = _lock_claimed(creation_id, fence)
        states.move(
            creation,
            states.DEFER,
            detail=f"{code}; on to {model}",
            trying=model,
            lease_until=None,
            # No worker died: what was counted was the claim of a model that could not.
            claims=max(0, creation.claims - 1),
            progress=0,
            progress_note=f"Going on with {title}",
        )
        kind, lane = creation.media_type, registry.lane_of(model)
        transaction.on_commit(lambda: bell.ring(kind, lane=lane))


def abandon(creation_id: UUID, fence: int) -> None:
    """Gives up a creation whose workers keep dying. Raises LeaseLost when a worker has it after all."""
    with transaction.atomic():
        creation = _lock_claimed(creation_id, fence)
        _give_up(
            creation,
            "worker_lost",
            "Our machine stopped several times while making this. It is not your prompt's fault, "
            "and trying again costs nothing.",
            True,
        )


def hand_back(creation_id: UUID, fence: int) -> None:
    """Gives a claim back unharmed, for another worker to take up at once (this one is being stopped).

    Raises LeaseLost.
    """
    with transaction.atomic():
        creation = _lock_claimed(creation_id, fence)
        states.move(
            creation, states.DEFER, detail="handed back", lease_until=None, claims=max(0, creation.claims - 1)
        )


def backoff(errors: int) -> timedelta:
    """Exponential with full jitter: between 0.5 and 1.5 times the base, doubled for each error before."""
    return timedelta(seconds=settings.BACKOFF_SECONDS * 2 ** (errors - 1) * random.uniform(0.5, 1.5))  # noqa: S311 - spreads load, guards nothing


def _asked_for(retry_after: float | None) -> timedelta:
    """What a provider asked us to wait, an hour at most."""
    return timedelta(seconds=min(max(retry_after or 0.0, 0.0), 3600.0))


def _give_up(creation: Creation, code: str, message: str, retriable: bool, **changes: Any) -> None:
    states.move(
        creation,
        states.FAIL,
        detail=code,
        lease_until=None,
        error_code=code,
        error_message=message[:400],
        error_retriable=retriable,
        **changes,
    )


def _lock_claimed(creation_id: UUID, fence: int) -> Creation:
    creation = (
        Creation.objects.select_for_update()
        .filter(pk=creation_id, fence=fence, status=Status.PROCESSING)
        .first()
    )
    if creation is None:
        raise LeaseLost()
    return creation

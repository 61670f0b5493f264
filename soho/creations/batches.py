"""The same done to many at once: publish, schedule, unschedule, delete, restore.

A batch is one transaction. What cannot be done to one creation is told of that one, and the others are done.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias
from uuid import UUID

from django.db import transaction

from soho.creations import actions, intake, once, states
from soho.creations.errors import TooLateToUndo
from soho.creations.models import Creation
from soho.problems.documents import described
from soho.problems.refusals import InvalidField, NotFound, Refusal

MOST = 100  # creations in one batch

Idempotency: TypeAlias = tuple[str, str] | None


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one creation of a batch: its HTTP status, and the problem document if it is one."""

    creation_id: UUID
    status: int
    problem: dict[str, Any] | None = None


def publish(
    user_id: UUID,
    creation_ids: Sequence[UUID],
    *,
    caption: str | None = None,
    idempotency: Idempotency = None,
) -> list[Result]:
    """Publishes drafts, the first of them topmost in the feed; `caption` is one for all.

    Without one each keeps the words it was scheduled with, if any. Raises InvalidField, IdempotencyMismatch.
    """
    text = None if caption is None else intake.caption(caption)
    username = actions.username_of(user_id)
    return _each(
        user_id,
        creation_ids,
        lambda creation: actions.publish_locked(creation, text, username),
        idempotency=idempotency,
        last_first=True,
    )


def schedule(
    user_id: UUID,
    creation_ids: Sequence[UUID],
    publish_at: datetime | str,
    *,
    caption: str | None = None,
    idempotency: Idempotency = None,
) -> list[Result]:
    """Has drafts published at `publish_at` (as `actions.schedule`), all at the same time.

    Raises InvalidField, IdempotencyMismatch.
    """
    text = None if caption is None else intake.caption(caption)
    moment = intake.publish_at(publish_at)
    return _each(
        user_id,
        creation_ids,
        lambda creation: actions.schedule_locked(creation, moment, text),
        idempotency=idempotency,
    )


def unschedule(
    user_id: UUID, creation_ids: Sequence[UUID], *, idempotency: Idempotency = None
) -> list[Result]:
    """Takes drafts off their schedule. Raises InvalidField, IdempotencyMismatch."""
    return _each(user_id, creation_ids, actions.unschedule_locked, idempotency=idempotency)


def delete(user_id: UUID, creation_ids: Sequence[UUID], *, idempotency: Idempotency = None) -> list[Result]:
    """Deletes creations, until `restore` undoes it in time. Raises InvalidField, IdempotencyMismatch."""
    return _each(user_id, creation_ids, actions.delete_locked, idempotency=idempotency)


def restore(user_id: UUID, creation_ids: Sequence[UUID], *, idempotency: Idempotency = None) -> list[Result]:
    """Brings deleted creations back. Raises InvalidField, IdempotencyMismatch."""
    return _each(user_id, creation_ids, actions.restore_locked, idempotency=idempotency, deleted=True)


def within_limit(creation_ids: Sequence[UUID]) -> list[UUID]:
    """The ids, each once, in their order. Raises InvalidField for none or too many."""
    wanted = list(dict.fromkeys(creation_ids))
    if not wanted:
        raise InvalidField("creationIds", "Choose at least one.")
    if len(wanted) > MOST:
        raise InvalidField("creationIds", f"Choose at most {MOST} at a time; these are {len(wanted)}.")
    return wanted


def _each(
    user_id: UUID,
    creation_ids: Sequence[UUID],
    verb: Callable[[Creation], object],
    *,
    idempotency: Idempotency,
    deleted: bool = False,
    last_first: bool = False,
) -> list[Result]:
    """Does `verb` to each that is there; a verb that refuses has changed nothing (states.py)."""
    wanted = within_limit(creation_ids)
    with transaction.atomic():
        earlier = once.claim(user_id, *idempotency) if idempotency else None
        if earlier is not None:
            return [Result(UUID(one["id"]), one["status"], one["problem"]) for one in earlier.answer or []]
        found = states.lock_many(wanted, user_id, deleted=deleted)
        order = reversed(wanted) if last_first else wanted
        missing: Refusal = TooLateToUndo() if deleted else NotFound()
        done = {one: _one(found.get(one), one, verb, missing) for one in order}
        results = [done[one] for one in wanted]
        if idempotency:
            answer = [{"id": str(r.creation_id), "status": r.status, "problem": r.problem} for r in results]
            once.remember(user_id, idempotency[0], answer)
    return results


def _one(
    creation: Creation | None, creation_id: UUID, verb: Callable[[Creation], object], missing: Refusal
) -> Result:
    try:
        if creation is None:
            raise missing
        verb(creation)
    except Refusal as refusal:
        return Result(creation_id, refusal.status, described(refusal))
    return Result(creation_id, 200)

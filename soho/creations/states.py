"""Every arrow a creation can travel, and the one function that moves it.

                 start                                  schedule,
                   |                                    unschedule
                   v      claim                complete   +--+       publish
               +---------+ ---> +------------+ -------> +-------+ ---------> +-----------+
               | pending |      | processing |          | draft |            | published |
               +---------+      +------------+          +-------+ <--------- +-----------+
                 ^   |            |  ^   |                 ^ |     unpublish      ^ |
           retry |   | fail,      |  +---+ claim again     | |                    | |
                 |   | cancel     |        (lease ran out), | |                   | |
                 |   v            |        defer           | | delete             | | delete
               +--------+ <-------+                restore | v            restore | v
               | failed |  fail, cancel                 +---------------------------------+
               +--------+ ------- delete -------------> |             deleted             | - purge -> (gone)
                   ^ <----------- restore ------------- +---------------------------------+

A change happens in one transaction: lock the row, check the arrow, write, add an event. Anything else is
IllegalTransition (409). `deleted` is nobody's to see: for every verb but restore and purge such a creation
is not there (404). Time itself travels two arrows (soho/creations/clock.py): publish, when a draft's
`publish_at` has come, and purge, when the time for an undo is over.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from soho.creations.errors import IllegalTransition
from soho.creations.models import Creation, CreationEvent, Status
from soho.creations.signals import moved
from soho.problems.refusals import NotFound


@dataclass(frozen=True, slots=True)
class Arrow:
    """One arrow of the drawing.

    `verb` completes "cannot ... while it is ...". A `target` of None means: it is gone, or (restore) back
    where it was.
    """

    name: str
    verb: str
    sources: frozenset[Status]
    target: Status | None


def _arrow(name: str, verb: str, sources: set[Status], target: Status | None) -> Arrow:
    return Arrow(name, verb, frozenset(sources), target)


_MAKING = {Status.PENDING, Status.PROCESSING}

START = _arrow("start", "be started", set(), Status.PENDING)
CLAIM = _arrow("claim", "be claimed", _MAKING, Status.PROCESSING)
DEFER = _arrow("defer", "be tried again later", {Status.PROCESSING}, Status.PROCESSING)
COMPLETE = _arrow("complete", "be completed", {Status.PROCESSING}, Status.DRAFT)
FAIL = _arrow("fail", "fail", _MAKING, Status.FAILED)
CANCEL = _arrow("cancel", "be cancelled", _MAKING, Status.FAILED)
RETRY = _arrow("retry", "be retried", {Status.FAILED}, Status.PENDING)
PUBLISH = _arrow("publish", "be published", {Status.DRAFT}, Status.PUBLISHED)
UNPUBLISH = _arrow("unpublish", "be unpublished", {Status.PUBLISHED}, Status.DRAFT)
SCHEDULE = _arrow("schedule", "be scheduled", {Status.DRAFT}, Status.DRAFT)
UNSCHEDULE = _arrow("unschedule", "be taken off its schedule", {Status.DRAFT}, Status.DRAFT)
DELETE = _arrow("delete", "be deleted", {Status.DRAFT, Status.FAILED, Status.PUBLISHED}, Status.DELETED)
RESTORE = _arrow("restore", "be brought back", {Status.DELETED}, None)
PURGE = _arrow("purge", "be removed", {Status.DELETED}, None)

ARROWS = (
    *(START, CLAIM, DEFER, COMPLETE, FAIL, CANCEL, RETRY, PUBLISH, UNPUBLISH, SCHEDULE, UNSCHEDULE),
    *(DELETE, RESTORE, PURGE),
)


def lock(creation_id: UUID, user_id: UUID) -> Creation:
    """The person's own creation, locked until the transaction ends.

    Another person's is NotFound, like a deleted one and none at all.
    """
    found = lock_many([creation_id], user_id).get(creation_id)
    if found is None:
        raise NotFound()
    return found


def lock_many(creation_ids: Iterable[UUID], user_id: UUID, *, deleted: bool = False) -> dict[UUID, Creation]:
    """Those of `creation_ids` that are the person's own, locked; with `deleted`, those that wait to go.

    One statement in one order, so that two batches never wait for each other in a circle; and before anything
    else is locked, so that neither do a batch and a verb that moves tokens.
    """
    mine = Creation.objects.select_for_update().filter(pk__in=list(creation_ids), user_id=user_id)
    mine = mine.filter(status=Status.DELETED) if deleted else mine.exclude(status=Status.DELETED)
    return {one.pk: one for one in mine.order_by("pk")}


def move(
    creation: Creation, arrow: Arrow, *, detail: str = "", to: Status | None = None, **changes: Any
) -> Creation:
    """Moves a locked creation along `arrow`, writing `changes` and an event. `to` is where restore leads.

    Raises IllegalTransition and changes nothing.
    """
    if creation.status not in arrow.sources:
        raise IllegalTransition(arrow.name, arrow.verb, creation.status)
    if target := to or arrow.target:
        for name, value in {**changes, "status": target}.items():
            setattr(creation, name, value)
        creation.save(update_fields=["status", *changes])
    if arrow in {PUBLISH, UNPUBLISH, DELETE, RESTORE, PURGE}:
        moved.send(sender=Creation, creation=creation, arrow=arrow)
    record(creation.pk, creation.user_id, arrow, detail)
    return creation


def record(creation_id: UUID, user_id: UUID, arrow: Arrow, detail: str = "") -> None:
    """Adds the event row that stands beside every change."""
    CreationEvent.objects.create(
        creation_id=creation_id, user_id=user_id, arrow=arrow.name, detail=detail[:120]
    )

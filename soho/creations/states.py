"""Every arrow a creation can travel, and the one function that moves it.

                 start
                   |
                   v      claim                complete              publish
               +---------+ ---> +------------+ -------> +-------+ ---------> +-----------+
               | pending |      | processing |          | draft |            | published |
               +---------+      +------------+          +-------+ <--------- +-----------+
                 ^   |            |  ^   |                  |      unpublish       |
           retry |   | fail,      |  +---+ claim again      | delete               | delete
                 |   | cancel     |        (lease ran out), |                      |
                 |   v            |        defer            v                      v
               +--------+ <-------+                      (gone)                 (gone)
               | failed |  fail, cancel
               +--------+ ---> (gone)
                        delete

A change happens in one transaction: lock the row, check the arrow, write, add an event. Anything else is
IllegalTransition (409).
"""

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

    `verb` completes "cannot ... while it is ...". A `target` of None means: it is gone.
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
DELETE = _arrow("delete", "be deleted", {Status.DRAFT, Status.FAILED, Status.PUBLISHED}, None)

ARROWS = (START, CLAIM, DEFER, COMPLETE, FAIL, CANCEL, RETRY, PUBLISH, UNPUBLISH, DELETE)


def lock(creation_id: UUID, user_id: UUID) -> Creation:
    """The person's own creation, locked until the transaction ends.

    Another person's is NotFound, like none at all.
    """
    found = Creation.objects.select_for_update().filter(pk=creation_id, user_id=user_id).first()
    if found is None:
        raise NotFound()
    return found


def move(creation: Creation, arrow: Arrow, *, detail: str = "", **changes: Any) -> Creation:
    """Moves a locked creation along `arrow`, writing `changes` and an event.

    Raises IllegalTransition and changes nothing.
    """
    if creation.status not in arrow.sources:
        raise IllegalTransition(arrow.name, arrow.verb, creation.status)
    if arrow.target is not None:
        for name, value in {**changes, "status": arrow.target}.items():
            setattr(creation, name, value)
        creation.save(update_fields=["status", *changes])
    if arrow in {PUBLISH, UNPUBLISH, DELETE}:
        moved.send(sender=Creation, creation=creation, arrow=arrow)
    record(creation.pk, creation.user_id, arrow, detail)
    return creation


def record(creation_id: UUID, user_id: UUID, arrow: Arrow, detail: str = "") -> None:
    """Adds the event row that stands beside every change."""
    CreationEvent.objects.create(
        creation_id=creation_id, user_id=user_id, arrow=arrow.name, detail=detail[:120]
    )

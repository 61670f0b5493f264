"""What waits, what runs, and who works. Every query reads the queue's own index, or a window of attempts."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils import timezone

from soho.ids import first_at
from soho.providers import registry

LATELY = timedelta(hours=1)
SHOWN = 50

_QUEUES = """
    SELECT media_type, model, count(*) FILTER (WHERE NOT live), count(*) FILTER (WHERE live),
        count(*) FILTER (WHERE NOT live AND not_before > now()),
        coalesce(extract(epoch FROM now() - min(created_at) FILTER (WHERE NOT live)), 0)::float8
    FROM (
        SELECT media_type, coalesce(nullif(trying, ''), model) AS model, created_at, not_before,
            status = 'processing' AND coalesce(lease_until >= now(), false) AS live
        FROM creations_creation WHERE status IN ('pending', 'processing')
    ) AS queued
    GROUP BY media_type, model
"""

_LEASES = """
    SELECT c.id, c.media_type, a.model, u.username, a.worker, c.progress, c.progress_note,
        c.processing_since, c.lease_until
    FROM creations_creation AS c
    JOIN generation_attempt AS a ON a.creation_id = c.id AND a.fence = c.fence
    JOIN accounts_user AS u ON u.id = c.user_id
    WHERE c.status = 'processing' AND c.lease_until >= now()
    ORDER BY c.processing_since, c.id LIMIT %s
"""

# Ids sort by time: the window is a range of the primary key.
_WORKERS = """
    SELECT worker, max(started_at), count(*), count(*) FILTER (WHERE outcome = 'succeeded'),
        count(*) FILTER (WHERE outcome = 'failed'), count(*) FILTER (WHERE outcome = 'running')
    FROM generation_attempt WHERE id >= %s
    GROUP BY worker ORDER BY max(started_at) DESC LIMIT %s
"""


@dataclass(slots=True)
class Queue:
    """One queue: what a ring in it is for, how much waits and runs there, and seconds the oldest has waited.

    `resting` of those that wait may not be claimed yet, after a failed attempt.
    """

    kind: str
    lane: str
    waiting: int = 0
    running: int = 0
    resting: int = 0
    oldest_seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Lease:
    """One creation that a worker has now."""

    creation_id: UUID
    kind: str
    model: str
    username: str
    worker: str
    progress: float
    note: str
    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Worker:
    """What one process claimed within LATELY, and when last."""

    name: str
    last_claim: datetime
    claims: int
    succeeded: int
    failed: int
    running: int


def queues() -> list[Queue]:
    """The queue of each kind, and of each lane that models have of their own, empty ones too. One query."""
    lanes = {name: lane for lane, names in registry.lanes().items() for name in names}
    found = {(kind, ""): Queue(kind, "") for kind in ("video", "image")}
    for model in registry.offered():
        for kind in model.kinds if model.lane else ():
            found.setdefault((kind, model.lane), Queue(kind, model.lane))
    for kind, name, waiting, running, resting, oldest in _rows(_QUEUES):
        lane = lanes.get(name, "")
        queue = found.setdefault((kind, lane), Queue(kind, lane))
        queue.waiting += waiting
        queue.running += running
        queue.resting += resting
        queue.oldest_seconds = max(queue.oldest_seconds, oldest)
    return list(found.values())


def leases() -> list[Lease]:
    """What is being made now, longest at work first, at most SHOWN. One query."""
    return [Lease(*row) for row in _rows(_LEASES, SHOWN)]


def workers(now: datetime | None = None) -> list[Worker]:
    """Who claimed something within LATELY, most recent first, at most SHOWN. One query.

    An idle worker claims nothing, so this tells who is alive only while there is work.
    """
    since = (now or timezone.now()) - LATELY
    return [Worker(*row) for row in _rows(_WORKERS, first_at(since), SHOWN)]


def _rows(statement: str, *values: Any) -> Iterable[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())

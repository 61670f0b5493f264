"""What went wrong: failed attempts, and those whose worker was lost. Along their own partial index."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection

SHOWN = 50
_WENT_WRONG = "(a.outcome = 'failed' OR (a.outcome = 'lost' AND a.error_code = 'worker_lost'))"

_LATEST = f"""
    SELECT a.creation_id, a.ended_at, a.error_code, a.error_detail, a.kind, a.model, a.worker, a.fence,
        coalesce(u.username, ''), CASE
            WHEN c.status = 'processing' AND (c.lease_until IS NULL OR c.lease_until < now()) THEN 'pending'
            ELSE coalesce(c.status, '') END
    FROM generation_attempt AS a
    LEFT JOIN creations_creation AS c ON c.id = a.creation_id
    LEFT JOIN accounts_user AS u ON u.id = c.user_id
    WHERE {_WENT_WRONG} AND a.ended_at IS NOT NULL
    ORDER BY a.ended_at DESC LIMIT %s
"""  # noqa: S608 - a constant of this file

_GROUPS = f"""
    SELECT a.error_code, a.model, count(*), count(DISTINCT a.creation_id), max(a.ended_at)
    FROM generation_attempt AS a
    WHERE {_WENT_WRONG} AND a.ended_at > now() - interval '1 day'
    GROUP BY a.error_code, a.model ORDER BY count(*) DESC, a.error_code, a.model LIMIT %s
"""  # noqa: S608 - a constant of this file


@dataclass(frozen=True, slots=True)
class Failure:
    """One attempt that failed. `username` and `status` are empty when its creation is gone.

    `status` is "pending" too for one that waits to be tried again.
    """

    creation_id: UUID | None
    time: datetime
    code: str
    detail: str
    kind: str
    model: str
    worker: str
    fence: int
    username: str
    status: str


@dataclass(frozen=True, slots=True)
class Group:
    """Failures of a day with one code and model."""

    code: str
    model: str
    attempts: int
    creations: int
    last: datetime


def latest() -> list[Failure]:
    """The newest SHOWN, newest first. One query, which reads as many rows of an index as it shows."""
    with connection.cursor() as cursor:
        cursor.execute(_LATEST, [SHOWN])
        return [Failure(*row) for row in cursor.fetchall()]


def of_a_day() -> list[Group]:
    """The last 24 hours by code and model, most frequent first. One query over that day's failures alone."""
    with connection.cursor() as cursor:
        cursor.execute(_GROUPS, [SHOWN])
        return [Group(*row) for row in cursor.fetchall()]

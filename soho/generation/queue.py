"""The queue: which creation is next, and whose it is while it is being made.

There is no queue beside the rows. A creation can be claimed while it is pending, or processing without a live
lease (its worker died, or it waits after a failed attempt), and its backoff is over. Claims are fair: the
person who was served longest ago comes first, at most `RUNNING_PER_USER` of one person and kind run at the
same time, and a person's own work goes oldest first.
"""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction

from soho.creations import states
from soho.creations.errors import LeaseLost
from soho.generation.models import Attempt, Outcome

MAX_CLAIMS = 6

_WAITING = """
    status IN ('pending', 'processing')
    AND (lease_until IS NULL OR lease_until < now())
    AND (not_before IS NULL OR not_before <= now())
"""

_PEOPLE_WAITING = f"""
    SELECT waiting.user_id
    FROM (
        SELECT user_id, min(created_at) AS since FROM creations_creation
        WHERE {_WAITING} AND media_type = %(kind)s GROUP BY user_id
    ) AS waiting
    LEFT JOIN generation_turn AS turn ON turn.user_id = waiting.user_id
    ORDER BY turn.served_at NULLS FIRST, waiting.since
    LIMIT 100
"""  # noqa: S608 - only constants of this file are put together here

_CLAIM = f"""
    UPDATE creations_creation AS c
    SET status = 'processing', fence = fence + 1, claims = claims + 1, progress = 0, progress_note = '',
    not_before = NULL,
        lease_until = now() + make_interval(secs => %(lease)s), processing_since = now(), expected_seconds =
        %(expected)s
    WHERE id = (
        SELECT id FROM creations_creation
        WHERE {_WAITING} AND user_id = %(user)s AND media_type = %(kind)s
        ORDER BY created_at, id LIMIT 1 FOR UPDATE SKIP LOCKED
    )
    AND %(limit)s > (
        SELECT count(*) FROM creations_creation
        WHERE user_id = %(user)s AND media_type = %(kind)s AND status = 'processing' AND lease_until >= now()
    )
    RETURNING id, user_id, media_type, fence, claims, model, prompt, aspect_ratio, requested_seconds, seed
"""  # noqa: S608 - only constants of this file


@dataclass(frozen=True, slots=True)
class Claim:
    """A creation that is this worker's to make, as long as its fence is the row's."""

    creation_id: UUID
    user_id: UUID
    kind: str
    fence: int
    claims: int
    model: str
    prompt: str
    aspect_ratio: str
    seconds: float | None
    seed: int
    provider_job: str


def claim(kind: str, *, worker: str) -> Claim | None:
    """Claims the next creation of `kind` for `worker`, or None when nothing may be claimed now.

    Each person is tried in a transaction of its own, under a lock on their turn: two workers never pass the
    limit together, and never wait for each other in a circle.
    """
    with connection.cursor() as cursor:
        cursor.execute(_PEOPLE_WAITING, {"kind": kind})
        people = [row[0] for row in cursor.fetchall()]
    for user_id in people:
        with transaction.atomic():
            claimed = _claim_of(user_id, kind, worker)
        if claimed is not None:
            return claimed
    return None


def _claim_of(user_id: UUID, kind: str, worker: str) -> Claim | None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO generation_turn (user_id, served_at) VALUES (%s, 'epoch') ON CONFLICT DO NOTHING",
            [user_id],
        )
        cursor.execute("SELECT 1 FROM generation_turn WHERE user_id = %s FOR UPDATE", [user_id])
        cursor.execute(
            _CLAIM,
            {
                "user": user_id,
                "kind": kind,
                "lease": settings.LEASE_SECONDS,
                "limit": settings.RUNNING_PER_USER,
                "expected": _usual_seconds(cursor, kind),
            },
        )
        row = cursor.fetchone()
        if row is None:
            # Someone else took it a moment ago, or this person has enough running.
            return None
        cursor.execute(
            "UPDATE generation_turn SET served_at = clock_timestamp() WHERE user_id = %s", [user_id]
        )
    creation_id, owner, media_type, fence, claims, model, prompt, aspect_ratio, seconds, seed = row
    states.record(creation_id, owner, states.CLAIM, f"claim {claims} by {worker}")
    return Claim(
        creation_id=creation_id,
        user_id=owner,
        kind=media_type,
        fence=fence,
        claims=claims,
        model=model,
        prompt=prompt,
        aspect_ratio=aspect_ratio,
        seconds=seconds,
        seed=seed,
        provider_job=_open_attempt(creation_id, fence, worker, model),
    )


def _open_attempt(creation_id: UUID, fence: int, worker: str, provider: str) -> str:
    """Ends what an earlier worker left open, begins the new attempt, answers the provider's job to take up.

    Cancelling raises the fence once more, so a job that a person cancelled is never taken up by a later
    retry.
    """
    left = Attempt.objects.filter(creation_id=creation_id, outcome=Outcome.RUNNING).first()
    job = left.provider_job if left and left.fence == fence - 1 else ""
    if left:
        end_attempt(creation_id, left.fence, Outcome.LOST, code="worker_lost")
    Attempt.objects.create(
        creation_id=creation_id, fence=fence, worker=worker, provider=provider, provider_job=job
    )
    return job


def _usual_seconds(cursor: Any, kind: str) -> float | None:
    """The median time of the last twenty successes of this kind; None before the first."""
    cursor.execute(
        """
        SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY took) FROM (
            SELECT extract(epoch FROM a.ended_at - a.started_at) AS took
            FROM generation_attempt AS a JOIN creations_creation AS c ON c.id = a.creation_id
            WHERE a.outcome = 'succeeded' AND c.media_type = %s ORDER BY a.ended_at DESC LIMIT 20
        ) AS recent
        """,
        [kind],
    )
    (seconds,) = cursor.fetchone()
    return float(seconds) if seconds is not None else None


def heartbeat(creation_id: UUID, fence: int, *, progress: float, note: str) -> None:
    """Extends the lease and notes the progress (0..1).

    Raises LeaseLost when the claim is no longer this worker's.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE creations_creation
            SET lease_until = now() + make_interval(secs => %s), progress = %s, progress_note = %s
            WHERE id = %s AND fence = %s AND status = 'processing'
            """,
            [settings.LEASE_SECONDS, progress, note[:120], creation_id, fence],
        )
        if not cursor.rowcount:
            raise LeaseLost()


def remember_job(creation_id: UUID, fence: int, provider_job: str) -> None:
    """Stores the provider's job id with the running attempt. Raises LeaseLost."""
    if not Attempt.objects.filter(creation_id=creation_id, fence=fence, outcome=Outcome.RUNNING).update(
        provider_job=provider_job
    ):
        raise LeaseLost()


def note_generated(creation_id: UUID, fence: int) -> None:
    """Notes that the model's file is on disk."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE generation_attempt SET generated_at = clock_timestamp() "
            "WHERE creation_id = %s AND fence = %s",
            [creation_id, fence],
        )


def end_attempt(creation_id: UUID, fence: int, outcome: Outcome, *, code: str = "", detail: str = "") -> None:
    """Closes a running attempt; one that is closed already stays as it is."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE generation_attempt SET outcome = %s, error_code = %s, error_detail = %s, ended_at =
            clock_timestamp() WHERE creation_id = %s AND fence = %s AND outcome = 'running'
            """,
            [outcome.value, code, detail[:2000], creation_id, fence],
        )


def waiting(kind: str) -> int:
    """How many creations of `kind` could be claimed now, were there workers enough."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT count(*) FROM creations_creation WHERE {_WAITING} AND media_type = %s",  # noqa: S608 - a constant
            [kind],
        )
        (count,) = cursor.fetchone()
    return int(count)

"""The queue: which creation is next, and whose it is while it is being made.

There is no queue beside the rows. A creation can be claimed while it is pending, or processing without a live
lease (its worker died, or it waits after a failed attempt), and its backoff is over. Claims are fair: the
person who was served longest ago comes first (soho/generation/turns.py), at most `RUNNING_PER_USER` of one
person and kind run at the same time, and a person's own work goes oldest first. A model may have a lane of
its own (a GPU that it is loaded on): its creations are claimed there and nowhere else.
"""

from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q
from django.db.models.functions import Now

from soho.creations import states
from soho.creations.errors import LeaseLost
from soho.creations.models import Creation, Status
from soho.generation import measured, turns
from soho.generation.models import Attempt, Outcome
from soho.generation.turns import WAITING
from soho.providers import registry
from soho.providers.contract import Kind

MAX_CLAIMS = 6

_SERVE = """
    INSERT INTO generation_turn (user_id, served_at) VALUES (%s, clock_timestamp())
    ON CONFLICT (user_id) DO UPDATE SET served_at = clock_timestamp()
"""

_CLAIM = f"""
    UPDATE creations_creation AS c
    SET status = 'processing', fence = fence + 1, claims = claims + 1, progress = 0, progress_note = '',
    not_before = NULL,
        lease_until = now() + make_interval(secs => %(lease)s), processing_since = now(),
        expected_seconds = (
            SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY took) FROM (
                SELECT extract(epoch FROM a.ended_at - a.started_at) AS took FROM generation_attempt AS a
                WHERE a.outcome = 'succeeded' AND a.kind = c.media_type
                AND a.model = coalesce(nullif(c.trying, ''), c.model)
                ORDER BY a.ended_at DESC LIMIT 20
            ) AS recent
        )
    WHERE id = (
        SELECT id FROM creations_creation
        WHERE {WAITING} AND user_id = %(user)s
        ORDER BY created_at, id LIMIT 1 FOR UPDATE SKIP LOCKED
    )
    AND %(limit)s > (
        SELECT count(*) FROM creations_creation
        WHERE user_id = %(user)s AND media_type = %(kind)s AND status = 'processing' AND lease_until >= now()
    )
    RETURNING id, user_id, media_type, fence, claims, model, trying, prompt, aspect_ratio, requested_seconds,
        seed, tokens, errors, extract(epoch FROM now() - created_at)::float8, request_id, traceparent
"""  # noqa: S608 - only constants


@dataclass(frozen=True, slots=True)
class Claim:
    """A creation that is this worker's to make, as long as its fence is the row's.

    `tokens` is what it holds, `errors` how many attempts have failed. `asked_model` is what the person chose
    and `model` what is to make it: the same, or a successor. `provider_job`, `key` and `unsettled` are what
    an earlier attempt left (see soho.providers.contract.Job). `attempt_id` is the row of this attempt, and
    `request_id` and `trace` (a traceparent) are those of the request that asked for it.
    """

    creation_id: UUID
    user_id: UUID
    kind: str
    fence: int
    claims: int
    tokens: int
    errors: int
    asked_model: str
    model: str
    prompt: str
    aspect_ratio: str
    seconds: float | None
    seed: int
    provider_job: str
    key: str
    unsettled: bool
    attempt_id: UUID
    request_id: str
    trace: str


def claim(kind: str, *, worker: str, lane: str = "") -> Claim | None:
    """Claims the next creation of `kind` for `worker`, or None when nothing may be claimed now.

    With `lane` one of a model of that lane; without, one of a model that has none.

    Each person is tried in a transaction of its own, under a lock on their turn: two workers never pass the
    limit together, and never wait for each other in a circle.
    """
    for user_id in turns.people(kind, lane):
        with transaction.atomic():
            claimed = _claim_of(user_id, kind, worker, lane)
            if claimed is None:
                # Someone else took it a moment ago, or they have enough running: they were not served.
                transaction.set_rollback(True)
        if claimed is not None:
            return claimed
    return None


class _Row(NamedTuple):
    """What _CLAIM returns. `waited`: seconds since the creation was started."""

    creation_id: UUID
    user_id: UUID
    kind: str
    fence: int
    claims: int
    asked_model: str
    trying: str
    prompt: str
    aspect_ratio: str
    seconds: float | None
    seed: int
    tokens: int
    errors: int
    waited: float
    request_id: str
    trace: str


def _claim_of(user_id: UUID, kind: str, worker: str, lane: str) -> Claim | None:
    row = _take(user_id, kind, lane)
    if row is None:
        return None
    if row.fence == 1:
        measured.claimed(row.kind, row.waited)
    states.record(row.creation_id, row.user_id, states.CLAIM, f"claim {row.claims} by {worker}")
    attempt = _open_attempt(
        row.creation_id,
        Attempt(
            creation_id=row.creation_id,
            fence=row.fence,
            worker=worker,
            kind=row.kind,
            asked_model=row.asked_model,
            model=row.trying or row.asked_model,
            provider=_provider_of(row.trying or row.asked_model, row.kind),
        ),
    )
    facts = row._asdict()
    del facts["trying"], facts["waited"]
    return Claim(
        **facts,
        model=attempt.model,
        provider_job=attempt.provider_job,
        key=attempt.job_key,
        unsettled=attempt.unsettled,
        attempt_id=attempt.pk,
    )


def _take(user_id: UUID, kind: str, lane: str) -> _Row | None:
    with connection.cursor() as cursor:
        # The row's lock makes claims of one person's work one at a time; what is claimed is read after it.
        cursor.execute(_SERVE, [user_id])
        cursor.execute(
            _CLAIM,
            {
                **turns.asked(kind, lane),
                "user": user_id,
                "lease": settings.LEASE_SECONDS,
                "limit": settings.RUNNING_PER_USER,
            },
        )
        row = cursor.fetchone()
        if row is None:
            return None
    return _Row(*row)


def _provider_of(model: str, kind: str) -> str:
    """Who is to be at work; empty when the model is gone, of which soho.generation.run tells the person."""
    try:
        return registry.provider_of(model, "image" if kind == "image" else "video").name
    except registry.UnknownModel:
        return ""


def _open_attempt(creation_id: UUID, attempt: Attempt) -> Attempt:
    """Ends what an earlier worker left open and begins `attempt`, with what the one before it bought.

    Only the attempt right before hands on, and only to the same model. Cancelling raises the fence once more,
    so a job that a person cancelled is never taken up by a later retry.
    """
    # What was never claimed before has nothing to take up.
    before = _left_before(creation_id, attempt) if attempt.fence > 1 else None
    attempt.job_key = str(attempt.pk)
    if before:
        attempt.provider_job = before.provider_job if before.job_lives else ""
        attempt.job_lives, attempt.unsettled = before.job_lives, before.unsettled
        attempt.job_key = before.job_key or attempt.job_key
        Attempt.objects.filter(pk=before.pk).update(job_lives=False, unsettled=False)
    attempt.save(force_insert=True)
    return attempt


def _left_before(creation_id: UUID, attempt: Attempt) -> Attempt | None:
    """Ends what was left open, and finds the attempt right before `attempt` if that left something bought."""
    earlier = Attempt.objects.filter(creation_id=creation_id)
    left_open = earlier.filter(outcome=Outcome.RUNNING).update(
        outcome=Outcome.LOST, error_code="worker_lost", ended_at=Now()
    )
    measured.lost(attempt.kind, attempt.model, left_open)
    return (
        earlier.filter(fence=attempt.fence - 1, model=attempt.model)
        .filter(Q(job_lives=True) | Q(unsettled=True))
        .first()
    )


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


def intend(creation_id: UUID, fence: int, *, cost: float | None = None) -> None:
    """Notes that a submit is about to be sent that will cost so many US dollars. Raises LeaseLost."""
    _note(creation_id, fence, unsettled=True, intended_at=Now(), cost=cost)


def remember_job(creation_id: UUID, fence: int, provider_job: str) -> None:
    """Stores the provider's job id with the running attempt.

    Raises LeaseLost; what was bought too late is kept with the attempt that bought it, so that upkeep cancels
    it unless whoever took over found it.
    """
    bought = {"provider_job": provider_job, "job_lives": True, "unsettled": False}
    try:
        _note(creation_id, fence, **bought)
    except LeaseLost:
        Attempt.objects.filter(creation_id=creation_id, fence=fence).update(**bought)
        raise


def _note(creation_id: UUID, fence: int, **facts: Any) -> None:
    attempt = Attempt.objects.filter(creation_id=creation_id, fence=fence, outcome=Outcome.RUNNING)
    if not attempt.update(**facts):
        raise LeaseLost()


def taken_for_good(creation_id: UUID, fence: int) -> bool:
    """Whether nobody will take up what the attempt with `fence` was doing:

    its creation was cancelled, has failed or is gone; not when another worker has it, or will.
    """
    row = Creation.objects.filter(pk=creation_id).values_list("status", "fence").first()
    if row is None:
        return True
    status, current = row
    if current == fence:
        return status not in {Status.PENDING, Status.PROCESSING}
    # Cancelling raises the fence without an attempt; taking over never does.
    return not Attempt.objects.filter(creation_id=creation_id, fence=fence + 1).exists()


def note_generated(creation_id: UUID, fence: int) -> None:
    """Notes that the model's file is on disk."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE generation_attempt SET generated_at = clock_timestamp() "
            "WHERE creation_id = %s AND fence = %s",
            [creation_id, fence],
        )


def end_attempt(
    creation_id: UUID, fence: int, outcome: Outcome, *, code: str = "", detail: str = "", **facts: Any
) -> None:
    """Closes a running attempt, with further `facts`; one that is closed already stays as it is."""
    found = {"outcome": outcome.value, "error_code": code, "error_detail": detail[:2000], **facts}
    columns = ", ".join(f"{name} = %({name})s" for name in found)
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE generation_attempt SET {columns}, ended_at = clock_timestamp() "  # noqa: S608 - names of this file
            "WHERE creation_id = %(creation_id)s AND fence = %(of_fence)s AND outcome = 'running' "
            "RETURNING kind, model, outcome, error_code, started_at, generated_at, ended_at",
            {**found, "creation_id": creation_id, "of_fence": fence},
        )
        closed = cursor.fetchone()
    if closed:
        measured.ended(measured.Ended(*closed))


def end_succeeded(claim: Claim, *, seconds: float | None) -> None:
    """Closes the attempt that made the draft, with the length of what it delivered and what it cost."""
    kind: Kind = "image" if claim.kind == "image" else "video"
    facts: dict[str, Any] = {"job_lives": False, "unsettled": False}
    if not claim.provider_job and not claim.unsettled:
        # One that took up a job did not buy it: the cost stands with the attempt that did.
        facts["cost"] = registry.cost(claim.model, kind)
    end_attempt(claim.creation_id, claim.fence, Outcome.SUCCEEDED, delivered_seconds=seconds, **facts)


def running_attempt(creation_id: UUID, fence: int) -> Attempt | None:
    """The attempt with `fence`, unless it has ended."""
    return Attempt.objects.filter(creation_id=creation_id, fence=fence, outcome=Outcome.RUNNING).first()


def end_failed(
    creation_id: UUID,
    fence: int,
    *,
    code: str,
    detail: str,
    job_lives: bool,
    settled: bool,
    given_up: bool,
) -> None:
    """Closes a running attempt that failed, keeping what the next one has to know.

    Its job, if it has one and that `job_lives`; and a submit whose outcome is open: one that it announced
    itself unless `settled`, and one that it was left with unless `given_up`.
    """
    attempt = running_attempt(creation_id, fence)
    if attempt is None:
        return
    answered = settled and attempt.intended_at is not None
    unsettled = attempt.unsettled and not given_up and not answered
    facts: dict[str, Any] = {"job_lives": job_lives and bool(attempt.provider_job), "unsettled": unsettled}
    if not attempt.provider_job and not unsettled and not given_up:
        facts["cost"] = None  # What the provider would not begin cost nothing.
    end_attempt(creation_id, fence, Outcome.FAILED, code=code, detail=detail, **facts)

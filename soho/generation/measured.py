"""What an attempt's end adds to the measures (soho/measures.py)."""

from datetime import datetime
from typing import NamedTuple

from soho import measures
from soho.generation.models import Outcome


def claimed(kind: str, waited: float) -> None:
    """A worker took up something that had waited so many seconds."""
    measures.WAITED.labels(kind).observe(max(0.0, waited))


class Ended(NamedTuple):
    """An attempt that was closed a moment ago."""

    kind: str
    model: str
    outcome: str
    code: str
    started_at: datetime
    generated_at: datetime | None
    ended_at: datetime


def ended(attempt: Ended) -> None:
    """Its outcome, and how long its parts took."""
    measures.ATTEMPTS.labels(attempt.kind, attempt.model, attempt.outcome, attempt.code).inc()
    if attempt.generated_at is not None:
        took = attempt.generated_at - attempt.started_at
        measures.GENERATED.labels(attempt.kind, attempt.model).observe(took.total_seconds())
        if attempt.outcome == Outcome.SUCCEEDED:
            rest = attempt.ended_at - attempt.generated_at
            measures.FINISHED.labels(attempt.kind).observe(rest.total_seconds())


def lost(kind: str, model: str, count: int) -> None:
    """Attempts were found open whose worker was gone."""
    measures.ATTEMPTS.labels(kind, model, Outcome.LOST.value, "worker_lost").inc(count)

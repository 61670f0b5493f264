"""What an attempt's end adds to the measures (soho/measures.py)."""

from uuid import UUID

from soho import measures
from soho.generation.models import Attempt, Outcome


def claimed(kind: str, waited: float) -> None:
    """A worker took up something that had waited so many seconds."""
    measures.WAITED.labels(kind).observe(max(0.0, waited))


def ended(creation_id: UUID, fence: int) -> None:
    """An attempt was closed a moment ago: its outcome, and how long its parts took."""
    attempt = Attempt.objects.filter(creation_id=creation_id, fence=fence).first()
    if attempt is None or attempt.ended_at is None:
        return
    measures.ATTEMPTS.labels(attempt.kind, attempt.model, attempt.outcome, attempt.error_code).inc()
    if attempt.generated_at is not None:
        took = attempt.generated_at - attempt.started_at
        measures.GENERATED.labels(attempt.kind, attempt.model).observe(took.total_seconds())
        if attempt.outcome == Outcome.SUCCEEDED:
            rest = attempt.ended_at - attempt.generated_at
            measures.FINISHED.labels(attempt.kind).observe(rest.total_seconds())


def lost(kind: str, model: str, count: int) -> None:
    """Attempts were found open whose worker was gone."""
    measures.ATTEMPTS.labels(kind, model, Outcome.LOST.value, "worker_lost").inc(count)

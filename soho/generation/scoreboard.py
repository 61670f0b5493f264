"""How each model fares here, from our own attempts."""

from dataclasses import dataclass

from django.db import connection

# A refusal is the provider's answer to a prompt, and no fault of the model's.
_SCORES = """
    SELECT model, kind,
        count(*),
        count(*) FILTER (WHERE outcome = 'succeeded'),
        count(*) FILTER (WHERE outcome = 'failed' AND error_code = 'moderated'),
        count(*) FILTER (WHERE outcome = 'failed' AND error_code <> 'moderated'),
        percentile_cont(ARRAY[0.5, 0.95]) WITHIN GROUP (
            ORDER BY extract(epoch FROM ended_at - started_at)::float
        ) FILTER (WHERE outcome = 'succeeded'),
        sum(cost)::float,
        sum(delivered_seconds),
        count(cost)
    FROM generation_attempt
    WHERE model <> '' AND outcome <> 'running' AND ended_at > now() - make_interval(days => %s)
    GROUP BY model, kind ORDER BY model, kind
"""


@dataclass(frozen=True, slots=True)
class Score:
    """One model and kind of media. Times in seconds, money in US dollars; None: nothing to tell from.

    `lost` attempts (workers that died, cancellations) count neither for nor against a model.
    """

    model: str
    kind: str
    attempts: int
    succeeded: int
    refused: int
    failed: int
    p50: float | None
    p95: float | None
    cost: float | None
    cost_per_second: float | None

    @property
    def success_rate(self) -> float | None:
        """Successes among the attempts that the model decided, refusals left out (0..1)."""
        decided = self.succeeded + self.failed
        return self.succeeded / decided if decided else None

    @property
    def refusal_rate(self) -> float | None:
        """Refusals among all that the model answered (0..1)."""
        answered = self.succeeded + self.failed + self.refused
        return self.refused / answered if answered else None


def scores(days: int = 30) -> list[Score]:
    """Every model that was at work in the last `days`, by name. One query."""
    with connection.cursor() as cursor:
        cursor.execute(_SCORES, [days])
        rows = cursor.fetchall()
    found = []
    for model, kind, attempts, succeeded, refused, failed, times, cost, seconds, costed in rows:
        p50, p95 = times or (None, None)
        found.append(
            Score(
                model=model,
                kind=kind,
                attempts=attempts,
                succeeded=succeeded,
                refused=refused,
                failed=failed,
                p50=p50,
                p95=p95,
                cost=cost if costed else None,
                cost_per_second=cost / seconds if costed and seconds else None,
            )
        )
    return found

"""Reading about the work: how long models take here."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connection

RECENT = 50  # successes that a figure rests on
ENOUGH = 3  # successes without which nothing is said


@dataclass(frozen=True, slots=True)
class Usual:
    """How long our own recent attempts with a model took, from claim to draft, in seconds."""

    median: float
    p90: float


def usual_times(models: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Usual]:
    """For each (model, kind of media) how long it usually takes, of its last 50 successes; none for a model
    that has fewer than 3. One query, which reads as many rows of an index as it counts.
    """
    wanted = list(models)
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT wanted.model, wanted.kind, percentile_cont(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY took)
            FROM unnest(%s::text[], %s::text[]) AS wanted (model, kind), LATERAL (
                SELECT extract(epoch FROM a.ended_at - a.started_at)::float AS took
                FROM generation_attempt AS a
                WHERE a.outcome = 'succeeded' AND a.model = wanted.model AND a.kind = wanted.kind
                ORDER BY a.ended_at DESC LIMIT %s
            ) AS recent
            GROUP BY wanted.model, wanted.kind HAVING count(*) >= %s
            """,
            [[model for model, _ in wanted], [kind for _, kind in wanted], RECENT, ENOUGH],
        )
        return {(model, kind): Usual(*spread) for model, kind, spread in cursor.fetchall()}

"""How long the queues are: what is scraped, shown to operators, and scaled by."""

from dataclasses import dataclass

from django.db import connection


@dataclass(frozen=True, slots=True)
class Length:
    """How long the queue of one kind is: creations that wait and run, and seconds the oldest has waited."""

    kind: str
    waiting: int
    running: int
    oldest_seconds: float


def lengths() -> list[Length]:
    """The queue of each kind, now."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT kind.name, count(c.id) FILTER (WHERE NOT c.running), count(c.id) FILTER (WHERE c.running),
                coalesce(extract(epoch FROM now() - min(c.since) FILTER (WHERE NOT c.running)), 0)
            FROM unnest(ARRAY['video', 'image']) AS kind (name) LEFT JOIN (
                SELECT id, media_type, created_at AS since,
                    status = 'processing' AND coalesce(lease_until >= now(), false) AS running
                FROM creations_creation WHERE status IN ('pending', 'processing')
            ) AS c ON c.media_type = kind.name
            GROUP BY kind.name ORDER BY kind.name DESC
            """
        )
        return [Length(kind, waiting, running, float(oldest)) for kind, waiting, running, oldest in cursor]

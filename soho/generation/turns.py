"""Whose turn it is: who waits, and whom to serve next.

Whoever was served longest ago comes first, and of those who never were, whoever has waited longest. Nobody
is named who has as many running as one person may, so nobody is overlooked behind them.

What this costs must not grow with what one person asks for. The index is stepped through from person to
person (a loose index scan; PostgreSQL has none of its own), and each is asked for the oldest only: a hundred
thousand that wait for one person cost what one costs. A step costs about ten times what reading the next row
does, so when more than FEW people have something open, who have few each, all that is open is read instead.
"""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection

from soho.providers import registry

FEW = 2000
TRIED = 100  # how many people a claim tries at most, when others take what it found

WAITING = """
    status IN ('pending', 'processing')
    AND (lease_until IS NULL OR lease_until < now())
    AND (not_before IS NULL OR not_before <= now())
    AND (coalesce(nullif(trying, ''), model) = ANY(%(models)s)) = %(only)s
    AND media_type = %(kind)s
"""

# Who waits (`waiting`, with the oldest's time as `since`) and is not at the limit, in order.
_IN_TURN = """
    SELECT waiting.user_id
    FROM waiting LEFT JOIN generation_turn AS turn ON turn.user_id = waiting.user_id
    WHERE waiting.user_id NOT IN (
        SELECT user_id FROM creations_creation
        WHERE status = 'processing' AND media_type = %(kind)s AND lease_until >= now()
        GROUP BY user_id HAVING count(*) >= %(limit)s
    )
    ORDER BY turn.served_at NULLS FIRST, waiting.since LIMIT %(tried)s
"""

_STEP_BY_STEP = f"""
    WITH RECURSIVE step (user_id) AS (
        (SELECT user_id FROM creations_creation WHERE status IN ('pending', 'processing')
         ORDER BY user_id LIMIT 1)
        UNION ALL
        SELECT next.user_id FROM step CROSS JOIN LATERAL (
            SELECT user_id FROM creations_creation
            WHERE status IN ('pending', 'processing') AND user_id > step.user_id ORDER BY user_id LIMIT 1
        ) AS next
    ),
    person AS MATERIALIZED (SELECT user_id FROM step LIMIT %(few)s + 1),
    waiting AS (
        SELECT person.user_id, oldest.created_at AS since FROM person CROSS JOIN LATERAL (
            SELECT created_at FROM creations_creation AS c
            WHERE c.user_id = person.user_id AND {WAITING} ORDER BY created_at, id LIMIT 1
        ) AS oldest
        WHERE (SELECT count(*) FROM person) <= %(few)s
    )
    SELECT (SELECT count(*) FROM person), ARRAY({_IN_TURN})
"""  # noqa: S608 - only constants of this file are put together here

_ALL_AT_ONCE = f"""
    WITH waiting AS (
        SELECT user_id, min(created_at) AS since FROM creations_creation WHERE {WAITING} GROUP BY user_id
    )
    {_IN_TURN}
"""  # noqa: S608 - only constants of this file

_COUNT = f"SELECT count(*) FROM (SELECT 1 FROM creations_creation WHERE {WAITING} LIMIT %(at_most)s) AS found"  # noqa: S608 - a constant


def people(kind: str, lane: str = "") -> list[UUID]:
    """Who has a creation of `kind` in `lane` (see soho.generation.queue.claim) that may be claimed now; whose
    turn it is first.
    """
    facts = {**asked(kind, lane), "limit": settings.RUNNING_PER_USER, "few": FEW, "tried": TRIED}
    with connection.cursor() as cursor:
        cursor.execute(_STEP_BY_STEP, facts)
        met, found = cursor.fetchone()
        if met > FEW:
            cursor.execute(_ALL_AT_ONCE, facts)
            found = [row[0] for row in cursor.fetchall()]
    return list(found)


def waiting(kind: str, lane: str = "", *, at_most: int | None = None) -> int:
    """How many creations of `kind` in `lane` could be claimed now, were workers enough.

    With `at_most` no more than so many are counted, which costs little however many there are.
    """
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, {**asked(kind, lane), "at_most": at_most})
        (count,) = cursor.fetchone()
    return int(count)


def asked(kind: str, lane: str) -> dict[str, Any]:
    """What WAITING asks for: of `kind`, only the models of `lane`, or any but those that have a lane."""
    lanes = registry.lanes()
    models = lanes.get(lane, []) if lane else [name for names in lanes.values() for name in names]
    return {"kind": kind, "models": models, "only": bool(lane)}

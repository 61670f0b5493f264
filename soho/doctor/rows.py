"""Rows against each other: each rule is one statement and so sees one snapshot."""

from collections.abc import Iterator

from django.db import connection

from soho.doctor.finding import Finding

_RULES = {
    # Tokens that are held are held for something.
    "hold without a creation": """
        SELECT t.id, format('%s tokens are held for %s, which has no such hold', t.amount, t.subject)
        FROM ledger_transfer AS t
        LEFT JOIN ledger_transfer AS resolution ON resolution.resolves_id = t.id
        LEFT JOIN creations_creation AS c ON c.hold = t.id
        WHERE t.kind = 'hold' AND resolution.id IS NULL AND c.id IS NULL
    """,
    "hold that has ended": """
        SELECT c.id, format('its hold %s is %s', c.hold, coalesce(resolution.kind || 'd', 'not in the books'))
        FROM creations_creation AS c
        LEFT JOIN ledger_transfer AS t ON t.id = c.hold AND t.kind = 'hold'
        LEFT JOIN ledger_transfer AS resolution ON resolution.resolves_id = t.id
        WHERE c.hold IS NOT NULL AND (t.id IS NULL OR resolution.id IS NOT NULL)
    """,
    # Work is paid for before it begins. A failed one keeps its hold, unless it was cancelled, or deleted and
    # brought back.
    "work without a hold": """
        SELECT id, format('%s, costs %s tokens, and holds none', status, tokens) FROM creations_creation
        WHERE hold IS NULL AND tokens > 0
            AND (status IN ('pending', 'processing') OR (status = 'failed' AND error_code <> 'cancelled'
                AND NOT EXISTS (SELECT 1 FROM creations_creationevent AS e
                    WHERE e.creation_id = creations_creation.id AND e.arrow = 'restore')))
    """,
    "made but not paid for": """
        SELECT c.id, format('%s, costs %s tokens, and none were captured for it', c.status, c.tokens)
        FROM creations_creation AS c
        WHERE c.status IN ('draft', 'published') AND c.tokens > 0 AND NOT EXISTS (
            SELECT 1 FROM ledger_transfer AS t WHERE t.subject = c.id AND t.kind = 'capture'
        )
    """,
    "paid for twice": """
        SELECT subject, format('%s captures', count(*)) FROM ledger_transfer
        WHERE kind = 'capture' AND subject IS NOT NULL GROUP BY subject HAVING count(*) > 1
    """,
    # Every change has left its event.
    "made without an event": """
        SELECT c.id, c.status FROM creations_creation AS c
        WHERE c.status IN ('draft', 'published') AND NOT EXISTS (
            SELECT 1 FROM creations_creationevent AS e WHERE e.creation_id = c.id AND e.arrow = 'complete'
        )
    """,
    "completed twice": """
        SELECT creation_id, format('%s completions', count(*)) FROM creations_creationevent
        WHERE arrow = 'complete' GROUP BY creation_id HAVING count(*) > 1
    """,
    # What was bought was bought once.
    "a job bought twice": """
        SELECT creation_id, format('jobs %s', string_agg(DISTINCT provider_job, ', ')) FROM generation_attempt
        WHERE provider_job <> '' AND creation_id IS NOT NULL AND fence > 0
        GROUP BY creation_id, job_key HAVING count(DISTINCT provider_job) > 1
    """,
    "likes that do not add up": """
        SELECT c.id, format('says %s likes, has %s', c.like_count, count(l.id))
        FROM creations_creation AS c LEFT JOIN feed_like AS l ON l.creation_id = c.id
        WHERE c.status = 'published' GROUP BY c.id HAVING c.like_count <> count(l.id)
    """,
    # What is published, and nothing else, is found. Code of an older version may break these during a rolling
    # deploy; the upkeep puts the last day right by itself, `soho doctor --mend` everything.
    "post that cannot be found": """
        SELECT c.id, 'its words and tags are not those of its publishing' FROM creations_creation AS c
        WHERE c.status = 'published' AND NOT EXISTS (
            SELECT 1 FROM feed_searchentry AS e WHERE e.creation_id = c.id AND e.published_at = c.published_at
        )
    """,
    "words of what is not published": """
        SELECT c.id, c.status FROM feed_searchentry AS e JOIN creations_creation AS c ON c.id = e.creation_id
        WHERE c.status <> 'published'
    """,
}


def examine() -> Iterator[Finding]:
    """Every row that breaks a rule."""
    for check, statement in _RULES.items():
        with connection.cursor() as cursor:
            cursor.execute(statement)
            while found := cursor.fetchmany(500):
                for subject, problem in found:
                    yield Finding(check, str(subject), problem)

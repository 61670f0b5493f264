"""Jobs that still run at a provider though nobody will take them up.

The worker of a cancelled creation was dead, or could not reach the server when it stopped; a creation failed
or was deleted while its job lived; another model took over. Their attempts say so (`job_lives`, `unsettled`),
and upkeep cancels them, more and more rarely, for a day.
"""

from typing import Any

import structlog
from django.conf import settings
from django.db import connection

from soho.generation.models import Attempt
from soho.providers import registry
from soho.providers.contract import Job, Kind, ProviderError, Stoppable

log = structlog.get_logger(__name__)

MAX_AT_ONCE = 20
FIRST_PAUSE_SECONDS = 15
LONGEST_PAUSE_SECONDS = 3600
MAX_TRIES = 30

# Nobody will take it up: its creation is gone, or was cancelled (which raises the fence), or was begun anew
# by another model (a higher fence as well), or has failed and nobody asked for a retry within the time that
# an attempt may take. What a later attempt took over is no longer marked; what one found by itself is
# excluded here.
_CLAIM_LEFTOVERS = """
    UPDATE generation_attempt AS left_over
    SET stop_tries = stop_tries + 1,
        stop_after = now() + make_interval(secs => least(%(longest)s, %(first)s * 2 ^ stop_tries))
    WHERE id IN (
        SELECT a.id FROM generation_attempt AS a LEFT JOIN creations_creation AS c ON c.id = a.creation_id
        WHERE (a.job_lives OR a.unsettled)
        AND (a.stop_after IS NULL OR a.stop_after < now())
        AND (
            c.id IS NULL OR c.fence > a.fence OR c.status IN ('draft', 'published')
            OR (c.status = 'failed' AND a.ended_at < now() - make_interval(secs => %(patience)s))
        )
        AND NOT EXISTS (
            SELECT 1 FROM generation_attempt AS later
            WHERE later.creation_id = a.creation_id AND later.fence > a.fence
            AND a.provider_job <> '' AND later.provider_job = a.provider_job AND later.model = a.model
        )
        ORDER BY a.id LIMIT %(limit)s FOR UPDATE OF a SKIP LOCKED
    )
    RETURNING id
"""


# An attempt whose worker died right after the draft was there succeeded; any other that still says it runs,
# though its creation went on without it and no attempt may take that long, is lost.
_CLOSE_FORGOTTEN = """
    UPDATE generation_attempt AS a
    SET outcome = CASE WHEN c.status IN ('draft', 'published') THEN 'succeeded' ELSE 'lost' END,
        error_code = CASE WHEN c.status IN ('draft', 'published') THEN '' ELSE 'worker_lost' END,
        ended_at = coalesce(a.generated_at, now())
    FROM generation_attempt AS same LEFT JOIN creations_creation AS c
        ON c.id = same.creation_id AND c.fence = same.fence
    WHERE same.id = a.id AND a.outcome = 'running'
    AND a.started_at < now() - make_interval(secs => %s)
    AND (c.id IS NULL OR c.status NOT IN ('pending', 'processing'))
"""


def close_forgotten() -> int:
    """Closes attempts that nobody will close any more; answers how many."""
    with connection.cursor() as cursor:
        cursor.execute(_CLOSE_FORGOTTEN, [settings.ATTEMPT_SECONDS + 60])
        return int(cursor.rowcount)


def stop_leftovers() -> int:
    """Cancels what runs for nobody; answers how many jobs are settled by that."""
    with connection.cursor() as cursor:
        cursor.execute(
            _CLAIM_LEFTOVERS,
            {
                "limit": MAX_AT_ONCE,
                "patience": settings.ATTEMPT_SECONDS,
                "first": FIRST_PAUSE_SECONDS,
                "longest": LONGEST_PAUSE_SECONDS,
            },
        )
        found = [row[0] for row in cursor.fetchall()]
    return sum(_stop(attempt) for attempt in Attempt.objects.filter(pk__in=found))


def _stop(attempt: Attempt) -> bool:
    try:
        provider = registry.provider_of(attempt.model, _kind(attempt))
        if isinstance(provider, Stoppable):
            provider.cancel(_job(attempt))
    except registry.UnknownModel:
        log.warning("leftover.nobody_to_ask", attempt=str(attempt.pk), model=attempt.model)
    except ProviderError as error:
        final = attempt.stop_tries >= MAX_TRIES or error.code == "unknown_outcome"
        log.warning("leftover.still_there", attempt=str(attempt.pk), error=str(error), given_up=final)
        if not final:
            return False
    done: dict[str, Any] = {"job_lives": False, "unsettled": False}
    Attempt.objects.filter(pk=attempt.pk).update(**done)
    log.info("leftover.stopped", attempt=str(attempt.pk), provider=attempt.provider)
    return True


def _kind(attempt: Attempt) -> Kind:
    return "image" if attempt.kind == "image" else "video"


def _job(attempt: Attempt) -> Job:
    """What the provider needs to find it. The prompt is no part of that, and may be gone."""
    return Job(
        creation_id=attempt.creation_id or attempt.pk,
        kind=_kind(attempt),
        model=attempt.model,
        prompt="",
        aspect_ratio="",
        seconds=None,
        seed=0,
        provider_job=attempt.provider_job if attempt.job_lives else "",
        key=attempt.job_key,
        unsettled=attempt.unsettled,
    )

"""Ringing for a worker. The row is the job: a ring that gets lost costs a few seconds, never a creation."""

import structlog
from kombu.exceptions import KombuError
from redis.exceptions import RedisError

from soho import tracing
from soho.config.celery import app

WORK = "soho.generation.tasks.work"
PROBE_MODELS = "soho.generation.tasks.probe_models"
REMOVE_OBJECTS = "soho.creations.tasks.remove_objects"

log = structlog.get_logger(__name__)


def ring(kind: str, *, lane: str = "", trace: str = "") -> bool:
    """Says that work of `kind` may be waiting, in the lane of its own that its model has (registry.lane_of).

    False when the broker could not be told; the sweeper rings again. The message carries nothing of what
    waits: `trace` (a traceparent) only says which trace the ringing itself is a part of.
    """
    facts = {"messaging.system": "celery", "messaging.destination.name": lane or kind}
    with tracing.span("ring", parent=trace, kind="producer", alone=False, facts=facts) as span:
        heard = _send(WORK, [kind, lane], queue=lane or kind)
        if not heard:
            span.fail("unheard")
    return heard


def ring_removal() -> bool:
    """Says that objects may be waiting to be removed."""
    return _send(REMOVE_OBJECTS, [], queue="upkeep")


def ring_probe(lane: str) -> bool:
    """Asks the workers of a lane how its models are; one that is busy lets it pass and is asked again."""
    return _send(PROBE_MODELS, [lane], queue=lane, expires=60)


def _send(task: str, args: list[str], *, queue: str, expires: float = 3600) -> bool:
    try:
        app.send_task(task, args=args, queue=queue, expires=expires)
    except (OSError, RedisError, KombuError) as error:
        log.warning("bell.unheard", task=task, queue=queue, error=str(error))
        return False
    return True

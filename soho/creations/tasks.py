"""The clock and the upkeep of the storage, rung by Celery."""

from datetime import timedelta

import structlog
from celery import shared_task
from django.conf import settings

from soho.creations import clock, objects, removal

log = structlog.get_logger(__name__)


@shared_task(name="soho.creations.tasks.tell_the_time", ignore_result=True)
def tell_the_time() -> None:
    """Publishes what is due and finishes deletions whose undo is over."""
    if published := clock.publish_due():
        log.info("creations.published_on_schedule", count=published)
    if finished := clock.finish_deletions():
        log.info("creations.purged", count=finished)


@shared_task(name="soho.creations.tasks.remove_objects", ignore_result=True)
def remove_objects() -> None:
    """Deletes the objects of deleted creations, unless a backup holds that back."""
    with removal.allowed() as may:
        if may and (removed := objects.remove_doomed(meanwhile=clock.publish_due)):
            log.info("objects.removed", count=removed)


@shared_task(name="soho.creations.tasks.remove_orphans", ignore_result=True)
def remove_orphans() -> None:
    """Forgets old idempotency keys, and deletes objects that nothing points to, unless a backup holds that
    back.
    """
    objects.forget_old_idempotency_keys()
    with removal.allowed() as may:
        age = timedelta(seconds=settings.ORPHAN_GRACE_SECONDS)
        if may and (removed := objects.remove_orphans(older_than=age, meanwhile=clock.publish_due)):
            log.info("objects.orphans_removed", count=removed)

"""Upkeep of the storage, rung by Celery."""

from datetime import timedelta

import structlog
from celery import shared_task
from django.conf import settings

from soho.creations import objects

log = structlog.get_logger(__name__)


@shared_task(name="soho.creations.tasks.remove_objects", ignore_result=True)
def remove_objects() -> None:
    """Deletes the objects of deleted creations."""
    if removed := objects.remove_doomed():
        log.info("objects.removed", count=removed)


@shared_task(name="soho.creations.tasks.remove_orphans", ignore_result=True)
def remove_orphans() -> None:
    """Deletes objects that nothing points to, and forgets old idempotency keys."""
    objects.forget_old_idempotency_keys()
    if removed := objects.remove_orphans(older_than=timedelta(seconds=settings.ORPHAN_GRACE_SECONDS)):
        log.info("objects.orphans_removed", count=removed)

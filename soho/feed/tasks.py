"""The upkeep of what posts are found by, rung by Celery."""

from datetime import timedelta

import structlog
from celery import shared_task

from soho.feed import finding

log = structlog.get_logger(__name__)

# Longer than processes of two versions run side by side; `soho doctor --mend` looks at everything.
RECENT = timedelta(days=1)


@shared_task(name="soho.feed.tasks.catch_up", ignore_result=True)
def catch_up() -> None:
    """Makes findable what a version before this one has published of late, during a rolling deploy."""
    if mended := finding.catch_up(RECENT):
        log.info("feed.caught_up", count=mended)

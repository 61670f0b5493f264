"""What beat rings for."""

from celery import shared_task

from soho.house import actions


@shared_task(name="soho.house.tasks.publish_ready", ignore_result=True)
def publish_ready() -> None:
    """Puts the house's posts into the feed as they become ready."""
    actions.publish_ready()

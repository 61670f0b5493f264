"""The bell: Celery carries "there may be work" and nothing else (docs/decisions/0002)."""

import os
from typing import Any, Self

from celery import Celery
from celery.app.amqp import AMQP
from celery.signals import setup_logging, task_postrun, task_prerun
from kombu import Connection

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "soho.config.settings")


class PromptConnection(Connection):
    """A line to the broker that asks every few seconds whether it is back.

    Celery's own asks more and more rarely, up to half a minute apart: for so long after a long outage no
    worker would hear a ring.
    """

    def ensure_connection(self, *args: Any, **kwargs: Any) -> Self:
        """As kombu's, with shorter pauses."""
        pauses = {"interval_start": 0.5, "interval_step": 0.5, "interval_max": 3}
        return super().ensure_connection(*args, **{**pauses, **kwargs})


class PromptLines(AMQP):
    """Celery's messages, over such lines."""

    Connection = PromptConnection


app = Celery("soho", amqp=PromptLines)
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["soho.generation", "soho.creations", "soho.feed", "soho.house"])


@setup_logging.connect
def _leave_logging_alone(**_: object) -> None:
    """Being heard is enough: without a listener Celery sets the root's level by its own option, and a worker
    would tell nothing of its attempts.
    """


@task_prerun.connect
@task_postrun.connect
def _give_connections_back(**_: object) -> None:
    """Each task gets its connections from the pool, which sees whether they live, and gives them back.

    Celery's own way (CELERY_DB_REUSE_MAX turns it off) closes the pool too, before and after every task: each
    would then wait for a connection, and PostgreSQL for a process, of its own.
    """
    from django.db import connections

    for one in connections.all(initialized_only=True):
        if not one.in_atomic_block:  # as in a task that is called in place
            one.close()

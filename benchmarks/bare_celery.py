"""A Celery application with one task, which says on a list of the broker's when it began."""

import os
import time

import redis
from celery import Celery

BROKER = os.environ.get("BENCH_BROKER", "")
STORE = os.environ.get("BENCH_STORE", "")
ANSWERS = "bench-answers"

app = Celery("bare", broker=BROKER)
app.conf.update(task_ignore_result=True, worker_prefetch_multiplier=1, task_default_queue="bare")


@app.task(name="bare.note")
def note() -> None:
    """Says when it was called."""
    redis.Redis.from_url(STORE).rpush(ANSWERS, repr(time.time()))

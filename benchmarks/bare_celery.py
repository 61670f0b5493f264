"""A Celery application with two tasks: one says on a list of the broker's when it began, one does nothing."""

import os
import time

import redis
from celery import Celery

BROKER = os.environ.get("BENCH_BROKER", "")
STORE = os.environ.get("BENCH_STORE", "")
ANSWERS = "bench-answers"
QUEUE = "bare"

app = Celery("bare", broker=BROKER)
app.conf.update(task_ignore_result=True, worker_prefetch_multiplier=1, task_default_queue=QUEUE)


@app.task(name="bare.note")
def note() -> None:
    """Says when it was called."""
    redis.Redis.from_url(STORE).rpush(ANSWERS, repr(time.time()))


@app.task(name="bare.nothing")
def nothing() -> None:
    """Does nothing."""

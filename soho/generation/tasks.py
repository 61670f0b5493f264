"""What the bell starts.

Each ring claims at most one creation; nothing here trusts that a ring arrives, or arrives once.
"""

import mmap
import os
import socket
from typing import Any

import structlog
from celery import shared_task
from celery.signals import worker_process_shutdown, worker_shutting_down
from kombu.exceptions import KombuError

from soho import tracing
from soho.config.celery import app
from soho.creations import bell
from soho.generation import leftovers, turns
from soho.generation.run import work_once
from soho.providers import health, registry

log = structlog.get_logger(__name__)

KINDS = ("image", "video")
MAX_RINGS = 50


class SharedFlag:
    """A flag that a parent sets and the children it forked afterwards see:

    one byte of shared memory, no lock to die with.
    """

    def __init__(self) -> None:
        self._byte = mmap.mmap(-1, 1)

    def set(self) -> None:
        """Raises the flag for good."""
        self._byte[0] = 1

    def is_set(self) -> bool:
        """Whether it was raised."""
        return self._byte[0] == 1


# Raised when the worker is asked to stop: running attempts hand their creations back instead of being cut
# off.
_stopping = SharedFlag()


@shared_task(name=bell.WORK, ignore_result=True)
def work(kind: str, lane: str = "") -> None:
    """Makes one waiting creation of `kind`, if there is one, and rings again when more are waiting.

    In a lane of its own a ring is for any kind: of `kind` first, else of the others.
    """
    worker = f"{socket.gethostname()}:{os.getpid()}"
    for one in (kind, *(other for other in KINDS if lane and other != kind)):
        if work_once(one, worker=worker, stopping=_stopping, lane=lane):
            _ring_on(one, lane)
            return


def _ring_on(kind: str, lane: str) -> None:
    """Rings for what is waiting still, unless as many rings are under way: a ring that was heard when its
    person had enough running is lost, and one too many makes a worker look for nothing.
    """
    missing = turns.waiting(kind, lane, at_most=MAX_RINGS)
    if missing and missing > _rings_under_way(lane or kind):
        bell.ring(kind, lane=lane)


@shared_task(name="soho.generation.tasks.sweep", ignore_result=True)
def sweep() -> None:
    """Rings for creations that wait with no ring under way:

    lost messages, dead workers, backoffs that are over.
    """
    for kind in KINDS:
        missing = turns.waiting(kind, at_most=MAX_RINGS) - _rings_under_way(kind)
        for _ in range(missing):
            bell.ring(kind)
    for lane in registry.lanes():
        waiting = sum(turns.waiting(kind, lane, at_most=MAX_RINGS) for kind in KINDS)
        for ring in range(min(waiting, MAX_RINGS) - _rings_under_way(lane)):
            bell.ring(KINDS[ring % len(KINDS)], lane=lane)


@shared_task(name="soho.generation.tasks.stop_leftovers", ignore_result=True)
def stop_leftovers() -> None:
    """Cancels what still runs at providers though nobody will take it up, and closes forgotten attempts."""
    leftovers.close_forgotten()
    leftovers.stop_leftovers()


@shared_task(name="soho.generation.tasks.probe_models", ignore_result=True)
def probe_models(lane: str = "") -> None:
    """Asks every provider how its models of `lane` are.

    Those of other lanes are asked there, by the machine that has their folders and their GPU.
    """
    health.probe(lanes=(lane,))
    for other in () if lane else registry.lanes():
        bell.ring_probe(other)


def _rings_under_way(kind: str) -> int:
    """How many rings no worker has heard yet; 0 when the broker cannot tell, or knows no such queue."""
    lines = app.connection_for_write()  # for the names of its errors; it opens nothing
    no_queue: Any = (*lines.connection_errors, *lines.channel_errors, KombuError)
    try:
        with app.producer_pool.acquire(block=True) as producer:  # what rings go over too
            channel: Any = producer.channel
            declared = channel.queue_declare(kind, passive=True)
    except no_queue:
        return 0
    count: int = declared.message_count
    return count


@worker_shutting_down.connect
def _stop(**_: object) -> None:
    _stopping.set()


@worker_process_shutdown.connect
def _send_last_spans(**_: object) -> None:
    tracing.flush()

"""The heart of an attempt:

a thread that keeps the lease alive while the work goes on, and tells the work when to stop.
"""

import contextvars
import threading
import time
from types import TracebackType
from typing import Protocol, Self

import structlog
from django.conf import settings
from django.db import DatabaseError, connection

from soho.creations.errors import LeaseLost
from soho.generation import queue
from soho.generation.queue import Claim
from soho.providers import registry
from soho.providers.contract import ProviderError

log = structlog.get_logger(__name__)


class Flag(Protocol):
    """Something that can be up, such as a threading.Event."""

    def is_set(self) -> bool:
        """Whether it is."""


class HandBack(Exception):
    """This worker is being stopped; another shall take the creation up."""


class Heart:
    """A context that beats for `claim`. It is also the `Watch` that a provider gets.

    Every beat extends the lease and writes the progress. When the row says that the claim is lost (cancelled,
    taken over), when the database could not be reached for as long as the lease lasts, or when the attempt's
    time is up, the next `checkpoint` raises. After the time is up it beats no more, so that even work that
    never reaches a checkpoint loses its lease.
    """

    def __init__(self, claim: Claim, *, stopping: Flag | None = None) -> None:
        self._claim = claim
        self._stopping = stopping or threading.Event()
        self._progress = 0.0
        self._note = ""
        self._ended = threading.Event()
        self._lost = threading.Event()
        self._deadline = time.monotonic() + settings.ATTEMPT_SECONDS
        self._thread = threading.Thread(
            target=contextvars.copy_context().run,
            args=(self._beat,),
            name=f"heart-{claim.creation_id}",
            daemon=True,
        )

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        self._thread.join()

    def progress(self, fraction: float, note: str = "") -> None:
        """Notes how far the work is; the next beat writes it down. Raises like `checkpoint`."""
        self._progress = min(max(fraction, 0.0), 1.0)
        self._note = note
        self.checkpoint()

    def checkpoint(self) -> None:
        """Raises LeaseLost, HandBack, or ProviderError `timed_out`, whichever has come to pass."""
        if self._lost.is_set():
            raise LeaseLost()
        if self._stopping.is_set():
            raise HandBack()
        if time.monotonic() > self._deadline:
            raise ProviderError(
                "timed_out",
                "This took longer than we let any one attempt take. "
                "It cost nothing; try again, perhaps with a shorter clip.",
                retriable=True,
            )

    def confirm(self) -> None:
        """Makes sure, before a step that others will see, that the claim is still ours.

        Raises like `checkpoint`.
        """
        self.checkpoint()
        queue.heartbeat(self._claim.creation_id, self._claim.fence, progress=self._progress, note=self._note)

    def intend(self) -> None:
        """Notes that a submit is about to be sent. Raises like `checkpoint`."""
        self.checkpoint()
        cost = registry.cost(self._claim.model, "image" if self._claim.kind == "image" else "video")
        queue.intend(self._claim.creation_id, self._claim.fence, cost=cost)

    def for_good(self) -> bool:
        """Whether, after `checkpoint` raised, nobody will take this work up; see Watch.for_good."""
        if time.monotonic() > self._deadline and not self._lost.is_set() and not self._stopping.is_set():
            return True
        try:
            return queue.taken_for_good(self._claim.creation_id, self._claim.fence)
        except DatabaseError as error:
            # Nobody can tell; upkeep cancels what nobody took up.
            log.warning("heart.cannot_tell", error=str(error))
            return False

    def remember(self, provider_job: str) -> None:
        """Stores the provider's job id. Raises LeaseLost."""
        queue.remember_job(self._claim.creation_id, self._claim.fence, provider_job)

    def _beat(self) -> None:
        last = time.monotonic()
        while not self._ended.wait(settings.HEARTBEAT_SECONDS) and time.monotonic() < self._deadline:
            try:
                queue.heartbeat(
                    self._claim.creation_id, self._claim.fence, progress=self._progress, note=self._note
                )
                last = time.monotonic()
            except LeaseLost:
                self._lost.set()
                break
            except DatabaseError as error:
                log.warning("heart.missed", error=str(error))
                connection.close()
                if time.monotonic() - last > settings.LEASE_SECONDS:
                    self._lost.set()
                    break
        connection.close()

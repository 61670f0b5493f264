"""Providers that buy a job from somebody else's server, wait for it, and fetch what it made.

`Remote` is what such a provider has to know; `RemoteProvider` does the rest, the same for all:

1. An earlier attempt left a job there: take it up. It left an unsettled submit: look for it by its key.
2. Else announce the submit (`Watch.intend`), submit once, and store the job's id before anything else.
3. Poll, hearing of a stop at least twice a second. A server that stumbles is asked again, not left.
4. Fetch the result into the workspace.

Nothing here submits twice: a submit whose outcome nobody knows ends as `unknown_outcome`.
"""

import contextlib
import threading
import time
from collections.abc import Callable
from concurrent import futures
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeVar

from soho.providers.contract import Health, Job, ModelInfo, ProviderError, Watch

LISTEN_SECONDS = 0.25
PATIENCE_SECONDS = 120.0

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Report:
    """What a server says of a job that has not failed: done or not, how far (0..1, where it tells), in words,

    and how many seconds to wait before asking again.
    """

    done: bool = False
    fraction: float | None = None
    note: str = ""
    again_in: float = 2.0


class Remote(Protocol):
    """What a provider knows of its server. Every method raises ProviderError, and nothing else knowingly."""

    name: str

    def models(self) -> tuple[ModelInfo, ...]:
        """See Provider.models."""

    def health(self, model: str) -> Health:
        """See Provider.health."""

    def submit(self, job: Job) -> str:
        """Buys the job, once, with no retry of its own, and returns what finds it again (at most 400

        characters, no secrets). When the request may have arrived but the answer did not, raises
        `unknown_outcome`.
        """

    def find(self, job: Job) -> str | None:
        """The job that was submitted under `job.key`, or None when there certainly is none.

        Raises `unknown_outcome` where the server cannot tell.
        """

    def poll(self, job: Job, reference: str) -> Report:
        """How the job stands. A job that failed or was refused is raised as the ProviderError it means.

        `provider_down` and `rate_limited` say that the question failed, and it is asked again; a job that
        failed for a reason of the server's own is `bad_output`.
        """

    def cancel(self, job: Job, reference: str) -> None:
        """Asks the server to stop the job, where it can; silent where it cannot."""

    def fetch(self, job: Job, reference: str, workspace: Path) -> Path:
        """Brings the result of a job that is done into `workspace`."""


class RemoteProvider:
    """Keeps the contract of a Provider for a Remote."""

    def __init__(self, remote: Remote) -> None:
        self.remote = remote
        self.name = remote.name

    def models(self) -> tuple[ModelInfo, ...]:
        """See Provider.models."""
        return self.remote.models()

    def health(self, model: str) -> Health:
        """See Provider.health."""
        return self.remote.health(model)

    def cancel(self, job: Job) -> None:
        """Stops a job that a worker left behind and nobody will take up."""
        reference = job.provider_job or (self.remote.find(job) if job.unsettled else None)
        if reference:
            self.remote.cancel(job, reference)

    def generate(self, job: Job, workspace: Path, watch: Watch) -> Path:
        """See Provider.generate."""
        reference = job.provider_job or self._bought(job, watch)
        try:
            self._wait(job, reference, watch)
            return listening(watch, lambda: self.remote.fetch(job, reference, workspace))
        except ProviderError as error:
            if error.code == "timed_out":
                self._cancel_quietly(job, reference)
            raise
        except BaseException:
            # A stop. Whoever takes the work up finds the job still running, unless nobody will.
            if watch.for_good():
                self._cancel_quietly(job, reference)
            raise

    def _bought(self, job: Job, watch: Watch) -> str:
        if job.unsettled and (found := listening(watch, lambda: self.remote.find(job))):
            watch.remember(found)
            return found
        watch.checkpoint()
        watch.intend()
        # Not to be broken off half way: whoever stops us must not lose what was just bought.
        reference = self.remote.submit(job)
        watch.remember(reference)
        return reference

    def _wait(self, job: Job, reference: str, watch: Watch) -> None:
        patience_ends: float | None = None
        furthest = 0.0
        while True:
            try:
                report = listening(watch, lambda: self.remote.poll(job, reference))
                patience_ends = None
            except ProviderError as error:
                if error.code not in {"provider_down", "rate_limited"}:
                    raise
                # The question failed, not the job.
                patience_ends = patience_ends or time.monotonic() + PATIENCE_SECONDS
                if time.monotonic() > patience_ends:
                    error.job_lives = True
                    raise
                report = Report(again_in=error.retry_after or 2.0, note="Waiting for the model's server")
            furthest = max(furthest, report.fraction or 0.0)
            watch.progress(furthest, report.note)
            if report.done:
                return
            _pause(report.again_in, watch)

    def _cancel_quietly(self, job: Job, reference: str) -> None:
        with contextlib.suppress(ProviderError):
            self.remote.cancel(job, reference)


def listening(watch: Watch, work: Callable[[], T]) -> T:
    """Does `work` in a thread of its own while hearing of a stop four times a second.

    On a stop the thread is left to its own time-outs and its result is dropped: use it for work that may be
    dropped, or that was announced with `Watch.intend`.
    """
    pool = futures.ThreadPoolExecutor(1, thread_name_prefix="remote")
    try:
        future = pool.submit(work)
        while not futures.wait([future], LISTEN_SECONDS).done:
            watch.checkpoint()
        return future.result()
    finally:
        pool.shutdown(wait=False)


def _pause(seconds: float, watch: Watch) -> None:
    nap = threading.Event()
    until = time.monotonic() + seconds
    while (left := until - time.monotonic()) > 0:
        nap.wait(min(left, LISTEN_SECONDS))
        watch.checkpoint()

"""The bench: one thread that loads pipelines, keeps the last one warm, and runs them one at a time.

A GPU does one thing well at a time, so there is one bench in a process. Whoever wants something made listens
while the bench works: a stop is heard at once and reaches the pipeline after the step it is at. The pipeline
stays warm and usable; only what broke it (out of memory, an error nobody foresaw) makes it be loaded anew.
"""

import contextlib
import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

import structlog

from soho.providers.contract import Job, ProviderError, Watch
from soho.providers.diffusers import loading, running
from soho.providers.diffusers.families import Family
from soho.providers.diffusers.recipe import Recipe
from soho.providers.diffusers.running import Made

log = structlog.get_logger(__name__)

LISTEN_SECONDS = 0.25


class Ended(Exception):
    """Whoever asked for this run does not want it any more."""


class Run:
    """What passes between the bench and whoever listens: how far it is, and whether it is still wanted."""

    def __init__(self) -> None:
        self.ended = threading.Event()
        self.news = threading.Event()
        self.said = (0.0, "Waiting for the model")

    def heard(self, fraction: float, note: str) -> None:
        """Notes how far the run is. Raises Ended when it is not wanted any more."""
        if self.ended.is_set():
            raise Ended
        self.said = (fraction, note)
        self.news.set()


class Bench:
    """See the module. `load` may be replaced where there is another way to come by a pipeline."""

    def __init__(self, load: Callable[[Recipe, Family], Any] = loading.load) -> None:
        self._load = load
        self._work: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._starting = threading.Lock()
        self._warm: tuple[Recipe, Any] | None = None

    def make(self, recipe: Recipe, family: Family, job: Job, watch: Watch) -> Made:
        """Runs the pipeline for `job`, telling `watch` how it goes.

        Raises ProviderError, and what `watch` raises; after that the run ends at its next step.
        """
        run = Run()
        future: Future[Made] = Future()

        def work() -> None:
            # Waited in line for another run to end, and nobody wants it any more.
            if run.ended.is_set():
                future.cancel()
                return
            try:
                future.set_result(self._made(recipe, family, job, run))
            except BaseException as error:  # noqa: BLE001 - carried over to the thread that waits for this one
                future.set_exception(error)

        future.add_done_callback(lambda _: run.news.set())
        self._start()
        self._work.put(work)
        try:
            while not future.done():
                watch.progress(*run.said)
                run.news.wait(LISTEN_SECONDS)
                run.news.clear()
            return future.result()
        finally:
            run.ended.set()

    def _start(self) -> None:
        with self._starting:
            # A fork takes no threads along: a worker's child begins with none, whatever its parent had.
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._serve, name="diffusers-bench", daemon=True)
                self._thread.start()

    def _serve(self) -> None:
        while True:
            self._work.get()()

    def _made(self, recipe: Recipe, family: Family, job: Job, run: Run) -> Made:
        try:
            pipeline = self._ready(recipe, family, run)
            return running.run(pipeline, recipe, family, job, run.heard)
        except Ended:
            # An offloaded pipeline puts its parts away only when it comes to its end.
            with contextlib.suppress(Exception):
                self._warm and self._warm[1].maybe_free_model_hooks()
            raise
        except ProviderError:
            raise
        except Exception as error:
            self._put_away()
            if running.is_out_of_memory(error):
                raise running.out_of_memory(recipe, job, error) from None
            log.exception("model.broke", model=recipe.name)
            raise

    def _ready(self, recipe: Recipe, family: Family, run: Run) -> Any:
        if self._warm is not None and self._warm[0] == recipe:
            return self._warm[1]
        run.heard(0.0, "Loading the model")
        # The old one first: two rarely fit.
        self._put_away()
        pipeline = self._load(recipe, family)
        self._warm = (recipe, pipeline)
        return pipeline

    def _put_away(self) -> None:
        if self._warm is not None:
            self._warm = None
            loading.release()

"""Free previews: who may have one drawn now, and the process that draws it.

A preview is most of a second of arithmetic. It is drawn beside the web, not in it: in a web process it would
hold the interpreter that answers everybody else. Nor is it drawn by a worker: somebody looks at the page and
waits, and behind a film of a minute there would be no preview at all. So the web starts a process for each,
which yields to all other work, knows no secret, and is gone afterwards. A few may wait for their turn; the
rest are told at once to come back, so that previews never take the web's threads.
"""

import json
import os
import secrets
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import structlog
from django.conf import settings

log = structlog.get_logger(__name__)

MAX_SEED = 2**31 - 1
WAIT_SECONDS = 3.0  # for one's turn
DRAW_SECONDS = 12.0  # for the drawing, on a machine with much else to do
WAITING_FOR_ONE = 2  # requests that wait for each preview that may be drawn at once
SHORTER_SIDE = 1080
KEPT = ("PATH", "PYTHONPATH", "LD_LIBRARY_PATH", "LANG", "TMPDIR", "SOHO_SUPERVISED")


class Busy(Exception):
    """No preview can be drawn now. The docstring of `draw` says when."""


@dataclass(frozen=True, slots=True)
class Preview:
    """A preview: the MP4's bytes, the seed it was drawn with, and the words that could not be drawn."""

    film: bytes
    seed: int
    undrawn: list[str]


class Gate:
    """Lets `at_once` through at a time and some more wait; everybody else is turned away at once."""

    def __init__(self, at_once: int) -> None:
        self._places = threading.BoundedSemaphore(at_once)
        self._room = threading.BoundedSemaphore(at_once * (1 + WAITING_FOR_ONE))

    @contextmanager
    def passed(self) -> Iterator[None]:
        """Holds a place inside the block. Raises Busy."""
        if not self._room.acquire(blocking=False):
            raise Busy
        try:
            if not self._places.acquire(timeout=WAIT_SECONDS):
                raise Busy
            try:
                yield
            finally:
                self._places.release()
        finally:
            self._room.release()


gate = Gate(max(1, settings.PREVIEWS))


def draw(prompt: str, *, width_to_height: float, seed: int | None = None) -> Preview:
    """Draws the preview of a film of this shape.

    Raises Busy when too many are being drawn by this process, or when the machine has so much else to do that
    this one does not get done in time.
    """
    chosen = secrets.randbelow(MAX_SEED + 1) if seed is None else seed
    longer = round(SHORTER_SIDE * max(width_to_height, 1 / width_to_height) / 2) * 2
    width, height = (longer, SHORTER_SIDE) if width_to_height > 1 else (SHORTER_SIDE, longer)
    wish = {"prompt": prompt, "seed": chosen, "width": width, "height": height}
    with gate.passed(), tempfile.TemporaryDirectory(prefix="soho-preview-") as folder:
        out = Path(folder) / "preview.mp4"
        said = _drawn(json.dumps(wish), out)
        return Preview(out.read_bytes(), chosen, said["undrawn"])


def _drawn(wish: str, out: Path) -> dict[str, list[str]]:
    """What the process said that drew `wish` at `out`. Raises Busy when it ran out of time."""
    environment = {name: os.environ[name] for name in KEPT if name in os.environ}
    try:
        done = subprocess.run(  # noqa: S603 - our own module; the prompt travels by standard input
            [sys.executable, "-P", "-m", "soho.diorama.previewer", str(out)],
            input=wish,
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=DRAW_SECONDS,
            env=environment,
            check=True,
        )
    except subprocess.TimeoutExpired as error:
        log.warning("preview.late", seconds=DRAW_SECONDS)
        raise Busy from error
    except subprocess.CalledProcessError as error:
        # The end of it is the exception; a prompt does not stand in it.
        log.error("preview.failed", status=error.returncode, said=error.stderr[-2000:])
        raise
    found: dict[str, list[str]] = json.loads(done.stdout)
    return found

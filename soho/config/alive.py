"""Signs of life of the roles that listen on no port.

Each touches a file in `SOHO_HOME/alive` while its main loop turns; `soho probe` looks at its age. A worker
whose loop hangs is thereby found by whatever runs it, and a worker that is only busy is left alone, because
the work is done in processes of its own.
"""

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from celery import bootsteps
from celery.beat import PersistentScheduler

TOUCH_SECONDS = 5
# Upkeep works in its main loop; its longest task, the search for orphans, may take a minute.
STALE_SECONDS = 120.0


def worker_name(lanes: Sequence[str]) -> str:
    """The name that a worker of these lanes signs with."""
    return "-".join(["worker", *sorted(lanes)])


def touch(home: Path, name: str) -> None:
    """Leaves a sign of life."""
    path = home / "alive" / name
    path.parent.mkdir(mode=0o700, exist_ok=True)
    path.touch()


def age(home: Path, name: str) -> float | None:
    """Seconds since the last sign of life; None when there never was one."""
    try:
        return max(0.0, time.time() - (home / "alive" / name).stat().st_mtime)
    except FileNotFoundError:
        return None


class WorkerAlive(bootsteps.StartStopStep):
    """A part of a Celery worker: touches the file from the worker's own timer."""

    requires = ("celery.worker.components:Timer",)
    home = Path()
    name = ""

    def start(self, parent: Any) -> None:
        """Called when the worker starts."""
        touch(self.home, self.name)
        parent.timer.call_repeatedly(TOUCH_SECONDS, touch, (self.home, self.name))

    def stop(self, parent: Any) -> None:
        """Called when it stops: one that was stopped is not to be taken for a live one."""
        (self.home / "alive" / self.name).unlink(missing_ok=True)


class Scheduler(PersistentScheduler):
    """Celery's own, with a sign of life at each turn of its loop."""

    def tick(self, *args: Any, **kwargs: Any) -> float:
        """Rings what is due; seconds until the next turn."""
        from django.conf import settings

        touch(settings.SOHO_HOME, "beat")
        return min(float(super().tick(*args, **kwargs)), TOUCH_SECONDS)

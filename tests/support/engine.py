"""The engine under test:

real worker processes on the test's database, and the questions that every story ends with.
"""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.db import connection

from soho.accounts.models import User
from soho.creations import actions, intake
from soho.creations.models import Creation
from soho.creations.objects import storage
from soho.embedded import addresses
from soho.generation.tasks import sweep
from soho.ledger import audit
from soho.ledger import queries as ledger

# Short, so that a dead worker is noticed within a test's patience.
QUICK = {
    "SOHO_LEASE_SECONDS": "2",
    "SOHO_HEARTBEAT_SECONDS": "0.3",
    "SOHO_BACKOFF_SECONDS": "0.2",
    "SOHO_PROVIDERS": "tests.support.rehearsal",
}
ROOT = Path(__file__).parents[2]


def environment(**more: str) -> dict[str, str]:
    """What a process needs to work on this test's database, broker and folder."""
    url = addresses.database_url(settings.SOHO_HOME, database=connection.settings_dict["NAME"])
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "soho.config.settings",
        "DATABASE_URL": url,
        **QUICK,
        **more,
    }


@contextlib.contextmanager
def worker(dies_at: str = "", **more: str) -> Iterator[subprocess.Popen[bytes]]:
    """A real worker process, killed at the end if it is not dead by then."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.support.worker", *([dies_at] if dies_at else [])],
        cwd=ROOT,
        env=environment(**more),
        start_new_session=True,
    )
    try:
        yield process
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(10)


def start(user: User, prompt: str, *, kind: str = "video", **more: object) -> UUID:
    """Starts a rehearsal."""
    seconds = 2.0 if kind == "video" else None
    order = intake.order(kind, prompt, model="rehearsal", **{"seconds": seconds, **more})
    return actions.start(user, order)


def died(process: subprocess.Popen[bytes]) -> bool:
    """Whether it was killed, as it was told to be. Fails when it ended in any other way."""
    assert process.poll() in {None, -signal.SIGKILL}, "the worker did not start"
    return process.poll() is not None


def until(true: Callable[[], bool], *, seconds: float = 30, sweeping: bool = True) -> None:
    """Waits for something to come true, sweeping meanwhile as beat does. Fails after `seconds`."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it did not come true in time"
        if sweeping:
            sweep()
        time.sleep(0.1)


def status(creation_id: UUID) -> str:
    return Creation.objects.values_list("status", flat=True).get(pk=creation_id)


def settle(*creation_ids: UUID, seconds: float = 40) -> None:
    """Waits until none of them is pending or processing any more."""
    until(lambda: all(status(one) not in {"pending", "processing"} for one in creation_ids), seconds=seconds)


def tokens(user: User) -> tuple[int, int]:
    """Available and held."""
    found = ledger.balance(user.pk)
    return found.available, found.held


def stored() -> set[str]:
    """Every object there is."""
    return {item.key for item in storage().keys()}  # noqa: SIM118 - a storage is no dict


def books_balance() -> bool:
    return audit.verify() == []

"""From a saved model folder to a finished draft in the running product: a real `soho worker --lane gpu`."""

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest
from pytest_django import Settings

from soho.accounts.models import User
from soho.creations import actions, intake
from soho.creations.models import Creation
from soho.creations.objects import storage
from soho.generation.models import Attempt
from soho.providers import health, registry
from tests.generation.conftest import empty_broker
from tests.support.engine import ROOT, books_balance, environment, settle, status, tokens, until

pytestmark = [
    pytest.mark.xdist_group("torch"),
    pytest.mark.timeout(170),
    pytest.mark.django_db(transaction=True),
]

CONFIGURATION = """
[providers.local]
kind = "diffusers"
folder = "{shelf}"

[providers.local.models.wan]
device = "cpu"
steps = 4
seconds = [1]
sizes = {{ "16:9" = "64x32" }}

[providers.local.models.wan-slow]
id = "wan"
device = "cpu"
steps = 1000
seconds = [4]
sizes = {{ "16:9" = "64x32" }}

[providers.local.models.wan-longer]
id = "wan"
device = "cpu"
steps = 300
seconds = [1]
sizes = {{ "16:9" = "64x32" }}

[providers.local.models.ltx2]
device = "cpu"
steps = 3
seconds = [1]
sizes = {{ "1:1" = "32x32" }}

[providers.local.models.z-image]
device = "cpu"
steps = 3
sizes = {{ "1:1" = "64x64" }}
prices = {{ image = 2 }}
"""


@pytest.fixture
def stage(settings: Settings, shelf: Path, tmp_path: Path) -> Iterator[Path]:
    """The web's side: the same soho.toml as the worker's, an empty broker and an empty storage."""
    settings.CONFIG_FILE = tmp_path / "soho.toml"
    settings.CONFIG_FILE.write_text(CONFIGURATION.format(shelf=shelf))
    settings.CONFIG_IS_NAMED = True
    registry.forget()
    empty_broker()
    storage().delete([item.key for item in storage().keys()])  # noqa: SIM118 - a storage is no dict
    yield settings.CONFIG_FILE
    registry.forget()


@contextlib.contextmanager
def gpu_worker(configuration: Path) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(
        [sys.executable, "-m", "soho", "worker", "--lane", "gpu"],
        cwd=ROOT,
        env=environment(
            SOHO_CONFIG=str(configuration),
            SOHO_PROVIDERS="soho.providers.diorama",
            SOHO_LEASE_SECONDS="3",
            # Small tensors are made faster by one thread than shared out between several.
            OMP_NUM_THREADS="1",
        ),
        start_new_session=True,
    )
    try:
        yield process
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(10)


def start(user: User, model: str, kind: str = "video") -> UUID:
    return actions.start(user, intake.order(kind, "A quiet lake at dawn", model=model, seed=11))


def made_by(creation_id: UUID) -> str:
    """The process that made it."""
    return Attempt.objects.filter(creation_id=creation_id).latest("fence").worker


def test_a_folder_becomes_drafts_and_neither_a_cancel_nor_a_killed_process_costs_anything(
    stage: Path, alice: User
) -> None:
    assert not health.states()["wan"].available
    # One worker for the whole story: what takes long is torch.
    with gpu_worker(stage):
        # It has the folders and the GPU, so it says how its models are.
        until(lambda: health.states()["wan"].available)
        wan = start(alice, "wan")
        settle(wan, seconds=90)
        ltx2, picture = start(alice, "ltx2"), start(alice, "z-image", "image")
        settle(ltx2, picture, seconds=60)

        slow = start(alice, "wan-slow")
        until(lambda: " of 1000" in Creation.objects.get(pk=slow).progress_note, seconds=60)
        held = tokens(alice)
        actions.cancel(alice.pk, slow)
        after = start(alice, "z-image", "image")
        settle(after, seconds=60)

        killed = start(alice, "wan-longer")
        until(lambda: " of 300" in Creation.objects.get(pk=killed).progress_note, seconds=60)
        # As a driver's fault or the kernel's out-of-memory killer would.
        os.kill(int(made_by(killed).rpartition(":")[2]), signal.SIGKILL)
        settle(killed, seconds=90)

    film, still = Creation.objects.get(pk=wan), Creation.objects.get(pk=picture)
    assert [status(one) for one in (wan, ltx2, picture, after, killed)] == ["draft"] * 5
    assert (film.width, film.height, film.made_by) == (64, 32, "wan")
    assert film.duration == pytest.approx(17 / 16, abs=0.05)
    assert (still.width, still.height) == (64, 64)
    assert (status(slow), Creation.objects.get(pk=slow).error_code) == ("failed", "cancelled")
    # Of 50 tokens: 10 for a clip, 2 for a picture; the cancelled clip held 10 and cost nothing.
    assert held == (50 - 22 - 10, 10)
    assert tokens(alice) == (50 - 3 * 10 - 2 * 2, 0)
    assert books_balance()
    # One process made them all until it was killed: what it loaded stayed warm, and a stop did not harm it.
    assert len({made_by(one) for one in (wan, ltx2, picture, slow, after)}) == 1
    attempts = Attempt.objects.filter(creation_id=killed).order_by("fence").values_list("outcome", flat=True)
    assert list(attempts) == ["lost", "succeeded"]
    # The same words and seed make the same picture.
    assert still.placeholder == Creation.objects.get(pk=after).placeholder

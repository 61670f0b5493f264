"""Models that are bought from servers on a loopback socket, as the engine's stories need them."""

import contextlib
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from django.utils import timezone
from pytest_django import Settings

from soho.accounts.models import User
from soho.creations import actions, intake
from soho.creations.models import Creation
from soho.generation.run import work_once
from soho.providers import health, registry
from tests.support.far_server import KEY, FarServer, far_server

TOML = """
{top}
[providers.far]
kind = "tests.support.far"
address = "{far}"
[providers.far.models.far]
successors = ["near"]
costs = {{ video = 0.5, image = 0.1 }}
{model}
[providers.near]
kind = "tests.support.far"
address = "{near}"
[providers.near.models.near]
title = "Near by"
costs = {{ video = 0.4, image = 0.1 }}
{successor}
"""


class Stage:
    """Two servers: `far` sells the model of that name, whose successor is sold by `near`."""

    def __init__(self, folder: Path, settings: Settings, far: FarServer, near: FarServer) -> None:
        self.far, self.near = far, near
        self.file = folder / "soho.toml"
        self._settings = settings

    def configure(self, *, top: str = "", model: str = "", successor: str = "") -> None:
        """Writes the file with more in it, and has the models probed."""
        self.file.write_text(
            TOML.format(
                top=top, model=model, successor=successor, far=self.far.address, near=self.near.address
            )
        )
        self._settings.CONFIG_FILE = self.file
        registry.forget()
        health.probe()

    def alone(self) -> None:
        """Takes the successor away."""
        self.configure()
        self.file.write_text(self.file.read_text().replace('successors = ["near"]\n', ""))
        registry.forget()

    def worker(self) -> dict[str, str]:
        """What a worker process needs to see the same models."""
        return {"SOHO_CONFIG": str(self.file)}


@contextlib.contextmanager
def staged(folder: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    monkeypatch.setenv("SOHO_FAR_KEY", KEY)
    monkeypatch.setenv("SOHO_NEAR_KEY", KEY)
    with far_server() as far, far_server() as near:
        stage = Stage(folder, settings, far, near)
        stage.configure()
        try:
            yield stage
        finally:
            registry.forget()


def order(
    user: User, prompt: str = "a lake", *, kind: str = "video", model: str = "far", **more: object
) -> UUID:
    """Starts a creation with a model of the stage."""
    wish = intake.order(kind, prompt, model=model, **{"seconds": 2.0 if kind == "video" else None, **more})
    return actions.start(user, wish)


def work(creation_id: UUID, times: int = 1) -> Creation:
    """Lets a worker try this one so many times, no backoff passing; the creation as it stands then."""
    later = timezone.now() + timedelta(hours=1)
    Creation.objects.exclude(pk=creation_id).filter(status__in=["pending", "processing"]).update(
        not_before=later
    )
    for _ in range(times):
        Creation.objects.filter(pk=creation_id).update(not_before=None)
        kind = Creation.objects.values_list("media_type", flat=True).get(pk=creation_id)
        assert work_once(kind, worker="here")
    return Creation.objects.get(pk=creation_id)

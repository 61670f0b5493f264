"""A stage for rehearsals: quick leases, the rehearsal provider, an empty broker and an empty storage."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django import Settings

from soho.config.celery import app
from soho.creations.objects import storage
from soho.providers import registry
from tests.generation.far import Stage, staged


@pytest.fixture(autouse=True)
def stage(settings: Settings, transactional_db: None) -> Iterator[None]:
    settings.PROVIDERS = ["tests.support.rehearsal"]
    settings.LEASE_SECONDS = 2.0
    settings.HEARTBEAT_SECONDS = 0.3
    settings.BACKOFF_SECONDS = 0.2
    registry.forget()
    empty_broker()
    storage().delete([item.key for item in storage().keys()])  # noqa: SIM118 - a storage is no dict
    yield
    registry.forget()


def empty_broker() -> None:
    """Wipes the broker: every message, every binding."""
    with app.connection_for_write() as connection:
        connection.default_channel.client.flushdb()


@pytest.fixture
def far(tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    """Models that are bought from servers of the tests."""
    with staged(tmp_path, settings, monkeypatch) as stage:
        yield stage

"""An empty room: no messages, no objects, the built-in renderer painting small."""

import pytest
from pytest_django import Settings

from soho.config.celery import app
from soho.creations.objects import storage

PERCENT = 6  # of the full size: whole films still, 64 pixels wide


@pytest.fixture(autouse=True)
def empty_room(settings: Settings, transactional_db: None) -> None:
    settings.DIORAMA_PERCENT = PERCENT
    settings.LEASE_SECONDS = 2.0
    settings.HEARTBEAT_SECONDS = 0.3
    with app.connection_for_write() as connection:
        connection.default_channel.client.flushdb()
    storage().delete([item.key for item in storage().keys()])  # noqa: SIM118 - a storage is no dict

"""Alice makes things, Bob runs the house."""

from collections.abc import Iterator

import pytest
from django.core.cache import cache
from django.test import Client
from pytest_django import Settings

from soho.accounts.models import User
from soho.providers import registry


@pytest.fixture(autouse=True)
def rehearsal(settings: Settings, db: None) -> Iterator[None]:
    settings.PROVIDERS = ["tests.support.rehearsal"]
    # Most of these stories are one transaction, into which a beating heart's own connection cannot see.
    settings.HEARTBEAT_SECONDS, settings.LEASE_SECONDS = 60, 600
    registry.providers.cache_clear()
    cache.clear()
    yield
    registry.providers.cache_clear()


@pytest.fixture
def operator(bob: User) -> User:
    """Bob, who runs the house."""
    bob.is_staff = bob.is_superuser = True
    bob.save()
    return bob


@pytest.fixture
def as_operator(operator: User) -> Client:
    client = Client(enforce_csrf_checks=False)
    client.force_login(operator)
    return client

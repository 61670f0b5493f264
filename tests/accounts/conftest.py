"""Alice owns, Charlie is an outsider, Olga runs the site."""

import pytest
from django.core.cache import cache
from django.test import Client

from soho.accounts.actions import create_user
from soho.accounts.models import User

PASSWORD = "a quiet valley at dawn"


@pytest.fixture
def alice() -> User:
    return create_user("alice", PASSWORD)


@pytest.fixture
def charlie() -> User:
    return create_user("charlie", PASSWORD)


@pytest.fixture
def olga() -> User:
    return create_user("olga", PASSWORD, operator=True)


@pytest.fixture
def desk(olga) -> Client:
    """A browser in which olga is signed in."""
    client = Client()
    client.force_login(olga)
    return client


@pytest.fixture
def _fresh_limits():
    """Rate limits count from nought: they live in the cache, which outlasts a test."""
    cache.clear()
    yield
    cache.clear()

"""An open live door on the test's own database, and keys to it."""

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.test import Client

from soho.accounts.actions import create_api_key
from soho.accounts.models import User
from tests.support.live import LiveDoor, live_door

Headers = dict[str, str]


@pytest.fixture(scope="session")
def standing_door(django_db_setup: None, django_db_blocker: Any, live_server: Any) -> Iterator[LiveDoor]:
    """One door for all tests that neither hurt nor configure it: a process takes seconds to start."""
    with django_db_blocker.unblock(), live_door(web_port=urlsplit(live_server.url).port) as found:
        yield found


@pytest.fixture
def door(transactional_db: None, standing_door: LiveDoor) -> LiveDoor:
    """An open door on this test's database."""
    return standing_door


@pytest.fixture
def own_door(transactional_db: None, live_server: Any) -> Iterator[LiveDoor]:
    """A door that may be killed, and lets one stream a person in."""
    limit = {"SOHO_LIVE_STREAMS_PER_PERSON": "1"}
    with live_door(web_port=urlsplit(live_server.url).port, **limit) as found:
        yield found


@pytest.fixture
def key_of() -> Callable[[User], Headers]:
    """Headers with a new API key of a person's."""

    def make(user: User) -> Headers:
        return {"Authorization": f"Bearer {create_api_key(user, 'a test')[1]}"}

    return make


@pytest.fixture
def session_of() -> Callable[[User], Headers]:
    """Headers with a new session of a person's."""

    def make(user: User) -> Headers:
        client = Client()
        client.force_login(user)
        return {
            "Cookie": f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"
        }

    return make

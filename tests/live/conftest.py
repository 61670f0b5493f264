"""An open live door on the test's own database, and keys to it."""

from collections.abc import Callable, Iterator

import pytest
from django.conf import settings
from django.test import Client

from soho.accounts.actions import create_api_key
from soho.accounts.models import User
from tests.support.live import LiveDoor, live_door

Headers = dict[str, str]


@pytest.fixture
def door(transactional_db: None) -> Iterator[LiveDoor]:
    with live_door() as found:
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

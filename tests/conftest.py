"""What every room's tests share."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from pytest_django import Settings

from soho.accounts.actions import create_user
from soho.accounts.models import User

PASSWORD = "between the acts 7"


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    """Lets pytest-django empty the tables between transactional tests, which a trigger of the ledger refuses.

    tests/ledger/test_final.py turns the trigger on again and holds it to its word.
    """
    with django_db_blocker.unblock():
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE ledger_transfer DISABLE TRIGGER ledger_transfers_stay")
        connection.close()


@pytest.fixture(autouse=True)
def quick_passwords(settings: Settings) -> None:
    """Argon2 is slow by design; stories that make people need not wait for it."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def alice(db: None) -> User:
    """She owns what a story is about."""
    return create_user("alice", PASSWORD)


@pytest.fixture
def bob(db: None) -> User:
    """A friend."""
    return create_user("bob", PASSWORD)


@pytest.fixture
def charlie(db: None) -> User:
    """An outsider."""
    return create_user("charlie", PASSWORD)


@pytest.fixture
def as_alice(alice: User) -> Client:
    """Alice's own browser, as far as requests go."""
    client = Client()
    client.force_login(alice)
    return client


@pytest.fixture
def as_bob(bob: User) -> Client:
    """Bob's."""
    client = Client()
    client.force_login(bob)
    return client


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Chromium, started once for a run: Playwright can have one event loop in a process."""
    from tests.support.browser import chromium

    with chromium() as found:
        yield found

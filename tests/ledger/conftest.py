"""Alice owns, Bob is a friend; and a way to forge a row, as somebody with the run of the database could."""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection

from soho.accounts.actions import create_user
from soho.accounts.models import User

Forge = Callable[..., None]


@pytest.fixture
def alice() -> User:
    return create_user("alice", "a quiet valley at dawn")


@pytest.fixture
def bob() -> User:
    return create_user("bob", "a quiet valley at dusk")


@contextmanager
def unguarded() -> Generator[Any, None, None]:
    """A cursor that may write anything: the triggers of transfers and of foreign keys are off meanwhile."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # what came before was honest, and is checked now
        cursor.execute("SET session_replication_role = replica")
        try:
            yield cursor
        finally:
            cursor.execute("SET session_replication_role = DEFAULT")


@pytest.fixture
def forge() -> Forge:
    """Runs one statement that the database would refuse, and makes sure that it changed something."""

    def forging(statement: str, *parameters: object) -> None:
        with unguarded() as cursor:
            cursor.execute(statement, parameters)
            assert cursor.rowcount > 0

    return forging

"""What every room's tests share."""

from typing import Any

import pytest
from django.db import connection


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    """Lets pytest-django empty the tables between transactional tests, which a trigger of the ledger refuses.

    tests/ledger/test_final.py turns the trigger on again and holds it to its word.
    """
    with django_db_blocker.unblock():
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE ledger_transfer DISABLE TRIGGER ledger_transfers_stay")
        connection.close()

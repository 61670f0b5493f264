"""Random interleavings of everything the ledger can do, on a real PostgreSQL, each step committed."""

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.ledger.books import Books


@pytest.mark.django_db(transaction=True)
def test_the_books_are_right_whatever_happens_in_whatever_order():
    run_state_machine_as_test(
        Books,
        settings=settings(
            max_examples=20,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow],
        ),
    )

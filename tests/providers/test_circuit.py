"""A provider that fails is given a rest, and tried again by one at a time. The clock is the story's own."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from soho.providers import circuit
from soho.providers.circuit import FIRST_REST, LONGEST_REST, PROBE, THRESHOLD, WINDOW
from soho.providers.models import Circuit

pytestmark = pytest.mark.django_db

NOON = datetime(2030, 1, 1, 12, tzinfo=UTC)


def fail(times: int, at: datetime = NOON) -> None:
    for _ in range(times):
        circuit.failed("far", now=at)


def rest(at: datetime) -> float:
    return circuit.rest("far", now=at)


def test_a_provider_that_never_failed_is_asked() -> None:
    assert rest(NOON) == 0


def test_it_opens_at_the_threshold_for_one_provider_alone() -> None:
    fail(THRESHOLD - 1)
    assert rest(NOON) == 0
    fail(1)
    assert rest(NOON) == FIRST_REST.total_seconds()
    assert circuit.rest("near", now=NOON) == 0


def test_failures_far_apart_do_not_add_up() -> None:
    for step in range(THRESHOLD * 2):
        fail(1, NOON + step * (WINDOW + timedelta(seconds=1)))
    assert rest(NOON + THRESHOLD * 2 * WINDOW) == 0


def test_a_success_between_forgets_the_failures() -> None:
    fail(THRESHOLD - 1)
    circuit.succeeded("far")
    fail(THRESHOLD - 1)
    assert rest(NOON) == 0


def test_half_open_one_may_try_and_the_others_wait() -> None:
    fail(THRESHOLD)
    after = NOON + FIRST_REST
    assert rest(after) == 0
    assert rest(after) > 0
    assert rest(after + PROBE) == 0, "the one that tried has died"


def test_the_one_that_tries_closes_it() -> None:
    fail(THRESHOLD)
    assert rest(NOON + FIRST_REST) == 0
    circuit.succeeded("far")
    assert rest(NOON + FIRST_REST) == 0
    assert rest(NOON + FIRST_REST) == 0


def test_the_one_that_tries_opens_it_for_twice_as_long_up_to_a_limit() -> None:
    fail(THRESHOLD)
    now, expected = NOON, FIRST_REST
    for _ in range(8):
        now += expected
        assert rest(now) == 0
        fail(1, now)
        expected = min(expected * 2, LONGEST_REST)
        assert rest(now) == expected.total_seconds()


def test_failures_that_began_before_it_opened_do_not_open_it_further() -> None:
    fail(THRESHOLD + 10)
    assert rest(NOON) == FIRST_REST.total_seconds()


def test_one_that_found_out_nothing_lets_the_next_try() -> None:
    fail(THRESHOLD)
    after = NOON + FIRST_REST
    assert rest(after) == 0
    circuit.undecided("far")
    assert rest(after) == 0


@pytest.mark.django_db(transaction=True)
def test_of_many_that_ask_at_once_one_may_try() -> None:
    fail(THRESHOLD)

    def ask(_: int) -> float:
        try:
            return rest(NOON + FIRST_REST)
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as threads:
        assert sorted(threads.map(ask, range(6)))[:2] == [0.0, circuit.ASK_AGAIN.total_seconds()]


@pytest.mark.django_db(transaction=True)
def test_failures_at_once_are_all_counted() -> None:
    def one(_: int) -> None:
        try:
            fail(1)
        finally:
            connection.close()

    with ThreadPoolExecutor(THRESHOLD) as threads:
        list(threads.map(one, range(THRESHOLD)))
    assert Circuit.objects.get(pk="far").failures == THRESHOLD
    assert rest(NOON) > 0

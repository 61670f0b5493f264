"""Ready or not: plainly for everybody, part by part for insiders, at the cost of one check whoever asks."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from celery import Celery
from django.db import connection
from django.test import Client

from soho.accounts.models import User
from soho.config import health
from soho.config.fresh import Fresh

TOKEN = "a token for this test alone"
INSIDE = {"Authorization": f"Bearer {TOKEN}"}


@pytest.fixture(autouse=True)
def nothing_known(settings: Any) -> Iterator[None]:
    settings.METRICS_TOKEN = TOKEN
    parts = (health.database, health.broker, health.media)
    for part in parts:
        part.forget()
    yield
    for part in parts:
        part.forget()


@pytest.fixture
def behind(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """A schema that waits for `soho migrate`."""
    monkeypatch.setattr(health, "_schema_is_there", False)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'feed'")


@pytest.mark.django_db
def test_everybody_hears_ready_and_insiders_of_every_part() -> None:
    answer = Client().get("/readyz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})
    assert "no-store" in answer["Cache-Control"]
    told = Client().get("/readyz", headers=INSIDE).json()
    assert told == {
        "status": "ok",
        "parts": {"database": "ok", "broker": "ok", "storage": "ok"},
        "reasons": {},
    }
    assert Client().get("/healthz").status_code == 200


def test_who_is_no_insider_hears_nothing_of_what_is_wrong(behind: None, alice: User) -> None:
    answers = [
        Client().get("/readyz"),
        Client().get("/readyz", headers={"Authorization": "Bearer somebody"}),
        Client().get("/readyz", headers={"X-Forwarded-For": "127.0.0.1"}, REMOTE_ADDR="127.0.0.1"),
    ]
    signed_in = Client()
    signed_in.force_login(alice)
    for answer in (*answers, signed_in.get("/readyz")):
        assert (answer.status_code, answer.json()) == (503, {"status": "unavailable"})
    # Once she operates the house, she does.
    User.objects.filter(pk=alice.pk).update(is_staff=True)
    told = signed_in.get("/readyz")
    assert (told.status_code, told.json()["parts"]["database"]) == (503, "behind")
    assert "soho migrate" in told.json()["reasons"]["database"]


@pytest.mark.django_db
def test_a_broker_that_is_away_is_told_of_and_takes_no_web_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "app", Celery("away", broker="redis://:secret-word@127.0.0.1:1/0"))
    answer = Client().get("/readyz", headers=INSIDE)
    assert (answer.status_code, answer.json()["parts"]["broker"]) == (200, "down")
    assert "127.0.0.1:1" in answer.json()["reasons"]["broker"]
    assert "secret-word" not in answer.content.decode()


def test_a_hundred_calls_cost_one_question(
    db: None, django_assert_num_queries: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    Client().get("/readyz")  # which also found that the schema is there
    # However long the hundred take on a busy machine.
    monkeypatch.setattr(health, "database", Fresh(health._database, health.FRESH_SECONDS, clock=lambda: 0.0))
    with django_assert_num_queries(1):
        for _ in range(100):
            assert Client().get("/readyz").status_code == 200


def test_a_failure_and_its_end_are_heard_when_the_answer_is_two_seconds_old() -> None:
    now = 100.0
    stands = "ok"
    part = Fresh(lambda: stands, health.FRESH_SECONDS, clock=lambda: now)
    assert part() == "ok"
    stands = "down"
    now += health.FRESH_SECONDS
    assert part() == "ok"
    now += 0.01
    assert part() == "down"
    stands = "ok"
    now += health.FRESH_SECONDS + 0.01
    assert part() == "ok"


def test_of_many_who_ask_at_once_one_finds_out() -> None:
    calls: list[int] = []
    go = threading.Event()

    def slow() -> int:
        calls.append(1)
        assert go.wait(10)
        return len(calls)

    part = Fresh(slow, 60)
    with ThreadPoolExecutor(20) as crowd:
        answers = [crowd.submit(part) for _ in range(20)]
        go.set()
        assert {one.result(10) for one in answers} == {1}
    assert len(calls) == 1


def test_who_waited_for_a_slow_answer_is_answered_by_it() -> None:
    now = 0.0

    def slow() -> float:
        nonlocal now
        now += 60.0  # longer than an answer is kept
        return now

    part = Fresh(slow, 2, clock=lambda: now)
    assert (part(), part()) == (60.0, 60.0)


def test_an_error_is_not_kept() -> None:
    answers = iter([ZeroDivisionError(), "ok"])

    def find() -> str:
        answer = next(answers)
        if isinstance(answer, Exception):
            raise answer
        return str(answer)

    part = Fresh(find, 60)
    with pytest.raises(ZeroDivisionError):
        part()
    assert part() == "ok"

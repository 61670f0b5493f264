"""Whom to serve next, however much anybody asked for."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone
from pytest_django import Settings

from soho.accounts.actions import create_user
from soho.accounts.models import User
from soho.creations.models import Creation
from soho.generation import queue, tasks, turns
from soho.generation.models import Attempt, Turn
from tests.conftest import PASSWORD
from tests.feed.test_plans import plan_of
from tests.generation.conftest import empty_broker
from tests.operator.test_plans import rows, scans
from tests.support.engine import settle, start, worker


@pytest.fixture(params=["step by step", "all at once"])
def either_way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Few people have something open, or many."""
    monkeypatch.setattr(turns, "FEW", turns.FEW if request.param == "step by step" else 0)


def test_one_job_waits_for_one_job_of_whoever_has_a_long_line(
    either_way: None, alice: User, bob: User
) -> None:
    for _ in range(12):
        start(alice, "fail=moderated", kind="image")
    for _ in range(3):
        tasks.work("image")
    start(bob, "fail=moderated", kind="image")
    for _ in range(3):
        tasks.work("image")
    served = Attempt.objects.order_by("started_at").values_list("creation__user__username", flat=True)
    assert list(served) == ["alice", "alice", "alice", "bob", "alice", "alice"]


def test_each_new_person_comes_first_and_of_several_whoever_waited_longest(
    either_way: None, alice: User, bob: User, charlie: User
) -> None:
    for person in (alice, alice, charlie, bob):
        start(person, "steps=1")
    assert turns.people("video") == [alice.pk, charlie.pk, bob.pk]
    assert queue.claim("video", worker="here")
    assert turns.people("video") == [charlie.pk, bob.pk, alice.pk]


def test_nobody_is_overlooked_behind_those_who_have_enough_running(
    either_way: None, bob: User, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.RUNNING_PER_USER = 1
    monkeypatch.setattr(turns, "TRIED", 2)
    for name in ("dora", "emil", "fred"):
        person = create_user(name, PASSWORD)
        start(person, "steps=1")
        start(person, "steps=1")
        assert queue.claim("video", worker="here")
    Turn.objects.create(user=bob, served_at=timezone.now() + timedelta(seconds=1))
    start(bob, "steps=1")
    found = queue.claim("video", worker="here")
    assert found
    assert found.user_id == bob.pk


def test_what_waits_for_a_backoff_or_is_of_another_kind_is_nobodys_turn(
    either_way: None, alice: User, bob: User
) -> None:
    later = start(alice, "steps=1")
    Creation.objects.filter(pk=later).update(not_before=timezone.now() + timedelta(hours=1))
    start(bob, "steps=1", kind="image")
    assert turns.people("video") == []
    assert (turns.waiting("video"), turns.waiting("image")) == (0, 1)


def test_a_person_who_is_served_in_vain_keeps_their_turn(
    alice: User, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    start(alice, "steps=1")
    start(alice, "steps=1")
    assert queue.claim("video", worker="here")
    served = Turn.objects.get(user=alice).served_at
    settings.RUNNING_PER_USER = 1
    # As for a worker that saw Alice below the limit a moment ago, and comes second.
    monkeypatch.setattr(turns, "people", lambda kind, lane: [alice.pk])
    assert queue.claim("video", worker="there") is None
    assert Turn.objects.get(user=alice).served_at == served


def test_thousands_that_one_person_asked_for_weigh_no_more_than_one(alice: User, bob: User) -> None:
    one = start(alice, "steps=1")
    columns = [field.column for field in Creation._meta.concrete_fields]
    values = [{"id": "gen_random_uuid()", "hold": "NULL"}.get(column, f"c.{column}") for column in columns]
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO creations_creation ({', '.join(columns)}) SELECT {', '.join(values)} "
            f"FROM creations_creation AS c, generate_series(1, 4000) WHERE c.id = '{one}'"
        )
    start(bob, "steps=1")
    assert queue.claim("video", worker="here")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE creations_creation, generation_turn")

    def read(plan: list[dict[str, Any]]) -> float:
        return sum(rows(node) for node in scans(plan, "creations_creation"))

    assert read(plan_of(lambda: turns.people("video"))) < 20
    assert read(plan_of(lambda: turns.waiting("video", at_most=50))) < 60
    assert turns.waiting("video", at_most=50) == 50
    assert turns.waiting("video") == 4001
    assert read(plan_of(lambda: queue.claim("video", worker="here"), "\n    UPDATE creations_creation")) < 20


def test_a_backlog_leaves_no_rings_behind(alice: User, bob: User) -> None:
    for person in (alice, bob, alice):
        start(person, "fail=moderated")
    assert tasks._rings_under_way("video") == 3
    tasks.work("video")
    assert tasks._rings_under_way("video") == 3


def test_rings_that_were_lost_are_rung_again_one_by_one(alice: User, bob: User) -> None:
    for person in (alice, bob, alice):
        start(person, "fail=moderated")
    empty_broker()
    tasks.work("video")
    assert tasks._rings_under_way("video") == 1
    tasks.work("video")
    assert tasks._rings_under_way("video") == 1
    tasks.work("video")
    tasks.work("video")
    assert tasks._rings_under_way("video") == 1


def lines_to_the_database() -> set[int]:
    """The processes of PostgreSQL that serve others than this one."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database() "
            "AND backend_type = 'client backend' AND pid <> pg_backend_pid()"
        )
        return {pid for (pid,) in cursor.fetchall()}


def test_a_worker_keeps_its_line_to_the_database_from_job_to_job(alice: User) -> None:
    with worker():
        settle(start(alice, "fail=moderated", kind="image"))
        first = lines_to_the_database()
        settle(start(alice, "fail=moderated", kind="image"))
        assert first & lines_to_the_database()

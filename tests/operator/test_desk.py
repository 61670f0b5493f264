"""What the operator sees."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from soho.accounts.models import User
from soho.generation import queue
from soho.generation.models import Attempt
from soho.generation.run import work_once
from soho.ids import first_at, made_at, new_id
from soho.ledger.models import Transfer
from soho.operator import actions, failures, money, queries, work
from soho.providers import circuit
from tests.creations.conftest import make
from tests.support.engine import start
from tests.web.conftest import MARKUP


def test_a_busy_house_is_told_in_full(
    as_operator: Client, alice: User, django_assert_num_queries: Any
) -> None:
    # Given one that waits, one that runs, one that failed and one that was made
    make(alice, "draft")
    failed = start(alice, f"fail=moderated {MARKUP}")
    assert work_once("video", worker="a test:2")
    start(alice, "in the making", kind="image")
    assert queue.claim("image", worker="machine:1")
    start(alice, "waits", kind="image")
    for _ in range(circuit.THRESHOLD):
        circuit.failed("rehearsal")
    cache.clear()

    # Then the desk tells of all of them, in a bounded number of queries
    as_operator.get("/operator")
    with django_assert_num_queries(12):
        page = as_operator.get("/operator").content.decode()
    assert "image for alice" in page.lower()
    assert "machine:1" in page
    assert "1 claimed, 0 made, 0 failed, 1 under way" in page
    assert f"/operator/creations/{failed}" in page
    assert "moderated" in page
    assert "Circuit open" in page
    assert "<img src=x" not in page
    # And its fragment is a part of it
    part = as_operator.get("/operator", headers={"X-Fragment": "operator"}).content.decode()
    assert "data-desk" in part
    assert "<html" not in part


def test_queues_are_told_apart_by_kind_and_lane(alice: User) -> None:
    start(alice, "one")
    start(alice, "two")
    assert queue.claim("video", worker="a test")
    found = {(one.kind, one.lane): one for one in work.queues()}
    video = found[("video", "")]
    assert (video.waiting, video.running, video.resting) == (1, 1, 0)
    assert video.oldest_seconds >= 0
    assert found[("image", "")].waiting == 0


def test_failures_are_grouped_by_code_and_model(alice: User) -> None:
    for _ in range(2):
        start(alice, "fail=moderated")
        work_once("video", worker="a test")
    start(alice, "fail=too_long", kind="image")
    work_once("image", worker="a test")
    assert [(g.code, g.model, g.attempts, g.creations) for g in failures.of_a_day()] == [
        ("moderated", "rehearsal", 2, 2),
        ("too_long", "rehearsal", 1, 1),
    ]
    newest = failures.latest()[0]
    assert (newest.code, newest.username, newest.status) == ("too_long", "alice", "failed")
    # What was cancelled or handed over did not go wrong
    Attempt.objects.filter(error_code="too_long").update(outcome="lost", error_code="lease_lost")
    assert len(failures.latest()) == 2


def test_tokens_and_dollars_are_summed_by_movement_and_model(operator: User, alice: User) -> None:
    before = money.sums()["Today"]
    video = make(alice, "draft")
    make(alice, "failed", kind="image")
    actions.refund(operator, video, "Sorry")
    Attempt.objects.filter(outcome="succeeded").update(cost="0.25")
    now = money.sums()["Today"]
    grew = {name: now.tokens[name] - before.tokens[name] for name in money.MOVEMENTS}
    assert grew == {"grant": 0, "hold": 11, "capture": 10, "release": 0, "refund": 10, "revoke": 0}
    assert now.captured == {"rehearsal": 10}
    assert now.cost_in_all == pytest.approx(0.25)


def test_days_that_are_over_are_added_up_once(alice: User, django_assert_num_queries: Any) -> None:
    # Given a month in which something happened on every third day
    moments = [timezone.now() - timedelta(days=back, minutes=1) for back in range(0, 36, 3)]
    account = alice.token_accounts.get(kind="available")
    house = Transfer.objects.filter(target=account).first()
    assert house is not None
    Transfer.objects.bulk_create(
        Transfer(
            id=first_at(moment), kind="grant", source_id=house.source_id, target=account, amount=1,
            reason="A day", key=f"day:{moment}",
        )
        for moment in moments
    )  # fmt: skip
    today = money.sums()
    assert [one.tokens["grant"] for one in today.values()][2] == 50 + 10
    # Then the next look reads today alone, and says the same
    overheard: list[Any] = []

    def overhear(execute: Any, sql: str, values: Any, *rest: Any) -> Any:
        overheard.append(values["days"])
        return execute(sql, values, *rest)

    from django.db import connection

    with django_assert_num_queries(2), connection.execute_wrapper(overhear):
        again = money.sums()
    assert again == today
    assert max(map(len, overheard)) <= 2  # yesterday's attempts may still end, just after midnight


def test_without_a_cache_it_is_added_up_anew(settings: Any, alice: User) -> None:
    settings.CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": "redis://127.0.0.1:1/0",
        }
    }
    assert money.sums()["Today"].tokens["grant"] >= 50


def test_a_creation_is_found_by_its_id_and_by_its_person(as_operator: Client, alice: User) -> None:
    post, draft = make(alice, "published"), make(alice, "draft")
    assert as_operator.get("/operator/find", {"q": f" {post} "})["Location"] == f"/operator/creations/{post}"
    assert [one["id"] for one in queries.latest_of("Alice")] == [draft, post]
    page = as_operator.get("/operator/find", {"q": "alice"}).content.decode()
    assert f"/operator/creations/{draft}" in page
    for nobody in ("charlie", "\0", "' OR 1=1 --", "x" * 300):
        assert "Nothing found" in as_operator.get("/operator/find", {"q": nobody}).content.decode()


def test_the_file_says_which_request_asked_for_it(as_operator: Client, as_alice: Client) -> None:
    answer = as_alice.post("/api/generate/video", {"prompt": "a lake"}, content_type="application/json")
    page = as_operator.get(f"/operator/creations/{answer.json()['creationId']}").content.decode()
    assert answer["X-Request-ID"] in page


def test_ids_are_windows_in_time() -> None:
    now = timezone.now()
    assert abs(made_at(first_at(now)) - now) < timedelta(milliseconds=1)
    assert first_at(now - timedelta(milliseconds=2)) < new_id() < first_at(now + timedelta(minutes=1))

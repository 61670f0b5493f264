"""How each model fares, from our own attempts."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from soho.accounts.models import User
from soho.generation.models import Attempt
from soho.generation.scoreboard import Score, scores


def attempt(
    outcome: str, *, took: float = 10, code: str = "", cost: float | None = None, **facts: Any
) -> None:
    ended = timezone.now() - facts.pop("ago", timedelta())
    Attempt.objects.create(
        fence=1,
        worker="a test",
        provider="far",
        kind="video",
        outcome=outcome,
        error_code=code,
        cost=cost,
        started_at=ended - timedelta(seconds=took),
        ended_at=ended,
        **{"model": "swift", **facts},
    )


def test_success_refusals_waits_and_cost_are_told_apart(django_assert_num_queries: Any) -> None:
    for took in (10, 20, 30):
        attempt("succeeded", took=took, cost=0.5, delivered_seconds=4)
    attempt("failed", code="moderated")
    attempt("failed", code="provider_down", took=500, cost=0.5)
    attempt("lost", code="lease_lost")
    attempt("succeeded", took=9000, ago=timedelta(days=40))
    attempt("succeeded", model="free", took=1)
    with django_assert_num_queries(1):
        free, swift = scores()
    assert (swift.attempts, swift.succeeded, swift.refused, swift.failed) == (6, 3, 1, 1)
    assert (swift.success_rate, swift.refusal_rate) == (0.75, 0.2)
    assert (swift.p50, swift.p95) == (20, pytest.approx(29))
    assert (swift.cost, swift.cost_per_second) == (2.0, pytest.approx(2 / 12))
    assert (free.cost, free.cost_per_second, free.success_rate, free.refusal_rate) == (None, None, 1.0, 0.0)


def test_nothing_is_divided_by_nothing() -> None:
    attempt("failed", code="moderated")
    [score] = scores()
    assert isinstance(score, Score)
    assert (score.success_rate, score.refusal_rate, score.p50, score.cost_per_second) == (
        None,
        1.0,
        None,
        None,
    )


def test_operators_read_it_in_the_admin_and_nobody_else(client: Client, alice: User, bob: User) -> None:
    attempt("succeeded", took=20, cost=0.5, delivered_seconds=4)
    address = "/admin/generation/attempt/scoreboard/"
    assert client.get(address).status_code == 302
    client.force_login(bob)
    assert client.get(address).status_code == 302
    alice.is_staff = alice.is_superuser = True
    alice.save()
    client.force_login(alice)
    page = client.get(address).content.decode()
    for figure in ("swift", "no longer offered", "100%", "20 s", "$0.50", "$0.1250"):
        assert figure in page
    assert address in client.get("/admin/generation/attempt/").content.decode()
    for listing in ("attempt", "modelhealth", "circuit"):
        app = "generation" if listing == "attempt" else "providers"
        assert client.get(f"/admin/{app}/{listing}/").status_code == 200

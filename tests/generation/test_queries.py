"""How long models usually take here."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from soho.accounts.models import User
from soho.creations.models import Creation
from soho.generation.models import Attempt, Outcome
from soho.generation.queries import Usual, usual_times
from tests.support import engine


def attempts(alice: User, model: str, *took: float, kind: str = "video", outcome: str = "succeeded") -> None:
    """Attempts at one creation with a model, which took so many seconds, oldest first."""
    creation_id = engine.start(alice, "steps=1", kind=kind)
    Creation.objects.filter(pk=creation_id).update(model=model)
    began = timezone.now()
    for fence, seconds in enumerate(took, 1):
        Attempt.objects.create(
            creation_id=creation_id,
            fence=fence,
            worker="a test",
            provider="a provider",
            model=model,
            kind=kind,
            outcome=outcome,
            started_at=began + timedelta(minutes=fence),
            ended_at=began + timedelta(minutes=fence, seconds=seconds),
        )


def test_it_is_the_median_and_what_nine_in_ten_need_of_each_model_and_kind(
    alice: User, django_assert_num_queries: Any
) -> None:
    attempts(alice, "swift", 1, 2, 3, 4, 101)
    attempts(alice, "swift", 0.5, 0.5, 0.5, kind="image")
    attempts(alice, "swift", 900, 900, 900, outcome=Outcome.FAILED)
    attempts(alice, "rare", 7, 7)
    asked = [("swift", "video"), ("swift", "image"), ("rare", "video"), ("unknown", "video")]
    with django_assert_num_queries(1):
        found = usual_times(asked)
    assert found == {
        ("swift", "video"): Usual(3, pytest.approx(62.2)),
        ("swift", "image"): Usual(0.5, 0.5),
    }
    assert usual_times([]) == {}


def test_only_the_last_fifty_count(alice: User) -> None:
    attempts(alice, "swift", *[100.0] * 30, *[2.0] * 50)
    assert usual_times([("swift", "video")])[("swift", "video")] == Usual(2, 2)

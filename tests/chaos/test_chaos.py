"""A short drill. `make chaos` is the long one, with every fault over and over."""

import pytest

from tests.chaos.drill import Plan, run

KINDS = (
    "kill a worker with its children",
    "kill a web",
    "pause a worker past its lease",
    "PostgreSQL: killed",
    "Valkey: killed",
    "the media disk is full",
    "the seller cuts orders off",
)


@pytest.mark.timeout(600)
def test_whatever_breaks_every_creation_token_object_and_order_is_accounted_for() -> None:
    # Given two webs, two workers and beat, and people who ask for things
    # When one thing after another breaks, each while work is under way
    found = run(Plan(seed=6, seconds=0, generations=30, workers=2, kinds=KINDS, pause=0.3))

    # Then, when all is calm, nothing is wrong
    assert found.wrong == []

    # And it was a drill worth its name: everything struck, and all of it came of something
    assert set(found.recoveries) == set(KINDS)
    assert found.generations >= 30
    assert found.bought > 0
    assert {"draft", "published", "failed", "deleted"} <= set(found.statuses)

"""Old code on the new schema: what makes a deploy without downtime possible.

`soho migrate` runs first, then processes are replaced one by one, so the code of yesterday reads and writes
the schema of today for a while. Here yesterday's models, as each migration found them, do so.
"""

from datetime import UTC, datetime

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.state import StateApps

OURS = ("accounts", "creations", "feed", "generation", "ledger")


def steps() -> list[tuple[str, str]]:
    """Every migration of ours that changes a schema which code of before it knew."""
    nodes = MigrationExecutor(None).loader.graph.nodes
    return sorted(node for node in nodes if node[0] in OURS and not node[1].startswith("0001"))


def models_before(step: tuple[str, str]) -> StateApps:
    """The models of code that knows every migration but `step` and those that build on it."""
    loader = MigrationExecutor(connection).loader
    graph = loader.graph
    known = [node for node in graph.nodes if step not in graph.forwards_plan(node)]
    return loader.project_state(known).apps


@pytest.mark.django_db
@pytest.mark.parametrize("step", steps(), ids=lambda step: f"{step[0]} {step[1]}")
def test_code_from_before_a_migration_goes_on_working_after_it(step: tuple[str, str]) -> None:
    old = models_before(step)
    # A person signs up and starts something
    alice = old.get_model("accounts", "User").objects.create(username="alice", password="!")
    creation = old.get_model("creations", "Creation").objects.create(
        user_id=alice.pk,
        media_type="video",
        prompt="a lake",
        model="diorama",
        aspect_ratio="9:16",
        seed=7,
        tokens=10,
    )
    old.get_model("creations", "CreationEvent").objects.create(
        creation_id=creation.pk, user_id=alice.pk, arrow="start"
    )
    # A worker claims it, makes it, and it is published
    attempt = old.get_model("generation", "Attempt").objects.create(
        creation_id=creation.pk, fence=1, worker="old", provider="diorama"
    )
    old.get_model("generation", "Attempt").objects.filter(pk=attempt.pk).update(outcome="succeeded")
    old.get_model("creations", "Creation").objects.filter(pk=creation.pk).update(
        status="published", media_key=f"videos/{alice.pk}/{creation.pk}.mp4", published_at=datetime.now(UTC)
    )
    # And somebody likes it
    bob = old.get_model("accounts", "User").objects.create(username="bob", password="!")
    old.get_model("feed", "Like").objects.create(user_id=bob.pk, creation_id=creation.pk)
    found = old.get_model("creations", "Creation").objects.get(pk=creation.pk)
    assert (found.status, found.user_id) == ("published", alice.pk)

"""A model that cannot be used is shown as such, and never offered and then failed."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from soho.accounts.models import User
from soho.creations.models import Creation
from soho.providers import health, registry
from soho.providers.circuit import THRESHOLD, failed
from soho.providers.models import ModelHealth
from tests.generation.far import Stage, staged
from tests.providers.scenarios import Scenario
from tests.support import rehearsal
from tests.support.engine import tokens


@pytest.fixture
def far(
    tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch, transactional_db: None
) -> Iterator[Stage]:
    settings.PROVIDERS = ["tests.support.rehearsal"]
    with staged(tmp_path, settings, monkeypatch) as stage:
        yield stage


def listed(client: Client) -> dict[str, Any]:
    return {model["name"]: model for model in client.get("/api/models").json()["models"]}


def start(client: Client, *, key: str = "", **wish: object) -> Any:
    body = json.dumps({"prompt": "a lake", **wish})
    headers = {"Idempotency-Key": key} if key else {}
    return client.post("/api/generate/video", body, content_type="application/json", headers=headers)


def test_a_server_that_is_down_makes_its_models_unavailable(
    client: Client, alice: User, far: Stage, django_assert_num_queries: Any
) -> None:
    far.far.scenario = Scenario.SERVER_ERROR
    health.probe()
    with django_assert_num_queries(1):
        found = listed(client)
    assert (found["far"]["available"], found["near"]["available"]) == (False, True)
    assert found["far"]["unavailable"] == "Not available at the moment."
    assert found["far"]["reason"] is None, "why is the operator's business"
    assert far.far.health_asked > 0

    client.force_login(alice)
    alice.is_staff = True
    alice.save()
    assert "503" in listed(client)["far"]["reason"]


def test_starting_one_holds_nothing_and_names_those_that_are_there(
    client: Client, alice: User, far: Stage
) -> None:
    far.far.scenario = Scenario.SERVER_ERROR
    health.probe()
    client.force_login(alice)
    answer = start(client, model="far")
    assert (answer.status_code, answer.json()["code"]) == (503, "model_unavailable")
    assert "near" in answer.json()["detail"]
    assert tokens(alice) == (50, 0)
    assert not Creation.objects.exists()


def test_without_a_wish_the_first_that_is_available_is_taken(client: Client, alice: User, far: Stage) -> None:
    client.force_login(alice)
    assert start(client).status_code == 200
    far.far.scenario = Scenario.SERVER_ERROR
    health.probe()
    assert start(client).status_code == 200
    assert [one.model for one in Creation.objects.order_by("pk")] == ["far", "near"]


def test_a_repeated_request_answers_the_same_though_the_model_is_gone(
    client: Client, alice: User, far: Stage
) -> None:
    client.force_login(alice)
    first = start(client, key="once").json()
    far.far.scenario = Scenario.SERVER_ERROR
    health.probe()
    assert start(client, key="once").json() == first
    assert tokens(alice) == (40, 10)


def test_a_missing_key_is_one_sentence_that_names_the_variable(
    far: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SOHO_FAR_KEY")
    registry.forget()
    health.probe()
    [sentence] = health.sentences()
    assert sentence.startswith(
        "The model far is not available: No key is set; set SOHO_FAR_KEY, or SOHO_FAR_KEY_FILE"
    )


def test_a_wrong_key_is_told_without_the_key(far: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOHO_FAR_KEY", "hunter2")
    registry.forget()
    health.probe()
    [sentence] = health.sentences()
    assert "the key is refused" in sentence
    assert "hunter2" not in sentence


def test_a_model_that_was_never_checked_is_not_offered_yet(far: Stage) -> None:
    ModelHealth.objects.all().delete()
    states = health.states()
    assert not states["far"].available
    assert states["rehearsal"].available, "what needs no server needs no check to be offered"


def test_a_check_that_breaks_is_a_model_that_is_not_well(far: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(self: object, model: str) -> Any:
        raise RuntimeError("a defect with a-secret in it")

    monkeypatch.setattr(rehearsal.Rehearsal, "health", broken)
    assert health.probe()["rehearsal"].sentence == "Its check broke (RuntimeError); the log has more."


def test_a_provider_that_is_given_a_rest_is_not_offered(far: Stage) -> None:
    for _ in range(THRESHOLD):
        failed("near")
    assert health.states()["near"] == health.State(False, health.RESTING)


def test_what_is_no_longer_offered_is_forgotten_and_how_long_it_lasts_is_kept(far: Stage) -> None:
    since = ModelHealth.objects.get(pk="far").since
    health.probe()
    assert ModelHealth.objects.get(pk="far").since == since
    far.file.write_text("")
    registry.forget()
    health.probe()
    assert list(ModelHealth.objects.values_list("model", flat=True)) == ["rehearsal"]


def test_the_picker_shows_it_but_does_not_let_it_be_chosen(client: Client, alice: User, far: Stage) -> None:
    far.far.scenario = Scenario.SERVER_ERROR
    health.probe()
    client.force_login(alice)
    page = client.get("/create").content.decode()
    assert "Not available at the moment." in page
    assert "503" not in page
    [far_input] = [line for line in page.splitlines() if 'name="model-video" value="far"' in line]
    assert " disabled" in far_input
    assert " checked" not in far_input

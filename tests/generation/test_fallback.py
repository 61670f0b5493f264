"""One model fails and another goes on: within the same hold and the operator's cap, and past no refusal."""

from typing import Any

import pytest
from django.test import Client

from soho.accounts.models import User
from soho.creations import actions
from soho.creations.queries import mine
from soho.generation.models import Attempt
from soho.providers import circuit, health
from soho.providers.models import Circuit
from soho.web.jinja import model_title
from tests.generation.far import Stage, order, work
from tests.providers.scenarios import Scenario
from tests.support.engine import books_balance, tokens


@pytest.mark.parametrize("scenario", [Scenario.SERVER_ERROR, Scenario.RATE_LIMITED, Scenario.WRONG_TYPE])
@pytest.mark.parametrize("kind", ["video", "image"])
def test_the_successor_makes_what_the_model_asked_for_could_not(
    scenario: Scenario, kind: str, alice: User, far: Stage
) -> None:
    far.far.scenario = scenario
    creation_id = order(alice, kind=kind)
    held = tokens(alice)
    creation = work(creation_id)
    assert (creation.status, creation.trying, creation.not_before) == ("processing", "near", None)
    assert creation.progress_note == "Going on with Near by"
    assert tokens(alice) == held

    creation = work(creation_id)
    assert (creation.status, creation.model, creation.made_by) == ("draft", "far", "near")
    shown = mine(alice.pk, creation_id)
    assert shown
    assert (shown["model"], shown["madeBy"]) == ("far", "near")
    assert tokens(alice) == (held[0], 0)
    assert books_balance()
    first, second = Attempt.objects.filter(creation_id=creation_id).order_by("fence")
    assert (first.asked_model, first.model, first.provider) == ("far", "far", "far")
    assert (second.asked_model, second.model, second.provider) == ("far", "near", "near")


@pytest.mark.parametrize(
    ("scenario", "code"), [(Scenario.REFUSED, "moderated"), (Scenario.INVALID, "invalid_request")]
)
def test_a_refusal_is_an_answer_that_no_other_model_is_asked_to_change(
    scenario: Scenario, code: str, alice: User, far: Stage
) -> None:
    far.far.scenario = scenario
    creation = work(order(alice))
    assert (creation.status, creation.error_code, creation.trying) == ("failed", code, "")
    assert far.near.submits == 0


@pytest.mark.parametrize(
    "settings_of",
    [
        {"successor": "prices = { video = 11 }"},
        {"top": "[fallback]\nmax_cost = 0.3"},
        {"successor": 'aspect_ratios = ["1:1"]'},
        {"successor": "seconds = [4]"},
        {"successor": "max_prompt = 3"},
        {"successor": 'kinds = ["image"]'},
    ],
    ids=["dearer", "past the cap", "other shapes", "other lengths", "shorter prompts", "other kinds"],
)
def test_a_successor_that_may_not_or_cannot_is_passed_over(
    settings_of: dict[str, str], alice: User, far: Stage
) -> None:
    far.configure(**settings_of)
    far.far.scenario = Scenario.SERVER_ERROR
    creation = work(order(alice))
    assert (creation.status, creation.trying, creation.errors) == ("processing", "", 1)


def test_what_was_spent_already_counts_under_the_cap(alice: User, far: Stage) -> None:
    far.configure(top="[fallback]\nmax_cost = 0.8")
    far.far.scenario = Scenario.WRONG_TYPE
    creation = work(order(alice))
    assert creation.trying == "", "0.5 spent and 0.4 to come is more than 0.8"
    far.configure(top="[fallback]\nmax_cost = 0.9")
    assert work(order(alice)).trying == "near"


def test_under_a_cap_nobody_buys_at_an_unknown_price(alice: User, far: Stage) -> None:
    far.configure(top="[fallback]\nmax_cost = 5")
    text = far.file.read_text().replace("costs = { video = 0.4, image = 0.1 }", "")
    far.file.write_text(text)
    from soho.providers import registry

    registry.forget()
    far.far.scenario = Scenario.SERVER_ERROR
    assert work(order(alice)).trying == ""


def test_a_successor_that_is_not_well_is_passed_over(alice: User, far: Stage) -> None:
    creation_id = order(alice)
    far.far.scenario = far.near.scenario = Scenario.SERVER_ERROR
    health.probe()
    assert work(creation_id).trying == ""


def test_the_last_in_line_is_tried_three_times_and_then_it_has_failed(alice: User, far: Stage) -> None:
    far.far.scenario = far.near.scenario = Scenario.SERVER_ERROR
    creation_id = order(alice)
    assert work(creation_id, times=3).status == "processing"
    creation = work(creation_id)
    assert (creation.status, creation.error_code) == ("failed", "provider_down")
    assert (far.far.submits, far.near.submits) == (1, 3)
    assert tokens(alice) == (40, 10)


def test_a_provider_that_keeps_failing_is_given_a_rest_and_its_work_goes_elsewhere(
    alice: User, far: Stage, settings: Any
) -> None:
    settings.RUNNING_PER_USER = 50
    far.far.scenario = Scenario.SERVER_ERROR
    waiting = [order(alice, kind="image") for _ in range(circuit.THRESHOLD + 2)]
    for creation_id in waiting:
        work(creation_id)
    assert far.far.submits == circuit.THRESHOLD
    for creation_id in waiting:
        assert work(creation_id).made_by == "near"
    assert Circuit.objects.get(pk="far").open_until is not None
    assert not health.states()["far"].available
    assert health.states()["near"].available


def test_success_closes_the_circuit(alice: User, far: Stage) -> None:
    circuit.failed("far")
    work(order(alice, kind="image"))
    assert not Circuit.objects.filter(pk="far").exists()


def test_wherever_it_is_shown_the_clip_says_which_model_made_it(
    client: Client, alice: User, far: Stage
) -> None:
    model_title.cache_clear()
    far.far.scenario = Scenario.SERVER_ERROR
    creation_id = order(alice, kind="image")
    work(creation_id, times=2)
    client.force_login(alice)
    said = "Near by in place of Far away"
    assert said in client.get("/soho/alice?tab=drafts").content.decode()
    actions.publish(alice.pk, creation_id)
    for address in (f"/soho/alice/{creation_id}", "/soho/explore", "/soho/alice"):
        assert said in client.get(address).content.decode()
    assert client.get("/api/feed").json()["creations"][0]["madeBy"] == "near"
    model_title.cache_clear()

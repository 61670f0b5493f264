"""GET /api/models/diorama/scene: what Diorama reads in a prompt, before anything is paid for."""

from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from pytest_django import Settings

from soho.accounts.actions import create_api_key
from soho.accounts.models import User
from soho.providers import registry
from soho.providers.diorama.api import RATE, READ

PATH = "/api/models/diorama/scene"


@pytest.fixture(autouse=True)
def fresh_counts(db: None) -> None:
    cache.clear()


def ask(client: Client, prompt: str, **more: Any) -> Any:
    return client.get(PATH, {"prompt": prompt}, **more)


def test_it_tells_what_was_understood_and_what_cannot_be_drawn(as_alice: Client) -> None:
    answer = ask(as_alice, "Red hills at dawn with a Unicycle, no clouds")
    assert answer.status_code == 200
    assert answer.json() == {"understood": ["red", "hills", "dawn"], "undrawn": ["unicycle"]}
    assert ask(as_alice, "un monociclo en la playa").json() == {
        "understood": ["playa"],
        "undrawn": ["monociclo"],
    }


def test_a_key_may_ask_too_and_a_stranger_may_not(alice: User) -> None:
    _, key = create_api_key(alice, "laptop")
    assert ask(Client(), "hills", headers={"Authorization": f"Bearer {key}"}).status_code == 200
    refused = ask(Client(), "hills")
    assert (refused.status_code, refused.json()["code"]) == (401, "unauthenticated")


@pytest.mark.parametrize("prompt", ["", " ", "\x00", "🛶" * READ, "<script>", "a" * READ])
def test_any_prompt_that_may_be_made_may_be_asked_about(as_alice: Client, prompt: str) -> None:
    assert ask(as_alice, prompt).status_code == 200


def test_too_long_or_no_prompt_is_refused_by_name(as_alice: Client) -> None:
    for answer in (ask(as_alice, "a" * (READ + 1)), as_alice.get(PATH)):
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["field"] == "prompt"


def test_one_person_cannot_ask_without_end_and_hinders_nobody_else(as_alice: Client, bob: User) -> None:
    """Given Alice has asked as often as one may, then she is told to wait, and Bob is answered."""
    allowed = int(RATE.split("/")[0])
    assert {ask(as_alice, "hills").status_code for _ in range(allowed)} == {200}
    refused = ask(as_alice, "hills")
    assert (refused.status_code, refused.json()["code"]) == (429, "too_many_requests")
    other = Client()
    other.force_login(bob)
    assert ask(other, "hills").status_code == 200


def test_where_diorama_is_not_on_offer_there_is_nothing_to_ask(as_alice: Client, settings: Settings) -> None:
    settings.PROVIDERS = ["tests.support.rehearsal"]
    registry.providers.cache_clear()
    try:
        assert ask(as_alice, "hills").status_code == 404
    finally:
        registry.providers.cache_clear()


def test_asking_costs_few_queries(as_alice: Client, django_assert_max_num_queries: Any) -> None:
    with django_assert_max_num_queries(2):  # the session and its person
        ask(as_alice, "hills")

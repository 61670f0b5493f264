"""POST /api/preview: a free sketch of any prompt, drawn beside the web and never in its way."""

import io
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import av
import pytest
from django.core.cache import cache
from django.test import Client
from pytest_django import Settings

from soho.accounts.actions import create_api_key
from soho.accounts.models import User
from soho.creations.models import Creation
from soho.ledger.queries import balance
from soho.providers.diorama import api, previews

PATH = "/api/preview"


@pytest.fixture(autouse=True)
def fresh_counts(db: None) -> None:
    cache.clear()


def ask(client: Client, **wish: Any) -> Any:
    return client.post(PATH, wish, content_type="application/json")


def size(film: bytes) -> tuple[int, int]:
    with av.open(io.BytesIO(film)) as container:
        return container.streams.video[0].width, container.streams.video[0].height


def test_it_is_a_film_that_costs_and_keeps_nothing(
    as_alice: Client, alice: User, django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(2):  # the session and its person
        answer = ask(as_alice, prompt="A zebra by a lake, été", aspectRatio="16:9", seed=7)
    assert (answer.status_code, answer["Content-Type"]) == (200, "video/mp4")
    assert size(answer.content) == (640, 360)
    assert answer["Soho-Seed"] == "7"
    assert [unquote(word) for word in answer["Soho-Undrawn"].split(",")] == ["zebra", "été"]
    assert balance(alice.pk).available == 50
    assert not Creation.objects.exists()


def test_without_a_seed_it_says_which_one_it_took(as_alice: Client) -> None:
    first = ask(as_alice, prompt="hills")
    again = ask(as_alice, prompt="hills", seed=int(first["Soho-Seed"]))
    assert again.content == first.content


def test_a_key_may_ask_too_and_a_stranger_may_not(alice: User) -> None:
    _, key = create_api_key(alice, "laptop")
    answer = Client().post(
        PATH, {"prompt": "hills"}, content_type="application/json", headers={"Authorization": f"Bearer {key}"}
    )
    assert answer.status_code == 200
    assert ask(Client(), prompt="hills").status_code == 401


@pytest.mark.parametrize(
    ("wish", "field"),
    [
        ({"prompt": "  "}, "prompt"),
        ({"prompt": "a" * (api.READ + 1)}, "prompt"),
        ({}, "prompt"),
        ({"prompt": "a", "aspectRatio": "1:20"}, "aspectRatio"),
        ({"prompt": "a", "aspectRatio": "0:1"}, "aspectRatio"),
        ({"prompt": "a", "seed": -1}, "seed"),
        ({"prompt": "a", "colour": "red"}, "colour"),
    ],
)
def test_bad_input_is_refused_by_name(as_alice: Client, wish: dict[str, Any], field: str) -> None:
    answer = ask(as_alice, **wish)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == field


def test_any_text_can_be_sketched(as_alice: Client) -> None:
    assert ask(as_alice, prompt="\x00🛶; $(reboot) <script>").status_code == 200


def test_when_all_places_are_taken_others_wait_and_the_rest_are_told_to_come_back(
    as_alice: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given one preview at a time, then two more may wait, and the fourth is turned away at once."""
    gate = previews.Gate(1)
    monkeypatch.setattr(previews, "gate", gate)
    monkeypatch.setattr(previews, "WAIT_SECONDS", 30.0)
    go_on, inside = threading.Event(), threading.Semaphore(0)
    through: list[int] = []

    def one(number: int) -> None:
        with gate.passed():
            inside.release()
            go_on.wait(30)
            through.append(number)

    with ThreadPoolExecutor(3) as people:
        first = people.submit(one, 0)
        inside.acquire(timeout=30)
        rest = [people.submit(one, number) for number in (1, 2)]
        while gate._room._value:  # until both stand at the gate
            threading.Event().wait(0.005)
        answer = ask(as_alice, prompt="hills")
        go_on.set()
        for waiting in (first, *rest):
            waiting.result(30)
    assert (answer.status_code, answer.json()["code"]) == (503, "busy")
    assert int(answer["Retry-After"]) > 0
    assert sorted(through) == [0, 1, 2]
    assert ask(as_alice, prompt="hills").status_code == 200


def test_one_that_takes_too_long_is_ended_and_leaves_nothing(
    as_alice: Client, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(previews, "DRAW_SECONDS", 0.05)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    assert ask(as_alice, prompt="hills").status_code == 503
    assert list(tmp_path.iterdir()) == []


def test_one_person_cannot_ask_without_end(as_alice: Client) -> None:
    for _ in range(int(api.PREVIEW_RATE.split("/")[0])):
        assert ask(as_alice, prompt=" ").status_code == 422
    assert ask(as_alice, prompt="hills").status_code == 429


def test_an_operator_may_offer_none(as_alice: Client, settings: Settings) -> None:
    settings.PREVIEWS = 0
    assert ask(as_alice, prompt="hills").status_code == 404

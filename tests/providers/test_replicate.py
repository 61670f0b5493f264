"""Replicate: what its SDK stumbles over, and the list that settles a lost submit."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.providers.stand_ins.replicate import provider
from tests.support.standins import CUT, KEY, Reply, document
from tests.support.standins.media import clip, picture
from tests.support.standins.orders import PROMPT, Ear, failure, order
from tests.support.standins.replicate import MODEL, Predictions

WAN = "replicate-wan-2.2-fast"


@pytest.fixture
def server() -> Iterator[Predictions]:
    with Predictions(clip(), picture()) as found:
        yield found


def test_a_video_is_asked_for_in_the_models_words_with_a_deadline(
    server: Predictions, tmp_path: Path
) -> None:
    replicate = provider(server.url)
    replicate.generate(order(replicate, WAN), tmp_path, Ear())
    asked = server.asked[0]
    assert asked.path == f"/v1/models/{MODEL}/predictions"
    assert asked.headers["cancel-after"] == "600s"
    assert asked.document == {
        "input": {"prompt": PROMPT, "aspect_ratio": "9:16", "resolution": "480p", "seed": 7_654_321}
    }


def test_progress_is_read_from_the_bars_that_a_model_prints(server: Predictions, tmp_path: Path) -> None:
    server.steps = 3
    ear = Ear()
    replicate = provider(server.url)
    replicate.generate(order(replicate, WAN), tmp_path, ear)
    assert ear.fractions == [0.25, 0.5, 0.75, 1.0]


def test_a_result_is_fetched_without_the_key(server: Predictions, tmp_path: Path) -> None:
    replicate = provider(server.url)
    replicate.generate(order(replicate, WAN), tmp_path, Ear())
    assert not any(KEY in value for value in server.asked[-1].headers.values())


def test_a_list_of_results_is_a_result(server: Predictions, tmp_path: Path) -> None:
    replicate = provider(server.url)
    server.ending = {"output": [f"{server.url}/files/out.mp4", f"{server.url}/files/second.mp4"]}
    assert replicate.generate(order(replicate, WAN), tmp_path, Ear()).read_bytes() == clip()


@pytest.mark.parametrize(
    ("ending", "code", "retriable"),
    [
        ({"status": "aborted", "output": None}, "timed_out", True),
        ({"status": "canceled", "output": None}, "timed_out", True),
        ({"status": "failed", "error": "NSFW content detected. Try a different prompt."}, "moderated", False),
        ({"status": "failed", "error": f"flagged as sensitive: {PROMPT} (E005)"}, "moderated", False),
        ({"status": "failed", "error": "CUDA out of memory"}, "bad_output", True),
        ({"status": "failed", "error": None}, "bad_output", True),
        ({"status": "something-new"}, "bad_output", True),
        ({"output": None, "data_removed": True}, "bad_output", True),
        ({"output": {}}, "bad_output", True),
        ({"output": "A poem about a lake."}, "bad_output", True),
        ({"output": "http://169.254.169.254/x.mp4"}, "bad_output", False),
        ({"output": "https://replicate.delivery.evil.example/x.mp4"}, "bad_output", False),
    ],
)
def test_what_the_end_of_a_prediction_means(
    ending: dict[str, Any], code: str, retriable: bool, server: Predictions, tmp_path: Path
) -> None:
    server.ending = ending
    replicate = provider(server.url)
    found = failure(replicate, order(replicate, WAN), tmp_path)
    assert (found.code, found.retriable) == (code, retriable)


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (document({"title": "Insufficient credit", "detail": "Purchase credit."}, 402), "quota_exhausted"),
        (document({"title": "Unauthenticated", "detail": f"token {KEY}"}, 401), "unavailable"),
        (document({"detail": "No such model"}, 404), "unavailable"),
        (document({"title": "Input validation failed", "detail": "- input.seed"}, 422), "invalid_request"),
        (document({"detail": "Throttled. Expected available in 7 seconds."}, 429), "rate_limited"),
        (document({"detail": "Oops"}, 500), "provider_down"),
        (Reply(502, b"<html>"), "unknown_outcome"),
        (document({"status": "starting"}, 201), "unknown_outcome"),
        (document({"id": "../../account", "status": "starting"}, 201), "unknown_outcome"),
        (CUT, "unknown_outcome"),
    ],
)
def test_what_the_answer_to_a_submit_means(
    answer: Reply, code: str, server: Predictions, tmp_path: Path
) -> None:
    server.submits = [answer]
    replicate = provider(server.url)
    found = failure(replicate, order(replicate, WAN), tmp_path)
    assert found.code == code
    assert KEY not in f"{found} {found.detail} {found.message}"
    assert server.bought == 1


def test_a_lost_submit_is_found_in_the_list_and_not_bought_again(server: Predictions, tmp_path: Path) -> None:
    replicate = provider(server.url)
    server.cuts_after_taking = True
    job = order(replicate, WAN)
    assert failure(replicate, job, tmp_path).code == "unknown_outcome"
    server.cuts_after_taking = False
    ear = Ear()
    assert replicate.generate(order(replicate, WAN, key=job.key, unsettled=True), tmp_path, ear).exists()
    assert ear.job in server.jobs
    assert (server.bought, ear.intended) == (1, 0)


def test_a_submit_that_never_arrived_is_bought(server: Predictions, tmp_path: Path) -> None:
    replicate = provider(server.url)
    # Somebody else's, with another seed, is in the list.
    replicate.generate(order(replicate, WAN, seed=1), tmp_path, Ear()).unlink()
    assert replicate.generate(order(replicate, WAN, unsettled=True), tmp_path, Ear()).exists()
    assert server.bought == 2


def test_a_list_that_cannot_be_had_settles_nothing(server: Predictions, tmp_path: Path) -> None:
    replicate = provider(server.url)
    server.needs_key_header = ("authorization", "Bearer another")
    assert failure(replicate, order(replicate, WAN, unsettled=True), tmp_path).code == "unknown_outcome"
    assert server.bought == 0


def test_health_asks_for_the_model_which_is_free(server: Predictions) -> None:
    replicate = provider(server.url)
    assert replicate.health(WAN).ok
    assert "knows no model" in replicate.health("replicate-flux-schnell").sentence
    server.needs_key_header = ("authorization", "Bearer another")
    assert replicate.health(WAN).sentence == "Replicate refuses the token."
    assert server.bought == 0

"""fal: addresses that must be kept, a COMPLETED that is no success, and a key that stays at home."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.providers.stand_ins.fal import of_model, provider
from tests.support.standins import CUT, KEY, Reply, document
from tests.support.standins.fal import APP, Queue
from tests.support.standins.files import Files
from tests.support.standins.media import clip, picture
from tests.support.standins.orders import PROMPT, Ear, failure, order

VEO, FLUX = "fal-veo-3.1-fast", "fal-flux-dev"


@pytest.fixture
def server() -> Iterator[Queue]:
    with Queue(clip(), picture()) as found:
        yield found


def test_a_video_is_asked_for_in_the_models_words(server: Queue, tmp_path: Path) -> None:
    fal = provider(server.url)
    fal.generate(order(fal, VEO), tmp_path, Ear())
    assert server.asked[0].path == f"/{APP}"
    assert server.asked[0].document == {
        "prompt": PROMPT,
        "aspect_ratio": "9:16",
        "duration": "4s",
        "resolution": "720p",
        "generate_audio": True,
        "seed": 7_654_321,
    }


def test_the_addresses_are_kept_as_they_were_given(server: Queue, tmp_path: Path) -> None:
    fal = provider(server.url)
    ear = Ear()
    fal.generate(order(fal, VEO), tmp_path, ear)
    # An app's requests live under its name's first two parts; a rule would have asked elsewhere.
    [name] = server.jobs
    assert {one.path for one in server.asked[1:3]} == {
        f"/fal-ai/veo3.1/requests/{name}/status",
        f"/fal-ai/veo3.1/requests/{name}",
    }
    assert KEY not in ear.job
    assert len(ear.job) <= 400


def test_the_place_in_line_is_told(server: Queue, tmp_path: Path) -> None:
    server.steps = 2
    ear = Ear()
    fal = provider(server.url)
    fal.generate(order(fal, VEO), tmp_path, ear)
    assert "Waiting in line, 2 before this" in ear.notes


@pytest.mark.parametrize("which", ["response_url", "status_url", "cancel_url"])
def test_the_key_goes_to_no_address_elsewhere(which: str, server: Queue, tmp_path: Path) -> None:
    with Files() as elsewhere:
        server.names = {which: f"{elsewhere.url}/requests/1"}
        fal = provider(server.url)
        found = failure(fal, order(fal, VEO), tmp_path)
        assert (found.code, found.retriable) == ("bad_output", False)
        assert elsewhere.asked == []


def test_the_key_goes_to_no_address_elsewhere_that_was_remembered(server: Queue, tmp_path: Path) -> None:
    with Files() as elsewhere:
        fal = provider(server.url)
        reference = f'["{elsewhere.url}/requests/1","","/status","/cancel"]'
        assert failure(fal, order(fal, VEO, provider_job=reference), tmp_path).code == "bad_output"
        assert elsewhere.asked == []


def test_a_job_without_addresses_is_nobody_knows_what(server: Queue, tmp_path: Path) -> None:
    server.submits = [document({"request_id": "1", "status": "IN_QUEUE"})]
    fal = provider(server.url)
    assert failure(fal, order(fal, VEO), tmp_path).code == "unknown_outcome"


def test_a_result_is_fetched_without_the_key(server: Queue, tmp_path: Path) -> None:
    fal = provider(server.url)
    fal.generate(order(fal, VEO), tmp_path, Ear())
    [fetched] = [one for one in server.asked if one.path == "/files/out"]
    assert not any(KEY in value for value in fetched.headers.values())


@pytest.mark.parametrize(
    ("answer", "code", "retriable"),
    [
        (document(of_model("content_policy_violation", "Flagged."), 422), "moderated", False),
        (document(of_model("missing", "Field required"), 422), "invalid_request", False),
        (document({"detail": "Cannot access application"}, 401), "unavailable", False),
        (document({"detail": "User is locked. Reason: Exhausted balance."}, 403), "quota_exhausted", False),
        (document({"detail": "Application not found"}, 404), "unavailable", False),
        (document({"detail": "Too many"}, 429), "rate_limited", True),
        (document({"detail": "Oops", "error_type": "internal_error"}, 500), "provider_down", True),
        (document({"detail": "None free"}, 503), "provider_down", True),
        (Reply(504, b"<html>"), "unknown_outcome", False),
        (CUT, "unknown_outcome", False),
    ],
)
def test_what_the_answer_to_a_submit_means(
    answer: Reply, code: str, retriable: bool, server: Queue, tmp_path: Path
) -> None:
    server.submits = [answer]
    fal = provider(server.url)
    found = failure(fal, order(fal, VEO), tmp_path)
    assert (found.code, found.retriable) == (code, retriable)
    # The SDK would send the one that is cut off ten times.
    assert server.bought == 1


@pytest.mark.parametrize(
    ("ending", "code"),
    [
        ({"error": "Request timed out", "error_type": "request_timeout"}, "timed_out"),
        ({"error": "Slow start", "error_type": "startup_timeout"}, "timed_out"),
        ({"error": "Cancelled", "error_type": "client_cancelled"}, "timed_out"),
        ({"error": "Runner left", "error_type": "runner_disconnected"}, "bad_output"),
        ({"error": "Bad", "error_type": "bad_request"}, "invalid_request"),
        ({"error": "flagged by content policy"}, "moderated"),
        ({"error": "Something"}, "bad_output"),
        ({"error_type": "internal_error"}, "bad_output"),
    ],
)
def test_completed_is_not_success(ending: dict[str, Any], code: str, server: Queue, tmp_path: Path) -> None:
    server.ending = ending
    fal = provider(server.url)
    assert failure(fal, order(fal, VEO), tmp_path).code == code


@pytest.mark.parametrize(
    ("status", "output", "headers", "code", "retriable", "lives"),
    [
        (422, of_model("content_policy_violation", "Flagged."), {}, "moderated", False, False),
        (422, of_model("value_error", "Bad"), {}, "invalid_request", False, False),
        (500, {"detail": "Model broke"}, {"x_fal_retryable": "true"}, "bad_output", True, False),
        (500, {"detail": "Model broke"}, {"x_fal_retryable": "false"}, "bad_output", False, False),
        (503, {}, {}, "provider_down", True, True),
        (429, {}, {}, "rate_limited", True, True),
        (200, {"video": None}, {}, "bad_output", True, False),
        (200, {"video": {"url": "http://169.254.169.254/x.mp4"}}, {}, "bad_output", False, False),
        (200, {"video": {"url": "https://elsewhere.example/x.mp4"}}, {}, "bad_output", False, False),
    ],
)
def test_a_completed_jobs_result_may_be_an_error(
    status: int,
    output: dict[str, Any],
    headers: dict[str, str],
    code: str,
    retriable: bool,
    lives: bool,
    server: Queue,
    tmp_path: Path,
) -> None:
    server.output, server.result_status, server.result_headers = output, status, headers
    fal = provider(server.url)
    found = failure(fal, order(fal, VEO), tmp_path)
    assert (found.code, found.retriable, found.job_lives) == (code, retriable, lives)


def test_a_black_picture_in_the_place_of_a_flagged_one_is_a_refusal(server: Queue, tmp_path: Path) -> None:
    server.output = {"video": {"url": f"{server.url}/files/out"}, "has_nsfw_concepts": [True]}
    fal = provider(server.url)
    assert failure(fal, order(fal, VEO), tmp_path).code == "moderated"


def test_health_asks_for_a_price_which_is_free(server: Queue) -> None:
    fal = provider(server.url)
    assert fal.health(VEO).ok
    assert "knows no model" in fal.health(FLUX).sentence
    server.needs_key_header = ("authorization", "Key another")
    assert fal.health(VEO).sentence == "fal refuses the key."
    assert server.bought == 0

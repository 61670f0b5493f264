"""Google's ways of saying no, most of which are a success to HTTP."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from soho import media
from tests.providers.stand_ins import google, vertex
from tests.providers.stand_ins.google import error
from tests.support.standins import CUT, KEY, Reply, document
from tests.support.standins.google import IMAGE, OMNI, VEO, DeveloperAPI, Vertex
from tests.support.standins.media import clip, picture
from tests.support.standins.orders import PROMPT, Ear, failure, order


@pytest.fixture
def server() -> Iterator[DeveloperAPI]:
    with DeveloperAPI(clip(), picture()) as found:
        yield found


@pytest.fixture
def veo() -> Iterator[Vertex]:
    with Vertex(clip(), picture()) as found:
        yield found


def test_a_video_is_asked_for_in_the_background(server: DeveloperAPI, tmp_path: Path) -> None:
    provider = google.provider(server.url)
    provider.generate(order(provider, OMNI), tmp_path, Ear())
    told = server.asked[0].document
    assert told["model"] == OMNI
    assert told["background"] is True
    assert told["response_format"] == {
        "type": "video",
        "aspect_ratio": "9:16",
        "duration": "4s",
        "resolution": "720p",
        "delivery": "uri",
    }
    assert PROMPT in str(told["input"])


def test_a_video_inside_the_answer_is_taken_too(server: DeveloperAPI, tmp_path: Path) -> None:
    server.is_inline = True
    provider = google.provider(server.url)
    assert provider.generate(order(provider, OMNI), tmp_path, Ear()).read_bytes() == clip()


@pytest.mark.parametrize(
    ("ending", "code"),
    [
        ({"status": "failed", "steps": [], "errors": [{"code": "safety", "message": "x"}]}, "moderated"),
        (
            {
                "status": "failed",
                "steps": [
                    {"type": "model_output", "error": {"code": 3, "message": "Blocked by our safety policy"}}
                ],
            },
            "moderated",
        ),
        ({"status": "completed", "steps": [], "errors": [{"message": "PROHIBITED_CONTENT"}]}, "moderated"),
        (
            {
                "steps": [
                    {"type": "model_output", "content": [{"type": "text", "text": "I cannot make that."}]}
                ]
            },
            "moderated",
        ),
        (
            {
                "status": "incomplete",
                "steps": [{"type": "model_output", "content": [{"type": "text", "text": "No."}]}],
            },
            "moderated",
        ),
        ({"steps": []}, "bad_output"),
        ({"steps": None}, "bad_output"),
        ({"steps": [{"type": "model_output", "content": [{"type": "video"}]}]}, "bad_output"),
        ({"status": "incomplete", "steps": []}, "bad_output"),
        ({"status": "requires_action", "steps": []}, "bad_output"),
        ({"status": "something_new", "steps": []}, "bad_output"),
        ({"status": "budget_exceeded", "steps": []}, "quota_exhausted"),
        ({"status": "cancelled", "steps": []}, "timed_out"),
        (
            {"status": "failed", "steps": [], "errors": [{"code": "internal", "message": "Oops"}]},
            "bad_output",
        ),
        ({"status": "failed", "steps": []}, "bad_output"),
    ],
)
def test_what_the_end_of_an_interaction_means(
    ending: dict[str, Any], code: str, server: DeveloperAPI, tmp_path: Path
) -> None:
    server.ending = ending
    provider = google.provider(server.url)
    assert failure(provider, order(provider, OMNI), tmp_path).code == code
    assert server.bought == 1


QUOTA = {
    "error": {
        "code": 429,
        "status": "RESOURCE_EXHAUSTED",
        "message": "You exceeded your current quota, please check your plan and billing details.",
    }
}
DELAYED = {
    "error": {
        "code": 429,
        "status": "RESOURCE_EXHAUSTED",
        "message": "Too many requests.",
        "details": [{"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "38s"}],
    }
}
NO_KEY = {
    "error": {
        "code": 400,
        "status": "INVALID_ARGUMENT",
        "message": "API key not valid. Please pass a valid API key.",
        "details": [{"reason": "API_KEY_INVALID"}],
    }
}
SUBMITS = [
    (document(QUOTA, 429), "quota_exhausted", None),
    (document(DELAYED, 429), "rate_limited", 38.0),
    (document(NO_KEY, 400), "unavailable", None),
    (document(error(403, "PERMISSION_DENIED", f"Key {KEY} may not."), 403), "unavailable", None),
    (document(error(404, "NOT_FOUND", "No such model."), 404), "unavailable", None),
    (document(error(400, "INVALID_ARGUMENT", "aspect_ratio"), 400), "invalid_request", None),
    (document(error(400, "INVALID_ARGUMENT", "The prompt violates our policies"), 400), "moderated", None),
    (document(error(500, "INTERNAL", "Oops"), 500), "provider_down", None),
    (document(error(503, "UNAVAILABLE", "Overloaded"), 503), "provider_down", None),
    (document(error(504, "DEADLINE_EXCEEDED", "Late"), 504), "unknown_outcome", None),
    (Reply(502, b"<html>Bad Gateway</html>"), "unknown_outcome", None),
    (CUT, "unknown_outcome", None),
]


@pytest.mark.parametrize(("answer", "code", "after"), SUBMITS)
@pytest.mark.parametrize("model", [OMNI, IMAGE])
def test_what_the_answer_to_a_submit_means(
    answer: Reply, code: str, after: float | None, model: str, server: DeveloperAPI, tmp_path: Path
) -> None:
    server.submits = [answer]
    provider = google.provider(server.url)
    found = failure(provider, order(provider, model, "image" if model == IMAGE else "video"), tmp_path)
    assert (found.code, found.retry_after) == (code, after)
    assert KEY not in f"{found} {found.detail} {found.message}"
    # Left to itself, the SDK would send it five times.
    assert server.bought == 1


@pytest.mark.parametrize(("answer", "code", "after"), SUBMITS)
def test_what_the_answer_to_veos_submit_means(
    answer: Reply, code: str, after: float | None, veo: Vertex, tmp_path: Path
) -> None:
    veo.submits = [answer]
    provider = vertex.provider(veo.url)
    found = failure(provider, order(provider, VEO), tmp_path)
    assert (found.code, found.retry_after) == (code, after)
    assert veo.bought == 1


def test_an_image_is_one_call(server: DeveloperAPI, tmp_path: Path) -> None:
    provider = google.provider(server.url)
    path = provider.generate(order(provider, IMAGE, "image"), tmp_path, Ear())
    assert media.probe(path).kind == "image"
    config = server.asked[0].document["generationConfig"]
    assert config["imageConfig"] == {"aspectRatio": "1:1", "imageSize": "1K"}
    assert config["seed"] == 7_654_321


def candidate(reason: str, **more: object) -> dict[str, object]:
    return {"candidates": [{"finishReason": reason, **more}]}


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ({"promptFeedback": {"blockReason": "PROHIBITED_CONTENT"}}, "moderated"),
        ({"promptFeedback": {"blockReason": "IMAGE_SAFETY"}}, "moderated"),
        ({"promptFeedback": {"blockReason": "A_NEW_REASON"}}, "moderated"),
        (candidate("IMAGE_SAFETY"), "moderated"),
        (candidate("IMAGE_PROHIBITED_CONTENT", finishMessage="Unable to show."), "moderated"),
        (candidate("NO_IMAGE"), "moderated"),
        (candidate("SAFETY", content={"role": "model", "parts": []}), "moderated"),
        (candidate("IMAGE_RECITATION"), "moderated"),
        (candidate("STOP", content={"parts": [{"text": "I can't draw that."}]}), "moderated"),
        (candidate("IMAGE_OTHER"), "bad_output"),
        (candidate("MALFORMED_RESPONSE"), "bad_output"),
        (candidate("STOP"), "bad_output"),
        ({"candidates": []}, "bad_output"),
        ({}, "bad_output"),
    ],
)
def test_a_success_without_an_image_is_a_refusal_or_a_fault(
    answer: dict[str, Any], code: str, server: DeveloperAPI, tmp_path: Path
) -> None:
    server.ending = answer
    provider = google.provider(server.url)
    assert failure(provider, order(provider, IMAGE, "image"), tmp_path).code == code
    assert server.bought == 1


def test_veo_is_asked_for_in_vertexs_words(veo: Vertex, tmp_path: Path) -> None:
    provider = vertex.provider(veo.url)
    provider.generate(order(provider, VEO), tmp_path, Ear())
    assert veo.asked[0].path.endswith(
        f"/projects/studio/locations/us-central1/publishers/google/models/{VEO}:predictLongRunning"
    )
    told = veo.asked[0].document
    assert told["instances"] == [{"prompt": PROMPT}]
    assert told["parameters"] == {
        "sampleCount": 1,
        "aspectRatio": "9:16",
        "durationSeconds": 4,
        "seed": 7_654_321,
        "generateAudio": True,
        "resolution": "720p",
    }


@pytest.mark.parametrize(
    ("ending", "code"),
    [
        ({"response": {"raiMediaFilteredCount": 1, "raiMediaFilteredReasons": ["Blocked."]}}, "moderated"),
        ({"response": {"raiMediaFilteredCount": 1}}, "moderated"),
        ({"response": {"raiMediaFilteredReasons": ["58061214"]}}, "moderated"),
        ({"response": None, "error": {"code": 3, "message": "violates the usage guidelines"}}, "moderated"),
        ({"response": None, "error": {"code": 3, "message": "Unsupported duration"}}, "invalid_request"),
        ({"response": None, "error": {"code": 4, "message": "Deadline"}}, "timed_out"),
        ({"response": None, "error": {"code": 7, "message": "Denied"}}, "unavailable"),
        ({"response": None, "error": {"code": 8, "message": "Exhausted"}}, "bad_output"),
        ({"response": None, "error": {"code": 13, "message": "Internal"}}, "bad_output"),
        ({"response": None, "error": {"code": 14, "message": "Unavailable"}}, "bad_output"),
        ({"response": {}}, "bad_output"),
        ({"response": {"videos": []}}, "bad_output"),
        ({"response": {"videos": [{"gcsUri": "gs://bucket/a.mp4"}]}}, "bad_output"),
    ],
)
def test_what_the_end_of_veos_operation_means(
    ending: dict[str, Any], code: str, veo: Vertex, tmp_path: Path
) -> None:
    veo.ending = ending
    provider = vertex.provider(veo.url)
    assert failure(provider, order(provider, VEO), tmp_path).code == code


def test_a_job_of_veo_that_nobody_wants_is_left_alone(veo: Vertex, tmp_path: Path) -> None:
    provider = vertex.provider(veo.url)
    job = order(provider, VEO, provider_job="projects/p/locations/l/publishers/google/models/m/operations/1")
    provider.cancel(job)
    assert veo.asked == []


def test_health_tells_the_operator_what_to_mend(server: DeveloperAPI) -> None:
    assert google.provider(server.url).health(OMNI).ok
    server.needs_key_header = ("x-goog-api-key", "another")
    health = google.provider(server.url).health(OMNI)
    assert not health.ok
    assert KEY not in health.sentence
    assert server.bought == 0

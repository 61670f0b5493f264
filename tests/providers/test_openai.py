"""The OpenAI protocol as its servers really speak it: OpenAI's images, vLLM-Omni, SGLang, LiteLLM."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from soho import media
from tests.providers.stand_ins.openai import error, provider
from tests.support.standins import CUT, KEY, Reply, document
from tests.support.standins.media import clip, picture
from tests.support.standins.openai import MODEL, OpenAIServer
from tests.support.standins.orders import PROMPT, Ear, failure, order


@pytest.fixture
def server() -> Iterator[OpenAIServer]:
    with OpenAIServer(clip(), picture()) as found:
        yield found


def test_a_video_is_asked_for_in_the_protocols_words(server: OpenAIServer, tmp_path: Path) -> None:
    gpu = provider(server.url)
    gpu.generate(order(gpu, "wan"), tmp_path, Ear())
    [job] = server.jobs.values()
    assert job.told == {
        "prompt": PROMPT,
        "model": MODEL,
        "size": "720x1280",
        "seconds": "2",
        "seed": "7654321",
    }


def test_progress_is_what_the_server_says(server: OpenAIServer, tmp_path: Path) -> None:
    server.steps = 3
    ear = Ear()
    gpu = provider(server.url)
    gpu.generate(order(gpu, "wan"), tmp_path, ear)
    assert ear.fractions == [0.25, 0.5, 0.75, 1.0]


def test_an_image_is_one_call(server: OpenAIServer, tmp_path: Path) -> None:
    gpu = provider(server.url)
    path = gpu.generate(order(gpu, "wan", "image"), tmp_path, Ear())
    assert media.probe(path).kind == "image"
    assert server.asked[0].document == {
        "prompt": PROMPT,
        "n": 1,
        "model": MODEL,
        "size": "960x960",
        "seed": 7_654_321,
    }
    assert server.bought == 1


def test_an_image_may_come_as_an_address_on_the_same_server(server: OpenAIServer, tmp_path: Path) -> None:
    server.file = Reply(200, picture())
    server.ending = {"created": 1, "data": [{"url": f"{server.url}/files/a.png"}]}
    gpu = provider(server.url)
    assert gpu.generate(order(gpu, "wan", "image"), tmp_path, Ear()).suffix == ".png"


def test_an_image_does_not_come_from_an_address_elsewhere(server: OpenAIServer, tmp_path: Path) -> None:
    server.ending = {"created": 1, "data": [{"url": "http://169.254.169.254/latest"}]}
    gpu = provider(server.url)
    assert failure(gpu, order(gpu, "wan", "image"), tmp_path).code == "bad_output"


@pytest.mark.parametrize(
    "answer",
    [{"created": 1, "data": []}, {"created": 1}, {"created": 1, "data": [{"b64_json": "%%%"}]}],
)
def test_an_answer_without_an_image_is_no_image(
    answer: dict[str, Any], server: OpenAIServer, tmp_path: Path
) -> None:
    server.ending = answer
    gpu = provider(server.url)
    assert failure(gpu, order(gpu, "wan", "image"), tmp_path).code == "bad_output"


def test_an_image_whose_call_is_cut_off_is_not_called_for_again(server: OpenAIServer, tmp_path: Path) -> None:
    server.cuts_after_taking = True
    gpu = provider(server.url)
    job = order(gpu, "wan", "image")
    assert failure(gpu, job, tmp_path).code == "unknown_outcome"
    again = order(gpu, "wan", "image", key=job.key, unsettled=True)
    assert failure(gpu, again, tmp_path).code == "unknown_outcome"
    assert server.bought == 1


@pytest.mark.parametrize("kind", ["video", "image"])
@pytest.mark.parametrize(
    ("answer", "code", "retriable"),
    [
        (document(error(400, "moderation_blocked", "Your request was rejected."), 400), "moderated", False),
        (document(error(400, "content_policy_violation", "No."), 400), "moderated", False),
        (document({"detail": "Rejected by the safety checker"}, 400), "moderated", False),
        (document(error(429, "insufficient_quota", "Check your plan."), 429), "quota_exhausted", False),
        (document(error(400, "billing_hard_limit_reached", "Limit."), 400), "quota_exhausted", False),
        (document(error(429, "rate_limit_exceeded", "Slow."), 429), "rate_limited", True),
        (
            document(error(401, "invalid_api_key", f"Incorrect API key provided: {KEY}"), 401),
            "unavailable",
            False,
        ),
        (document(error(403, "unverified", "Verify your organization."), 403), "unavailable", False),
        (document(error(404, "model_not_found", "No such model."), 404), "unavailable", False),
        (
            document({"detail": [{"loc": ["size"], "msg": "bad", "input": PROMPT}]}, 422),
            "invalid_request",
            False,
        ),
        (document({"detail": "Internal Server Error"}, 500), "provider_down", True),
        (document({}, 503), "provider_down", True),
        (Reply(502, b"<html>Bad Gateway</html>"), "unknown_outcome", False),
        (Reply(504, b"<html>Gateway Timeout</html>"), "unknown_outcome", False),
        (Reply(302, headers={"Location": "http://127.0.0.1:1/"}), "unavailable", False),
        (Reply(200, b"<html>Welcome</html>", {"Content-Type": "text/html"}), "unknown_outcome", False),
        (Reply(200, b"{", {"Content-Type": "application/json"}), "unknown_outcome", False),
        (CUT, "unknown_outcome", False),
    ],
)
def test_what_the_answer_to_a_submit_means(
    answer: Reply, code: str, retriable: bool, kind: Any, server: OpenAIServer, tmp_path: Path
) -> None:
    server.submits = [answer]
    gpu = provider(server.url)
    found = failure(gpu, order(gpu, "wan", kind), tmp_path)
    assert (found.code, found.retriable) == (code, retriable)
    assert KEY not in f"{found} {found.detail} {found.message}"
    assert server.bought == 1


@pytest.mark.parametrize(
    ("ending", "code"),
    [
        ({"status": "failed", "error": {"code": "moderation_blocked", "message": "x"}}, "moderated"),
        ({"status": "failed", "error": {"message": "Prompt violates our usage guidelines"}}, "moderated"),
        ({"status": "failed", "error": {"code": 500, "message": "CUDA out of memory"}}, "bad_output"),
        ({"status": "failed", "error": {"message": "worker died"}}, "bad_output"),
        ({"status": "failed", "error": None}, "bad_output"),
        ({"status": "failed"}, "bad_output"),
        ({"status": "cancelled"}, "bad_output"),
        ({"status": "failed", "error": {"code": "insufficient_quota", "message": "x"}}, "quota_exhausted"),
        ({"status": "failed", "error": {"code": "rate_limit_exceeded", "message": "x"}}, "bad_output"),
    ],
)
def test_what_the_end_of_a_job_means(
    ending: dict[str, Any], code: str, server: OpenAIServer, tmp_path: Path
) -> None:
    server.ending = ending
    gpu = provider(server.url)
    found = failure(gpu, order(gpu, "wan"), tmp_path)
    assert (found.code, found.job_lives) == (code, False)


def test_a_server_that_stumbles_while_asked_is_asked_again(server: OpenAIServer, tmp_path: Path) -> None:
    server.polls = [
        document({"detail": "busy"}, 503),
        CUT,
        document({}, 429, retry_after="0"),
        Reply(502, b"<html>"),
    ]
    gpu = provider(server.url)
    ear = Ear()
    # It waits two seconds after a fault; that would be the most of this test.
    with pytest.MonkeyPatch.context() as quick:
        quick.setattr("soho.providers.remote._pause", lambda seconds, watch: watch.checkpoint())
        assert gpu.generate(order(gpu, "wan"), tmp_path, ear).exists()
    assert server.bought == 1


def test_a_restarted_server_has_forgotten_the_job(server: OpenAIServer, tmp_path: Path) -> None:
    gpu = provider(server.url)
    found = failure(gpu, order(gpu, "wan", provider_job="video_gen_lost"), tmp_path)
    assert (found.code, found.retriable, found.job_lives) == ("bad_output", True, False)
    assert server.bought == 0


@pytest.mark.parametrize("status", [404, 503])
def test_a_result_that_is_not_there_yet_is_taken_up_again_where_that_helps(
    status: int, server: OpenAIServer, tmp_path: Path
) -> None:
    server.file = document({"detail": "Generation is still in-progress"}, status)
    gpu = provider(server.url)
    found = failure(gpu, order(gpu, "wan"), tmp_path)
    assert found.job_lives is (status == 503)


def test_sglang_takes_a_text_only_video_as_json(server: OpenAIServer, tmp_path: Path) -> None:
    server.likes_json = True
    by_form = provider(server.url)
    assert failure(by_form, order(by_form, "wan"), tmp_path).code == "invalid_request"
    gpu = provider(server.url, as_json=True)
    assert gpu.generate(order(gpu, "wan"), tmp_path, Ear()).exists()
    [job] = server.jobs.values()
    assert (job.told["seed"], job.told["size"]) == (7_654_321, "720x1280")


def test_a_cut_submit_is_settled_by_the_servers_list(server: OpenAIServer, tmp_path: Path) -> None:
    gpu = provider(server.url)
    # The list is empty: it certainly did not arrive.
    assert gpu.generate(order(gpu, "wan", unsettled=True), tmp_path, Ear()).exists()
    # Now there is one with the same prompt, and it may be anybody's.
    assert failure(gpu, order(gpu, "wan", unsettled=True), tmp_path).code == "unknown_outcome"
    assert server.bought == 1


def test_an_image_that_nobody_wants_is_nothing_to_cancel(server: OpenAIServer) -> None:
    gpu = provider(server.url)
    gpu.cancel(order(gpu, "wan", "image", unsettled=True))
    assert server.asked == []


def test_health_tells_the_operator_what_to_mend(server: OpenAIServer) -> None:
    assert provider(server.url).health("wan").ok
    server.needs_key_header = ("authorization", "Bearer another")
    health = provider(server.url).health("wan")
    assert not health.ok
    assert "refuses the key" in health.sentence
    assert KEY not in health.sentence
    down = provider("http://127.0.0.1:1").health("wan")
    assert "does not answer" in down.sentence
    assert server.bought == 0

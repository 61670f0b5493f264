"""Whatever comes in, the answer names the field and what to do, and nothing is lost or half done."""

from typing import Any
from uuid import UUID

import pytest

from soho.accounts.models import User
from soho.creations.models import Creation
from tests.creations.conftest import Caller, make
from tests.support.engine import tokens

GOOD = "A quiet lake"


@pytest.mark.parametrize("path", ["/generate/video", "/image/generate"])
@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"prompt": ""}, "prompt"),
        ({"prompt": " \n\t "}, "prompt"),
        ({"prompt": "x" * 10_001}, "prompt"),
        ({"prompt": "a\x00b"}, "prompt"),
        ({"prompt": "a\x1bb"}, "prompt"),
        ({"prompt": 7}, "prompt"),
        ({"prompt": None}, "prompt"),
        ({"prompt": ["a"]}, "prompt"),
        ({}, "prompt"),
        ({"prompt": GOOD, "model": "no-such-model"}, "model"),
        ({"prompt": GOOD, "model": 3}, "model"),
        ({"prompt": GOOD, "aspectRatio": "21:9"}, "aspectRatio"),
        ({"prompt": GOOD, "aspectRatio": "not a ratio"}, "aspectRatio"),
        ({"prompt": GOOD, "seed": -1}, "seed"),
        ({"prompt": GOOD, "seed": 2**31}, "seed"),
        ({"prompt": GOOD, "seed": "7"}, "seed"),
        ({"prompt": GOOD, "seed": 1.5}, "seed"),
        ({"prompt": GOOD, "colour": "red"}, "colour"),
    ],
)
def test_a_bad_field_is_named(
    path: str, body: dict[str, Any], field: str, as_alice: Caller, alice: User
) -> None:
    answer = as_alice.post(path, body)
    assert answer.status_code == 422
    assert answer["Content-Type"] == "application/problem+json"
    assert field in [one["field"] for one in answer.json()["errors"]]
    assert answer.json()["detail"]
    assert Creation.objects.count() == 0
    assert tokens(alice) == (50, 0)


@pytest.mark.parametrize("duration", [0, -8, 7, 1e308, "8", True, None.__class__.__name__])
def test_a_bad_duration_is_named(duration: Any, as_alice: Caller) -> None:
    answer = as_alice.post("/generate/video", {"prompt": GOOD, "duration": duration})
    assert answer.status_code == 422
    assert [one["field"] for one in answer.json()["errors"]] == ["duration"]


@pytest.mark.parametrize("prompt", ["🌅🏔️", "مساء الخير", "日没", "x" * 10_000, "é" * 9_999])
def test_every_script_is_welcome(prompt: str, as_alice: Caller) -> None:
    creation_id = as_alice.post("/generate/video", {"prompt": prompt}).json()["creationId"]
    assert as_alice.get(f"/generate/video/{creation_id}").json()["creation"]["prompt"] == prompt


@pytest.mark.parametrize(
    "body", [b"{", b"", b"prompt=x", b'{"prompt": }', b"\xff\xfe", b'"text"', b"[]", b"null"]
)
def test_malformed_json_is_refused(body: bytes, as_alice: Caller) -> None:
    answer = as_alice.post("/generate/video", body)
    assert answer.status_code in {400, 422}
    assert answer["Content-Type"] == "application/problem+json"


def test_a_lone_surrogate_is_no_text(as_alice: Caller) -> None:
    answer = as_alice.post("/generate/video", b'{"prompt": "a \\ud800 b"}')
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "prompt"


def test_a_body_too_large_is_refused_before_it_is_read(as_alice: Caller) -> None:
    answer = as_alice.post("/generate/video", {"prompt": "x" * 400_000})
    assert answer.status_code in {400, 413}
    assert answer["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("key", ["k" * 256, " "])
def test_a_bad_idempotency_key_is_named(key: str, as_alice: Caller) -> None:
    answer = as_alice.post("/generate/video", {"prompt": GOOD}, Idempotency_Key=key)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "Idempotency-Key"


@pytest.mark.parametrize("cursor", ["x", "AAAA", "💥", "a" * 201])
def test_a_bad_cursor_is_named(cursor: str, as_alice: Caller) -> None:
    for path in ("/generate/drafts", "/feed", "/me/receipts"):
        answer = as_alice.get(path, cursor=cursor)
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["field"] == "cursor"


@pytest.mark.parametrize("limit", ["0", "-1", "101", "x"])
def test_a_bad_limit_is_named(limit: str, as_alice: Caller) -> None:
    answer = as_alice.get("/generate/drafts", limit=limit)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "limit")


@pytest.mark.parametrize("caption", ["x" * 2_201, "a\x00b", 7])
def test_a_bad_caption_publishes_nothing(caption: Any, as_alice: Caller, a_draft: UUID) -> None:
    answer = as_alice.post(f"/generate/video/{a_draft}/publish", {"caption": caption})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "caption"
    assert Creation.objects.get(pk=a_draft).status == "draft"


def test_a_caption_of_the_full_length_and_markup_are_kept_to_the_letter(
    as_alice: Caller, alice: User
) -> None:
    for caption in ("é" * 2_200, "<script>alert(1)</script> & <b>"):
        creation_id = make(alice, "draft")
        answer = as_alice.post(f"/generate/video/{creation_id}/publish", {"caption": caption})
        assert answer.json()["creation"]["caption"] == caption


def test_publishing_twice_is_refused_and_changes_nothing(as_alice: Caller, a_draft: UUID) -> None:
    assert as_alice.post(f"/generate/video/{a_draft}/publish", {"caption": "first"}).status_code == 200
    again = as_alice.post(f"/generate/video/{a_draft}/publish", {"caption": "second"})
    assert again.status_code == 409
    assert Creation.objects.get(pk=a_draft).caption == "first"


def test_the_wrong_method_is_a_problem_document(as_alice: Caller) -> None:
    answer = as_alice.get("/generate/video")
    assert answer.status_code == 405
    assert answer["Content-Type"] == "application/problem+json"
    assert answer["Allow"] == "POST"

"""The calls of the API, as a program uses them."""

import json
import threading
from collections.abc import Iterator
from uuid import UUID, uuid4

import pytest
from django.db import connection
from pytest_django import DjangoAssertNumQueries, Settings

from soho.accounts.actions import create_api_key, revoke_api_key
from soho.accounts.models import User
from soho.creations.clock import finish_deletions
from soho.creations.models import Creation, CreationEvent
from soho.creations.objects import remove_doomed
from soho.generation.run import work_once
from tests.creations.conftest import Caller, make, time_passes
from tests.support.engine import books_balance, stored, tokens

PROMPT = "A sunset over mountains with vibrant colors"


def test_a_video_from_prompt_to_feed(as_alice: Caller, as_bob: Caller, alice: User) -> None:
    started = as_alice.post(
        "/generate/video", {"prompt": PROMPT, "duration": 2, "aspectRatio": "9:16", "seed": 7}
    )
    assert started.status_code == 200
    creation_id = started.json()["creationId"]
    assert started.json() == {"creationId": creation_id, "status": "pending"}
    assert as_alice.get("/me").json()["balance"] == {"available": 40, "held": 10}
    [pending] = as_alice.get("/generate/drafts").json()["creations"]
    assert (pending["creationId"], pending["status"], pending["prompt"]) == (creation_id, "pending", PROMPT)

    assert work_once("video", worker="a test")
    draft = as_alice.get(f"/generate/video/{creation_id}").json()["creation"]
    assert draft["status"] == "draft"
    assert draft["mediaUrl"] == f"/media/videos/{alice.pk}/{creation_id}.mp4"
    assert draft["thumbnailUrl"] == f"/media/videos/{alice.pk}/{creation_id}_thumb.jpg"
    assert (draft["duration"], draft["width"], draft["height"], draft["seed"]) == (2.0, 180, 320, 7)
    assert as_alice.get("/me").json()["balance"] == {"available": 40, "held": 0}

    published = as_alice.post(f"/generate/video/{creation_id}/publish", {"caption": "Evening"})
    assert published.status_code == 200
    assert published.json()["creation"]["publishedAt"].endswith("Z")
    assert as_alice.get("/generate/drafts").json()["creations"] == []
    [post] = as_bob.get("/feed").json()["creations"]
    assert (post["creationId"], post["caption"], post["username"], post["likeCount"]) == (
        creation_id,
        "Evening",
        "alice",
        0,
    )


@pytest.fixture
def at_work(transactional_db: None) -> Iterator[None]:
    """Somebody makes the next image as soon as there is one."""

    def soon() -> None:
        while not work_once("image", worker="a test"):
            threading.Event().wait(0.02)
        connection.close()

    worker = threading.Thread(target=soon)
    worker.start()
    yield
    worker.join()


def test_an_image_is_answered_when_it_is_made(as_alice: Caller, at_work: None) -> None:
    answer = as_alice.post("/image/generate", {"prompt": PROMPT})
    assert answer.status_code == 200
    image = answer.json()["image"]
    assert image["image_id"] == image["creationId"]
    assert image["image_url"] == image["mediaUrl"]
    assert image["status"] == "draft"
    assert as_alice.get("/me").json()["balance"] == {"available": 49, "held": 0}


def test_an_image_that_takes_too_long_arrives_among_the_drafts(as_alice: Caller, settings: Settings) -> None:
    settings.IMAGE_WAIT_SECONDS = 0.2
    answer = as_alice.post("/image/generate", {"prompt": PROMPT})
    assert answer.status_code == 202
    assert (
        as_alice.get("/generate/drafts").json()["creations"][0]["creationId"] == answer.json()["creationId"]
    )


def test_an_image_that_fails_says_why(as_alice: Caller, at_work: None) -> None:
    answer = as_alice.post("/image/generate", {"prompt": "fail=moderated"})
    assert answer.status_code == 502
    assert answer.json()["code"] == "moderated"
    assert answer.json()["detail"] == "The rehearsal says no."


def test_too_few_tokens_starts_nothing_and_says_what_is_missing(as_alice: Caller, alice: User) -> None:
    for _ in range(5):
        assert as_alice.post("/generate/video", {"prompt": PROMPT}).status_code == 200
    refused = as_alice.post("/generate/video", {"prompt": PROMPT})
    assert refused.status_code == 402
    assert refused["Content-Type"] == "application/problem+json"
    assert (refused.json()["code"], refused.json()["balance"], refused.json()["price"]) == (
        "not_enough_tokens",
        0,
        10,
    )
    assert Creation.objects.count() == 5
    assert tokens(alice) == (0, 50)


def test_the_same_idempotency_key_starts_once_and_answers_the_same(as_alice: Caller, alice: User) -> None:
    first = as_alice.post("/generate/video", {"prompt": PROMPT}, Idempotency_Key="once")
    assert work_once("video", worker="a test")
    again = as_alice.post("/generate/video", {"prompt": PROMPT}, Idempotency_Key="once")
    assert again.json() == first.json()
    assert tokens(alice) == (40, 0)
    other = as_alice.post("/generate/video", {"prompt": "Another"}, Idempotency_Key="once")
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_mismatch")


def test_an_idempotency_key_is_not_used_up_by_a_refusal(as_alice: Caller) -> None:
    refused = as_alice.post("/generate/video", {"prompt": ""}, Idempotency_Key="once")
    assert refused.status_code == 422
    assert as_alice.post("/generate/video", {"prompt": PROMPT}, Idempotency_Key="once").status_code == 200


def test_two_people_may_use_the_same_idempotency_key(as_alice: Caller, as_bob: Caller) -> None:
    mine = as_alice.post("/generate/video", {"prompt": PROMPT}, Idempotency_Key="once").json()
    theirs = as_bob.post("/generate/video", {"prompt": PROMPT}, Idempotency_Key="once").json()
    assert mine["creationId"] != theirs["creationId"]


def test_drafts_are_paged_newest_first_and_stay_stable(
    as_alice: Caller, alice: User, settings: Settings
) -> None:
    ids = [str(make(alice, "pending")) for _ in range(5)]
    first = as_alice.get("/generate/drafts", limit=2).json()
    as_alice.post(f"/generate/video/{ids[4]}/cancel")
    second = as_alice.get("/generate/drafts", limit=2, cursor=first["nextCursor"]).json()
    third = as_alice.get("/generate/drafts", limit=2, cursor=second["nextCursor"]).json()
    found = [one["creationId"] for page in (first, second, third) for one in page["creations"]]
    assert found == ids[::-1]
    assert third["nextCursor"] is None


def test_drafts_cost_one_query_beside_the_sign_in(
    as_alice: Caller, alice: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(3):
        make(alice, "pending")
    with django_assert_num_queries(3):  # session, person, drafts
        as_alice.get("/generate/drafts")


def test_retry_costs_nothing_more_and_delete_gives_the_tokens_back(as_alice: Caller, alice: User) -> None:
    failed = make(alice, "failed")
    assert tokens(alice) == (40, 10)
    answer = as_alice.get(f"/generate/video/{failed}").json()["creation"]
    assert answer["error"] == {
        "code": "moderated",
        "message": "The rehearsal says no.",
        "retriable": False,
        "retryTokens": 0,
    }
    assert as_alice.post(f"/generate/video/{failed}/retry").json()["creation"]["status"] == "pending"
    assert tokens(alice) == (40, 10)
    assert work_once("video", worker="a test")
    assert as_alice.delete(f"/generate/video/{failed}").status_code == 204
    assert tokens(alice) == (50, 0)
    assert books_balance()


def test_cancel_gives_the_tokens_back_at_once(as_alice: Caller, alice: User) -> None:
    creation_id = make(alice, "processing")
    answer = as_alice.post(f"/generate/video/{creation_id}/cancel").json()["creation"]
    assert (answer["status"], answer["error"]["code"], answer["error"]["retryTokens"]) == (
        "failed",
        "cancelled",
        10,
    )
    assert tokens(alice) == (50, 0)


def test_delete_removes_the_row_and_every_object_but_not_the_ledgers_history(
    as_alice: Caller, alice: User, a_draft: UUID
) -> None:
    assert len(stored()) == 4
    assert as_alice.delete(f"/generate/video/{a_draft}").status_code == 204
    assert as_alice.get(f"/generate/video/{a_draft}").status_code == 404
    time_passes()
    assert finish_deletions() == 1
    assert not Creation.objects.filter(pk=a_draft).exists()
    remove_doomed()
    assert stored() == set()
    receipts = as_alice.get("/me/receipts").json()["receipts"]
    assert [(one["kind"], one["amount"], one["balance"]) for one in receipts] == [
        ("capture", 0, 40),
        ("hold", -10, 40),
        ("grant", 50, 50),
    ]
    arrows = CreationEvent.objects.filter(creation_id=a_draft).values_list("arrow", flat=True)
    assert list(arrows) == ["start", "claim", "complete", "delete", "purge"]


def test_unpublish_takes_a_post_and_its_likes_back(as_alice: Caller, as_bob: Caller, alice: User) -> None:
    post = make(alice, "published")
    assert as_bob.post(f"/generate/video/{post}/like").json() == {"likeCount": 1, "likedByMe": True}
    assert as_alice.post(f"/generate/video/{post}/unpublish").json()["creation"]["status"] == "draft"
    assert as_bob.get("/feed").json()["creations"] == []
    as_alice.post(f"/generate/video/{post}/publish")
    [again] = as_bob.get("/feed").json()["creations"]
    assert (again["likeCount"], again["likedByMe"], again["caption"]) == (0, False, "")


ALLOWED = {
    "publish": {"draft"},
    "unpublish": {"published"},
    "retry": {"failed"},
    "cancel": {"pending", "processing"},
    "delete": {"draft", "failed", "published"},
}


@pytest.mark.parametrize("status", ["pending", "processing", "draft", "published", "failed"])
@pytest.mark.parametrize("verb", ALLOWED)
def test_every_verb_in_every_status(verb: str, status: str, as_alice: Caller, alice: User) -> None:
    creation_id = make(alice, status)
    before = Creation.objects.values().get(pk=creation_id)
    address = f"/generate/video/{creation_id}"
    answer = as_alice.delete(address) if verb == "delete" else as_alice.post(f"{address}/{verb}")
    if status in ALLOWED[verb]:
        assert answer.status_code in {200, 204}
    else:
        assert answer.status_code == 409
        assert (answer.json()["code"], answer.json()["creationStatus"]) == ("wrong_status", status)
        assert Creation.objects.values().get(pk=creation_id) == before
    assert books_balance()


@pytest.mark.parametrize("verb", ["publish", "unpublish", "retry", "cancel", "delete", "show"])
@pytest.mark.parametrize("whose", ["another's", "nobody's", "no id"])
def test_what_is_not_mine_is_not_there(verb: str, whose: str, as_bob: Caller, a_draft: UUID) -> None:
    found = {"another's": str(a_draft), "nobody's": str(uuid4()), "no id": "x"}[whose]
    address = f"/generate/video/{found}"
    call = {"delete": as_bob.delete, "show": as_bob.get}.get(verb)
    answer = call(address) if call else as_bob.post(f"{address}/{verb}")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert Creation.objects.get(pk=a_draft).status == "draft"


def test_a_key_works_until_it_is_revoked(alice: User) -> None:
    key, text = create_api_key(alice, "laptop")
    caller = Caller(key=text, csrf=True)
    assert caller.post("/generate/video", {"prompt": PROMPT}).status_code == 200
    revoke_api_key(alice, key.pk)
    refused = caller.post("/generate/video", {"prompt": PROMPT})
    assert (refused.status_code, refused.json()["code"]) == (401, "invalid_key")
    assert tokens(alice) == (40, 10)


def test_a_session_needs_its_csrf_token(alice: User) -> None:
    refused = Caller(alice, csrf=True).post("/generate/video", {"prompt": PROMPT})
    assert (refused.status_code, refused.json()["code"]) == (403, "csrf")
    assert Creation.objects.count() == 0


def test_signed_out_is_told_to_sign_in(db: None) -> None:
    for answer in (Caller().get("/generate/drafts"), Caller().post("/generate/video", {"prompt": PROMPT})):
        assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")


def test_models_and_prices_are_public(db: None) -> None:
    [model] = Caller().get("/models").json()["models"]
    assert (model["name"], model["prices"], model["durations"]) == (
        "rehearsal",
        {"image": 1, "video": 10},
        [2, 4],
    )


def test_an_address_that_is_none_is_a_problem_document(db: None) -> None:
    answer = Caller().get("/nothing/here")
    assert answer.status_code == 404
    assert answer["Content-Type"] == "application/problem+json"


def test_answers_have_the_documented_shape(as_alice: Caller, alice: User) -> None:
    documented = Caller().get("/openapi.json").json()["components"]["schemas"]["CreationOut"]
    for status in ("draft", "published", "failed", "processing", "pending"):
        creation = as_alice.get(f"/generate/video/{make(alice, status)}").json()["creation"]
        assert list(creation) == list(documented["properties"])
        assert json.dumps(creation)

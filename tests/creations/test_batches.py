"""The same done to many: each gets its own result, and what cannot be done to one stops no other."""

from datetime import timedelta
from functools import partial
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from soho.accounts.models import User
from soho.creations import actions, batches, clock, queries
from soho.creations.models import Creation, CreationEvent
from tests.creations.conftest import Caller, make, time_passes
from tests.ledger.together import together
from tests.support.engine import books_balance, tokens

WHEN = (timezone.now() + timedelta(days=3)).isoformat()


def ids(*creation_ids: UUID) -> dict[str, list[str]]:
    return {"creationIds": [str(one) for one in creation_ids]}


def codes(answer: object) -> list[tuple[int, str | None]]:
    return [(one["status"], one["problem"] and one["problem"]["code"]) for one in answer.json()["results"]]


def test_many_are_published_in_one_call_the_first_topmost(
    as_alice: Caller, as_bob: Caller, alice: User
) -> None:
    drafts = [make(alice, "draft", kind="image") for _ in range(3)]
    answer = as_alice.post("/generate/batch/publish", {**ids(*drafts), "caption": "A series"})
    assert answer.status_code == 200
    assert answer.json()["results"] == [
        {"creationId": str(one), "status": 200, "problem": None} for one in drafts
    ]
    assert (answer.json()["succeeded"], answer.json()["failed"]) == (3, 0)
    feed = as_bob.get("/feed").json()["creations"]
    assert [one["creationId"] for one in feed] == [str(one) for one in drafts]
    assert {one["caption"] for one in feed} == {"A series"}


def test_without_a_caption_each_keeps_the_words_it_waits_with(as_alice: Caller, alice: User) -> None:
    waiting, other = make(alice, "draft", kind="image"), make(alice, "draft", kind="image")
    actions.schedule(alice.pk, waiting, WHEN, caption="At dawn")
    as_alice.post("/generate/batch/publish", ids(waiting, other))
    assert Creation.objects.get(pk=waiting).caption == "At dawn"
    assert Creation.objects.get(pk=other).caption == ""


def test_what_cannot_be_done_is_told_of_each_and_the_rest_is_done(
    as_alice: Caller, as_bob: Caller, alice: User, bob: User
) -> None:
    mine, failed, theirs = make(alice, "draft"), make(alice, "failed"), make(bob, "draft")
    nobodys = uuid4()
    answer = as_alice.post("/generate/batch/publish", ids(failed, mine, theirs, nobodys))
    assert answer.status_code == 207
    assert codes(answer) == [(409, "wrong_status"), (200, None), (404, "not_found"), (404, "not_found")]
    assert answer.json()["results"][0]["problem"]["creationStatus"] == "failed"
    assert (answer.json()["succeeded"], answer.json()["failed"]) == (1, 3)
    assert Creation.objects.get(pk=mine).status == "published"
    assert Creation.objects.get(pk=theirs).status == "draft"


def test_many_are_deleted_and_the_undo_brings_all_back(as_alice: Caller, alice: User) -> None:
    draft, post, failed = (make(alice, status) for status in ("draft", "published", "failed"))
    making = make(alice, "pending")
    assert tokens(alice) == (10, 20)
    answer = as_alice.post("/generate/batch/delete", ids(draft, post, failed, making))
    assert codes(answer) == [(200, None)] * 3 + [(409, "wrong_status")]
    assert "Cancel it first" in answer.json()["results"][3]["problem"]["detail"]
    assert tokens(alice) == (20, 10)
    assert len(as_alice.get("/generate/drafts").json()["creations"]) == 1
    undone = as_alice.post("/generate/batch/restore", ids(draft, post, failed, making))
    assert codes(undone) == [(200, None)] * 3 + [(404, "not_found")]
    assert [Creation.objects.get(pk=one).status for one in (draft, post, failed)] == [
        "draft",
        "published",
        "failed",
    ]
    as_alice.post("/generate/batch/delete", ids(draft))
    time_passes()
    clock.finish_deletions()
    assert codes(as_alice.post("/generate/batch/restore", ids(draft))) == [(404, "not_found")]
    assert books_balance()


def test_many_are_scheduled_and_taken_off_again(as_alice: Caller, alice: User) -> None:
    drafts = [make(alice, "draft", kind="image") for _ in range(2)]
    post = make(alice, "published")
    answer = as_alice.post("/generate/batch/schedule", {**ids(*drafts, post), "publishAt": WHEN})
    assert codes(answer) == [(200, None), (200, None), (409, "wrong_status")]
    assert Creation.objects.filter(publish_at__isnull=False).count() == 2
    cleared = as_alice.post("/generate/batch/schedule", {**ids(*drafts), "publishAt": None})
    assert cleared.status_code == 200
    assert Creation.objects.filter(publish_at__isnull=False).count() == 0


@pytest.mark.parametrize("verb", ["publish", "schedule", "delete", "restore", "zip"])
@pytest.mark.parametrize(
    ("creation_ids", "field"),
    [
        ([], "creationIds"),
        (["x"], "creationIds.0"),
        ([str(uuid4()) for _ in range(101)], "creationIds"),
        (None, "creationIds"),
        ("all", "creationIds"),
    ],
)
def test_a_batch_is_bounded_and_its_ids_are_checked(
    verb: str, creation_ids: object, field: str, as_alice: Caller
) -> None:
    more = {"publishAt": WHEN} if verb == "schedule" else {}
    answer = as_alice.post(f"/generate/batch/{verb}", {"creationIds": creation_ids, **more})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == field


def test_bad_words_and_times_are_422_for_the_whole(as_alice: Caller, a_draft: UUID) -> None:
    for verb, more, field in (
        ("publish", {"caption": "x" * 2201}, "caption"),
        ("schedule", {"publishAt": "2020-01-01T00:00:00Z"}, "publishAt"),
        ("schedule", {}, "publishAt"),
        ("delete", {"force": True}, "force"),
    ):
        answer = as_alice.post(f"/generate/batch/{verb}", {**ids(a_draft), **more})
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field)
    assert Creation.objects.get(pk=a_draft).status == "draft"


def test_one_named_twice_counts_once(as_alice: Caller, a_draft: UUID) -> None:
    answer = as_alice.post("/generate/batch/publish", ids(a_draft, a_draft))
    assert codes(answer) == [(200, None)]


def test_a_repeated_key_does_it_once_and_answers_the_same(
    as_alice: Caller, as_bob: Caller, alice: User
) -> None:
    draft, failed = make(alice, "draft"), make(alice, "failed")
    first = as_alice.post("/generate/batch/publish", ids(draft, failed), Idempotency_Key="once")
    again = as_alice.post("/generate/batch/publish", ids(draft, failed), Idempotency_Key="once")
    assert again.status_code == first.status_code == 207
    assert again.json() == first.json()
    assert CreationEvent.objects.filter(creation_id=draft, arrow="publish").count() == 1
    other = as_alice.post("/generate/batch/delete", ids(draft, failed), Idempotency_Key="once")
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_mismatch")
    # Without a key the second call says what is the case.
    assert codes(as_alice.post("/generate/batch/publish", ids(draft))) == [(409, "wrong_status")]


@pytest.mark.django_db(transaction=True)
def test_the_same_batch_at_the_same_instant_is_done_once(alice: User) -> None:
    drafts = [make(alice, "draft", kind="image") for _ in range(4)]
    once = partial(batches.publish, alice.pk, drafts, idempotency=("once", "digest"))
    answers = together([once] * 6)
    assert all(answer == answers[0] for answer in answers)
    assert CreationEvent.objects.filter(arrow="publish").count() == 4


@pytest.mark.django_db(transaction=True)
def test_batches_in_opposite_orders_and_single_verbs_never_wait_in_a_circle(alice: User) -> None:
    failed = [make(alice, "failed", kind="image") for _ in range(6)]
    answers = together(
        [
            partial(batches.delete, alice.pk, failed),
            partial(batches.delete, alice.pk, failed[::-1]),
            partial(batches.restore, alice.pk, failed),
            *[partial(actions.retry, alice.pk, one) for one in failed],
            partial(batches.restore, alice.pk, failed[::-1]),
        ]
    )
    wrong = [one for one in answers if type(one).__module__.startswith("django.db")]
    assert wrong == []
    rows = Creation.objects.filter(pk__in=failed)
    assert tokens(alice) == (50 - rows.exclude(hold=None).count(), rows.exclude(hold=None).count())
    assert books_balance()


def test_a_batch_costs_a_handful_of_queries_beside_three_for_each(
    alice: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    drafts = [make(alice, "draft", kind="image") for _ in range(5)]
    # Name and transaction, one lock; a row, its words and an event each.
    with django_assert_num_queries(3 + 1 + 3 * 5):
        batches.publish(alice.pk, drafts)


def test_drafts_are_sorted_by_state_and_kind(as_alice: Caller, alice: User) -> None:
    made = {status: make(alice, status, kind="image") for status in ("draft", "failed", "pending")}
    video, waiting = make(alice, "draft"), make(alice, "draft")
    make(alice, "published")
    actions.schedule(alice.pk, waiting, WHEN)

    def found(**query: str) -> list[str]:
        return [one["creationId"] for one in as_alice.get("/generate/drafts", **query).json()["creations"]]

    assert found(state="making") == [str(made["pending"])]
    assert found(state="ready") == [str(video), str(made["draft"])]
    assert found(state="ready", mediaType="image") == [str(made["draft"])]
    assert found(state="scheduled") == [str(waiting)]
    assert found(state="failed", mediaType="video") == []
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    assert "creations_drafts" in queries._drafts_of(alice.pk).order_by("-pk")[:24].explain()
    for query, field in (({"state": "lost"}, "state"), ({"mediaType": "opera"}, "mediaType")):
        answer = as_alice.get("/generate/drafts", **query)
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field)


def test_a_failed_one_is_retried_with_another_prompt_for_nothing_more(as_alice: Caller, alice: User) -> None:
    failed = make(alice, "failed")
    fence = Creation.objects.get(pk=failed).fence
    address = f"/generate/video/{failed}/retry"
    answers = [as_alice.post(address, {"prompt": " A calm lake "}, Idempotency_Key="k") for _ in range(2)]
    assert [one.status_code for one in answers] == [200, 200]
    assert answers[0].json() == answers[1].json()
    creation = answers[0].json()["creation"]
    assert (creation["prompt"], creation["status"]) == ("A calm lake", "pending")
    assert tokens(alice) == (40, 10)
    # What a provider still has was bought for the old words: the next attempt does not take it up.
    assert Creation.objects.get(pk=failed).fence == fence + 1
    assert CreationEvent.objects.filter(creation_id=failed, arrow="retry").count() == 1
    refused = as_alice.post(address, {"prompt": "Another"})
    assert (refused.status_code, refused.json()["code"]) == (409, "wrong_status")


@pytest.mark.parametrize("prompt", ["", "  ", "x" * 10_001, "a\0b", 7])
def test_a_bad_prompt_retries_nothing(prompt: object, as_alice: Caller, alice: User) -> None:
    failed = make(alice, "failed")
    answer = as_alice.post(f"/generate/video/{failed}/retry", {"prompt": prompt})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "prompt")
    row = Creation.objects.get(pk=failed)
    assert (row.status, row.prompt) == ("failed", "fail=moderated")

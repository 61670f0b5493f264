"""A draft that is published by itself: when, exactly once, and never against its owner's later wish."""

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from functools import partial
from uuid import UUID

import pytest
from django.db import connection, transaction
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from soho.accounts.models import User
from soho.creations import actions, clock, intake
from soho.creations.models import Creation, CreationEvent
from soho.creations.shape import timestamp
from soho.problems.refusals import InvalidField
from tests.creations.conftest import Caller, make, time_passes
from tests.ledger.together import together
from tests.support.engine import ROOT, environment, status, until, worker

NOW = datetime(2026, 3, 14, 12, 0, tzinfo=UTC)


@pytest.fixture
def a_draft(alice: User) -> UUID:
    """A still: it is made in no time."""
    return make(alice, "draft", kind="image")


def address(creation_id: UUID, verb: str = "schedule") -> str:
    return f"/generate/video/{creation_id}/{verb}"


def soon(**more: int) -> datetime:
    return timezone.now().replace(microsecond=0) + timedelta(**more or {"hours": 3})


def published(creation_id: UUID) -> int:
    """How often it was published."""
    return CreationEvent.objects.filter(creation_id=creation_id, arrow="publish").count()


def test_a_time_with_an_offset_is_kept_in_utc_and_the_draft_stays_a_draft(
    as_alice: Caller, as_bob: Caller, a_draft: UUID
) -> None:
    when = soon()
    there = when.astimezone(tz=datetime.strptime("+0530", "%z").tzinfo)
    answer = as_alice.post(address(a_draft), {"publishAt": there.isoformat(), "caption": "At dawn"})
    assert answer.status_code == 200
    creation = answer.json()["creation"]
    assert (creation["status"], creation["publishAt"], creation["caption"]) == (
        "draft",
        timestamp(when),
        "At dawn",
    )
    assert clock.publish_due() == 0
    assert as_bob.get("/feed").json()["creations"] == []


def test_it_is_published_when_its_time_comes_with_the_words_it_was_given(
    as_alice: Caller, as_bob: Caller, a_draft: UUID
) -> None:
    as_alice.post(address(a_draft), {"publishAt": soon(seconds=30).isoformat(), "caption": "At dawn"})
    time_passes(31)
    assert clock.publish_due() == 1
    [post] = as_bob.get("/feed").json()["creations"]
    assert (post["creationId"], post["caption"], post["username"], post["publishAt"]) == (
        str(a_draft),
        "At dawn",
        "alice",
        None,
    )
    event = CreationEvent.objects.filter(creation_id=a_draft).last()
    assert event is not None
    assert (event.arrow, event.detail) == ("publish", "on schedule")
    assert clock.publish_due() == 0
    assert as_alice.get("/generate/drafts").json()["creations"] == []


def test_changed_it_keeps_its_words_and_goes_by_the_new_time(as_alice: Caller, a_draft: UUID) -> None:
    as_alice.post(address(a_draft), {"publishAt": soon(seconds=30).isoformat(), "caption": "At dawn"})
    later = as_alice.post(address(a_draft), {"publishAt": soon(days=2).isoformat()}).json()["creation"]
    assert later["caption"] == "At dawn"
    time_passes(60)
    assert clock.publish_due() == 0
    time_passes(2 * 86_400)
    assert clock.publish_due() == 1


def test_cleared_it_waits_for_a_hand_and_clearing_twice_is_as_good_as_once(
    as_alice: Caller, a_draft: UUID
) -> None:
    as_alice.post(address(a_draft), {"publishAt": soon().isoformat(), "caption": "At dawn"})
    for _ in range(2):
        cleared = as_alice.delete(f"/generate/video/{a_draft}/schedule")
        assert cleared.status_code == 200
        assert (cleared.json()["creation"]["publishAt"], cleared.json()["creation"]["caption"]) == (None, "")
    assert CreationEvent.objects.filter(creation_id=a_draft, arrow="unschedule").count() == 1
    assert clock.publish_due() == 0


def test_published_by_hand_it_takes_the_words_along_and_is_not_published_again(
    as_alice: Caller, a_draft: UUID
) -> None:
    as_alice.post(address(a_draft), {"publishAt": soon(seconds=30).isoformat(), "caption": "At dawn"})
    post = as_alice.post(address(a_draft, "publish")).json()["creation"]
    assert (post["caption"], post["publishAt"]) == ("At dawn", None)
    as_alice.post(address(a_draft, "unpublish"))
    time_passes(60)
    assert clock.publish_due() == 0
    assert published(a_draft) == 1


def test_deleted_it_is_not_published_and_restored_late_it_is(as_alice: Caller, a_draft: UUID) -> None:
    as_alice.post(address(a_draft), {"publishAt": soon(seconds=5).isoformat()})
    as_alice.delete(f"/generate/video/{a_draft}")
    time_passes(8)
    assert clock.publish_due() == 0
    as_alice.post(address(a_draft, "restore"))
    assert clock.publish_due() == 1


def test_what_was_missed_is_caught_up_in_batches(alice: User) -> None:
    drafts = [make(alice, "draft", kind="image") for _ in range(3)]
    for number, draft in enumerate(drafts):
        actions.schedule(alice.pk, draft, soon(minutes=1 + number))
    time_passes(86_400)
    before, clock.BATCH = clock.BATCH, 2
    try:
        assert clock.publish_due() == 3
    finally:
        clock.BATCH = before
    assert [published(one) for one in drafts] == [1, 1, 1]


def test_the_drafts_of_somebody_who_is_switched_off_wait(alice: User, a_draft: UUID) -> None:
    actions.schedule(alice.pk, a_draft, soon(seconds=5))
    time_passes(60)
    User.objects.filter(pk=alice.pk).update(is_active=False)
    assert clock.publish_due() == 0
    User.objects.filter(pk=alice.pk).update(is_active=True)
    assert clock.publish_due() == 1


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("2026-03-14T11:59:59Z", "future"),
        ("2026-03-14T12:00:00Z", "future"),
        ("2026-03-14T13:00:00+02:00", "future"),
        ("2027-03-16T12:00:00Z", "within a year"),
        ("9999-12-31T23:59:59-01:00", "calendar"),
        ("2026-05-03T14:00:00", "offset"),
        ("2026-05-03", "offset"),
        ("tomorrow", "offset"),
        ("2026-05-03T14:00:00+2:00", "offset"),
        ("2026-05-03T14:00:00Z\n", "offset"),
        ("٢٠٢٦-05-03T14:00:00Z", "offset"),
        ("2026-02-30T14:00:00Z", "calendar"),
        ("2026-05-03T25:00:00Z", "calendar"),
        ("2026-05-03T14:00:00+99:00", "calendar"),
    ],
)
def test_a_time_that_cannot_be_is_refused_in_words(text: str, word: str) -> None:
    with pytest.raises(InvalidField, match=word) as refused:
        intake.publish_at(text, NOW)
    assert refused.value.field == "publishAt"


@pytest.mark.parametrize(
    "text", ["2026-03-14T12:00:01Z", "2026-03-14t14:30:00.5+02:00", "2027-03-14 12:00:00-00:00"]
)
def test_a_time_that_can_be_is_taken(text: str) -> None:
    assert NOW < intake.publish_at(text, NOW) <= NOW + timedelta(days=366)


def test_a_bad_time_is_422_and_names_the_field(as_alice: Caller, a_draft: UUID) -> None:
    for body in ({"publishAt": "2020-01-01T00:00:00Z"}, {"publishAt": 7}, {"publishAt": None}, {}):
        answer = as_alice.post(address(a_draft), body)
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "publishAt")
    long = as_alice.post(address(a_draft), {"publishAt": soon().isoformat(), "caption": "x" * 2201})
    assert (long.status_code, long.json()["errors"][0]["field"]) == (422, "caption")
    assert Creation.objects.get(pk=a_draft).publish_at is None


@pytest.mark.parametrize("status", ["pending", "processing", "published", "failed"])
def test_only_drafts_are_scheduled(status: str, as_alice: Caller, alice: User) -> None:
    creation_id = make(alice, status, kind="image")
    for answer in (
        as_alice.post(address(creation_id), {"publishAt": soon().isoformat()}),
        as_alice.delete(f"/generate/video/{creation_id}/schedule"),
    ):
        assert (answer.status_code, answer.json()["creationStatus"]) == (409, status)


def test_anothers_draft_is_not_there(as_bob: Caller, a_draft: UUID) -> None:
    assert as_bob.post(address(a_draft), {"publishAt": soon().isoformat()}).status_code == 404
    assert as_bob.delete(f"/generate/video/{a_draft}/schedule").status_code == 404


@pytest.mark.django_db(transaction=True)
def test_many_workers_at_the_same_instant_publish_each_exactly_once(alice: User) -> None:
    drafts = [make(alice, "draft", kind="image") for _ in range(12)]
    for draft in drafts:
        actions.schedule(alice.pk, draft, soon(seconds=20))
    time_passes(60)
    counts = together([clock.publish_due] * 6)
    assert sum(counts) == 12
    assert [published(one) for one in drafts] == [1] * 12


@pytest.mark.django_db(transaction=True)
def test_the_owners_verb_at_the_same_instant_wins_or_comes_after(alice: User) -> None:
    """Whoever is first, what the events tell is what the row says, and nothing is published twice."""
    verbs = [
        actions.delete,
        actions.unschedule,
        partial(actions.schedule, publish_at=soon(days=1)),
        actions.publish,
    ]
    for verb in verbs * 2:
        draft = make(alice, "draft", kind="image")
        actions.schedule(alice.pk, draft, soon(seconds=20))
        time_passes(60)
        together([clock.publish_due, partial(verb, alice.pk, draft), clock.publish_due])
        row = Creation.objects.get(pk=draft)
        assert published(draft) == (1 if row.status == "published" or row.deleted_from == "published" else 0)
        if row.status == "draft":
            assert row.publish_at is None or row.publish_at > timezone.now()
        clock.publish_due()
        assert published(draft) <= 1


@pytest.mark.django_db(transaction=True)
def test_the_tick_waits_for_nobody(alice: User) -> None:
    """A row that its owner holds is passed over, not waited for; the next tick finds it."""
    held, free = make(alice, "draft", kind="image"), make(alice, "draft", kind="image")
    for draft in (held, free):
        actions.schedule(alice.pk, draft, soon(seconds=20))
    time_passes(60)
    with transaction.atomic():
        Creation.objects.select_for_update().get(pk=held)
        [count] = together([clock.publish_due])
    assert count == 1
    assert clock.publish_due() == 1
    assert (published(held), published(free)) == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_a_worker_and_a_beat_publish_on_time_with_no_web_at_all(alice: User) -> None:
    # Given two drafts, one of them overdue since before anything was started.
    overdue, due = make(alice, "draft", kind="image"), make(alice, "draft", kind="image")
    actions.schedule(alice.pk, overdue, soon(seconds=20))
    time_passes(60)
    beat = [sys.executable, "-m", "soho", "beat"]
    with (
        worker(),
        worker(),
        subprocess.Popen(beat, cwd=ROOT, env=environment(SOHO_CLOCK_SECONDS="0.5")) as clockwork,
    ):
        try:
            until(lambda: status(overdue) == "published", sweeping=False)
            when = timezone.now() + timedelta(seconds=2)
            actions.schedule(alice.pk, due, when)
            until(lambda: status(due) == "published", sweeping=False)
        finally:
            clockwork.terminate()
    # Then each went out once, and the second not before its time.
    row = Creation.objects.get(pk=due)
    assert row.published_at is not None
    assert row.published_at >= when
    assert (published(overdue), published(due)) == (1, 1)


def test_an_idle_tick_is_one_small_query_each(
    alice: User, a_draft: UUID, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    actions.schedule(alice.pk, a_draft, soon())
    with django_assert_num_queries(3):  # a savepoint round it in tests
        clock.publish_due()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN {clock._PUBLISH_DUE}", [100])
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "creations_scheduled" in plan

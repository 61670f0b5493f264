"""The doctor finds nothing where all is well, and each harm by its name."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from click.testing import CliRunner
from django.db import connection, transaction

from soho.accounts.models import User
from soho.cli.main import main
from soho.creations import actions
from soho.creations.models import Creation, CreationEvent
from soho.creations.objects import storage
from soho.doctor import examine
from soho.feed import actions as feed
from soho.feed.models import SearchEntry
from soho.generation.models import Attempt
from soho.generation.run import work_once
from soho.ids import new_id
from soho.ledger import actions as ledger
from soho.providers import registry
from tests.support.engine import start, stored


@pytest.fixture(autouse=True)
def stage(settings: Any, transactional_db: None) -> Iterator[None]:
    settings.PROVIDERS = ["tests.support.rehearsal"]
    settings.ORPHAN_GRACE_SECONDS = 3600
    registry.providers.cache_clear()
    storage().delete(stored())
    yield
    registry.providers.cache_clear()


@pytest.fixture
def post(alice: User, bob: User) -> UUID:
    """A video that bob likes; beside it an image, one that failed, one cancelled, one that waits."""
    video = start(alice, "a lake")
    assert work_once("video", worker="test")
    actions.publish(alice.pk, video, caption="Mine")
    feed.like(bob, video)
    start(alice, "a lamp", kind="image")
    assert work_once("image", worker="test")
    start(bob, "fail=moderated")
    assert work_once("video", worker="test")
    actions.cancel(bob.pk, start(bob, "never mind"))
    start(bob, "later")
    return video


def checks() -> set[str]:
    return {finding.check for finding in examine()}


def test_all_is_well_in_every_state(post: UUID) -> None:
    assert list(examine()) == []
    answer = CliRunner().invoke(main, ["doctor"])
    assert (answer.exit_code, answer.stdout) == (0, "All is well (1 videos wait, 0 images wait).\n")


def forget_hold(post: UUID) -> None:
    Creation.objects.filter(status="pending").update(hold=None)


def name_an_ended_hold(post: UUID) -> None:
    spent = Creation.objects.get(pk=post)
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM ledger_transfer WHERE kind = 'hold' AND subject = %s", [spent.pk])
        (hold,) = cursor.fetchone()
    Creation.objects.filter(status="pending").update(hold=hold)


def hold_for_nothing(post: UUID) -> None:
    ledger.hold(Creation.objects.get(pk=post).user_id, 3, reason="stray", key="stray", subject=None)


def complete_twice(post: UUID) -> None:
    event = CreationEvent.objects.get(creation_id=post, arrow="complete")
    event.pk = new_id()
    event.save(force_insert=True)


def lose_an_event(post: UUID) -> None:
    CreationEvent.objects.filter(creation_id=post, arrow="complete").delete()


def buy_twice(post: UUID) -> None:
    Attempt.objects.filter(creation_id=post).update(provider_job="one", job_key="key")
    Attempt.objects.create(
        creation_id=post, fence=9, worker="w", provider="p", provider_job="two", job_key="key", outcome="lost"
    )


def miscount_likes(post: UUID) -> None:
    Creation.objects.filter(pk=post).update(like_count=7)


def lose_the_words(post: UUID) -> None:
    SearchEntry.objects.filter(creation_id=post).delete()


def keep_the_words(post: UUID) -> None:
    Creation.objects.filter(pk=post).update(status="draft", published_at=None)


def lose_an_object(post: UUID) -> None:
    storage().delete([Creation.objects.get(pk=post).thumbnail_key])


@pytest.mark.parametrize(
    ("harm", "named"),
    [
        (forget_hold, {"work without a hold", "hold without a creation"}),
        (name_an_ended_hold, {"hold that has ended", "hold without a creation"}),
        (hold_for_nothing, {"hold without a creation"}),
        (complete_twice, {"completed twice"}),
        (lose_an_event, {"made without an event"}),
        (buy_twice, {"a job bought twice"}),
        (miscount_likes, {"likes that do not add up"}),
        (lose_the_words, {"post that cannot be found"}),
        (keep_the_words, {"words of what is not published"}),
        (lose_an_object, {"object that is missing"}),
    ],
)
def test_each_harm_is_found_by_its_name(harm: Callable[[UUID], None], named: set[str], post: UUID) -> None:
    harm(post)
    assert checks() == named
    answer = CliRunner().invoke(main, ["doctor"])
    assert answer.exit_code == 1
    assert "are wrong" in answer.stderr


@pytest.mark.parametrize("harm", [lose_the_words, keep_the_words])
def test_what_needs_no_choice_is_mended_on_request(harm: Callable[[UUID], None], post: UUID) -> None:
    harm(post)
    answer = CliRunner().invoke(main, ["doctor", "--mend"])
    assert answer.exit_code == 0
    assert answer.stdout.startswith("Words and tags of 1 posts were put right.\nAll is well")
    assert CliRunner().invoke(main, ["doctor", "--mend"]).stdout.startswith("Words and tags of 0 posts")


def test_what_nothing_names_is_found_once_it_is_old_enough(post: UUID, settings: Any) -> None:
    gone = Creation.objects.filter(media_type="image").get()
    Creation.objects.filter(pk=gone.pk).delete()
    assert "object that nothing names" not in checks()
    settings.ORPHAN_GRACE_SECONDS = -timedelta(minutes=1).total_seconds()
    found = {finding.subject for finding in examine() if finding.check == "object that nothing names"}
    assert found == {gone.media_key, gone.thumbnail_key}


def test_what_was_given_away_is_found(post: UUID) -> None:
    Creation.objects.filter(pk=post).update(tokens=11)
    with transaction.atomic(), connection.cursor() as cursor:
        # What the trigger refuses to everybody else.
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(
            "UPDATE ledger_transfer SET subject = NULL WHERE subject = %s AND kind = 'capture'", [post]
        )
    assert "made but not paid for" in checks()


def test_what_was_deleted_and_brought_back_is_well(post: UUID, alice: User, bob: User) -> None:
    failed = Creation.objects.get(status="failed", error_code="moderated")
    for person, one in ((alice, post), (bob, failed.pk)):
        actions.delete(person.pk, one)
        assert list(examine()) == []
        actions.restore(person.pk, one)
    assert list(examine()) == []

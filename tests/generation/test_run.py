"""One attempt in this very process: what becomes of each kind of success and failure."""

import os
import shutil
import threading
from pathlib import Path

import pytest
from pytest_django import Settings

from soho import media
from soho.accounts.models import User
from soho.creations import actions
from soho.creations.errors import LeaseLost
from soho.creations.models import Creation
from soho.creations.objects import storage
from soho.creations.outcomes import Made, complete
from soho.generation import finish, queue
from soho.generation.models import Attempt
from soho.generation.run import work_once
from soho.storage import StorageError
from tests.support.engine import books_balance, start, status, stored, tokens
from tests.support.rehearsal import count


def run_out(kind: str = "video") -> None:
    """Works until nothing may be claimed, letting no backoff pass."""
    while work_once(kind, worker="here"):
        pass


def wait_no_longer(creation_id: object) -> None:
    Creation.objects.filter(pk=creation_id).update(not_before=None)


def test_a_video_becomes_a_draft_with_everything_that_was_probed(alice: User) -> None:
    creation_id = start(alice, "steps=3", seed=7)
    run_out()

    creation = Creation.objects.get(pk=creation_id)
    assert creation.status == "draft"
    assert (creation.width, creation.height, creation.duration) == (180, 320, 2.0)
    assert creation.media_key == f"videos/{alice.pk}/{creation_id}.mp4"
    assert creation.thumbnail_key == f"videos/{alice.pk}/{creation_id}_thumb.jpg"
    assert creation.placeholder
    found = storage().stat(creation.media_key)
    assert found is not None
    assert found.size == creation.size_bytes
    assert len(stored()) == 4
    assert tokens(alice) == (40, 0)
    assert books_balance()


def test_an_image_becomes_a_draft_and_costs_one(alice: User) -> None:
    creation_id = start(alice, "steps=3", kind="image")
    run_out("image")

    creation = Creation.objects.get(pk=creation_id)
    assert (creation.status, creation.content_type, creation.duration) == ("draft", "image/png", None)
    assert stored() == {creation.media_key, creation.thumbnail_key}
    assert tokens(alice) == (49, 0)


def test_a_refusal_is_final_and_keeps_the_hold(alice: User) -> None:
    creation_id = start(alice, "fail=moderated")
    run_out()

    creation = Creation.objects.get(pk=creation_id)
    assert (creation.status, creation.error_code, creation.error_retriable) == ("failed", "moderated", False)
    assert creation.error_message == "The rehearsal says no."
    assert tokens(alice) == (40, 10)
    assert count(creation_id, "turns") == 1


def test_a_stumble_is_tried_again_by_itself_within_the_same_hold(alice: User) -> None:
    creation_id = start(alice, "stumble=provider_down times=2")
    for _ in range(3):
        run_out()
        assert tokens(alice)[0] == 40
        wait_no_longer(creation_id)
    assert status(creation_id) == "draft"
    assert count(creation_id, "turns") == 3
    assert tokens(alice) == (40, 0)


def test_between_attempts_it_waits_and_cannot_be_claimed(alice: User) -> None:
    creation_id = start(alice, "stumble=provider_down")
    run_out()
    creation = Creation.objects.get(pk=creation_id)
    assert creation.status == "processing"
    assert creation.not_before is not None
    assert queue.claim("video", worker="other") is None


def test_three_stumbles_are_a_failure_that_a_retry_can_mend_for_nothing(alice: User) -> None:
    creation_id = start(alice, "stumble=provider_down times=3")
    for _ in range(4):
        run_out()
        wait_no_longer(creation_id)
    assert status(creation_id) == "failed"
    assert count(creation_id, "turns") == 3

    actions.retry(alice.pk, creation_id)
    assert tokens(alice) == (40, 10)
    run_out()
    assert status(creation_id) == "draft"
    assert tokens(alice) == (40, 0)
    assert books_balance()


@pytest.mark.parametrize(
    ("clip", "code"),
    [
        ("black", "black"),
        ("frozen", "frozen"),
        ("short", "wrong_length"),
        ("text", "wrong_type"),
        ("torn", None),
    ],
)
def test_the_gate_refuses_bad_clips_as_retriable(clip: str, code: str | None, alice: User) -> None:
    creation_id = start(alice, f"clip={clip}")
    for _ in range(3):
        run_out()
        wait_no_longer(creation_id)
    creation = Creation.objects.get(pk=creation_id)
    assert creation.status == "failed"
    assert creation.error_retriable
    assert creation.error_code in ({code} if code else {"truncated", "undecodable"})
    assert stored() == set()
    assert count(creation_id, "turns") == 3


def test_a_defect_in_a_provider_is_told_kindly_and_logged(alice: User) -> None:
    creation_id = start(alice, "break=1")
    for _ in range(3):
        run_out()
        wait_no_longer(creation_id)
    creation = Creation.objects.get(pk=creation_id)
    assert creation.error_code == "internal"
    assert "defect" not in creation.error_message
    assert "a defect in the provider" in Attempt.objects.filter(creation=creation)[0].error_detail


def test_a_thumbnail_that_cannot_be_made_is_no_failure(
    alice: User, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    whole = media.process_video
    monkeypatch.setattr(
        finish.media,
        "process_video",
        lambda path, workdir, **more: whole(path, workdir, make_thumbnail=_broken_pen, **more),
    )
    creation_id = start(alice, "steps=1")
    run_out()

    creation = Creation.objects.get(pk=creation_id)
    assert creation.status == "draft"
    assert b"".join(storage().open(creation.thumbnail_key))[:2] == b"\xff\xd8"
    assert "thumbnail.failed" in caplog.text


def _broken_pen(*_: object) -> None:
    raise OSError("the pen is broken")


def test_a_storage_that_does_not_answer_is_tried_again(alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    creation_id = start(alice, "steps=1")

    def down(*_: object) -> None:
        raise StorageError("The bucket does not answer.")

    with monkeypatch.context() as broken:
        broken.setattr(finish, "put_many", down)
        run_out()
    assert status(creation_id) == "processing"
    wait_no_longer(creation_id)
    run_out()
    assert status(creation_id) == "draft"


def test_an_attempt_has_a_hard_limit(alice: User, settings: Settings) -> None:
    settings.ATTEMPT_SECONDS = 0.5
    creation_id = start(alice, "steps=100 pace=0.05")
    run_out()
    attempt = Attempt.objects.get(creation_id=creation_id)
    assert (attempt.outcome, attempt.error_code) == ("failed", "timed_out")


def test_work_that_never_looks_up_loses_its_lease_at_the_limit(alice: User, settings: Settings) -> None:
    settings.ATTEMPT_SECONDS = 0.4
    settings.LEASE_SECONDS = 0.8
    creation_id = start(alice, "stuck=2")
    stuck = threading.Thread(target=_run_and_close)
    stuck.start()
    stuck.join(1.7)
    taken = queue.claim("video", worker="other")
    stuck.join()
    assert taken is not None
    assert taken.creation_id == creation_id


def test_a_worker_that_slept_past_its_lease_can_write_nothing(alice: User) -> None:
    creation_id = start(alice, "steps=1")
    sleeper = queue.claim("video", worker="sleeper")
    assert sleeper is not None
    Creation.objects.filter(pk=creation_id).update(lease_until="2020-01-01T00:00:00Z")
    run_out()
    assert status(creation_id) == "draft"

    with pytest.raises(LeaseLost):
        queue.heartbeat(creation_id, sleeper.fence, progress=0.5, note="still here")
    with pytest.raises(LeaseLost):
        complete(creation_id, sleeper.fence, Made("a", "b", "c", "d", "", "video/mp4", 1, 1.0, 2, 2))
    assert tokens(alice) == (40, 0)
    assert books_balance()


@pytest.mark.parametrize("kind", ["video", "image"])
def test_cancelling_reaches_the_running_work_within_two_seconds(
    kind: str, alice: User, settings: Settings
) -> None:
    settings.LEASE_SECONDS, settings.HEARTBEAT_SECONDS = 30, 1
    creation_id = start(alice, "steps=400 pace=0.05", kind=kind)
    at_work = threading.Thread(target=_run_and_close, args=[kind])
    at_work.start()
    while not count(creation_id, "turns"):
        threading.Event().wait(0.02)
    actions.cancel(alice.pk, creation_id)
    at_work.join(2)

    assert not at_work.is_alive()
    creation = Creation.objects.get(pk=creation_id)
    assert (creation.status, creation.error_code) == ("failed", "cancelled")
    assert tokens(alice) == (50, 0)
    assert stored() == set()
    assert Attempt.objects.get(creation_id=creation_id).outcome == "lost"


def test_retrying_a_cancelled_one_holds_its_price_again(alice: User) -> None:
    creation_id = start(alice, "steps=1")
    for _ in range(2):
        actions.cancel(alice.pk, creation_id)
        assert tokens(alice) == (50, 0)
        actions.retry(alice.pk, creation_id)
        assert tokens(alice) == (40, 10)
    run_out()
    assert tokens(alice) == (40, 0)
    assert books_balance()


def _run_and_close(kind: str = "video") -> None:
    from django.db import connection

    work_once(kind, worker="in a thread")
    connection.close()


def test_a_message_delivered_twice_finds_nothing_to_claim(alice: User) -> None:
    start(alice, "steps=1")
    assert work_once("video", worker="first")
    assert not work_once("video", worker="second")
    assert tokens(alice) == (40, 0)


def test_what_it_usually_takes_is_noted_for_the_next(alice: User) -> None:
    start(alice, "steps=2 pace=0.1")
    run_out()
    second = start(alice, "steps=1")
    queue.claim("video", worker="here")
    expected = Creation.objects.get(pk=second).expected_seconds
    assert expected is not None
    assert 0.1 < expected < 30


def test_what_killed_workers_left_on_the_disk_is_cleared(alice: User, settings: Settings) -> None:
    root: Path = settings.SOHO_HOME / "work"
    left, in_use = root / "left", root / "in-use"
    for folder in (left, in_use):
        folder.mkdir(parents=True)
        (folder / "clip.mp4").write_bytes(b"half a film")
    os.utime(left, (0, 0))
    start(alice, "steps=1")
    run_out()
    assert not left.exists()
    assert in_use.exists()
    shutil.rmtree(in_use)

"""What is bought from somebody else's server is bought once, taken up, and cancelled when nobody wants it."""

import threading
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.utils import timezone

from soho.accounts.models import User
from soho.creations import actions, clock
from soho.creations.models import Creation
from soho.generation import finish, queue, turns
from soho.generation.leftovers import close_forgotten, stop_leftovers
from soho.generation.models import Attempt
from soho.generation.run import work_once
from soho.providers import remote
from soho.storage import StorageError
from tests.generation.far import Stage, order, work
from tests.providers.scenarios import RETRY_AFTER, Scenario
from tests.support.engine import books_balance, died, settle, status, tokens, until, worker
from tests.support.worker import BUYING_POINTS


def attempts(creation_id: object) -> list[Attempt]:
    return list(Attempt.objects.filter(creation_id=creation_id).order_by("fence"))


@pytest.mark.timeout(120)
@pytest.mark.parametrize("point", BUYING_POINTS)
def test_a_worker_killed_while_it_buys_leaves_one_job_and_one_draft(
    point: str, alice: User, far: Stage
) -> None:
    creation_id = order(alice)
    with worker(dies_at=point, **far.worker()) as doomed:
        until(lambda: died(doomed))
    with worker(**far.worker()):
        settle(creation_id)

    assert status(creation_id) == "draft"
    assert far.far.bought == 1
    first, second = attempts(creation_id)
    assert first.job_key == second.job_key
    assert (first.outcome, second.outcome) == ("lost", "succeeded")
    assert [one.job_lives or one.unsettled for one in (first, second)] == [False, False]
    assert tokens(alice) == (40, 0)
    assert books_balance()


@pytest.mark.timeout(120)
def test_a_submit_that_nobody_can_look_up_is_final_and_only_a_person_orders_it_anew(
    alice: User, far: Stage
) -> None:
    far.far.finds_by_key = False
    creation_id = order(alice)
    with worker(dies_at="submitted", **far.worker()) as doomed:
        until(lambda: died(doomed))
    until(lambda: turns.waiting("video") > 0, sweeping=False)

    creation = work(creation_id)
    assert (creation.status, creation.error_code, creation.error_retriable) == (
        "failed",
        "unknown_outcome",
        True,
    )
    assert "do not order it a second time" in creation.error_message
    assert (far.far.bought, far.near.bought) == (1, 0)
    assert tokens(alice) == (40, 10)

    actions.retry(alice.pk, creation_id)
    assert work(creation_id).status == "draft"
    assert far.far.bought == 2
    first, _, third = attempts(creation_id)
    assert first.job_key != third.job_key


def test_a_submit_that_was_cut_off_is_not_repeated(alice: User, far: Stage) -> None:
    far.far.scenario = Scenario.CUT_IN_SUBMIT
    creation = work(order(alice))
    assert (creation.status, creation.error_code) == ("failed", "unknown_outcome")
    assert (far.far.submits, far.near.submits) == (1, 0)
    assert not work_once("video", worker="another")


def test_a_server_that_stops_answering_keeps_its_job_for_the_next_attempt(
    alice: User, far: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remote, "PATIENCE_SECONDS", 0.05)
    monkeypatch.setattr(remote, "LISTEN_SECONDS", 0.02)
    creation_id = order(alice)
    far.far.answers_polls = False
    monkeypatch.setattr("tests.support.far._down", _down_for_a_moment)
    creation = work(creation_id)
    assert (creation.status, creation.trying) == ("processing", "")
    [first] = attempts(creation_id)
    assert (first.outcome, first.error_code, first.job_lives) == ("failed", "provider_down", True)

    far.far.answers_polls = True
    assert work(creation_id).status == "draft"
    assert (far.far.bought, far.near.bought) == (1, 0)


def _down_for_a_moment(detail: str) -> Exception:
    from soho.providers.contract import ProviderError

    return ProviderError("provider_down", "Down.", retriable=True, detail=detail, retry_after=0.02)


def test_a_job_that_cannot_be_reached_is_left_to_another_model_in_the_end_and_cancelled(
    alice: User, far: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remote, "PATIENCE_SECONDS", 0.05)
    monkeypatch.setattr(remote, "LISTEN_SECONDS", 0.02)
    monkeypatch.setattr("tests.support.far._down", _down_for_a_moment)
    creation_id = order(alice)
    far.far.answers_polls = False
    assert work(creation_id, times=2).trying == ""
    assert work(creation_id).trying == "near"
    assert work(creation_id).made_by == "near"
    assert (far.far.bought, far.far.cancelled) == (1, 0)
    assert stop_leftovers() == 1
    assert far.far.cancelled == 1


def test_what_was_made_but_not_stored_is_fetched_again_not_bought_again(
    alice: User, far: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    creation_id = order(alice)

    def down(*_: object) -> None:
        raise StorageError("The bucket does not answer.")

    with monkeypatch.context() as broken:
        broken.setattr(finish, "put_many", down)
        assert work(creation_id).status == "processing"
    assert work(creation_id).status == "draft"
    [job] = far.far.jobs.values()
    assert (job.fetched, far.near.bought) == (2, 0)


def test_a_clip_that_is_not_good_enough_is_made_anew(alice: User, far: Stage) -> None:
    far.alone()
    far.far.scenario = Scenario.WRONG_TYPE
    creation_id = order(alice)
    work(creation_id)
    far.far.scenario = Scenario.SUCCESS
    assert work(creation_id).status == "draft"
    first, second = attempts(creation_id)
    assert first.job_key != second.job_key
    assert far.far.bought == 2


def test_the_wait_that_a_provider_asks_for_lengthens_the_backoff(alice: User, far: Stage) -> None:
    far.alone()
    far.far.scenario = Scenario.RATE_LIMITED
    creation = work(order(alice))
    assert creation.not_before is not None
    assert creation.not_before > timezone.now() + timedelta(seconds=RETRY_AFTER - 2)


def test_cancelling_stops_the_job_at_the_provider(alice: User, far: Stage) -> None:
    far.far.scenario = Scenario.ENDLESS
    creation_id = order(alice)
    at_work = threading.Thread(target=_run_and_close)
    at_work.start()
    until(lambda: any(job.asked for job in far.far.jobs.values()), sweeping=False)
    actions.cancel(alice.pk, creation_id)
    at_work.join(10)
    assert not at_work.is_alive()
    assert (far.far.bought, far.far.cancelled) == (1, 1)
    assert tokens(alice) == (50, 0)


def _run_and_close() -> None:
    work_once("video", worker="in a thread")
    connection.close()


@pytest.mark.timeout(120)
def test_the_job_of_a_cancelled_creation_whose_worker_was_dead_is_cancelled_by_upkeep(
    alice: User, far: Stage
) -> None:
    far.far.scenario = Scenario.ENDLESS
    creation_id = order(alice)
    with worker(dies_at="remembered", **far.worker()) as doomed:
        until(lambda: died(doomed))
    assert stop_leftovers() == 0, "somebody will take it up"
    actions.cancel(alice.pk, creation_id)
    assert stop_leftovers() == 1
    assert stop_leftovers() == 0
    assert far.far.cancelled == 1


@pytest.mark.timeout(120)
def test_a_job_that_was_never_written_down_is_found_by_its_key_and_cancelled(alice: User, far: Stage) -> None:
    far.far.scenario = Scenario.ENDLESS
    creation_id = order(alice)
    with worker(dies_at="submitted", **far.worker()) as doomed:
        until(lambda: died(doomed))
    actions.cancel(alice.pk, creation_id)
    actions.delete(alice.pk, creation_id)
    Creation.objects.update(deleted_at=timezone.now() - timedelta(hours=1))
    assert clock.finish_deletions() == 1
    assert stop_leftovers() == 1
    assert far.far.cancelled == 1


def test_a_stopped_worker_leaves_its_job_running_for_the_next(alice: User, far: Stage) -> None:
    far.far.scenario = Scenario.ENDLESS
    creation_id = order(alice)
    stopping = threading.Event()

    def run() -> None:
        work_once("video", worker="being stopped", stopping=stopping)
        connection.close()

    at_work = threading.Thread(target=run)
    at_work.start()
    until(lambda: any(job.asked for job in far.far.jobs.values()), sweeping=False)
    stopping.set()
    at_work.join(10)
    assert far.far.cancelled == 0
    far.far.finish_all()
    assert work(creation_id).status == "draft"
    assert far.far.bought == 1


def test_upkeep_asks_again_later_when_the_server_does_not_answer(alice: User, far: Stage) -> None:
    creation_id = order(alice)
    claim = queue.claim("video", worker="dies")
    assert claim
    queue.intend(creation_id, claim.fence)
    queue.remember_job(creation_id, claim.fence, "far-1")
    actions.cancel(alice.pk, creation_id)
    text = far.file.read_text().replace(far.far.address, "http://127.0.0.1:1")
    far.file.write_text(text)
    from soho.providers import registry

    registry.forget()
    assert stop_leftovers() == 0
    [attempt] = attempts(creation_id)
    assert attempt.job_lives
    assert attempt.stop_after is not None
    assert attempt.stop_after > timezone.now()


def test_attempts_outlive_the_creation_they_were_made_for(alice: User, far: Stage) -> None:
    creation_id = order(alice, kind="image")
    work(creation_id)
    actions.delete(alice.pk, creation_id)
    Creation.objects.update(deleted_at=timezone.now() - timedelta(hours=1))
    assert clock.finish_deletions() == 1
    [attempt] = Attempt.objects.all()
    assert (attempt.creation_id, attempt.model, attempt.provider, attempt.outcome) == (
        None,
        "far",
        "far",
        "succeeded",
    )
    assert not Creation.objects.filter(pk=creation_id).exists()


def test_an_attempt_keeps_what_it_cost_and_what_it_delivered(alice: User, far: Stage) -> None:
    creation_id = order(alice)
    work(creation_id)
    [attempt] = attempts(creation_id)
    assert (float(attempt.cost or 0), attempt.delivered_seconds) == (0.5, 2.0)


def test_what_the_provider_would_not_begin_cost_nothing(alice: User, far: Stage) -> None:
    far.far.scenario = Scenario.REFUSED
    creation_id = order(alice)
    work(creation_id)
    [attempt] = attempts(creation_id)
    assert (attempt.error_code, attempt.cost, attempt.unsettled) == ("moderated", None, False)


@pytest.mark.timeout(120)
def test_what_a_dead_worker_bought_is_counted_once(alice: User, far: Stage) -> None:
    creation_id = order(alice)
    with worker(dies_at="remembered", **far.worker()) as doomed:
        until(lambda: died(doomed))
    Creation.objects.filter(pk=creation_id).update(lease_until=timezone.now() - timedelta(seconds=1))
    work(creation_id)
    assert [one.cost for one in attempts(creation_id)] == [Decimal("0.5"), None]


@pytest.mark.parametrize(
    ("status_now", "outcome"), [("draft", "succeeded"), ("failed", "lost"), ("processing", "running")]
)
def test_attempts_whose_worker_died_at_the_very_end_are_closed_in_time(
    status_now: str, outcome: str, alice: User, far: Stage
) -> None:
    creation_id = order(alice)
    work(creation_id)
    Attempt.objects.update(outcome="running", ended_at=None)
    Creation.objects.update(status=status_now)
    assert close_forgotten() == 0, "its worker may still be about to close it"
    Attempt.objects.update(started_at=timezone.now() - timedelta(hours=1))
    assert close_forgotten() == (outcome != "running")
    [attempt] = attempts(creation_id)
    assert attempt.outcome == outcome

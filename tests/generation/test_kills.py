"""Workers die at every point; no creation is stuck, no token lost or taken twice, no object left over."""

from datetime import timedelta

import pytest

from soho.accounts.models import User
from soho.creations.models import Creation, CreationEvent
from soho.creations.objects import remove_orphans
from soho.generation.models import Attempt
from tests.generation.conftest import empty_broker
from tests.support.engine import books_balance, died, settle, start, status, stored, tokens, until, worker
from tests.support.rehearsal import count
from tests.support.worker import POINTS


@pytest.mark.timeout(120)
@pytest.mark.parametrize("point", POINTS)
def test_the_next_worker_finishes_what_a_killed_one_began(point: str, alice: User) -> None:
    creation_id = start(alice, "steps=6 pace=0.02")
    with worker(dies_at=point) as doomed:
        until(lambda: died(doomed))

    with worker():
        settle(creation_id)

    creation = Creation.objects.get(pk=creation_id)
    assert creation.status == "draft"
    assert tokens(alice) == (40, 0)
    assert books_balance()
    assert CreationEvent.objects.filter(creation_id=creation_id, arrow="complete").count() == 1
    remove_orphans(older_than=timedelta(seconds=-5))
    assert stored() == {
        creation.media_key,
        creation.thumbnail_key,
        creation.rendition_key,
        creation.poster_key,
    }


@pytest.mark.timeout(120)
def test_a_creation_that_kills_every_worker_is_given_up_and_keeps_its_hold(alice: User) -> None:
    creation_id = start(alice, "steps=6 pace=0.02")
    Creation.objects.filter(pk=creation_id).update(claims=6)

    with worker():
        settle(creation_id)

    creation = Creation.objects.get(pk=creation_id)
    assert (creation.status, creation.error_code, creation.error_retriable) == ("failed", "worker_lost", True)
    assert tokens(alice) == (40, 10)


@pytest.mark.timeout(120)
def test_a_killed_worker_leaves_its_providers_job_to_the_next_which_buys_no_other(alice: User) -> None:
    creation_id = start(alice, "job=abc steps=6 pace=0.02")
    with worker(dies_at="generating") as doomed:
        until(lambda: died(doomed))

    with worker():
        settle(creation_id)

    assert status(creation_id) == "draft"
    assert count(creation_id, "bought") == 1
    assert count(creation_id, "resumed-abc") == 1
    outcomes = (
        Attempt.objects.filter(creation_id=creation_id).order_by("fence").values_list("outcome", flat=True)
    )
    assert list(outcomes) == ["lost", "succeeded"]


@pytest.mark.timeout(120)
def test_a_wiped_broker_loses_nothing(alice: User, bob: User) -> None:
    first, second = start(alice, "steps=2"), start(bob, "steps=2")
    empty_broker()
    with worker():
        settle(first, second)
        empty_broker()
        third = start(alice, "steps=2")
        empty_broker()
        settle(third)
    assert [status(one) for one in (first, second, third)] == ["draft"] * 3
    assert books_balance()


@pytest.mark.timeout(120)
def test_a_worker_asked_to_stop_hands_its_creation_back(alice: User) -> None:
    creation_id = start(alice, "steps=600 pace=0.05")
    with worker() as stopping:
        until(lambda: Creation.objects.get(pk=creation_id).progress > 0)
        stopping.terminate()
        until(lambda: stopping.poll() is not None, seconds=10, sweeping=False)

    creation = Creation.objects.get(pk=creation_id)
    assert (creation.status, creation.lease_until, creation.claims) == ("processing", None, 0)
    assert tokens(alice) == (40, 10)

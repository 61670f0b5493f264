"""Whose turn it is."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest
from django.db import connection
from pytest_django import Settings

from soho.accounts.models import User
from soho.creations.models import Creation
from soho.generation import queue, tasks
from soho.generation.queue import Claim
from tests.support.engine import start


def claims(number: int) -> Sequence[UUID | None]:
    """Who is served, claim by claim."""
    return [found.user_id if (found := queue.claim("video", worker="here")) else None for _ in range(number)]


def test_people_take_turns_however_much_one_of_them_asked_for(
    alice: User, bob: User, settings: Settings
) -> None:
    settings.RUNNING_PER_USER = 100
    for _ in range(5):
        start(alice, "steps=1")
    start(bob, "steps=1")
    assert claims(3) == [alice.pk, bob.pk, alice.pk]


def test_a_persons_own_work_goes_oldest_first(alice: User) -> None:
    first, second = start(alice, "one"), start(alice, "two")
    found = [queue.claim("video", worker="here") for _ in range(2)]
    assert [one.creation_id for one in found if one] == [first, second]


def test_nobody_has_more_running_than_the_limit(alice: User, bob: User, settings: Settings) -> None:
    settings.RUNNING_PER_USER = 2
    for _ in range(4):
        start(alice, "steps=1")
    assert claims(3) == [alice.pk, alice.pk, None]
    start(bob, "steps=1")
    assert claims(1) == [bob.pk]


def test_an_image_does_not_wait_for_the_same_persons_videos(alice: User, settings: Settings) -> None:
    settings.RUNNING_PER_USER = 1
    start(alice, "steps=1")
    start(alice, "steps=1", kind="image")
    assert queue.claim("video", worker="here")
    found = queue.claim("image", worker="here")
    assert found
    assert found.kind == "image"


@pytest.mark.parametrize("limit", [1, 3])
def test_workers_that_claim_at_once_never_share_nor_pass_the_limit(
    limit: int, alice: User, bob: User, settings: Settings
) -> None:
    settings.RUNNING_PER_USER = limit
    for _ in range(4):
        start(alice, "steps=1")
        start(bob, "steps=1")

    def claim(number: int) -> Claim | None:
        try:
            return queue.claim("video", worker=f"worker {number}")
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as threads:
        found = [one for one in threads.map(claim, range(8)) if one]
    assert len({one.creation_id for one in found}) == len(found)
    assert len(found) == 2 * limit
    assert Creation.objects.filter(user=alice, status="processing").count() == limit


def test_each_claim_raises_the_fence(alice: User) -> None:
    creation_id = start(alice, "steps=1")
    first = queue.claim("video", worker="here")
    Creation.objects.filter(pk=creation_id).update(lease_until="2020-01-01T00:00:00Z")
    second = queue.claim("video", worker="there")
    assert first
    assert second
    assert (first.fence, second.fence) == (1, 2)


def test_the_sweep_rings_once_for_each_that_waits_however_often_it_sweeps(alice: User, bob: User) -> None:
    from tests.generation.conftest import empty_broker

    for _ in range(3):
        start(alice, "steps=1")
    empty_broker()
    for _ in range(4):
        tasks.sweep()
    assert tasks._rings_under_way("video") == 3


def test_starting_survives_a_broker_that_is_down(alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    from kombu.exceptions import OperationalError

    from soho.config.celery import app

    def down(*_: object, **__: object) -> None:
        raise OperationalError("Connection refused")

    monkeypatch.setattr(app, "send_task", down)
    creation_id = start(alice, "steps=1")
    assert Creation.objects.get(pk=creation_id).status == "pending"

"""A lane of its own: what its models are asked for is claimed there and nowhere else. No torch is needed."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.core.exceptions import ImproperlyConfigured
from pytest_django import Settings

from soho.accounts.models import User
from soho.cli.services import _own_lanes
from soho.config.celery import app
from soho.creations import actions, intake
from soho.creations.models import Creation
from soho.generation import queue, turns
from soho.generation.tasks import probe_models, sweep
from soho.providers import health, registry
from tests.diffusers.test_folders import model_folder
from tests.generation.conftest import empty_broker

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def stage(settings: Settings, tmp_path: Path) -> Iterator[None]:
    model_folder(tmp_path / "shelf" / "wan")
    model_folder(tmp_path / "shelf" / "sdxl", "StableDiffusionXLPipeline", unet="UNet2DConditionModel")
    settings.CONFIG_FILE = tmp_path / "soho.toml"
    settings.CONFIG_FILE.write_text(
        '[providers.local]\nkind = "diffusers"\nfolder = "shelf"\ndevice = "cpu"\n'
    )
    settings.CONFIG_IS_NAMED = True
    settings.PROVIDERS = ["tests.support.rehearsal"]
    registry.forget()
    empty_broker()
    yield
    registry.forget()


def start(user: User, model: str, kind: Any = "video") -> UUID:
    return actions.start(user, intake.order(kind, "A lake", model=model))


def rings(lane: str) -> int:
    with app.connection_for_read() as connection:
        found: int = connection.default_channel.client.llen(lane)
    return found


def test_only_the_workers_of_a_lane_claim_for_it(alice: User, bob: User) -> None:
    health.probe()
    film, picture = start(alice, "wan"), start(alice, "sdxl", "image")
    other = start(bob, "rehearsal")

    assert (turns.waiting("video"), turns.waiting("video", "gpu"), turns.waiting("image", "gpu")) == (1, 1, 1)
    ordinary = queue.claim("video", worker="ordinary")
    assert ordinary is not None
    assert ordinary.creation_id == other
    assert queue.claim("video", worker="ordinary") is None
    assert queue.claim("image", worker="ordinary") is None
    claimed = [queue.claim(kind, worker="gpu", lane="gpu") for kind in ("video", "image", "video")]
    assert [one and one.creation_id for one in claimed] == [film, picture, None]


def test_a_successor_with_a_lane_is_claimed_in_that_lane(alice: User) -> None:
    creation = start(alice, "rehearsal")
    Creation.objects.filter(pk=creation).update(trying="wan")
    assert queue.claim("video", worker="ordinary") is None
    found = queue.claim("video", worker="gpu", lane="gpu")
    assert found is not None
    assert (found.model, found.asked_model) == ("wan", "rehearsal")


def test_rings_go_to_the_lane_and_the_sweeper_rings_there_again(alice: User) -> None:
    health.probe()
    start(alice, "wan")
    start(alice, "sdxl", "image")
    assert (rings("gpu"), rings("video"), rings("image")) == (2, 0, 0)
    empty_broker()
    sweep()
    assert (rings("gpu"), rings("video"), rings("image")) == (2, 0, 0)
    sweep()
    assert rings("gpu") == 2


def test_a_model_is_asked_how_it_is_by_the_machine_of_its_lane() -> None:
    probe_models()
    assert not health.states()["wan"].available
    assert rings("gpu") == 1
    probe_models("gpu")
    assert health.states()["wan"].available


def test_a_lane_that_is_none_is_named_with_those_that_are() -> None:
    assert _own_lanes(["video", "gpu"]) == ["gpu"]
    with pytest.raises(ImproperlyConfigured, match="no lane gpx; there are video, image, upkeep, gpu"):
        _own_lanes(["gpx"])

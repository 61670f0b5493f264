"""Every provider keeps the same promises; a new one joins the list."""

from pathlib import Path

import pytest
from pytest_django import Settings

from soho import media
from soho.ids import new_id
from soho.providers import diorama
from soho.providers.contract import Job, Kind, Provider
from tests.support import rehearsal

PROVIDERS = [diorama.provider, rehearsal.provider]
every_provider = pytest.mark.parametrize("provider", PROVIDERS, ids=lambda provider: provider.name)
every_kind = pytest.mark.parametrize("kind", ["image", "video"])


class Listener:
    """A watch that writes down what it hears, and may ask to stop."""

    def __init__(self, *, stops_after: int | None = None) -> None:
        self.heard: list[tuple[float, str]] = []
        self.stops_after = stops_after

    def progress(self, fraction: float, note: str = "") -> None:
        self.heard.append((fraction, note))
        self.checkpoint()

    def checkpoint(self) -> None:
        if self.stops_after is not None and len(self.heard) >= self.stops_after:
            raise Stopped

    def intend(self) -> None: ...

    def remember(self, provider_job: str) -> None: ...

    def for_good(self) -> bool:
        return True


class Stopped(Exception):
    """The listener asked to stop."""


@pytest.fixture(autouse=True)
def small(settings: Settings) -> None:
    settings.DIORAMA_PERCENT = 17


def job(provider: Provider, kind: Kind, ratio: str = "9:16", *, seed: int = 7) -> Job:
    model = next(one for one in provider.models() if kind in one.kinds)
    return Job(new_id(), kind, model.name, "A quiet lake at dawn. steps=5", ratio, min(model.seconds), seed)


@every_provider
@every_kind
def test_it_makes_one_good_file_in_its_workspace(provider: Provider, kind: Kind, tmp_path: Path) -> None:
    order = job(provider, kind)
    path = provider.generate(order, tmp_path, Listener())
    assert path.parent == tmp_path
    found = media.probe(path)
    assert found.kind == kind
    if kind == "video":
        assert found.duration == pytest.approx(order.seconds, abs=0.1)


@every_provider
@every_kind
def test_its_progress_rises_from_0_to_1(provider: Provider, kind: Kind, tmp_path: Path) -> None:
    listener = Listener()
    provider.generate(job(provider, kind), tmp_path, listener)
    fractions = [fraction for fraction, _ in listener.heard]
    assert fractions == sorted(fractions)
    assert all(0 <= one <= 1 for one in fractions)
    assert fractions


@every_provider
def test_it_stops_when_it_is_asked_to_and_leaves_nothing_finished(provider: Provider, tmp_path: Path) -> None:
    with pytest.raises(Stopped):
        provider.generate(job(provider, "video"), tmp_path, Listener(stops_after=2))
    assert list(tmp_path.iterdir()) == []


@every_provider
def test_it_says_whether_each_of_its_models_is_well(provider: Provider) -> None:
    for model in provider.models():
        health = provider.health(model.name)
        assert health.ok or health.sentence


@every_provider
def test_what_it_offers_is_complete(provider: Provider) -> None:
    for model in provider.models():
        assert model.name
        assert model.title
        assert model.description
        assert set(model.kinds) <= {"image", "video"}
        assert model.aspect_ratios
        assert model.default_seconds in model.seconds


@pytest.mark.parametrize(("ratio", "taller"), [("9:16", True), ("1:1", False), ("16:9", False)])
def test_the_built_in_renderer_makes_every_shape_it_offers(ratio: str, taller: bool, tmp_path: Path) -> None:
    found = media.probe(
        diorama.provider.generate(job(diorama.provider, "image", ratio), tmp_path, Listener())
    )
    assert (found.height > found.width) == taller
    assert found.width % 2 == found.height % 2 == 0


def test_the_built_in_renderer_says_that_it_is_no_neural_model() -> None:
    [model] = diorama.provider.models()
    assert "not a neural model" in model.description

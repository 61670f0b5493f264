"""A key is in no error, no log, no address and no representation, whatever goes wrong."""

import contextlib
import logging
import traceback
from importlib import import_module
from pathlib import Path

import pytest

from soho.providers.contract import ProviderError
from tests.providers.scenarios import Scenario
from tests.support.standins import KEY, document
from tests.support.standins.orders import Ear, order
from tests.support.standins.stage import Stage

HOSTED = ("fal", "google", "openai", "replicate", "vertex")
FAILURES = sorted(set(Scenario) - {Scenario.SUCCESS, Scenario.SLOW, Scenario.ENDLESS, Scenario.TRUNCATED})


@pytest.mark.parametrize("name", HOSTED)
def test_no_failure_tells_the_key(name: str, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    told = []
    for scenario in FAILURES:
        with import_module(f"tests.providers.stand_ins.{name}").stand_in() as stage:
            stage.plays(scenario)
            told.append(_told_by(stage, tmp_path))
            told += [f"{one.path} {one.query}" for one in stage.server.asked]
    with import_module(f"tests.providers.stand_ins.{name}").stand_in() as stage:
        # A server that repeats the key in its refusal, and in the name of a fault.
        stage.server.submits = [document({"error": {"message": f"Incorrect key {KEY}"}, "detail": KEY}, 401)]
        told.append(_told_by(stage, tmp_path))
        stage.server.needs_key_header = ("authorization", "another")
        model = stage.model("video")
        told.append(stage.provider.health(model).sentence)
    everything = "\n".join([*told, caplog.text])
    assert len(everything) > 1_000
    assert KEY not in everything


def _told_by(stage: Stage, folder: Path) -> str:
    """All that a failure says, with every error that led to it, and what parts of the provider print."""
    said = [repr(stage.provider), *_representations(stage.provider)]
    model = stage.model("video")
    assert model
    with contextlib.suppress(FileNotFoundError):
        (folder / "result.mp4").unlink()
    try:
        stage.provider.generate(order(stage.provider, model), folder, Ear())
    except ProviderError as error:
        said += [repr(error), error.message, error.detail, *traceback.format_exception(error)]
    return "\n".join(said)


def _representations(thing: object, depth: int = 0) -> list[str]:
    """What an error report would print of the provider and of what it holds."""
    if depth > 2 or not type(thing).__module__.startswith("soho."):
        return []
    inside = list(vars(thing).values()) if hasattr(thing, "__dict__") else []
    return [repr(thing), *(one for part in inside for one in _representations(part, depth + 1))]

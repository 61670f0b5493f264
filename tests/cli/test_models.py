"""`soho models`: what is offered, whether it is well, and one real try."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from pytest_django import Settings

from soho.cli.main import main
from soho.creations.models import Creation
from tests.generation.far import Stage, staged
from tests.providers.scenarios import Scenario
from tests.support.far_server import KEY

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def far(tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    settings.PROVIDERS = ["tests.support.rehearsal"]
    with staged(tmp_path, settings, monkeypatch) as stage:
        yield stage


def soho(*words: str, given: str = "") -> Result:
    result = CliRunner().invoke(main, ["models", *words], input=given)
    assert KEY not in result.output
    return result


def test_all_are_listed_with_prices_costs_and_what_is_wrong(far: Stage) -> None:
    far.far.scenario = Scenario.SERVER_ERROR
    result = soho()
    assert result.exit_code == 0
    lines = [" ".join(line.split()) for line in result.output.splitlines()]
    assert "far unavailable far image 1 tokens ($0.10), video 10 tokens ($0.50)" in lines
    assert "then near" in lines
    assert "HTTP 503:" in lines
    assert "near available near image 1 tokens ($0.10), video 10 tokens ($0.40)" in lines
    assert "rehearsal available rehearsal image 1 tokens, video 10 tokens" in lines


def test_a_check_says_the_cost_first_and_makes_one_small_thing(far: Stage) -> None:
    result = soho("check", "far", "--kind", "video", given="y\n")
    assert result.exit_code == 0
    said = result.output
    assert said.index("about $0.50") < said.index("Go on?") < said.index("Ordered: far-1")
    assert "far works: 180 x 320, 2.0 s long" in said
    assert far.far.bought == 1
    assert not Creation.objects.exists()


def test_without_a_yes_nothing_is_bought(far: Stage) -> None:
    assert soho("check", "far", given="n\n").exit_code == 1
    assert far.far.submits == 0


@pytest.mark.parametrize(
    ("scenario", "says"),
    [
        (Scenario.REFUSED, "far failed, moderated: The far server says no."),
        (Scenario.WRONG_TYPE, "far failed, bad_output"),
        (Scenario.CUT_IN_SUBMIT, "far failed, unknown_outcome"),
    ],
)
def test_what_is_wrong_is_one_sentence(scenario: Scenario, says: str, far: Stage) -> None:
    far.far.scenario = scenario
    result = soho("check", "far", "--yes")
    assert result.exit_code == 1
    assert says in result.output
    assert "Traceback" not in result.output


def test_one_that_is_not_well_is_not_tried(far: Stage, monkeypatch: Any) -> None:
    far.far.scenario = Scenario.SERVER_ERROR
    result = soho("check", "far", "--yes")
    assert (result.exit_code, far.far.submits) == (1, 0)
    assert "far is not available: HTTP 503" in result.output


def test_an_unknown_one_is_told_with_those_there_are(far: Stage) -> None:
    assert "There is no model fair; there are far, near, rehearsal." in soho("check", "fair").output

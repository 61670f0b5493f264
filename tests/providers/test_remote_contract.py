"""Every provider that buys from a server keeps the same promises, whatever the server does.

Each plays the scenarios of tests/providers/scenarios.py against its stand-in, over a real socket.
"""

from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import Any

import pytest

from soho import media
from soho.ids import new_id
from soho.providers.contract import Job, Kind, ProviderError, Stoppable
from tests.providers import stand_ins
from tests.providers.scenarios import RETRY_AFTER, Scenario, StandIn

NAMES = sorted(module.name for module in iter_modules(stand_ins.__path__))
KINDS: tuple[Kind, ...] = ("video", "image")


class Ear:
    """A watch that writes down what it hears, and asks to stop when it is told to."""

    def __init__(self, *, stops_at: str = "", for_good: bool = True) -> None:
        self.fractions: list[float] = []
        self.events: list[str] = []
        self.provider_job = ""
        self._stops_at = stops_at
        self._for_good = for_good

    def progress(self, fraction: float, note: str = "") -> None:
        self.fractions.append(fraction)
        self._hear("progress")

    def checkpoint(self) -> None:
        if self._stops_at and self._stops_at in self.events:
            raise Stopped

    def intend(self) -> None:
        self._hear("intend")

    def remember(self, provider_job: str) -> None:
        self.provider_job = provider_job
        # What was bought is written down before a stop is heard.
        self.events.append("remember")

    def for_good(self) -> bool:
        return self._for_good

    def _hear(self, event: str) -> None:
        self.checkpoint()
        self.events.append(event)


class Stopped(Exception):
    """The ear asked to stop."""


class Killed(BaseException):
    """The worker is gone: nothing of it runs any more."""


class Deadly(Ear):
    """A worker that is killed the moment its submit has been answered, before it can write the job down."""

    def remember(self, provider_job: str) -> None:
        raise Killed

    def for_good(self) -> bool:
        return False


@pytest.fixture(params=NAMES)
def stand(request: pytest.FixtureRequest) -> Iterator[StandIn]:
    with import_module(f"{stand_ins.__name__}.{request.param}").stand_in() as found:
        yield found


def play(stand: StandIn, scenario: Scenario) -> None:
    """Sets the scene; a scene that the protocol does not have has to come with the reason."""
    if scenario in stand.cannot:
        assert len(stand.cannot[scenario]) > 20, "say why this cannot be played"
        pytest.xfail(f"the protocol has no such thing: {stand.cannot[scenario]}")
    stand.plays(scenario)


def job(stand: StandIn, kind: Kind = "video", **more: Any) -> Job:
    model = stand.model(kind)
    if model is None:
        kind = "image" if kind == "video" else "video"
        model = stand.model(kind)
    assert model
    info = next(one for one in stand.provider.models() if one.name == model)
    identity = new_id()
    facts: dict[str, Any] = {"key": str(identity), "provider_job": "", "unsettled": False, **more}
    seconds = min(info.seconds) if kind == "video" else None
    return Job(identity, kind, model, "A quiet lake at dawn", info.aspect_ratios[0], seconds, 7, **facts)


def refused(stand: StandIn, order: Job, folder: Path, ear: Ear | None = None) -> ProviderError:
    with pytest.raises(ProviderError) as failed:
        stand.provider.generate(order, folder, ear or Ear())
    assert failed.value.message
    assert order.prompt not in failed.value.detail
    assert list(folder.iterdir()) == [], "what is no result must not be left in the workspace"
    return failed.value


@pytest.mark.parametrize("kind", KINDS)
def test_it_buys_once_and_brings_one_good_file(stand: StandIn, kind: Kind, tmp_path: Path) -> None:
    if stand.model(kind) is None:
        pytest.xfail(f"{stand.provider.name} makes no {kind}")
    play(stand, Scenario.SUCCESS)
    ear = Ear()
    path = stand.provider.generate(job(stand, kind), tmp_path, ear)
    assert path.parent == tmp_path
    assert media.probe(path).kind == kind
    assert stand.bought == 1
    assert ear.events[0] in {"intend", "progress"}
    assert ear.events.count("intend") == 1
    assert stand.keys_seen_elsewhere == 0


def test_it_is_well_when_its_server_is(stand: StandIn) -> None:
    assert stand.provider.health(job(stand).model).ok


def test_it_is_unwell_with_a_sentence_when_nothing_listens(stand: StandIn) -> None:
    play(stand, Scenario.DOWN)
    health = stand.provider.health(job(stand).model)
    assert not health.ok
    assert health.sentence


def test_progress_rises_while_it_waits(stand: StandIn, tmp_path: Path) -> None:
    play(stand, Scenario.SLOW)
    ear = Ear()
    stand.provider.generate(job(stand), tmp_path, ear)
    assert ear.fractions == sorted(ear.fractions)
    assert len(ear.fractions) > 1
    assert all(0 <= one <= 1 for one in ear.fractions)


@pytest.mark.parametrize(
    ("scenario", "code", "retriable", "bought"),
    [
        (Scenario.REFUSED, "moderated", False, None),
        (Scenario.INVALID, "invalid_request", False, 0),
        (Scenario.RATE_LIMITED, "rate_limited", True, 0),
        (Scenario.SERVER_ERROR, "provider_down", True, 0),
        (Scenario.DOWN, "provider_down", True, 0),
        (Scenario.FAILS_LATER, None, True, 1),
        (Scenario.PRIVATE_REDIRECT, "bad_output", None, 1),
        (Scenario.TRUNCATED, "bad_output", True, 1),
        (Scenario.OVERSIZED, "bad_output", None, 1),
        (Scenario.WRONG_TYPE, "bad_output", True, 1),
    ],
)
def test_every_failure_has_its_code_and_buys_no_more_than_once(
    scenario: Scenario,
    code: str | None,
    retriable: bool | None,
    bought: int | None,
    stand: StandIn,
    tmp_path: Path,
) -> None:
    play(stand, scenario)
    error = refused(stand, job(stand), tmp_path)
    assert error.code == code or (code is None and error.code in {"provider_down", "bad_output", "timed_out"})
    assert retriable is None or error.retriable == retriable
    assert stand.bought <= 1
    assert bought is None or stand.bought == bought
    assert stand.keys_seen_elsewhere == 0


def test_the_wait_that_a_server_asks_for_is_passed_on(stand: StandIn, tmp_path: Path) -> None:
    play(stand, Scenario.RATE_LIMITED)
    assert refused(stand, job(stand), tmp_path).retry_after == pytest.approx(RETRY_AFTER, abs=1.5)


def test_a_submit_that_is_cut_off_is_never_sent_again_blindly(stand: StandIn, tmp_path: Path) -> None:
    play(stand, Scenario.CUT_IN_SUBMIT)
    order = job(stand)
    ear = Ear()
    assert refused(stand, order, tmp_path, ear).code == "unknown_outcome"
    assert "intend" in ear.events
    assert stand.bought == 1


def test_a_worker_killed_after_the_submit_buys_no_second_job(stand: StandIn, tmp_path: Path) -> None:
    play(stand, Scenario.SUCCESS)
    order = job(stand)
    try:
        stand.provider.generate(order, tmp_path, Deadly())
    except Killed:
        pass
    else:
        # It waits for its result within the submit: there is no job to write down.
        [left] = tmp_path.iterdir()
        left.unlink()
    assert stand.bought == 1
    again = job(stand, order.kind, key=order.key, unsettled=True)
    try:
        path = stand.provider.generate(again, tmp_path, Ear())
    except ProviderError as error:
        assert error.code == "unknown_outcome"  # noqa: PT017 - either this, or it found the job
    else:
        assert media.probe(path).kind == order.kind
    assert stand.bought == 1


def test_the_next_worker_takes_up_the_job_that_was_written_down(stand: StandIn, tmp_path: Path) -> None:
    play(stand, Scenario.SLOW)
    order = job(stand)
    ear = Ear(stops_at="remember", for_good=False)
    with pytest.raises(Stopped):
        stand.provider.generate(order, tmp_path, ear)
    if not ear.provider_job:
        pytest.xfail(f"{stand.provider.name} waits for its result within the submit")
    assert stand.cancelled == 0
    taken_up = job(stand, order.kind, key=order.key, provider_job=ear.provider_job)
    path = stand.provider.generate(taken_up, tmp_path, Ear())
    assert media.probe(path).kind == order.kind
    assert stand.bought == 1


def test_a_stop_for_good_cancels_what_was_bought(stand: StandIn, tmp_path: Path) -> None:
    play(stand, Scenario.ENDLESS)
    ear = Ear(stops_at="progress")
    with pytest.raises(Stopped):
        stand.provider.generate(job(stand), tmp_path, ear)
    assert stand.cancelled == stand.bought == 1
    assert list(tmp_path.iterdir()) == []


def test_what_a_dead_worker_left_can_be_cancelled(stand: StandIn, tmp_path: Path) -> None:
    play(stand, Scenario.ENDLESS)
    order = job(stand)
    ear = Ear(stops_at="progress", for_good=False)
    with pytest.raises(Stopped):
        stand.provider.generate(order, tmp_path, ear)
    assert stand.cancelled == 0
    if isinstance(stand.provider, Stoppable):
        stand.provider.cancel(job(stand, order.kind, key=order.key, provider_job=ear.provider_job))
        assert stand.cancelled == 1

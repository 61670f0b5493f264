"""A stand-in server and its provider, as tests/providers/scenarios.py wants them."""

from collections.abc import Callable
from dataclasses import dataclass, field

from soho.providers.contract import Kind, Provider
from tests.providers.scenarios import RETRY_AFTER, Scenario
from tests.support.standins import KEY, Reply, StandIn, document

LARGEST = 200_000
NOWHERE = "http://127.0.0.1:1"
HTML = Reply(200, b"<!doctype html><title>Sign in</title>", {"Content-Type": "video/mp4"})


@dataclass
class Stage:
    """`configured` makes the provider for an address. The rest is how this protocol says things."""

    server: StandIn
    configured: Callable[[str], Provider]
    models: dict[Kind, str]
    refusal: Reply | None
    refused_later: object
    invalid: Reply
    limited: Reply
    broken: Reply
    failed: object
    cannot: dict[Scenario, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.provider = self.configured(self.server.url)

    def model(self, kind: Kind) -> str | None:
        return self.models.get(kind)

    def plays(self, scenario: Scenario) -> None:
        server = self.server
        clip = {"Content-Type": "video/mp4"}
        match scenario:
            case Scenario.SLOW:
                server.steps = 3
            case Scenario.ENDLESS:
                server.steps = 10**9
            case Scenario.REFUSED:
                server.submits = [self.refusal] if self.refusal else []
                server.ending = None if self.refusal else self.refused_later
            case Scenario.INVALID:
                server.submits = [self.invalid]
            case Scenario.RATE_LIMITED:
                server.submits = [self.limited]
            case Scenario.SERVER_ERROR:
                server.submits = [self.broken]
            case Scenario.DOWN:
                self.provider = self.configured(NOWHERE)
            case Scenario.CUT_IN_SUBMIT:
                server.cuts_after_taking = True
            case Scenario.FAILS_LATER:
                server.ending = self.failed
            case Scenario.PRIVATE_REDIRECT:
                server.file = Reply(302, headers={"Location": "http://169.254.169.254/latest/meta-data/"})
            case Scenario.TRUNCATED:
                server.file = Reply(200, server.clip[:-200], clip, missing=200)
            case Scenario.OVERSIZED:
                server.file = Reply(200, server.clip + bytes(LARGEST), clip)
            case Scenario.WRONG_TYPE:
                server.file = HTML

    @property
    def bought(self) -> int:
        return len(self.server.jobs)

    @property
    def cancelled(self) -> int:
        return sum(job.is_cancelled for job in self.server.jobs.values())

    @property
    def keys_seen_elsewhere(self) -> int:
        files = (one for one in self.server.asked if one.path.startswith("/files/"))
        return sum(any(KEY in value for value in one.headers.values()) for one in files)


def limited(content: object) -> Reply:
    """A 429 that asks to wait."""
    return document(content, 429, retry_after=f"{RETRY_AFTER:.0f}")

"""The ways in which a server that sells jobs may behave, and what an adapter supplies to be held to them.

Put a module into tests/providers/stand_ins with one function

    def stand_in() -> AbstractContextManager[StandIn]

that starts a server speaking the provider's protocol on a loopback socket, and a provider that talks to it
through the real SDK or client. tests/providers/test_remote_contract.py finds it and plays every scenario.
What a protocol cannot show is named in `cannot`, with the reason; it is told in the report of the run.
"""

from enum import StrEnum
from typing import Protocol

from soho.providers.contract import Kind, Provider

RETRY_AFTER = 7.0
"""Seconds that RATE_LIMITED asks to wait."""


class Scenario(StrEnum):
    """How the server deals with the next job."""

    SUCCESS = "success"  # done at the first or second question
    SLOW = "slow"  # done after several questions, with progress where the protocol has it
    REFUSED = "refused"  # refuses the prompt for what it asks
    INVALID = "invalid"  # does not take the request
    RATE_LIMITED = "rate-limited"  # refuses the submit, with Retry-After: 7 where the protocol has it
    SERVER_ERROR = "server-error"  # answers the submit with a plain 500 or 503, and makes nothing
    DOWN = "down"  # nothing listens
    CUT_IN_SUBMIT = "cut-in-submit"  # takes the job, makes it, and cuts the connection instead of answering
    FAILS_LATER = "fails-later"  # takes the job, which then fails for a reason of the server's own
    PRIVATE_REDIRECT = "private-redirect"  # the result redirects to http://169.254.169.254/, or is there
    TRUNCATED = "truncated"  # the result ends before its declared length
    OVERSIZED = "oversized"  # the result is larger than `largest`
    WRONG_TYPE = "wrong-type"  # the result is a page of HTML
    ENDLESS = "endless"  # runs until it is cancelled


class StandIn(Protocol):
    """A server on a loopback socket and the provider that talks to it."""

    provider: Provider
    cannot: dict[Scenario, str]

    def model(self, kind: Kind) -> str | None:
        """The model that makes `kind`; None where this provider makes no such thing."""

    def plays(self, scenario: Scenario) -> None:
        """From now on jobs go like this. Jobs that were taken before go on as they did."""

    @property
    def bought(self) -> int:
        """How many jobs the server has taken, and would charge for."""

    @property
    def cancelled(self) -> int:
        """How many jobs the server was told to stop."""

    @property
    def keys_seen_elsewhere(self) -> int:
        """How many requests carried the key to a host or path that is none of the provider's own API."""

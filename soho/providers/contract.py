"""The contract between the engine and whatever makes media.

A provider is a folder with one object that satisfies `Provider`. The engine gives it a `Job`, an empty folder
to work in and a `Watch`; it gives back the path of one file in that folder. Everything else (lease, retries,
quality gate, storage, tokens) is the engine's. A provider that buys jobs from somebody else's server speaks
`soho.providers.remote.Remote` instead and lets `RemoteProvider` keep this contract for it.
tests/providers/test_contract.py holds every provider to the same promises.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Protocol, runtime_checkable
from uuid import UUID

Kind = Literal["image", "video"]


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """What a model can do, and what it costs here.

    `prices`: tokens by kind, overriding the house's price. `seconds`: clip lengths on offer, the longest
    being the default. `costs`: what one creation of a kind costs the operator, in US dollars, where known.
    `successors`: names of models that may take over when this one is down, in order. `lane`: which workers
    may make it (`soho worker --lane gpu`), where not just any that makes its kind.
    """

    name: str
    title: str
    description: str
    kinds: tuple[Kind, ...]
    aspect_ratios: tuple[str, ...] = ("9:16", "1:1", "16:9")
    seconds: tuple[float, ...] = (8.0,)
    has_audio: bool = False
    has_seed: bool = True
    takes_image: bool = False
    max_prompt: int = 10_000
    prices: Mapping[str, int] = field(default_factory=dict)
    example: str = ""  # a prompt that shows what it is good at
    costs: Mapping[str, float] = field(default_factory=dict)
    successors: tuple[str, ...] = ()
    lane: str = ""

    @property
    def default_seconds(self) -> float:
        """The clip length when none is asked for."""
        return max(self.seconds)

    def default_ratio(self, kind: Kind) -> str:
        """The shape when none is asked for: square for an image if the model can, else the model's first."""
        return "1:1" if kind == "image" and "1:1" in self.aspect_ratios else self.aspect_ratios[0]


@dataclass(frozen=True, slots=True)
class Job:
    """One piece of work.

    `provider_job` is set when an earlier attempt left one running at the provider: take it up, do not buy
    again. `key` names this submit and stays the same for whoever takes it up: send it as idempotency key
    where the provider has such a thing. `unsettled` says that an earlier attempt announced a submit under
    this `key` (`Watch.intend`) and nobody knows what became of it: find it by its key, or raise
    `unknown_outcome`; never submit blindly again.
    """

    creation_id: UUID
    kind: Kind
    model: str
    prompt: str
    aspect_ratio: str
    seconds: float | None
    seed: int
    provider_job: str = ""
    key: str = ""
    unsettled: bool = False


class Watch(Protocol):
    """The engine's ear while a provider works."""

    def progress(self, fraction: float, note: str = "") -> None:
        """Says how far the work is (0..1) and in a few words what is happening. Raises like `checkpoint`."""

    def checkpoint(self) -> None:
        """Raises when the work is to stop (cancelled, taken over, out of time);

        call it at least twice a second and let it pass through.
        """

    def intend(self) -> None:
        """Notes that a submit is about to be sent. Call it right before anything that costs money."""

    def remember(self, provider_job: str) -> None:
        """Stores the provider's id of the job. Call it before waiting on that job."""

    def for_good(self) -> bool:
        """Whether, after `checkpoint` raised, nobody will take this work up:

        what runs at the provider is then to be cancelled, and otherwise left for the next worker.
        """


@dataclass(frozen=True, slots=True)
class Health:
    """Whether a model can be offered; if not, why and what to do, in one sentence for the operator.

    Never holds a key or a prompt.
    """

    ok: bool
    sentence: str = ""


class Provider(Protocol):
    """What makes media."""

    name: str

    def models(self) -> tuple[ModelInfo, ...]:
        """The models that are configured, available or not. Fast: no network."""

    def health(self, model: str) -> Health:
        """Whether `model` could make something now, found out cheaply: a key that is set and not refused,

        an address that answers, weights that are there. At most a few seconds, and buys nothing.
        """

    def generate(self, job: Job, workspace: Path, watch: Watch) -> Path:
        """Makes the media and returns the path of one file below `workspace`. Raises ProviderError."""


@runtime_checkable
class Stoppable(Protocol):
    """A provider whose jobs go on without the worker, and which can be told that nobody wants one."""

    def cancel(self, job: Job) -> None:
        """Stops `job.provider_job`, or what was submitted under `job.key` when `job.unsettled`;

        silent when there is no such job any more, or when it cannot be stopped. Raises ProviderError.
        """


class ProviderError(Exception):
    """Why a provider could not deliver.

    `code` is stable and for programs (`moderated`, `rate_limited`, `quota_exhausted`, `invalid_request`,
    `provider_down`, `timed_out`, `bad_output`, `unknown_outcome`, `unavailable`), `message` is for the person
    who waits, `detail` for the operator's log (no keys, no prompts), and `retriable` says whether the very
    same job may succeed later. `retry_after`: seconds the provider asked for. `job_lives`: what was bought
    may still be running, so the next attempt takes it up instead of buying again.
    """

    def __init__(
        self,
        code: str,
        message: str,
        *,
        retriable: bool,
        detail: str = "",
        retry_after: float | None = None,
        job_lives: bool = False,
    ) -> None:
        super().__init__(f"{code}: {detail or message}")
        self.code = code
        self.message = message
        self.retriable = retriable
        self.detail = detail
        self.retry_after = retry_after
        self.job_lives = job_lives

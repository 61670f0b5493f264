"""The contract between the engine and whatever makes media.

A provider is a folder with one object that satisfies `Provider`. The engine gives it a `Job`, an empty folder
to work in and a `Watch`; it gives back the path of one file in that folder. Everything else (lease, retries,
quality gate, storage, tokens) is the engine's. tests/providers/contract.py holds every provider to the same
promises.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Protocol
from uuid import UUID

Kind = Literal["image", "video"]


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """What a model can do, and what it costs here.

    `prices`: tokens by kind, overriding the house's price. `seconds`: clip lengths on offer, the longest
    being the default.
    """

    name: str
    title: str
    description: str
    kinds: tuple[Kind, ...]
    aspect_ratios: tuple[str, ...] = ("9:16", "1:1", "16:9")
    seconds: tuple[float, ...] = (8.0,)
    has_audio: bool = False
    prices: Mapping[str, int] = field(default_factory=dict)
    example: str = ""  # a prompt that shows what it is good at

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
    again.
    """

    creation_id: UUID
    kind: Kind
    model: str
    prompt: str
    aspect_ratio: str
    seconds: float | None
    seed: int
    provider_job: str = ""


class Watch(Protocol):
    """The engine's ear while a provider works."""

    def progress(self, fraction: float, note: str = "") -> None:
        """Says how far the work is (0..1) and in a few words what is happening. Raises like `checkpoint`."""

    def checkpoint(self) -> None:
        """Raises when the work is to stop (cancelled, taken over, out of time);

        call it at least twice a second and let it pass through.
        """

    def remember(self, provider_job: str) -> None:
        """Stores the provider's id of the job. Call it before waiting on that job."""


class Provider(Protocol):
    """What makes media."""

    name: str

    def models(self) -> tuple[ModelInfo, ...]:
        """The models on offer now. Fast: no network."""

    def generate(self, job: Job, workspace: Path, watch: Watch) -> Path:
        """Makes the media and returns the path of one file below `workspace`. Raises ProviderError."""


class ProviderError(Exception):
    """Why a provider could not deliver.

    `code` is stable and for programs, `message` is for the person who waits, `detail` for the operator's log,
    and `retriable` says whether the very same job may succeed later.
    """

    def __init__(self, code: str, message: str, *, retriable: bool, detail: str = "") -> None:
        super().__init__(f"{code}: {detail or message}")
        self.code = code
        self.message = message
        self.retriable = retriable
        self.detail = detail

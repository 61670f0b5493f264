"""What a test asks a provider for, and the ear that listens meanwhile."""

from pathlib import Path
from typing import Any

import pytest

from soho.ids import new_id
from soho.providers.contract import Job, Kind, Provider, ProviderError

PROMPT = "A quiet lake at dawn"


class Ear:
    """Hears everything and never asks to stop."""

    def __init__(self) -> None:
        self.fractions: list[float] = []
        self.notes: list[str] = []
        self.intended = 0
        self.job = ""

    def progress(self, fraction: float, note: str = "") -> None:
        self.fractions.append(fraction)
        self.notes.append(note)

    def checkpoint(self) -> None: ...

    def intend(self) -> None:
        self.intended += 1

    def remember(self, provider_job: str) -> None:
        self.job = provider_job

    def for_good(self) -> bool:
        return False


def order(provider: Provider, model: str, kind: Kind = "video", **more: Any) -> Job:
    """A job for `model`."""
    info = next(one for one in provider.models() if one.name == model)
    identity = new_id()
    facts: dict[str, Any] = {
        "seconds": min(info.seconds) if kind == "video" else None,
        "aspect_ratio": info.default_ratio(kind),
        "seed": 7_654_321,
        "key": str(identity),
        **more,
    }
    return Job(creation_id=identity, kind=kind, model=model, prompt=PROMPT, **facts)


def failure(provider: Provider, job: Job, folder: Path) -> ProviderError:
    """Why it cannot be had."""
    with pytest.raises(ProviderError) as found:
        provider.generate(job, folder, Ear())
    assert PROMPT not in found.value.detail
    return found.value

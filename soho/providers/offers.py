"""A model as one provider sells it: what people see of it, and what the provider wants to be told."""

import base64
import binascii
import string
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from soho.providers.configuration import ProviderConfig
from soho.providers.contract import Job, ModelInfo, Watch
from soho.providers.faults import Faults
from soho.providers.remote import listening


@dataclass(frozen=True, slots=True)
class Offer:
    """`remote`: the model's name there. `sizes`: pixels as "WIDTHxHEIGHT" for an aspect ratio.

    `inputs`: what is sent, by the provider's names. A text may hold `$prompt`, `$ratio`, `$seconds`,
    `$seed`, `$size`, `$width` and `$height`; one that is nothing else keeps its kind (`$seed` is a number).
    What has no value here (`$seed` of a model without seeds, `$seconds` of an image) is left out.
    """

    info: ModelInfo
    remote: str
    sizes: Mapping[str, str] = field(default_factory=dict)
    inputs: Mapping[str, object] = field(default_factory=dict)

    def size(self, ratio: str) -> str:
        """Pixels as "WIDTHxHEIGHT", or "" where the provider is not told."""
        return self.sizes.get(ratio, "")

    def filled(self, job: Job) -> dict[str, Any]:
        """`inputs` for one job."""
        width, _, height = self.size(job.aspect_ratio).partition("x")
        values: dict[str, object] = {
            "prompt": job.prompt,
            "ratio": job.aspect_ratio,
            "seconds": whole(job.seconds) if job.kind == "video" else None,
            "seed": job.seed if self.info.has_seed else None,
            "size": self.size(job.aspect_ratio) or None,
            "width": int(width) if width else None,
            "height": int(height) if height else None,
        }
        return {
            name: value for name, given in self.inputs.items() if (value := _fill(given, values)) is not None
        }


class Offers:
    """The models of one provider by their names here."""

    def __init__(self, offers: tuple[Offer, ...], faults: Faults) -> None:
        self._by_name = {offer.info.name: offer for offer in offers}
        self._faults = faults

    @property
    def infos(self) -> tuple[ModelInfo, ...]:
        """What people see of them, in order."""
        return tuple(offer.info for offer in self._by_name.values())

    def __getitem__(self, model: str) -> Offer:
        """Raises ProviderError for a model that is no longer sold."""
        if model not in self._by_name:
            raise self._faults.unavailable(f"{model!r} is not configured")
        return self._by_name[model]


def configured(
    config: ProviderConfig, known: tuple[Offer, ...], other: Callable[[str], Offer]
) -> tuple[Offer, ...]:
    """The models that an operator offers: those of `config`, else all that are `known`.

    A model of the configuration begins as the known one of its id, or as `other` makes one for that id;
    `input` replaces what it is sent. Raises ImproperlyConfigured.
    """
    by_id = {offer.remote: offer for offer in known}
    found = []
    for one in config.models:
        offer = by_id.get(one.id) or other(one.id)
        info = one.info(offer.info)
        if too_many := set(info.kinds) - set(offer.info.kinds):
            one.wrong("kinds", f"{one.id} makes no {' and no '.join(sorted(too_many))}.")
        sizes = {ratio: f"{width}x{height}" for ratio, (width, height) in one.sizes.items()}
        if offer.sizes and (missing := set(info.aspect_ratios) - {*offer.sizes, *sizes}):
            one.wrong("sizes", f"say how many pixels {' and '.join(sorted(missing))} is.")
        found.append(
            Offer(info, one.id, {**offer.sizes, **sizes}, one.options.table("input") or offer.inputs)
        )
    return tuple(found) or known


def whole(seconds: float | None) -> int | float | None:
    """8.0 as 8: providers take `"8"` and refuse `"8.0"`."""
    return int(seconds) if seconds is not None and seconds == int(seconds) else seconds


def called(job: Job, watch: Watch, faults: Faults, call: Callable[[], Path]) -> Path:
    """Makes a call that costs money and waits for what it makes: it can be neither found nor taken up again.

    Raises `unknown_outcome` where an earlier one was cut off.
    """
    if job.unsettled:
        raise faults.unknown_outcome("an earlier call was cut off, and calls cannot be looked up")
    watch.progress(0.0, f"Waiting for {faults.title}")
    watch.intend()
    path = listening(watch, call)
    watch.progress(1.0)
    return path


def decoded(text: object, faults: Faults) -> bytes:
    """Bytes from Base64. Raises `bad_output`."""
    try:
        return base64.b64decode(text if isinstance(text, (str, bytes)) else "", validate=True)
    except (binascii.Error, ValueError) as error:
        raise faults.bad_output("the result is no Base64") from error


def _fill(given: object, values: Mapping[str, object]) -> object:
    if isinstance(given, Mapping):
        return {name: filled for name, one in given.items() if (filled := _fill(one, values)) is not None}
    if isinstance(given, (list, tuple)):
        return [filled for one in given if (filled := _fill(one, values)) is not None]
    if not isinstance(given, str) or "$" not in given:
        return given
    name = given[1:]
    if given[0] == "$" and name in values:
        return values[name]
    names = string.Template(given).get_identifiers()
    if any(values.get(one) is None for one in names):
        return None
    return string.Template(given).safe_substitute({one: values[one] for one in names})

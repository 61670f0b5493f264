"""What the API says of models."""

from typing import Literal

from soho.problems.schemas import Camel


class ModelOut(Camel):
    """A model on offer, and its prices in tokens."""

    name: str
    title: str
    description: str
    kinds: list[Literal["image", "video"]]
    aspect_ratios: list[str]
    durations: list[float]
    has_audio: bool
    prices: dict[str, int]


class ModelList(Camel):
    """The models on offer."""

    models: list[ModelOut]

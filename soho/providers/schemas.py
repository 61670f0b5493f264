"""What the API says of models."""

from typing import Annotated, Literal

from pydantic import Field

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
    available: Annotated[bool, Field(description="Whether it can be started now.")]
    unavailable: Annotated[str | None, Field(description="Why not, for people.")]
    reason: Annotated[str | None, Field(description="Why not, for operators; nobody else is told.")]


class ModelList(Camel):
    """The models on offer."""

    models: list[ModelOut]

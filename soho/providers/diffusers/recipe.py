"""What the operator says about a model folder: where it lies, how it is run, and what is asked of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

Offload = Literal["none", "model", "group", "sequential"]
Quantise = Literal["none", "fp8", "8bit", "4bit"]
Dtype = Literal["auto", "float32", "bfloat16", "float16"]


@dataclass(frozen=True, slots=True)
class Recipe:
    """One model folder and its settings. Whatever is None or empty is the model family's own.

    Where it runs: `device` is `auto`, `cpu`, `cuda`, `cuda:1`, `mps`; `lane` is the worker that may load it
    (`soho worker --lane gpu`). How it fits: `offload` keeps what is not at work in the machine's memory
    (`model` one whole part at a time, `group` a few layers at a time, `sequential` a layer at a time),
    `quantise` stores weights smaller (`fp8` needs nothing more; `8bit` and `4bit` need bitsandbytes),
    `tiling` decodes the picture in tiles.

    What is asked: `steps`, `guidance`, `negative_prompt`, `fps`, `seconds` on offer, `sizes` in pixels by
    aspect ratio, `arguments` handed to the pipeline as they are.
    """

    name: str
    folder: Path
    title: str = ""
    description: str = ""
    kind: Literal["", "image", "video"] = ""
    lane: str = "gpu"
    device: str = "auto"
    dtype: Dtype = "auto"
    variant: str = ""
    offload: Offload = "none"
    quantise: Quantise = "none"
    tiling: bool = False
    steps: int | None = None
    guidance: float | None = None
    negative_prompt: str = ""
    fps: float | None = None
    seconds: tuple[float, ...] = ()
    aspect_ratios: tuple[str, ...] = ()
    sizes: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    arguments: Mapping[str, Any] = field(default_factory=dict)
    prices: Mapping[str, int] = field(default_factory=dict)
    costs: Mapping[str, float] = field(default_factory=dict)
    successors: tuple[str, ...] = ()

"""What the operator says about a model folder: where it lies, how it is run, and what is asked of it.

[providers.local]
kind = "diffusers"
folder = "/srv/models"            # every model folder in it is offered, unless models are named
lane = "gpu"                      # soho worker --lane gpu

[providers.local.models.wan]
folder = "/srv/models/Wan2.1-T2V-1.3B-Diffusers"
steps = 30
guidance = 5.0
negative_prompt = "blurry, low quality"
offload = "model"
tiling = true
sizes = { "16:9" = "832x480" }
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from soho.providers.configuration import Options, ProviderConfig

DTYPES = ("auto", "float32", "bfloat16", "float16")
OFFLOADS = ("none", "model", "group", "sequential")
QUANTISES = ("none", "fp8", "8bit", "4bit")
LANE = re.compile(r"[a-z][a-z0-9-]{0,39}")
_DEVICE = re.compile(r"auto|cpu|mps|cuda(:[0-9]{1,2})?")
# Ours to say, or dangerous to say: a path or an object is never among a pipeline's settings here.
_NOT_ARGUMENTS = frozenset(
    {"prompt", "generator", "callback_on_step_end", "output_type", "return_dict", "width", "height"}
)


@dataclass(frozen=True, slots=True)
class Recipe:
    """One model folder and its settings. Whatever is None or empty is the model family's own.

    Where it runs: `device` is `auto`, `cpu`, `cuda`, `cuda:1`, `mps`. How it fits: `offload` keeps what is
    not at work in the machine's memory (`model` one whole part at a time, `group` and `sequential` a layer at
    a time, the first with the next one on its way), `quantise` stores weights smaller (`fp8` needs nothing
    more; `8bit` and `4bit` need bitsandbytes), `tiling` decodes the picture in tiles.

    What is asked: `steps`, `guidance`, `negative_prompt`, `fps`, `sizes` in pixels by aspect ratio,
    `arguments` handed to the pipeline as they are. `kind` is needed only for pipelines that no family knows.
    """

    name: str
    folder: Path
    kind: str = ""
    device: str = "auto"
    dtype: str = "auto"
    variant: str = ""
    offload: str = "none"
    quantise: str = "none"
    tiling: bool = False
    steps: int | None = None
    guidance: float | None = None
    negative_prompt: str = ""
    fps: float | None = None
    sizes: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    arguments: Mapping[str, Any] = field(default_factory=dict)


def recipe(name: str, folder: Path, options: Options, **more: Any) -> Recipe:
    """What the table of a model says. Raises ImproperlyConfigured."""
    device = options.text("device", "auto")
    if not _DEVICE.fullmatch(device):
        options.wrong("device", "set it to auto, cpu, mps, cuda, or one of several as in cuda:1.")
    arguments = options.table("arguments")
    for key in arguments:
        if key in _NOT_ARGUMENTS or not key.isidentifier():
            options.wrong("arguments", f"{key} is not the operator's to set.")
    return Recipe(
        name=name,
        folder=folder,
        device=device,
        dtype=options.text("dtype", "auto", one_of=DTYPES),
        variant=options.text("variant"),
        offload=options.text("offload", "none", one_of=OFFLOADS),
        quantise=options.text("quantise", "none", one_of=QUANTISES),
        tiling=options.flag("tiling"),
        steps=options.number("steps", 0, at_most=1000) or None,
        guidance=guidance if (guidance := options.decimal("guidance", -1.0, at_least=-1.0)) >= 0 else None,
        negative_prompt=options.text("negative_prompt"),
        fps=options.decimal("fps", 0.0, at_most=120) or None,
        arguments=arguments,
        **more,
    )


def lane_of(config: ProviderConfig, options: Options) -> str:
    """The lane of a model: its own, else its provider's, else `gpu`. Raises ImproperlyConfigured."""
    lane = options.text("lane", config.options.text("lane", "gpu"))
    if not LANE.fullmatch(lane) or lane in {"video", "image", "upkeep"}:
        options.wrong("lane", "set it to a word such as gpu or gpu-1, but not video, image or upkeep.")
    return lane


def folders_in(folder: Path) -> list[Path]:
    """The model folders right below `folder`, by name."""
    return sorted(path.parent for path in folder.glob("*/model_index.json"))

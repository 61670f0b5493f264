"""What the pipelines of diffusers have in common and where they differ, by the class that a folder names.

Numbers that a loaded pipeline tells itself (how its VAE compresses, its patches) are read from it; here stand
those that it does not tell: what it makes, the frame rate it was trained at, and the sizes it is at home in.
Sources: the pipelines' own documentation and defaults in diffusers 0.42.
"""

import math
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Family:
    """How a kind of pipeline is spoken to.

    `pixels`: about how many a picture has. `multiple`: sides are multiples of it. `every`: a clip has
    `every * n + 1` frames, or n where it is 1. `vae_in_float32`: a VAE that loses its colours in less.
    """

    kind: Literal["image", "video"]
    pixels: int
    multiple: int = 16
    fps: float = 0.0
    seconds: tuple[float, ...] = ()
    every: int = 4
    audio: bool = False
    vae_in_float32: bool = False


def _film(
    pixels: int,
    fps: float,
    seconds: tuple[float, ...],
    *,
    multiple: int = 16,
    every: int = 4,
    audio: bool = False,
    vae_in_float32: bool = False,
) -> Family:
    return Family("video", pixels, multiple, fps, seconds, every, audio, vae_in_float32)


_SD = Family("image", 512 * 512, 8)
_MEGAPIXEL = Family("image", 1024 * 1024, 16)
_LTX2 = _film(768 * 512, 24, (3.0, 5.0), multiple=32, every=8, audio=True)

FAMILIES: dict[str, Family] = {
    "WanPipeline": _film(832 * 480, 16, (3.0, 5.0), vae_in_float32=True),
    "SkyReelsV2Pipeline": _film(960 * 544, 24, (4.0,), vae_in_float32=True),
    "LTXPipeline": _film(704 * 512, 24, (3.0, 5.0), multiple=32, every=8),
    "LTXConditionPipeline": _film(704 * 512, 24, (3.0, 5.0), multiple=32, every=8),
    "LTX2Pipeline": _LTX2,
    "LTX2ConditionPipeline": _LTX2,
    "HunyuanVideoPipeline": _film(848 * 480, 24, (3.0, 5.0)),
    "HunyuanVideo15Pipeline": _film(848 * 480, 24, (3.0, 5.0)),
    "CogVideoXPipeline": _film(720 * 480, 8, (6.0,)),
    "MochiPipeline": _film(848 * 480, 30, (2.0, 5.0), every=6),
    "SanaVideoPipeline": _film(832 * 480, 16, (5.0,), multiple=32),
    "Kandinsky5T2VPipeline": _film(768 * 512, 24, (5.0,)),
    "AnimateDiffPipeline": _film(512 * 512, 8, (2.0,), multiple=8, every=1),
    "StableDiffusionPipeline": _SD,
    "LatentConsistencyModelPipeline": _SD,
    "StableDiffusionXLPipeline": Family("image", 1024 * 1024, 8),
    "StableDiffusion3Pipeline": _MEGAPIXEL,
    "FluxPipeline": _MEGAPIXEL,
    "Flux2Pipeline": _MEGAPIXEL,
    "Flux2KleinPipeline": _MEGAPIXEL,
    "ChromaPipeline": _MEGAPIXEL,
    "ZImagePipeline": _MEGAPIXEL,
    "QwenImagePipeline": Family("image", 1328 * 1328, 16),
    "SanaPipeline": Family("image", 1024 * 1024, 32),
    "PixArtSigmaPipeline": _MEGAPIXEL,
    "Lumina2Pipeline": _MEGAPIXEL,
    "HiDreamImagePipeline": _MEGAPIXEL,
    "CogView4Pipeline": Family("image", 1024 * 1024, 32),
    "AuraFlowPipeline": _MEGAPIXEL,
}

# For a pipeline that is not listed, when the operator says what it makes.
UNLISTED = {"image": _MEGAPIXEL, "video": _film(832 * 480, 16, (5.0,), multiple=32, every=8)}


def size(ratio: str, pixels: int, multiple: int) -> tuple[int, int]:
    """Width and height of about `pixels` in the shape `ratio` (`9:16`), both multiples of `multiple`."""
    across, down = (int(side) for side in ratio.split(":"))
    unit = math.sqrt(pixels / (across * down))
    return nearest(across * unit, multiple), nearest(down * unit, multiple)


def nearest(side: float, multiple: int) -> int:
    """The multiple nearest to a side, at least one."""
    return max(1, round(side / multiple)) * multiple


def frames(seconds: float, fps: float, every: int) -> int:
    """How many frames `seconds` are, as the pipeline counts them: `every * n + 1`, the nearest, at least two

    latent frames.
    """
    if every == 1:
        return max(2, round(seconds * fps))
    return max(1, round((seconds * fps - 1) / every)) * every + 1

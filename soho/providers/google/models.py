"""Google's models. Costs: one creation of the default length at 720p or 1K, by price lists of 2026-11."""

from soho.providers.contract import ModelInfo
from soho.providers.offers import Offer

IMAGE_RATIOS = ("1:1", "9:16", "16:9", "4:5", "3:4", "4:3")

OMNI = Offer(
    ModelInfo(
        name="gemini-omni-1.2-flash",
        title="Gemini Omni 1.2 Flash",
        description="Google's video model with sound: people speak the lines of the prompt.",
        kinds=("video",),
        aspect_ratios=("9:16", "16:9"),
        # It takes every length from 3 to 15 seconds.
        seconds=(4.0, 6.0, 8.0),
        has_audio=True,
        has_seed=False,
        # $0.07 a second.
        costs={"video": 0.56},
    ),
    remote="gemini-omni-1.2-flash",
    inputs={"resolution": "720p"},
)
IMAGE = Offer(
    ModelInfo(
        name="gemini-3.1-flash-image",
        title="Gemini 3.1 Flash Image",
        description="Google's fast image model.",
        kinds=("image",),
        aspect_ratios=IMAGE_RATIOS,
        costs={"image": 0.067},
    ),
    remote="gemini-3.1-flash-image",
    inputs={"image_size": "1K"},
)


def veo(name: str, title: str, *, dollars: float) -> Offer:
    """One of the Veo 3.1 family; `dollars` a second, with sound."""
    return Offer(
        ModelInfo(
            name=name,
            title=title,
            description="Google's Veo on Vertex, with sound.",
            kinds=("video",),
            aspect_ratios=("9:16", "16:9"),
            seconds=(4.0, 6.0, 8.0),
            has_audio=True,
            costs={"video": round(dollars * 8, 2)},
        ),
        remote=name,
        inputs={"resolution": "720p"},
    )


VERTEX = (
    veo("veo-3.1-fast-generate-001", "Veo 3.1 Fast", dollars=0.15),
    veo("veo-3.1-generate-001", "Veo 3.1", dollars=0.40),
    IMAGE,
)
DEVELOPER = (OMNI, IMAGE)


def other(name: str) -> Offer:
    """A model of Google's of which nothing is known but what its name says."""
    base = VERTEX[0] if name.startswith("veo-") else IMAGE if "image" in name else OMNI
    info = base.info
    return Offer(
        ModelInfo(
            name=name,
            title=name,
            description="A model of Google's.",
            kinds=info.kinds,
            aspect_ratios=info.aspect_ratios,
            seconds=info.seconds,
            has_audio=info.has_audio,
            has_seed=info.has_seed,
        ),
        remote=name,
        inputs=base.inputs,
    )

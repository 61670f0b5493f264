"""Models that speak the OpenAI protocol. Costs: one typical creation, by OpenAI's price list of 2026-11."""

from soho.providers.contract import ModelInfo
from soho.providers.offers import Offer

VIDEO_SIZES = {"9:16": "720x1280", "1:1": "960x960", "16:9": "1280x720"}
IMAGE_SIZES = {"1:1": "1024x1024", "9:16": "1008x1792", "16:9": "1792x1008"}

HOSTED = (
    Offer(
        ModelInfo(
            name="gpt-image-2",
            title="GPT Image 2",
            description="OpenAI's image model: follows long instructions and writes legible text.",
            kinds=("image",),
            aspect_ratios=tuple(IMAGE_SIZES),
            has_seed=False,
            max_prompt=32_000,
            # 1024x1024 at medium quality.
            costs={"image": 0.053},
        ),
        remote="gpt-image-2",
        sizes=IMAGE_SIZES,
        inputs={"quality": "medium", "output_format": "png"},
    ),
)


def served(name: str) -> Offer:
    """A model of a server of one's own, of which nothing is known."""
    return Offer(
        ModelInfo(
            name=name,
            title=name,
            description="On a server of the operator's.",
            kinds=("video", "image"),
            aspect_ratios=tuple(VIDEO_SIZES),
            seconds=(4.0, 8.0),
        ),
        remote=name,
        sizes=VIDEO_SIZES,
        inputs={"seed": "$seed"},
    )


def sold(name: str) -> Offer:
    """Another image model of OpenAI's."""
    return Offer(
        ModelInfo(
            name=name,
            title=name,
            description="An image model of OpenAI's.",
            kinds=("image",),
            aspect_ratios=tuple(IMAGE_SIZES),
            has_seed=False,
            max_prompt=32_000,
        ),
        remote=name,
        sizes=IMAGE_SIZES,
    )

"""Models on fal. Costs are estimates of 2026-11 for one creation of the default length: check your bill."""

from soho.providers.contract import Kind, ModelInfo
from soho.providers.offers import Offer

IMAGE_SIZES = {"1:1": "1024x1024", "9:16": "768x1344", "16:9": "1344x768"}

KNOWN = (
    Offer(
        ModelInfo(
            name="fal-veo-3.1-fast",
            title="Veo 3.1 Fast",
            description="Google's Veo on fal, with sound.",
            kinds=("video",),
            aspect_ratios=("9:16", "16:9"),
            seconds=(4.0, 6.0, 8.0),
            has_audio=True,
            # $0.15 a second.
            costs={"video": 1.2},
        ),
        remote="fal-ai/veo3.1/fast",
        inputs={
            "prompt": "$prompt",
            "aspect_ratio": "$ratio",
            "duration": "${seconds}s",
            "resolution": "720p",
            "generate_audio": True,
            "seed": "$seed",
        },
    ),
    Offer(
        ModelInfo(
            name="fal-ltx-2.3-fast",
            title="LTX 2.3 Fast",
            description="Lightricks' open video model on fal, with sound.",
            kinds=("video",),
            aspect_ratios=("9:16", "16:9"),
            seconds=(6.0, 8.0, 10.0),
            has_audio=True,
            has_seed=False,
            # $0.04 a second at 1080p.
            costs={"video": 0.4},
        ),
        remote="fal-ai/ltx-2.3/text-to-video/fast",
        inputs={
            "prompt": "$prompt",
            "aspect_ratio": "$ratio",
            "duration": "$seconds",
            "resolution": "1080p",
        },
    ),
    Offer(
        ModelInfo(
            name="fal-flux-dev",
            title="FLUX.1 [dev]",
            description="Black Forest Labs' image model on fal.",
            kinds=("image",),
            aspect_ratios=tuple(IMAGE_SIZES),
            costs={"image": 0.025},
        ),
        remote="fal-ai/flux/dev",
        sizes=IMAGE_SIZES,
        inputs={
            "prompt": "$prompt",
            "image_size": {"width": "$width", "height": "$height"},
            "num_images": 1,
            "output_format": "png",
            "seed": "$seed",
        },
    ),
)


def other(name: str) -> Offer:
    """A model on fal of which nothing is known; its page says what `input` it takes."""
    kinds: tuple[Kind, ...] = ("video", "image")
    return Offer(
        ModelInfo(name=name, title=name, description="A model on fal.", kinds=kinds),
        remote=name,
        inputs={"prompt": "$prompt", "aspect_ratio": "$ratio", "duration": "$seconds", "seed": "$seed"},
    )

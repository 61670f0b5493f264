"""Models on Replicate. Costs are estimates of 2026-11, of the default length: check your bill."""

from soho.providers.contract import Kind, ModelInfo
from soho.providers.offers import Offer

KNOWN = (
    Offer(
        ModelInfo(
            name="replicate-wan-2.2-fast",
            title="Wan 2.2 Fast",
            description="Alibaba's open video model on Replicate, at 480p and without sound.",
            kinds=("video",),
            aspect_ratios=("9:16", "16:9"),
            # Always 81 frames, 16 a second: others look worse.
            seconds=(5.0,),
            costs={"video": 0.05},
        ),
        remote="wan-video/wan-2.2-t2v-fast",
        inputs={"prompt": "$prompt", "aspect_ratio": "$ratio", "resolution": "480p", "seed": "$seed"},
    ),
    Offer(
        ModelInfo(
            name="replicate-veo-3.1-fast",
            title="Veo 3.1 Fast",
            description="Google's Veo on Replicate, with sound.",
            kinds=("video",),
            aspect_ratios=("9:16", "16:9"),
            seconds=(4.0, 6.0, 8.0),
            has_audio=True,
            # $0.15 a second.
            costs={"video": 1.2},
        ),
        remote="google/veo-3.1-fast",
        inputs={
            "prompt": "$prompt",
            "aspect_ratio": "$ratio",
            "duration": "$seconds",
            "resolution": "720p",
            "generate_audio": True,
            "seed": "$seed",
        },
    ),
    Offer(
        ModelInfo(
            name="replicate-flux-schnell",
            title="FLUX.1 [schnell]",
            description="Black Forest Labs' fast image model on Replicate.",
            kinds=("image",),
            aspect_ratios=("1:1", "9:16", "16:9", "4:5"),
            costs={"image": 0.003},
        ),
        remote="black-forest-labs/flux-schnell",
        inputs={
            "prompt": "$prompt",
            "aspect_ratio": "$ratio",
            "num_outputs": 1,
            "output_format": "png",
            "seed": "$seed",
        },
    ),
)


def other(name: str) -> Offer:
    """A model on Replicate of which nothing is known; its page says what `input` it takes."""
    kinds: tuple[Kind, ...] = ("video", "image")
    return Offer(
        ModelInfo(name=name, title=name, description="A model on Replicate.", kinds=kinds),
        remote=name,
        inputs={"prompt": "$prompt", "aspect_ratio": "$ratio", "duration": "$seconds", "seed": "$seed"},
    )

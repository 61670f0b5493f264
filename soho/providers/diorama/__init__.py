"""The built-in renderer as a provider: procedural, free of keys and network, and no neural model."""

from pathlib import Path

from django.conf import settings

from soho import diorama
from soho.providers.configuration import ProviderConfig
from soho.providers.contract import Health, Job, ModelInfo, Watch

SIZES = {"9:16": (1080, 1920), "1:1": (1080, 1080), "16:9": (1920, 1080)}


MODEL = ModelInfo(
    name="diorama",
    title="Diorama",
    description=(
        "Built in. Paints paper-cut landscapes from the words of your prompt: "
        "a procedural renderer, not a neural model."
    ),
    kinds=("image", "video"),
    aspect_ratios=tuple(SIZES),
    seconds=(4.0, 6.0, 8.0),
    has_audio=True,
    example="Three hot air balloons over hills at dawn",
    costs={"image": 0.0, "video": 0.0},
)


class Diorama:
    """Paints what the prompt's words name, frame by frame, on this machine's processor."""

    def __init__(self, name: str = "diorama", models: tuple[ModelInfo, ...] = (MODEL,)) -> None:
        self.name = name
        self._models = models

    def models(self) -> tuple[ModelInfo, ...]:
        return self._models

    def health(self, model: str) -> Health:
        """Always well: it needs nothing but this machine."""
        return Health(ok=True)

    def generate(self, job: Job, workspace: Path, watch: Watch) -> Path:
        width, height = (scaled(side) for side in SIZES[job.aspect_ratio])

        def painted(frame: int, frames: int) -> None:
            # The last percent belongs to checking and keeping the clip.
            watch.progress(0.97 * frame / frames, f"Painting frame {frame} of {frames}")

        if job.kind == "image":
            out = workspace / "diorama.jpg"
            diorama.render_image(job.prompt, out, seed=job.seed, width=width, height=height, progress=painted)
        else:
            out = workspace / "diorama.mp4"
            diorama.render_video(
                job.prompt,
                out,
                seed=job.seed,
                width=width,
                height=height,
                seconds=job.seconds or 8.0,
                progress=painted,
            )
        return out


def scaled(side: int) -> int:
    """A side in pixels under the operator's `SOHO_DIORAMA_PERCENT`, always even, as H.264 wants it."""
    return max(2, side * settings.DIORAMA_PERCENT // 200 * 2)


def make(config: ProviderConfig) -> Diorama:
    """Diorama as the operator wants it: under other names, at other prices, with other lengths."""
    models = tuple(one.info(MODEL) for one in config.models) or (MODEL,)
    for wanted, model in zip(config.models, models, strict=False):
        if not set(model.aspect_ratios) <= set(SIZES):
            wanted.wrong("aspect_ratios", f"Diorama paints {', '.join(SIZES)}.")
    return Diorama(config.name, models)


provider = Diorama()

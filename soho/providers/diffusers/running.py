"""One run of a pipeline: the arguments it understands, its steps heard, its result as plain arrays."""

import contextlib
import inspect
import math
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from soho.providers.contract import Job, ProviderError
from soho.providers.diffusers import families
from soho.providers.diffusers.families import Family
from soho.providers.diffusers.film import Sound
from soho.providers.diffusers.recipe import Recipe

Heard = Callable[[float, str], None]
"""Hears how far a run is (0..1) and what is happening; raises to end it."""

_TEMPORAL = ("vae_scale_factor_temporal", "vae_temporal_compression_ratio")
_SPATIAL = ("vae_scale_factor_spatial", "vae_spatial_compression_ratio", "vae_scale_factor")
STEPS_FROM, STEPS_UNTIL = 0.04, 0.88


@dataclass(frozen=True, slots=True)
class Made:
    """RGB pictures `(n, height, width, 3)`, one for an image; `fps` and `sound` for a clip."""

    pictures: npt.NDArray[np.uint8]
    fps: float = 0.0
    sound: Sound | None = None


def run(pipeline: Any, recipe: Recipe, family: Family, job: Job, heard: Heard) -> Made:
    """Makes what `job` asks for. Raises ProviderError, what `heard` raises, and what torch raises."""
    import torch

    arguments, fps = arguments_for(pipeline, recipe, family, job)
    # Noise is drawn on the processor, so that a seed means the same picture on every machine.
    arguments["generator"] = torch.Generator("cpu").manual_seed(job.seed)
    heard(STEPS_FROM / 2, "Reading the prompt")
    with hearing(pipeline, arguments, heard):
        output = pipeline(**arguments)
        heard(STEPS_UNTIL + 0.02, "Developing the pictures")
        _refuse_censored(output)
        if family.kind == "image":
            return Made(np.asarray(output.images[0].convert("RGB"))[None])
        return Made(_pictures(output.frames[0], torch), fps, _sound(pipeline, output))


def arguments_for(pipeline: Any, recipe: Recipe, family: Family, job: Job) -> tuple[dict[str, Any], float]:
    """What the pipeline is called with, only names that it knows, and the frame rate of what comes out."""
    known = inspect.signature(pipeline.__call__).parameters
    width, height = size_for(pipeline, recipe, family, job.aspect_ratio)
    fps = recipe.fps or family.fps
    wanted: dict[str, Any] = {
        "prompt": job.prompt,
        "width": width,
        "height": height,
        "num_inference_steps": recipe.steps,
        "negative_prompt": recipe.negative_prompt or None,
        _guidance_name(known): recipe.guidance,
        "output_type": "pt" if family.kind == "video" else "pil",
    }
    if family.kind == "video":
        every = next(
            (int(getattr(pipeline, name)) for name in _TEMPORAL if hasattr(pipeline, name)), family.every
        )
        count = families.frames(job.seconds or family.seconds[-1], fps, every)
        wanted |= {"num_frames": count, "frames": count, "frame_rate": float(fps)}
    wanted |= recipe.arguments
    return {name: value for name, value in wanted.items() if name in known and value is not None}, fps


def _guidance_name(known: Mapping[str, inspect.Parameter]) -> str:
    """What a pipeline calls its guidance: Qwen-Image has a `guidance_scale` too, but does nothing by it."""
    own = known.get("guidance_scale")
    return (
        "true_cfg_scale"
        if "true_cfg_scale" in known and (own is None or own.default is None)
        else "guidance_scale"
    )


def size_for(pipeline: Any, recipe: Recipe, family: Family, ratio: str) -> tuple[int, int]:
    """Width and height: the recipe's or the family's, rounded to what this pipeline can make."""
    multiple = math.lcm(family.multiple, _demanded(pipeline))
    if ratio in recipe.sizes:
        width, height = recipe.sizes[ratio]
        return families.nearest(width, multiple), families.nearest(height, multiple)
    return families.size(ratio, family.pixels, multiple)


def _demanded(pipeline: Any) -> int:
    """What sides must be multiples of: the VAE's compression times the transformer's patch."""
    spatial = next((int(getattr(pipeline, name)) for name in _SPATIAL if hasattr(pipeline, name)), 8)
    config = getattr(getattr(pipeline, "transformer", None), "config", {})
    patch = config.get("patch_size", 1) or 1
    return spatial * int(patch[-1] if isinstance(patch, list | tuple) else patch)


@contextlib.contextmanager
def hearing(pipeline: Any, arguments: dict[str, Any], heard: Heard) -> Iterator[None]:
    """Has `heard` called after each step: by the pipeline's own callback, or else around its scheduler."""

    def after(step: int, steps: int) -> None:
        heard(
            STEPS_FROM + (STEPS_UNTIL - STEPS_FROM) * step / max(steps, 1),
            f"Step {step} of {steps}" if step < steps else "Developing the pictures",
        )

    if "callback_on_step_end" in inspect.signature(pipeline.__call__).parameters:

        def called(pipe: Any, index: int, _time: Any, tensors: dict[str, Any]) -> dict[str, Any]:
            after(index + 1, int(pipe.num_timesteps))
            return tensors

        arguments["callback_on_step_end"] = called
        yield
        return
    scheduler, taken = pipeline.scheduler, 0
    original = scheduler.step

    def stepped(*args: Any, **kwargs: Any) -> Any:
        nonlocal taken
        answer = original(*args, **kwargs)
        taken += 1
        after(taken, len(scheduler.timesteps))
        return answer

    scheduler.step = stepped
    try:
        yield
    finally:
        # An attribute of the object hid the method of its class; without it the method is there again.
        del scheduler.step


def is_out_of_memory(error: BaseException) -> bool:
    """Whether torch, CUDA or the machine ran out of memory."""
    return (
        isinstance(error, MemoryError)
        or type(error).__name__ == "OutOfMemoryError"
        or bool(re.search(r"out of memory|can't allocate memory", str(error), re.IGNORECASE))
    )


def out_of_memory(recipe: Recipe, job: Job, error: BaseException) -> ProviderError:
    """Says so to whoever waits, and to the operator what to set next."""
    if not recipe.tiling:
        advice = "set tiling = true for this model"
    elif recipe.offload == "none":
        advice = 'set offload = "model" for this model, then "group" if that is not enough'
    elif recipe.quantise == "none":
        advice = 'set quantise = "fp8" for this model, or offer smaller sizes or fewer seconds'
    else:
        advice = "offer smaller sizes or fewer seconds for this model, or use a GPU with more memory"
    said = (str(error).strip().splitlines() or ["no more was said"])[0]
    return ProviderError(
        "unavailable",
        "The machine ran out of memory while making this. It cost nothing; try "
        + ("another model." if job.kind == "image" else "a shorter clip, or another model."),
        retriable=True,
        detail=f"{recipe.name} ran out of memory ({said[:300]}); {advice}.",
    )


def _pictures(frames: Any, torch: Any) -> Any:
    """`(n, 3, height, width)` between 0 and 1, on any device, as RGB bytes `(n, height, width, 3)`."""
    count, _, height, width = frames.shape
    pictures = np.empty((count, height, width, 3), np.uint8)
    for index, frame in enumerate(frames):
        # One at a time: a whole clip in float32 is as large as some models.
        if not bool(torch.isfinite(frame).all()):
            raise ProviderError(
                "bad_output",
                "The model made something that is no picture. It cost nothing; try again with other words.",
                retriable=True,
                detail='The pictures hold NaN; set dtype = "bfloat16" or "float32" for this model.',
            )
        scaled = frame.float().clamp(0, 1).mul(255).round().to(torch.uint8)
        pictures[index] = scaled.permute(1, 2, 0).cpu().numpy()
    return pictures


def _sound(pipeline: Any, output: Any) -> Sound | None:
    audio = getattr(output, "audio", None)
    if audio is None:
        return None
    samples = audio[0].detach().float().cpu().numpy()
    rate = int(pipeline.vocoder.config.output_sampling_rate)
    return Sound(np.atleast_2d(samples), rate)


def _refuse_censored(output: Any) -> None:
    """A model's own checker paints what it objects to black and says so beside it."""
    if any(getattr(output, "nsfw_content_detected", None) or ()):
        raise ProviderError(
            "moderated",
            "The model refused to show what it made of this prompt. Change the words.",
            retriable=False,
        )

"""From a folder to a pipeline that is ready to run, the way its recipe asks for.

The only module here that imports torch and diffusers, and only when something is to be made.
"""

import gc
import os
import time
from collections.abc import Callable
from typing import Any

import structlog

from soho.providers.contract import ProviderError
from soho.providers.diffusers.families import Family
from soho.providers.diffusers.recipe import Recipe

log = structlog.get_logger(__name__)

# Where a pipeline keeps what takes most of the memory, largest first.
_LARGE_PARTS = ("transformer", "transformer_2", "unet", "text_encoder", "text_encoder_2", "text_encoder_3")
_DENOISERS = ("transformer", "transformer_2", "unet")


def load(recipe: Recipe, family: Family) -> Any:
    """The pipeline in the recipe's folder, on its device. Takes seconds to minutes.

    Nothing is downloaded and no code of the folder is run. Raises ProviderError `unavailable`.
    """
    # Read by the libraries when they are imported: nothing in here has any business with the network.
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    began = time.monotonic()
    try:
        import diffusers
        import torch
        import transformers
    except ImportError as error:
        raise unavailable(recipe, f"{error}; run: pip install 'soho[diffusers]'") from error
    for library in (diffusers, transformers):
        # Bars are for terminals; this is a log.
        library.utils.logging.disable_progress_bar()
    device = device_of(recipe, torch)
    try:
        pipeline = diffusers.DiffusionPipeline.from_pretrained(
            recipe.folder,
            local_files_only=True,
            use_safetensors=True,
            trust_remote_code=False,
            dtype=_dtypes(recipe, family, device, torch),
            **({"variant": recipe.variant} if recipe.variant else {}),
            **_quantisation(recipe, diffusers, device, torch),
        )
        _place(pipeline, recipe, device, torch)
    except (OSError, ValueError, ImportError, AttributeError, KeyError, TypeError) as error:
        raise unavailable(recipe, f"{recipe.folder} cannot be loaded: {error}") from error
    pipeline.set_progress_bar_config(disable=True)
    log.info(
        "model.loaded", model=recipe.name, device=str(device), seconds=round(time.monotonic() - began, 1)
    )
    return pipeline


def release() -> None:
    """Gives back the memory of pipelines that nobody holds any more."""
    import torch

    gc.collect()
    if torch.cuda.is_available():
        torch.cuda.empty_cache()


def device_of(recipe: Recipe, torch: Any) -> Any:
    """The device that the recipe names; for `auto` the first GPU, else the processor."""
    if recipe.device != "auto":
        return torch.device(recipe.device)
    if torch.cuda.is_available():
        return torch.device("cuda")
    if torch.backends.mps.is_available():
        return torch.device("mps")
    return torch.device("cpu")


def unavailable(recipe: Recipe, detail: str) -> ProviderError:
    """A model that cannot be run as things are: the operator reads `detail`."""
    return ProviderError(
        "unavailable",
        f"The model {recipe.name} cannot run here now. Choose another, or try later.",
        retriable=False,
        detail=detail[:1500],
    )


def _dtypes(recipe: Recipe, family: Family, device: Any, torch: Any) -> Any:
    if recipe.dtype != "auto":
        chosen = getattr(torch, recipe.dtype)
    elif device.type == "cuda":
        chosen = torch.bfloat16 if torch.cuda.is_bf16_supported() else torch.float16
    elif device.type == "mps":
        chosen = torch.bfloat16
    else:
        chosen = torch.float32
    if family.vae_in_float32 and chosen is not torch.float32:
        return {"default": chosen, "vae": torch.float32}
    return chosen


def _quantisation(recipe: Recipe, diffusers: Any, device: Any, torch: Any) -> dict[str, Any]:
    if recipe.quantise not in {"8bit", "4bit"}:
        return {}
    from soho.providers.diffusers.folder import read

    large = [name for name in _LARGE_PARTS if name in read(recipe.folder).parts]
    compute = torch.bfloat16 if device.type != "cuda" or torch.cuda.is_bf16_supported() else torch.float16
    options = (
        {"load_in_4bit": True, "bnb_4bit_quant_type": "nf4", "bnb_4bit_compute_dtype": compute}
        if recipe.quantise == "4bit"
        else {"load_in_8bit": True}
    )
    return {
        "quantization_config": diffusers.PipelineQuantizationConfig(
            quant_backend=f"bitsandbytes_{recipe.quantise}",
            quant_kwargs=options,
            components_to_quantize=large,
        )
    }


def _place(pipeline: Any, recipe: Recipe, device: Any, torch: Any) -> None:
    if recipe.quantise == "fp8":
        for name in _DENOISERS:
            part = getattr(pipeline, name, None)
            if part is not None:
                part.enable_layerwise_casting(storage_dtype=torch.float8_e4m3fn, compute_dtype=part.dtype)
    if recipe.tiling:
        _tile(pipeline)
    placements: dict[str, Callable[[], Any]] = {
        "none": lambda: pipeline.to(device),
        "model": lambda: pipeline.enable_model_cpu_offload(device=device),
        "sequential": lambda: pipeline.enable_sequential_cpu_offload(device=device),
        "group": lambda: pipeline.enable_group_offload(
            onload_device=device,
            offload_type="leaf_level",
            use_stream=device.type == "cuda",
        ),
    }
    if recipe.offload != "none" and device.type == "cpu":
        raise ValueError(f'`offload = "{recipe.offload}"` needs a GPU, and there is none here; remove it')
    placements[recipe.offload]()


def _tile(pipeline: Any) -> None:
    for name in ("vae", "audio_vae"):
        vae = getattr(pipeline, name, None)
        if vae is not None and hasattr(vae, "enable_tiling"):
            vae.enable_tiling()

"""A Wan pipeline of random weights, run as the diffusers provider runs it, in each way to make it fit.

`python -m benchmarks wan` on a machine with a GPU: the shape of Wan 2.1 T2V 1.3B, 81 frames of 832x480. Its
random weights take as long and as much memory as trained ones; only the picture is noise. Without a GPU it
runs a shape of some hundred kilobytes, which measures nothing but that this works. The text encoder has 2 of
its 24 layers, to build it in a minute: it runs once a clip, and every offload moves it away.
"""

import argparse
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from diffusers import AutoencoderKLWan, UniPCMultistepScheduler, WanPipeline, WanTransformer3DModel
from transformers import UMT5Config, UMT5EncoderModel

from benchmarks.figures import Figure, Report
from soho.ids import new_id
from soho.providers.contract import Job
from soho.providers.diffusers import loading, running
from soho.providers.diffusers.families import FAMILIES
from soho.providers.diffusers.recipe import Recipe
from tests.support.pipelines import letters, wan

WAYS: dict[str, dict[str, Any]] = {
    "as it is": {},
    "tiling": {"tiling": True},
    "fp8, tiling": {"quantise": "fp8", "tiling": True},
    "offload model, tiling": {"offload": "model", "tiling": True},
    "offload group, tiling": {"offload": "group", "tiling": True},
}


def full_size(folder: Path) -> Path:
    """Wan 2.1 T2V 1.3B: 30 layers of 12 heads of 128, and its VAE."""
    torch.manual_seed(0)
    with torch.device("cpu"):
        encoder = UMT5EncoderModel(
            UMT5Config(vocab_size=256_384, d_model=4096, d_kv=64, d_ff=10_240, num_layers=2, num_heads=64)
        )
        transformer = WanTransformer3DModel(
            num_attention_heads=12, attention_head_dim=128, text_dim=4096, ffn_dim=8960, num_layers=30
        )
    WanPipeline(
        tokenizer=letters(),
        text_encoder=encoder.to(torch.bfloat16),
        vae=AutoencoderKLWan(),
        transformer=transformer.to(torch.bfloat16),
        scheduler=UniPCMultistepScheduler(
            prediction_type="flow_prediction", use_flow_sigmas=True, flow_shift=3.0
        ),
    ).save_pretrained(folder)
    return folder


def one_way(way: str, recipe: Recipe, seconds: float) -> list[Figure]:
    """Seconds to load, of a step, and after the last; and the most memory of the GPU, where there is one."""
    family = FAMILIES["WanPipeline"]
    on_gpu = torch.cuda.is_available()
    if on_gpu:
        torch.cuda.reset_peak_memory_stats()
    began = time.monotonic()
    pipeline = loading.load(recipe, family)
    loaded = time.monotonic() - began
    steps: list[float] = []

    def heard(fraction: float, note: str) -> None:
        if on_gpu:
            torch.cuda.synchronize()
        if note.startswith(("Step ", "Developing")):
            steps.append(time.monotonic())

    job = Job(new_id(), "video", recipe.name, "A quiet lake at dawn", "16:9", seconds, 7)
    running.run(pipeline, recipe, family, job, heard)
    ended = time.monotonic()
    last = recipe.steps or 1
    # The first step also waits for the prompt, and for kernels that are built at their first use.
    each = (steps[last - 1] - steps[0]) / (last - 1)
    found = [
        Figure(f"{way}: to load", loaded, "s"),
        Figure(f"{way}: a step", each, "s"),
        Figure(f"{way}: after the last step", ended - steps[last - 1], "s"),
    ]
    if on_gpu:
        found.append(Figure(f"{way}: memory of the GPU", torch.cuda.max_memory_allocated() / 2**30, "GiB"))
    del pipeline
    loading.release()
    return found


def measure(steps: int = 6) -> Report:
    """Each way that the machine can go."""
    full = torch.cuda.is_available()
    device = torch.cuda.get_device_name() if full else "the processor"
    shape = (
        "Wan 2.1 1.3B, 832x480, 81 frames" if full else "a tiny Wan, 64x32, 17 frames (no GPU: no figures)"
    )
    figures: list[Figure] = []
    with tempfile.TemporaryDirectory() as temporary:
        folder = full_size(Path(temporary) / "wan") if full else wan(Path(temporary) / "wan")
        size = (832, 480) if full else (64, 32)
        base = Recipe("wan", folder, steps=steps, sizes={"16:9": size})
        for way, settings in WAYS.items():
            if full or "offload" not in settings:
                figures += one_way(way, replace(base, **settings), 5.0 if full else 1.0)
    return Report("wan", f"{shape}, on {device}", figures)


def main(arguments: Sequence[str] | None = None) -> Report:
    """Measures and prints."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--steps", type=int, default=6)
    parser.add_argument("--quick", action="store_true", help="two steps")
    given = parser.parse_args(arguments)
    report = measure(2 if given.quick else given.steps)
    print(report)
    return report


if __name__ == "__main__":
    main()

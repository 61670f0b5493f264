"""What a model folder is told to lack, and what `soho.toml` may say of it. Nothing here loads torch."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from soho.providers import configuration_file
from soho.providers.diffusers import Diffusers, Recipe, described, family_of, make, surroundings
from soho.providers.diffusers.families import FAMILIES, frames, size
from soho.providers.diffusers.folder import Unusable, check_weights, read


def model_folder(folder: Path, pipeline: object = "WanPipeline", **parts: str) -> Path:
    """A folder as a download leaves it, with a few bytes for weights."""
    parts = parts or {"transformer": "WanTransformer3DModel", "vae": "AutoencoderKLWan"}
    folder.mkdir(parents=True)
    index: dict[str, Any] = {"_class_name": pipeline, "_diffusers_version": "0.42.1"}
    for name, kind in {**parts, "scheduler": "UniPCMultistepScheduler", "tokenizer": "T5Tokenizer"}.items():
        index[name] = ["diffusers", kind]
        (folder / name).mkdir()
        if name in parts:
            (folder / name / "diffusion_pytorch_model.safetensors").write_bytes(b"weights")
    (folder / "model_index.json").write_text(json.dumps(index))
    return folder


def health(folder: Path, **settings: Any) -> str:
    recipe = Recipe("wan", folder, **{"device": "cpu", **settings})
    return Diffusers("local", [(recipe, described(recipe))]).health("wan").sentence


def test_a_whole_folder_lacks_nothing(tmp_path: Path) -> None:
    assert health(model_folder(tmp_path / "wan")) == ""


@pytest.mark.parametrize(
    ("harm", "says"),
    [
        (lambda folder: shutil.rmtree(folder), "There is no folder"),
        (lambda folder: (folder / "model_index.json").unlink(), "has no model_index.json"),
        (lambda folder: (folder / "model_index.json").write_text("{"), "cannot be read as JSON"),
        (lambda folder: (folder / "model_index.json").write_text("[1]"), "is not what diffusers writes"),
        (lambda folder: shutil.rmtree(folder / "vae"), "lacks its part vae/"),
        (lambda folder: shutil.rmtree(folder / "tokenizer"), "lacks its part tokenizer/"),
        (
            lambda folder: (folder / "vae" / "diffusion_pytorch_model.safetensors").unlink(),
            "vae holds no weights",
        ),
        (
            lambda folder: (folder / "vae" / "diffusion_pytorch_model.safetensors").rename(
                folder / "vae" / "diffusion_pytorch_model.bin"
            ),
            "pickled weights only",
        ),
        (
            lambda folder: (folder / "vae" / "diffusion_pytorch_model.safetensors").write_bytes(
                b"version https://git-lfs.github.com/spec/v1\n"
            ),
            "pointer of Git LFS",
        ),
        (
            lambda folder: (folder / "vae" / "model.safetensors.index.json").write_text(
                '{"weight_map": {"a": "model-00001-of-00002.safetensors", "b": "../../etc/passwd"}}'
            ),
            "lacks model-00001-of-00002.safetensors (1 missing",
        ),
    ],
)
def test_what_is_missing_is_one_sentence(harm: Any, says: str, tmp_path: Path) -> None:
    folder = model_folder(tmp_path / "wan")
    harm(folder)
    sentence = health(folder)
    assert says in sentence
    assert sentence.count(". ") == 0


def test_a_folder_that_brings_code_is_refused(tmp_path: Path) -> None:
    assert "code of its own" in health(model_folder(tmp_path / "odd", ["pipeline", "MyPipeline"]))


def test_a_variant_that_is_not_there_is_named(tmp_path: Path) -> None:
    assert "variant 'fp16'" in health(model_folder(tmp_path / "wan"), variant="fp16")


def test_an_unknown_pipeline_needs_to_be_told_what_it_makes(tmp_path: Path) -> None:
    folder = model_folder(tmp_path / "new", "BrandNewPipeline")
    assert "does not know what BrandNewPipeline makes" in health(folder)
    assert health(folder, kind="image") == ""
    assert described(Recipe("new", folder, kind="image")).kinds == ("image",)
    with pytest.raises(Unusable, match="makes videos"):
        family_of(Recipe("wan", folder, kind="image"), "WanPipeline")


def test_weights_are_checked_for_parts_that_have_some(tmp_path: Path) -> None:
    folder = model_folder(tmp_path / "sd", "StableDiffusionPipeline", unet="UNet2DConditionModel")
    check_weights(folder, read(folder))


def test_what_the_machine_lacks_is_one_sentence(tmp_path: Path) -> None:
    def lack(**settings: Any) -> str:
        return surroundings.trouble(Recipe("wan", tmp_path, **settings))

    found = surroundings.accelerators(-1)
    assert isinstance(found, dict)
    assert "sees" in lack(device=f"cuda:{found['cuda']}")
    assert lack(device="cpu") == ""
    if not found["cuda"] and not found["mps"]:
        assert "there is no GPU here" in lack(offload="model")


@pytest.mark.parametrize(
    ("ratio", "pixels", "multiple", "made"),
    [
        ("16:9", 832 * 480, 16, (848, 480)),
        ("9:16", 832 * 480, 16, (480, 848)),
        ("1:1", 1024 * 1024, 16, (1024, 1024)),
        ("9:16", 768 * 512, 32, (480, 832)),
        ("16:9", 10, 64, (64, 64)),
    ],
)
def test_sizes_keep_the_shape_and_what_the_model_demands(
    ratio: str, pixels: int, multiple: int, made: tuple[int, int]
) -> None:
    assert size(ratio, pixels, multiple) == made


@pytest.mark.parametrize(
    ("seconds", "fps", "every", "made"),
    [(5, 16, 4, 81), (5, 24, 8, 121), (6, 8, 4, 49), (0.01, 16, 4, 5), (2, 8, 1, 16), (5.4, 16, 4, 85)],
)
def test_clips_have_as_many_frames_as_the_model_can(
    seconds: float, fps: float, every: int, made: int
) -> None:
    assert frames(seconds, fps, every) == made


def test_every_family_offers_lengths_that_come_out_as_promised() -> None:
    for family in FAMILIES.values():
        for seconds in family.seconds:
            assert abs(frames(seconds, family.fps, family.every) / family.fps - seconds) < 0.3


def configured(tmp_path: Path, text: str) -> Diffusers:
    path = tmp_path / "soho.toml"
    path.write_text(text)
    config = configuration_file.load(path).providers[0]
    provider = make(config)
    config.all_read()
    return provider


def test_a_shelf_offers_every_folder_on_it(tmp_path: Path) -> None:
    model_folder(tmp_path / "shelf" / "wan")
    model_folder(tmp_path / "shelf" / "sdxl", "StableDiffusionXLPipeline", unet="UNet2DConditionModel")
    (tmp_path / "shelf" / "notes").mkdir()
    provider = configured(tmp_path, '[providers.local]\nkind = "diffusers"\nfolder = "shelf"\n')
    assert [(one.name, one.kinds, one.lane) for one in provider.models()] == [
        ("sdxl", ("image",), "gpu"),
        ("wan", ("video",), "gpu"),
    ]


def test_the_operators_words_and_numbers_reach_the_model(tmp_path: Path) -> None:
    model_folder(tmp_path / "wan")
    provider = configured(
        tmp_path,
        """
        [providers.local]
        kind = "diffusers"
        [providers.local.models.sea]
        folder = "wan"
        title = "Wan at sea"
        lane = "gpu-1"
        device = "cuda:1"
        dtype = "float16"
        steps = 12
        guidance = 0
        fps = 24
        negative_prompt = "blurry"
        offload = "group"
        quantise = "fp8"
        tiling = true
        seconds = [2, 3]
        sizes = { "16:9" = "832x480" }
        arguments = { flow_shift = 3.0 }
        prices = { video = 4 }
        """,
    )
    [info] = provider.models()
    assert (info.name, info.title, info.lane, info.seconds) == ("sea", "Wan at sea", "gpu-1", (2.0, 3.0))
    assert (info.aspect_ratios, info.prices) == (("16:9",), {"video": 4})
    recipe, _ = provider._offer["sea"]
    assert (recipe.folder, recipe.device, recipe.dtype) == (tmp_path / "wan", "cuda:1", "float16")
    assert (recipe.steps, recipe.guidance, recipe.fps, recipe.negative_prompt) == (12, 0.0, 24.0, "blurry")
    assert (recipe.offload, recipe.quantise, recipe.tiling) == ("group", "fp8", True)
    assert (recipe.sizes, recipe.arguments) == ({"16:9": (832, 480)}, {"flow_shift": 3.0})


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ('offload = "disk"', "offload"),
        ('quantise = "2bit"', "quantise"),
        ('device = "tpu"', "device"),
        ('lane = "video"', "lane"),
        ("steps = 5000", "steps"),
        ('kinds = ["image", "video"]', "kinds"),
        ("arguments = { prompt = 'mine' }", "arguments"),
        ("stepz = 5", "stepz"),
    ],
)
def test_a_mistake_stops_the_start_and_is_named(line: str, says: str, tmp_path: Path) -> None:
    model_folder(tmp_path / "wan")
    table = "[providers.local]\nkind = 'diffusers'\n[providers.local.models.wan]\nfolder = 'wan'\n"
    with pytest.raises(ImproperlyConfigured, match=says):
        configured(tmp_path, table + line)


def test_neither_the_web_nor_the_parent_of_the_workers_loads_torch(tmp_path: Path) -> None:
    """A process that has touched CUDA cannot fork."""
    model_folder(tmp_path / "models" / "wan")
    (tmp_path / "soho.toml").write_text('[providers.local]\nkind = "diffusers"\n')
    code = (
        "import sys, django; django.setup()\n"
        "from soho.providers import registry\n"
        "[local, *_] = registry.providers()\n"
        "print(registry.lanes(), local.health('wan').sentence)\n"
        "assert not {'torch', 'diffusers', 'transformers'} & set(sys.modules)\n"
    )
    environment = {**os.environ, "SOHO_CONFIG": str(tmp_path / "soho.toml")}
    ran = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, timeout=120
    )
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.startswith("{'gpu': ['wan']}")


def test_a_provider_without_models_or_shelf_is_a_mistake(tmp_path: Path) -> None:
    with pytest.raises(ImproperlyConfigured, match="folder"):
        configured(tmp_path, '[providers.local]\nkind = "diffusers"\n')
    (tmp_path / "empty").mkdir()
    with pytest.raises(ImproperlyConfigured, match="no model folders"):
        configured(tmp_path, '[providers.local]\nkind = "diffusers"\nfolder = "empty"\n')

"""From a saved model folder to a file, in process, with real pipelines of random weights."""

from dataclasses import replace
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from soho import media
from soho.ids import new_id
from soho.providers.contract import Job, Kind, ProviderError
from soho.providers.diffusers import Diffusers, Recipe, described, loading, running
from soho.providers.diffusers.families import FAMILIES
from tests.providers.test_contract import Listener, Stopped

pytestmark = [pytest.mark.xdist_group("torch"), pytest.mark.timeout(120)]

SIZES = {"16:9": (64, 36), "1:1": (32, 32)}


def recipes(shelf: Path) -> list[Recipe]:
    small = {"sizes": SIZES, "device": "cpu", "steps": 3}
    return [
        Recipe("wan", shelf / "wan", tiling=True, **small),
        Recipe("ltx2", shelf / "ltx2", **small),
        Recipe("z-image", shelf / "z-image", **small),
        # Stored in eight bits, computed in thirty-two.
        Recipe("wan-fp8", shelf / "wan", quantise="fp8", **small),
        Recipe("wan-slow", shelf / "wan", **{**small, "steps": 40}),
    ]


@pytest.fixture(scope="module")
def models(shelf: Path) -> Diffusers:
    return Diffusers("local", [(one, described(one)) for one in recipes(shelf)])


def job(model: str, *, kind: Kind = "video", ratio: str = "16:9", seed: int = 7, seconds: float = 1.0) -> Job:
    return Job(
        new_id(), kind, model, "A quiet lake at dawn", ratio, seconds if kind == "video" else None, seed
    )


def pixels(path: Path) -> "np.ndarray[tuple[int, ...], np.dtype[np.uint8]]":
    with av.open(str(path)) as clip:
        return np.stack([frame.to_ndarray(format="rgb24") for frame in clip.decode(video=0)])


def test_folders_say_what_they_make(models: Diffusers) -> None:
    offered = {one.name: one for one in models.models()}
    assert offered["wan"].kinds == offered["ltx2"].kinds == ("video",)
    assert offered["z-image"].kinds == ("image",)
    assert offered["ltx2"].has_audio
    assert not offered["wan"].has_audio
    assert offered["wan"].lane == "gpu"
    assert [models.health(name).sentence for name in offered] == [""] * len(offered)


def test_wan_makes_a_clip_of_the_length_and_size_it_can(models: Diffusers, tmp_path: Path) -> None:
    found = media.probe(models.generate(job("wan"), tmp_path, Listener()))
    # 64x36 and 16 frames were asked for; Wan makes sixteens, and 4k+1 frames at 16 a second.
    assert (found.kind, found.width, found.height) == ("video", 64, 32)
    assert found.duration == pytest.approx(17 / 16, abs=0.02)
    assert not found.has_audio


def test_progress_counts_the_steps_in_words_and_rises(models: Diffusers, tmp_path: Path) -> None:
    listener = Listener()
    models.generate(job("wan-slow", ratio="1:1", seconds=0.5), tmp_path, listener)
    fractions = [fraction for fraction, _ in listener.heard]
    assert fractions == sorted(fractions)
    steps = [note for _, note in listener.heard if note.startswith("Step ")]
    assert steps
    assert all(note.endswith(" of 40") for note in steps)
    assert listener.heard[-1][1] == "Writing the film"


def test_ltx2_brings_its_own_sound(models: Diffusers, tmp_path: Path) -> None:
    path = models.generate(job("ltx2", ratio="1:1"), tmp_path, Listener())
    with av.open(str(path)) as clip:
        [video], [audio] = clip.streams.video, clip.streams.audio
        assert (video.codec_context.name, audio.codec_context.name) == ("h264", "aac")
        assert audio.codec_context.layout.nb_channels == 2
        assert audio.duration * audio.time_base <= video.duration * video.time_base + 0.05
        samples = np.concatenate([frame.to_ndarray() for frame in clip.decode(audio=0)], axis=1)
    assert np.abs(samples).max() > 0.001


def test_z_image_makes_a_picture(models: Diffusers, tmp_path: Path) -> None:
    with Image.open(models.generate(job("z-image", kind="image"), tmp_path, Listener())) as picture:
        assert (picture.format, picture.size) == ("PNG", (64, 32))


def test_weights_in_eight_bits_make_much_the_same_clip(models: Diffusers, tmp_path: Path) -> None:
    full = pixels(models.generate(job("wan"), tmp_path, Listener())).astype(float)
    small = pixels(models.generate(job("wan-fp8"), tmp_path, Listener())).astype(float)
    assert 0 < np.abs(full - small).mean() < 40


@pytest.mark.parametrize(("model", "kind"), [("wan", "video"), ("ltx2", "video"), ("z-image", "image")])
def test_a_seed_says_what_comes_of_it(models: Diffusers, model: str, kind: Kind, tmp_path: Path) -> None:
    def made(seed: int) -> "np.ndarray[tuple[int, ...], np.dtype[np.float64]]":
        order = job(model, kind=kind, ratio="1:1", seed=seed, seconds=0.4)
        return pixels(models.generate(order, tmp_path, Listener())).astype(float)

    first, other, again = made(7), made(2**53 - 1), made(7)
    # Threads add up in any order, and random weights can make much of the last digits; another seed is
    # another world.
    apart = np.abs(other - first).mean()
    assert apart > 3
    assert np.abs(again - first).mean() < apart / 10


def test_a_stop_ends_the_run_and_the_warm_model_goes_on(models: Diffusers, tmp_path: Path) -> None:
    class Impatient(Listener):
        def checkpoint(self) -> None:
            if self.heard[-1][1].startswith("Step "):
                raise Stopped

    with pytest.raises(Stopped):
        models.generate(job("wan-slow", seconds=3.0), tmp_path, Impatient())
    assert list(tmp_path.iterdir()) == []
    # The very same loaded pipeline makes the next one.
    warm = models._bench._warm
    listener = Listener()
    models.generate(job("wan-slow", ratio="1:1", seconds=0.3), tmp_path, listener)
    assert models._bench._warm is warm
    assert "Loading the model" not in {note for _, note in listener.heard}


def test_out_of_memory_is_told_with_the_next_step_and_the_model_comes_back(
    models: Diffusers, shelf: Path, tmp_path: Path
) -> None:
    # More than any address space: the allocation fails at once on every machine.
    huge = Recipe("wan", shelf / "wan", device="cpu", steps=1, sizes={"1:1": (99_984, 99_984)})
    greedy = Diffusers("greedy", [(huge, described(huge))])
    with pytest.raises(ProviderError) as caught:
        greedy.generate(job("wan", ratio="1:1", seconds=20_000), tmp_path, Listener())
    assert (caught.value.code, caught.value.retriable) == ("unavailable", True)
    assert "ran out of memory" in caught.value.message
    assert "tiling = true" in caught.value.detail
    assert greedy._bench._warm is None
    # The bench itself is whole.
    greedy._offer["wan"] = (replace(huge, sizes=SIZES), greedy._offer["wan"][1])
    assert greedy.generate(job("wan", ratio="1:1", seconds=0.5), tmp_path, Listener()).exists()


def test_pictures_that_are_no_numbers_are_refused(models: Diffusers, shelf: Path, tmp_path: Path) -> None:
    models.generate(job("wan", ratio="1:1", seconds=0.5), tmp_path, Listener())
    warm = models._bench._warm
    assert warm is not None
    weights = warm[1].vae.decoder.conv_out.bias
    kept = weights.detach().clone()
    weights.data.fill_(float("nan"))
    try:
        with pytest.raises(ProviderError) as caught:
            models.generate(job("wan", ratio="1:1", seconds=0.5), tmp_path, Listener())
    finally:
        weights.data.copy_(kept)
    assert caught.value.code == "bad_output"
    assert "dtype" in caught.value.detail


def test_a_folder_that_cannot_be_loaded_is_unavailable_and_says_why(shelf: Path, tmp_path: Path) -> None:
    import shutil

    broken = tmp_path / "broken"
    shutil.copytree(shelf / "wan", broken)
    weights = next((broken / "vae").glob("*.safetensors"))
    weights.write_bytes(weights.read_bytes()[:100])
    recipe = Recipe("wan", broken, device="cpu")
    with pytest.raises(ProviderError) as caught:
        Diffusers("local", [(recipe, described(recipe))]).generate(job("wan"), tmp_path, Listener())
    assert caught.value.code == "unavailable"
    assert str(broken) in caught.value.detail
    assert str(broken) not in caught.value.message


def test_a_pipeline_without_a_callback_is_heard_around_its_scheduler(shelf: Path) -> None:
    from diffusers import WanPipeline

    class Mute(WanPipeline):
        """As HunyuanVideo 1.5 is: nobody is called after a step."""

        def __call__(
            self, prompt: str, height: int, width: int, num_frames: int, num_inference_steps: int,
            generator: object, output_type: str,
        ) -> object:  # fmt: skip
            return super().__call__(
                prompt, None, height, width, num_frames, num_inference_steps, generator=generator,
                output_type=output_type,
            )  # fmt: skip

    recipe = Recipe("wan", shelf / "wan", device="cpu", steps=3, sizes=SIZES)
    pipeline = loading.load(recipe, FAMILIES["WanPipeline"])
    mute = Mute(**pipeline.components)
    mute.set_progress_bar_config(disable=True)
    heard: list[str] = []

    def hear(fraction: float, note: str) -> None:
        heard.append(note)
        if len(heard) == stops_at:
            raise Stopped

    stops_at = 3
    with pytest.raises(Stopped):
        running.run(mute, recipe, FAMILIES["WanPipeline"], job("wan", ratio="1:1", seconds=0.4), hear)
    assert heard == ["Reading the prompt", "Step 1 of 3", "Step 2 of 3"]
    # The scheduler is as it was.
    assert "step" not in vars(mute.scheduler)
    heard, stops_at = [], 0
    made = running.run(mute, recipe, FAMILIES["WanPipeline"], job("wan", ratio="1:1", seconds=0.4), hear)
    assert heard[:3] == ["Reading the prompt", "Step 1 of 3", "Step 2 of 3"]
    assert made.pictures.shape == (5, 32, 32, 3)

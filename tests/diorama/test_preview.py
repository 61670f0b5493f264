"""The draft preview: a small film of the very scene that the full one shows."""

from dataclasses import replace
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
from click.testing import CliRunner

from soho.cli.main import main
from soho.diorama import read, render_preview, render_video
from soho.diorama.preview import preview_size

PROMPT = "A castle on a hill at sunset with birds"


def pictures(path: Path) -> list[np.ndarray]:
    with av.open(str(path)) as container:
        return [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]


def test_it_is_small_and_short_and_whole(tmp_path: Path) -> None:
    out = tmp_path / "draft.mp4"
    scene = render_preview(PROMPT, out, seed=5)
    assert replace(scene, width=1080, height=1920) == read(PROMPT, 5, 1080, 1920)
    with av.open(str(out)) as container:
        video, audio = container.streams.video[0], container.streams.audio[0]
        assert (video.width, video.height, video.average_rate) == (360, 640, 12)
        assert float(container.duration or 0) / av.time_base == pytest.approx(4.0, abs=0.1)
        assert audio.codec_context.name == "aac"
    assert len(pictures(out)) == 48
    assert list(tmp_path.iterdir()) == [out]


def test_it_shows_what_the_full_film_shows(tmp_path: Path) -> None:
    """Given the same prompt and seed, then the sketch is nearer to its own film than to another seed's."""
    sketch, film, other = (tmp_path / f"{name}.mp4" for name in ("sketch", "film", "other"))
    render_preview(PROMPT, sketch, seed=5)
    for path, seed in ((film, 5), (other, 6)):
        render_video(PROMPT, path, seed=seed, width=720, height=1280, seconds=4, fps=2)
    mine, its, theirs = (
        cv2.resize(pictures(path)[0], (90, 160), interpolation=cv2.INTER_AREA).astype(np.float32)
        for path in (sketch, film, other)
    )
    assert np.abs(mine - its).mean() < np.abs(mine - theirs).mean() / 2


@pytest.mark.parametrize(
    ("full", "small"),
    [
        ((1080, 1920), (360, 640)),
        ((1080, 1080), (360, 360)),
        ((1920, 1080), (640, 360)),
        ((64, 64), (360, 360)),
    ],
)
def test_it_has_the_films_shape(full: tuple[int, int], small: tuple[int, int]) -> None:
    assert preview_size(*full) == small


@pytest.mark.parametrize("size", [(1081, 1920), (1080, 62), (0, 0)])
def test_a_size_that_no_film_has_is_refused_by_name(size: tuple[int, int], tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"^(width|height) must be"):
        render_preview(PROMPT, tmp_path / "x.mp4", seed=1, width=size[0], height=size[1])


def test_the_command_draws_it(tmp_path: Path) -> None:
    out = tmp_path / "draft.mp4"
    done = CliRunner().invoke(main, ["diorama", "a zebra", "--preview", "-o", str(out), "--size", "640x360"])
    assert (done.exit_code, done.stderr) == (0, "Diorama cannot draw: zebra\n")
    assert pictures(out)[0].shape == (360, 640, 3)
    refused = CliRunner().invoke(main, ["diorama", "a", "--preview", "-o", str(tmp_path / "x.jpg")])
    assert refused.exit_code == 2
    assert "must end in .mp4" in refused.stderr

"""The files: what a player, a prober and a person who cancels find."""

from __future__ import annotations

import hashlib
import math
import subprocess
import sys
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from soho.diorama import Scene, read, render_image, render_video
from soho.diorama.encode import COMMENT
from soho.diorama.sound import RATE, loudness, soundtrack

SMALL = {"seed": 7, "width": 180, "height": 320, "seconds": 1.0}
ODD_PROMPTS = [
    "",
    "   ",
    "🌋🦄🎬",
    "a\x00b\x1b[31m",
    "\ud800 lone surrogate",
    "山の夕日",
    "ß" * 10_000,
    "no " * 5_000,
    "<b>&amp;",
]


def frames_of(path: Path) -> str:
    """One hash over every decoded frame."""
    digest = hashlib.sha256()
    with av.open(str(path)) as container:
        for frame in container.decode(video=0):
            digest.update(frame.to_ndarray(format="yuv420p").tobytes())
    return digest.hexdigest()


def sound_of(path: Path) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    """The decoded sound as (2, samples)."""
    with av.open(str(path)) as container:
        return np.concatenate([frame.to_ndarray() for frame in container.decode(audio=0)], 1)


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two seconds of surf, rendered once for all that look at it."""
    out = tmp_path_factory.mktemp("clip") / "ocean.mp4"
    render_video("ocean waves at sunset", out, seed=7, width=180, height=320, seconds=2.5, fps=24)
    return out


def test_a_film_is_exactly_what_was_asked_for(clip: Path) -> None:
    with av.open(str(clip)) as container:
        video, audio = container.streams.video[0], container.streams.audio[0]
        assert (video.codec_context.name, video.codec_context.pix_fmt) == ("h264", "yuv420p")
        assert (video.width, video.height, video.average_rate, video.frames) == (180, 320, 24, 60)
        assert {video.codec_context.colorspace, video.codec_context.color_primaries} == {1}
        assert (audio.codec_context.name, audio.layout.name, audio.rate) == ("aac", "stereo", 48_000)
        assert video.duration is not None
        assert audio.duration is not None
        assert float(video.duration * video.time_base) == pytest.approx(2.5)
        assert float(audio.duration * audio.time_base) == pytest.approx(2.5, abs=0.001)
        assert container.metadata["comment"] == COMMENT == "Soho Diorama, procedural renderer"
        keys = [frame.time for frame in container.decode(video=0) if frame.key_frame]
        assert keys == [0.0, 2.0]


def test_the_index_stands_in_front_so_that_it_plays_while_it_loads(clip: Path) -> None:
    body = clip.read_bytes()
    assert 0 < body.index(b"moov") < body.index(b"mdat")


def test_its_sound_is_soft_and_clean(clip: Path) -> None:
    sound = sound_of(clip)
    assert -21 < loudness(sound.astype(np.float64)) < -15
    assert np.abs(sound).max() < 0.95
    assert np.abs(np.diff(sound)).max() < 0.35


@pytest.mark.parametrize(
    "prompt", ["storm at sea", "quiet meadow at night", "rain in the city", "space", "hills in snow"]
)
def test_every_soundtrack_keeps_its_level_and_begins_and_ends_in_silence(prompt: str) -> None:
    sound = soundtrack(read(prompt, 3, 64, 64), 4.0, (0.2, 0.6))
    assert sound.shape == (2, 4 * RATE)
    assert -20 <= loudness(sound.astype(np.float64)) <= -16
    assert np.abs(sound).max() < 0.85
    assert np.abs(sound[:, [0, -1]]).max() < 1e-3
    assert not np.array_equal(sound[0], sound[1])


def test_loudness_is_that_of_the_standard() -> None:
    """Given the reference of BS.1770, a full-scale 997 Hz sine on one side, then it measures -3.01 LUFS."""
    tone = np.sin(2 * np.pi * 997 * np.arange(4 * RATE) / RATE)
    assert loudness(np.stack([tone, 0 * tone])) == pytest.approx(-3.01, abs=0.05)


def test_the_same_seed_makes_the_same_film_and_another_a_different_one(tmp_path: Path) -> None:
    names = {"a.mp4": 7, "b.mp4": 7, "c.mp4": 8}
    for name, seed in names.items():
        render_video("lake at dusk", tmp_path / name, **{**SMALL, "seed": seed})
    a, b, c = (frames_of(tmp_path / name) for name in names)
    assert a == b != c


@pytest.mark.parametrize(
    ("fps", "seconds", "frames"), [(24, 0.5, 12), (30, 0.4, 12), (1, 2.0, 2), (25, 0.01, 1)]
)
def test_any_length_and_rate(tmp_path: Path, fps: int, seconds: float, frames: int) -> None:
    out = tmp_path / "x.mp4"
    render_video("hills", out, seed=1, width=64, height=96, seconds=seconds, fps=fps)
    with av.open(str(out)) as container:
        assert sum(1 for _ in container.decode(video=0)) == frames
    assert sound_of(out).shape[1] >= RATE * frames // fps


def test_progress_counts_every_frame(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    render_video("hills", tmp_path / "x.mp4", **SMALL, progress=lambda done, of: told.append((done, of)))
    assert told == [(n, 24) for n in range(1, 25)]


class Cancelled(Exception):
    """What a caller raises to stop."""


@pytest.mark.parametrize("at", [1, 12, 24])
def test_cancelling_leaves_no_file_and_tells_the_caller(tmp_path: Path, at: int) -> None:
    def stop(done: int, _: int) -> None:
        if done == at:
            raise Cancelled

    with pytest.raises(Cancelled):
        render_video("hills", tmp_path / "x.mp4", **SMALL, progress=stop)
    assert list(tmp_path.iterdir()) == []


def test_a_film_that_was_there_survives_a_cancelled_one(tmp_path: Path) -> None:
    out = tmp_path / "x.mp4"
    out.write_bytes(b"the film before")

    def stop(done: int, _: int) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        render_video("hills", out, **SMALL, progress=stop)
    assert out.read_bytes() == b"the film before"


def test_a_folder_that_is_not_there_is_told_not_waited_for(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        render_video("hills", tmp_path / "missing" / "x.mp4", **SMALL)


@pytest.mark.parametrize("prompt", ODD_PROMPTS, ids=range(len(ODD_PROMPTS)))
def test_unusual_prompts_become_films_all_the_same(tmp_path: Path, prompt: str) -> None:
    out = tmp_path / "x.mp4"
    assert isinstance(render_video(prompt, out, seed=1, width=64, height=96, seconds=0.25, fps=24), Scene)
    assert out.stat().st_size > 1000


@pytest.mark.parametrize(
    ("name", "bad"),
    [
        ("width", 181),
        ("height", 0),
        ("fps", 0),
        ("fps", 12.5),
        ("seconds", 0),
        ("seconds", 61),
        ("seconds", math.nan),
    ],
)
def test_bad_arguments_are_refused_by_name(tmp_path: Path, name: str, bad: float) -> None:
    with pytest.raises(ValueError, match=f"^{name} must be"):
        render_video("hills", tmp_path / "x.mp4", **{**SMALL, name: bad})
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("suffix", "kind"), [(".png", "PNG"), (".jpg", "JPEG"), (".webp", "WEBP")])
def test_a_still_in_each_format_says_what_made_it(tmp_path: Path, suffix: str, kind: str) -> None:
    out = tmp_path / f"x{suffix}"
    told: list[tuple[int, int]] = []
    scene = render_image(
        "sunset over mountains", out, seed=7, width=240, height=240, progress=lambda *p: told.append(p)
    )
    with Image.open(out) as still:
        assert (still.format, still.size) == (kind, (240, 240))
        assert (still.info.get("Software") or still.getexif()[0x0131]) == COMMENT
        red, _, blue = np.asarray(still.convert("RGB"))[:100].reshape(-1, 3).mean(0)
    assert red > blue
    assert scene == read("sunset over mountains", 7, 240, 240)
    assert told == [(1, 2), (2, 2)]


def test_a_still_is_the_same_each_time_and_refuses_other_formats(tmp_path: Path) -> None:
    for name in ("a.png", "b.png"):
        render_image("lake", tmp_path / name, seed=7, width=128, height=128)
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()
    with pytest.raises(ValueError, match=r"^out must end in"):
        render_image("lake", tmp_path / "a.gif", seed=7)
    with pytest.raises(ValueError, match=r"^width must be"):
        render_image("lake", tmp_path / "c.png", seed=7, width=99)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.png", "b.png"]


LARGEST = """
import sys
from pathlib import Path
from soho.diorama import render_image
for size in ((2048, 2048), (1152, 2048), (2048, 1152)):
    render_image("forest with god rays", Path(sys.argv[1], "{}x{}.jpg".format(*size)),
                 seed=7, width=size[0], height=size[1])
for line in Path("/proc/self/status").read_text().splitlines():
    if line.startswith("VmHWM:"):
        print(int(line.split()[1]) // 1024)
"""


def test_the_largest_stills_of_every_shape_keep_within_a_gibibyte(tmp_path: Path) -> None:
    """Given 2048 pixels a side, tall, square and wide, then a process of its own stays below 1 GiB.

    The peak is the program's own: `ru_maxrss` begins with that of the process which started it.
    """
    told = subprocess.run(
        [sys.executable, "-c", LARGEST, str(tmp_path)],
        check=True,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert int(told.stdout) < 1024
    for path in tmp_path.glob("*.jpg"):
        with Image.open(path) as picture:
            assert "{}x{}".format(*picture.size) == path.stem
    assert len(list(tmp_path.glob("*.jpg"))) == 3


def test_the_library_stands_alone() -> None:
    """Given a fresh interpreter, then importing diorama brings in no Django and nothing else of soho."""
    code = (
        "import sys, soho.diorama, soho.diorama.film, soho.diorama.still, soho.diorama.sound;"
        "print([m for m in sys.modules if m.split('.')[0] in ('django', 'celery')"
        " or (m.startswith('soho.') and not m.startswith('soho.diorama'))])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"

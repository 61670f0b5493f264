"""Clips and pictures made by code, each with the one property that a test is about."""

from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt

Picture = npt.NDArray[np.uint8]
Paint = Callable[[int], Picture]


def moving(width: int, height: int) -> Paint:
    """A colour gradient that slides to the left, one picture a frame index."""

    def paint(index: int) -> Picture:
        x = (np.arange(width) * 200 // width + index * 4) % 200 + 30
        y = np.arange(height) * 200 // height + 30
        red, green = np.meshgrid(x, y)
        return np.stack([red, green, np.full_like(red, 120)], -1).astype(np.uint8)

    return paint


def numbered(width: int, height: int) -> Paint:
    """A flat grey whose level says the frame's index: 20 + 5 * index, up to 47."""
    return lambda index: np.full((height, width, 3), 20 + 5 * index, np.uint8)


def still(width: int, height: int) -> Paint:
    """The same picture for every index."""
    first = moving(width, height)(0)
    return lambda index: first


def black(width: int, height: int) -> Paint:
    return lambda index: np.zeros((height, width, 3), np.uint8)


def noise(width: int, height: int) -> Paint:
    """Nothing compresses worse."""
    return lambda index: np.random.default_rng(index).integers(0, 255, (height, width, 3), np.uint8)


def make_clip(
    path: Path,
    paint: Callable[[int, int], Paint] = moving,
    *,
    size: tuple[int, int] = (180, 320),
    seconds: float = 2.0,
    fps: int = 12,
    codec: str = "libx264",
    pix_fmt: str = "yuv420p",
    audio: str | None = "aac",
    gop: int = 12,
    faststart: bool = False,
    rotation: int = 0,
    times: Callable[[int], int] | None = None,
    metadata: dict[str, str] | None = None,
    options: dict[str, str] | None = None,
) -> Path:
    """Write a clip to `path`, in the container that its suffix says, and return `path`.

    `times` gives each frame's time in units of 1/1000 s, for a variable frame rate.
    """
    draw = paint(*size)
    flags = {"movflags": "faststart"} if faststart else {}
    with av.open(str(path), "w", options=flags) as out:
        out.metadata.update(metadata or {})
        video = out.add_stream(
            codec, rate=fps, options=options or ({"preset": "ultrafast"} if "x264" in codec else {})
        )
        video.width, video.height, video.pix_fmt = *size, pix_fmt
        video.codec_context.gop_size = gop
        if rotation:
            video.set_display_rotation(rotation)
        if times:
            video.codec_context.time_base = Fraction(1, 1000)
        sound = out.add_stream(audio, rate=48_000) if audio else None
        for index in range(round(seconds * fps)):
            frame = av.VideoFrame.from_ndarray(draw(index), "rgb24")
            frame.pts = times(index) if times else index
            frame.time_base = Fraction(1, 1000) if times else Fraction(1, fps)
            out.mux(video.encode(frame))
        if sound is not None:
            for tone in _tone(seconds):
                out.mux(sound.encode(tone))
            out.mux(sound.encode(None))
        out.mux(video.encode(None))
    return path


def _tone(seconds: float) -> Iterator[av.AudioFrame]:
    for start in range(0, round(seconds * 48_000), 1024):
        wave = 0.2 * np.sin(2 * np.pi * 220 * np.arange(start, start + 1024) / 48_000)
        frame = av.AudioFrame.from_ndarray(np.stack([wave, wave]).astype(np.float32), "fltp", "stereo")
        frame.sample_rate, frame.pts, frame.time_base = 48_000, start, Fraction(1, 48_000)
        yield frame


def decoded(path: Path) -> list[Picture]:
    """Every frame of a clip as RGB."""
    with av.open(str(path)) as clip:
        return [frame.to_ndarray(format="rgb24") for frame in clip.decode(video=0)]

"""How fast Diorama is: frames a second, the share of drawing and encoding, and the ratio to the bare encoder.

    python benchmarks/diorama.py [--seconds 4] [--size 1080x1920] [PROMPT ...]

CPU seconds are those of all threads of the process; on a busy machine they tell more than the clock does.
The bare encoder is the same encoder with the same settings and sound, fed with frames that are drawn already.
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from soho.diorama import read, render_image, render_video
from soho.diorama.canvas import Canvas
from soho.diorama.encode import VideoFile
from soho.diorama.film import Film
from soho.diorama.sound import soundtrack

FPS = 24
PROMPTS = (
    "A sunset over mountains with vibrant colors",
    "rolling hills at noon",
    "desert dunes in the golden hour",
    "ocean waves at sunset",
    "tropical beach at noon",
    "a lake in the morning mist",
    "forest with god rays",
    "city at night in the rain",
    "snowfield at dusk, snow falling",
    "a meadow of flowers",
    "a purple nebula in space",
    "storm with lightning over the sea",
)


@dataclass(frozen=True)
class Measure:
    """Seconds that the parts of one film took."""

    paint: float
    draw: float
    encode: float
    whole: float
    cpu: float
    frames: int


def measured(prompt: str, size: tuple[int, int], seconds: float, out: Path) -> Measure:
    """Time one prompt: painting the layers, drawing, encoding ready frames, and all of it together."""
    started = time.perf_counter()
    scene = read(prompt, 7, *size)
    film = Film(scene, seconds)
    sound = soundtrack(scene, seconds)
    paint = time.perf_counter() - started
    frames = round(seconds * FPS)
    canvas = Canvas.blank(size[1], size[0], 2)
    ready: list[tuple[np.ndarray, np.ndarray]] = []
    draw = 0.0
    for number in range(frames):
        started = time.perf_counter()
        film.frame(number / frames, number, canvas)
        draw += time.perf_counter() - started
        ready.append((canvas.luma.copy(), canvas.chroma.copy()))
    started = time.perf_counter()
    with VideoFile(out, size, FPS, sound) as video:
        for luma, chroma in ready:
            lent = video.blank()
            lent.luma[:], lent.chroma[:] = luma, chroma
            video.write(lent)
    encode = time.perf_counter() - started
    del ready
    started, spent = time.perf_counter(), time.process_time()
    render_video(prompt, out, seed=7, width=size[0], height=size[1], seconds=seconds, fps=FPS)
    whole, cpu = time.perf_counter() - started, time.process_time() - spent
    return Measure(paint, draw, encode, whole, cpu, frames)


def reading() -> float:
    """CPU seconds that reading the longest prompt takes: the median of five."""
    longest = ("three small red boats over a dark lake, " * 300)[:10_000]
    times = []
    for _ in range(5):
        spent = time.process_time()
        read(longest, 7, 1080, 1920)
        times.append(time.process_time() - spent)
    return float(np.median(times))


def main() -> None:
    """Print one line a prompt and the medians."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("prompts", nargs="*", default=PROMPTS)
    parser.add_argument("--seconds", type=float, default=4.0)
    parser.add_argument("--size", default="1080x1920")
    given = parser.parse_args()
    width, height = (int(side) for side in given.size.split("x"))
    heads = (
        "fps",
        "x real time",
        "draw fps",
        "encode fps",
        "draw %",
        "/ bare",
        "CPU s",
        "still s",
        "its CPU s",
    )
    print(f"{'prompt':44s}" + "".join(f"{head:>12s}" for head in heads))
    ratios, rates = [], []
    with tempfile.TemporaryDirectory() as folder:
        for prompt in given.prompts:
            m = measured(prompt, (width, height), given.seconds, Path(folder) / "x.mp4")
            started, spent = time.perf_counter(), time.process_time()
            render_image(prompt, Path(folder) / "x.jpg", seed=7)
            still, cost = time.perf_counter() - started, time.process_time() - spent
            ratio, rate = m.whole / m.encode, m.frames / m.whole
            ratios.append(ratio)
            rates.append(rate)
            share = (m.paint + m.draw) / (m.paint + m.draw + m.encode)
            speeds = f"{rate:12.1f}{rate / FPS:12.2f}{m.frames / m.draw:12.1f}{m.frames / m.encode:12.1f}"
            print(
                f"{prompt[:44]:44s}{speeds}{share:12.0%}{ratio:12.2f}{m.cpu:12.1f}{still:12.2f}{cost:12.2f}",
                flush=True,
            )
    print(f"reading a prompt of 10,000 characters: {reading() * 1000:.1f} ms CPU, limit 50 ms")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"median {np.median(rates):.1f} fps, slowest {min(rates):.1f} fps", end="; ")
    print(f"median {np.median(ratios):.2f}x the bare encoder, worst {max(ratios):.2f}x")
    print(f"peak memory {peak:.0f} MiB, with the {given.seconds:g} s of ready frames for the bare encoder")


if __name__ == "__main__":
    main()

"""How fast Diorama is: a whole film against real time and against the bare encoder, its memory, and a still.

    python benchmarks/diorama.py [--seconds 8] [--size 1080x1920] [--gallery] [PROMPT ...]

Each film is rendered in a process of its own, with sound, into a file; its memory is that process's peak. The
bare encoder is the same encoder with the same settings, fed with the first two seconds of that film, drawn
already. CPU seconds are those of all threads; on a busy machine they tell more than the clock does.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks import diorama_gallery
from soho.diorama import read
from soho.diorama.canvas import Canvas
from soho.diorama.encode import VideoFile
from soho.diorama.film import Film

FPS = 24
SAMPLE = 2.0  # seconds of ready frames for the bare encoder
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
ALONE = """
import json, sys, time
from pathlib import Path
from soho.diorama import render_image, render_video
from soho.diorama import film, sound  # a worker has imported them long before
prompt, folder, width, height, seconds, fps = json.loads(sys.argv[1])
started, spent = time.perf_counter(), time.process_time()
render_video(prompt, Path(folder, "a.mp4"), seed=7, width=width, height=height, seconds=seconds, fps=fps)
whole, cpu = time.perf_counter() - started, time.process_time() - spent
stills = []
for _ in range(3):
    started = time.perf_counter()
    render_image(prompt, Path(folder, "a.jpg"), seed=7)
    stills.append(time.perf_counter() - started)
# Not `ru_maxrss`, which begins with the peak of the process that started this one.
peak = next(int(line.split()[1]) / 1024 for line in open("/proc/self/status") if line.startswith("VmHWM:"))
print(json.dumps([whole, cpu, peak, sorted(stills)[1]]))
"""


@dataclass(frozen=True)
class Measure:
    """One film: wall and CPU seconds, peak memory (MiB), the seconds of a still, the share of drawing in the
    CPU of drawing and encoding, and wall and CPU seconds of the bare encoder for as many frames.
    """

    whole: float
    cpu: float
    peak: float
    still: float
    drawing: float
    bare: float
    bare_cpu: float


def measured(prompt: str, size: tuple[int, int], seconds: float, folder: Path) -> Measure:
    """Measure one prompt."""
    film, canvas = Film(read(prompt, 7, *size), seconds), Canvas.blank(size[1], size[0], 2)
    frames, few = round(seconds * FPS), round(min(SAMPLE, seconds) * FPS)
    ready: list[tuple[np.ndarray, np.ndarray]] = []
    draw = 0.0
    for number in range(few):
        spent = time.process_time()
        film.frame(number / frames, number, canvas)
        draw += time.process_time() - spent
        ready.append((canvas.luma.copy(), canvas.chroma.copy()))
    silence = np.zeros((2, round(few / FPS * 48_000)), np.float32)
    started, spent = time.perf_counter(), time.process_time()
    with VideoFile(folder / "bare.mp4", size, FPS, silence) as video:
        for luma, chroma in ready:
            lent = video.blank()
            lent.luma[:], lent.chroma[:] = luma, chroma
            video.write(lent)
    times = frames / few
    bare, bare_cpu = (
        (time.perf_counter() - started) * times,
        (time.process_time() - spent) * times,
    )
    asked = json.dumps([prompt, str(folder), *size, seconds, FPS])
    told = subprocess.run([sys.executable, "-c", ALONE, asked], check=True, capture_output=True, text=True)
    whole, cpu, peak, still = json.loads(told.stdout)
    return Measure(whole, cpu, peak, still, draw * times / (draw * times + bare_cpu), bare, bare_cpu)


def reading() -> float:
    """CPU seconds that reading the longest prompt takes: the median of five."""
    longest = ("three small red boats over a dark lake, " * 300)[:10_000]
    times = []
    for _ in range(5):
        spent = time.process_time()
        read(longest, 7, 1080, 1920)
        times.append(time.process_time() - spent)
    return float(np.median(times))


HEADS = ("wall s", "x real time", "fps", "/ bare", "CPU s", "/ bare CPU", "draw %", "MiB", "still s")


def main() -> None:
    """Print one line a prompt, then the medians and the worst beside what they should be."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("prompts", nargs="*", default=PROMPTS)
    parser.add_argument("--seconds", type=float, default=8.0)
    parser.add_argument("--size", default="1080x1920")
    parser.add_argument("--gallery", action="store_true", help="all forty prompts of docs/gallery.md")
    given = parser.parse_args()
    width, height = (int(side) for side in given.size.split("x"))
    page = diorama_gallery.PAGE.read_text("utf-8")
    prompts = diorama_gallery.prompts(page) if given.gallery else given.prompts
    load = os.getloadavg()[0]
    print(f"{given.seconds:g} s at {given.size}, {FPS} fps; {os.cpu_count()} cores, load {load:.1f}")
    print(f"{'prompt':44s}" + "".join(f"{head:>12s}" for head in HEADS))
    all_of: list[Measure] = []
    with tempfile.TemporaryDirectory() as folder:
        for prompt in prompts:
            m = measured(prompt, (width, height), given.seconds, Path(folder))
            all_of.append(m)
            rate = given.seconds * FPS / m.whole
            print(
                f"{prompt[:44]:44s}{m.whole:12.1f}{given.seconds / m.whole:12.2f}{rate:12.1f}"
                f"{m.whole / m.bare:12.2f}{m.cpu:12.1f}{m.cpu / m.bare_cpu:12.2f}{m.drawing:12.0%}"
                f"{m.peak:12.0f}{m.still:12.2f}",
                flush=True,
            )
    summary(all_of, given.seconds)
    print(f"reading a prompt of 10,000 characters: {reading() * 1000:.1f} ms CPU, limit 50 ms")
    print(f"load at the end {os.getloadavg()[0]:.1f}")


def summary(all_of: list[Measure], seconds: float) -> None:
    """What the renderer promises, beside what was measured."""
    walls = [m.whole for m in all_of]
    print(f"median {np.median(walls):.1f} s of wall time, should be at most {seconds:g}", end="; ")
    print(f"slowest {max(walls):.1f} s, should be below {2 * seconds:g}")
    for name, ratios in (
        ("wall", [m.whole / m.bare for m in all_of]),
        ("CPU", [m.cpu / m.bare_cpu for m in all_of]),
    ):
        print(f"median {np.median(ratios):.2f}x the bare encoder's {name}, worst {max(ratios):.2f}x, goal 2x")
    stills = [m.still for m in all_of]
    print(f"stills: median {np.median(stills):.2f} s, slowest {max(stills):.2f} s, should be below 0.5 s")
    print(f"peak memory {max(m.peak for m in all_of):.0f} MiB, should be below 1024 MiB")


if __name__ == "__main__":
    main()

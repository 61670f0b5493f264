"""How fast Diorama is: a whole film against real time and against the bare encoder, its memory, and a still.

    python -m benchmarks.diorama [--seconds 8] [--size 1080x1920] [--gallery] [--quick] [PROMPT ...]

Each film is rendered in a process of its own, with sound, into a file; its memory is that process's peak. The
bare encoder is the same encoder with the same settings, fed with the first two seconds of that film, drawn
already. CPU seconds are those of all threads; on a busy machine they tell more than the clock does.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import numpy as np

from benchmarks import diorama_gallery
from benchmarks.figures import Figure, Plot, Report
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
size = Path(folder, "a.mp4").stat().st_size / 1e6
print(json.dumps([whole, cpu, peak, sorted(stills)[1], size]))
"""


@dataclass(frozen=True)
class Measure:
    """One film: wall and CPU seconds, peak memory (MiB), the seconds of a still, the share of drawing in the
    CPU of drawing and encoding, wall and CPU seconds of the bare encoder for as many frames, and the MB of
    the film.
    """

    whole: float
    cpu: float
    peak: float
    still: float
    drawing: float
    bare: float
    bare_cpu: float
    size: float


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
    whole, cpu, peak, still, size_mb = json.loads(told.stdout)
    drawing = draw * times / (draw * times + bare_cpu)
    return Measure(whole, cpu, peak, still, drawing, bare, bare_cpu, size_mb)


def reading() -> float:
    """CPU seconds that reading the longest prompt takes: the median of five."""
    longest = ("three small red boats over a dark lake, " * 300)[:10_000]
    times = []
    for _ in range(5):
        spent = time.process_time()
        read(longest, 7, 1080, 1920)
        times.append(time.process_time() - spent)
    return float(np.median(times))


HEADS = (
    "wall s", "x real time", "frames a second", "wall / bare encoder", "CPU s", "CPU / bare encoder",
    "drawing, of the CPU", "MiB", "MB of the film", "still 1080x1080, s",
)  # fmt: skip


def measure(
    prompts: Sequence[str] = PROMPTS, size: tuple[int, int] = (1080, 1920), seconds: float = 8.0
) -> Report:
    """Each prompt's film and still, told as they come; medians and worst beside what they should be."""
    all_of: list[Measure] = []
    with tempfile.TemporaryDirectory() as folder:
        for prompt in prompts:
            all_of.append(measured(prompt, size, seconds, Path(folder)))
            print(f"{prompt[:50]:50s} {all_of[-1].whole:5.1f} s", flush=True)
    rows = [f"| | {' | '.join(HEADS)} |", "|---|" + "---:|" * len(HEADS)]
    rows += [f"| {prompt} | {_cells(m, seconds)} |" for prompt, m in zip(prompts, all_of, strict=True)]
    title = f"The built-in renderer, {seconds:g} s at {size[0]}x{size[1]} and {FPS} fps with sound"
    walls = {"seconds": [m.whole for m in all_of]}
    plot = Plot("diorama", f"A film of {seconds:g} s", "seconds", "seconds", list(prompts), walls)
    return Report("diorama", title, _figures(all_of, seconds), [plot], "\n".join(rows))


def _cells(m: Measure, seconds: float) -> str:
    ready = f"{m.drawing:.0%} | {m.peak:.0f} | {m.size:.1f} | {m.still:.2f}"
    return (
        f"{m.whole:.1f} | {seconds / m.whole:.2f} | {seconds * FPS / m.whole:.1f} | {m.whole / m.bare:.2f} | "
        f"{m.cpu:.1f} | {m.cpu / m.bare_cpu:.2f} | {ready}"
    )


def _figures(all_of: Sequence[Measure], seconds: float) -> list[Figure]:
    """What the renderer promises, beside what was measured."""
    walls, stills = [m.whole for m in all_of], [m.still for m in all_of]
    against = {
        "wall time": [m.whole / m.bare for m in all_of],
        "processor time": [m.cpu / m.bare_cpu for m in all_of],
    }
    return [
        Figure("a film, median", median(walls), "s", seconds),
        Figure("the slowest film", max(walls), "s", 2 * seconds),
        *(
            Figure(f"a film / the bare encoder, {name}, {word}", of(ratios), "x", 2.0)
            for name, ratios in against.items()
            for word, of in (("median", median), ("worst", max))
        ),
        Figure("a still, median", median(stills), "s", 0.5),
        Figure("the slowest still", max(stills), "s", 0.5),
        Figure("the most memory", max(m.peak for m in all_of), "MiB", 1024),
        Figure("reading a prompt of 10,000 characters", reading() * 1000, "ms CPU", 50),
        Figure("a film's file, median", median(m.size for m in all_of), "MB"),
    ]


def main(arguments: Sequence[str] | None = None) -> Report:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("prompts", nargs="*", default=PROMPTS)
    parser.add_argument("--seconds", type=float, default=8.0)
    parser.add_argument("--size", default="1080x1920")
    parser.add_argument("--gallery", action="store_true", help="all forty prompts of docs/gallery.md")
    parser.add_argument("--quick", action="store_true", help="two prompts, small and short")
    given = parser.parse_args(arguments)
    if given.quick:
        given.prompts, given.seconds, given.size = PROMPTS[:2], 1.0, "270x480"
    width, height = (int(side) for side in given.size.split("x"))
    page = diorama_gallery.PAGE.read_text("utf-8")
    prompts = diorama_gallery.prompts(page) if given.gallery else given.prompts
    report = measure(prompts, (width, height), given.seconds)
    print(f"{report.remarks}\n\n{report}")
    return report


if __name__ == "__main__":
    main()

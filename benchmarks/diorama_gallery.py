"""The gallery: renders the prompts of docs/gallery.md as films and lays their frames out on contact sheets.

    python benchmarks/diorama_gallery.py FOLDER [--size 270x480] [--seconds 2] [--seed 7] [--only 3,17]

Writes FOLDER/NN.mp4 for each prompt, and decoded frames of it onto FOLDER/sheet-N.jpg: eight prompts a sheet,
four moments each. FOLDER should lie outside the repository.
"""

from __future__ import annotations

import argparse
import re
import time
from pathlib import Path

import av
import numpy as np
from PIL import Image, ImageDraw

from soho.diorama import read, render_video
from soho.diorama.raster import Plane

PAGE = Path(__file__).resolve().parent.parent / "docs" / "gallery.md"
MOMENTS = 4
A_SHEET = 8
LABEL = 26  # pixels for the prompt above its frames


def prompts(page: str) -> list[str]:
    """The prompts of the page: its numbered lines, in order."""
    return [m.group(1).strip() for m in re.finditer(r"^\d+\. (.+)$", page, re.MULTILINE)]


def moments(film: Path, count: int) -> list[Plane]:
    """Frames of a film at even distances, as RGB."""
    with av.open(str(film)) as container:
        frames = [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]
    at = [round((i + 0.5) * len(frames) / count) for i in range(count)]
    return [np.asarray(frames[min(len(frames) - 1, i)], np.uint8) for i in at]


def strip(number: int, prompt: str, frames: list[Plane]) -> Image.Image:
    """The frames of one film in a row under its prompt."""
    row = np.concatenate([np.pad(f, ((0, 0), (0, 4), (0, 0))) for f in frames], 1)
    picture = Image.new("RGB", (row.shape[1], row.shape[0] + LABEL), "black")
    picture.paste(Image.fromarray(row), (0, LABEL))
    ImageDraw.Draw(picture).text((6, 6), f"{number}. {prompt}", fill="white")
    return picture


def sheet(strips: list[Image.Image], across: int = 2) -> Image.Image:
    """Strips laid out in columns."""
    width, height = strips[0].size
    rows = -(-len(strips) // across)
    whole = Image.new("RGB", (across * width, rows * height), "black")
    for i, picture in enumerate(strips):
        whole.paste(picture, (i % across * width, i // across * height))
    return whole


def main() -> None:
    """Render, tell each film's CPU seconds, and write the sheets."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--size", default="270x480")
    parser.add_argument("--seconds", type=float, default=2.0)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--only", default="", help="numbers of prompts, with commas")
    given = parser.parse_args()
    width, height = (int(side) for side in given.size.split("x"))
    given.folder.mkdir(parents=True, exist_ok=True)
    chosen = {int(number) for number in given.only.split(",") if number}
    strips: list[Image.Image] = []
    for number, prompt in enumerate(prompts(PAGE.read_text("utf-8")), 1):
        if chosen and number not in chosen:
            continue
        out, spent = given.folder / f"{number:02d}.mp4", time.process_time()
        render_video(prompt, out, seed=given.seed, width=width, height=height, seconds=given.seconds)
        missing = ", ".join(read(prompt, given.seed, width, height).undrawn) or "-"
        print(
            f"{number:2d} {time.process_time() - spent:6.2f} CPU s  not drawn: {missing}  {prompt}",
            flush=True,
        )
        strips.append(strip(number, prompt, moments(out, MOMENTS)))
    for start in range(0, len(strips), A_SHEET):
        sheet(strips[start : start + A_SHEET]).save(
            given.folder / f"sheet-{start // A_SHEET + 1}.jpg", quality=88
        )


if __name__ == "__main__":
    main()

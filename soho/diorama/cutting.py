"""Cutting: outlines become opacity and tone, and things get their place along a crest."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from soho.diorama.light import Colour, colour
from soho.diorama.raster import Field, Plane, noise_line
from soho.diorama.stage import Stage

SUBPIXEL = 4  # bits of fraction that OpenCV keeps of a polygon's corners

Points = npt.NDArray[np.float64]


@dataclass(slots=True)
class Standing:
    """Opacity (0..1), tone (-1..1), and where needed own colours and added lamp light."""

    alpha: Field
    tone: Field
    paint: Field | None = None
    lamps: Field | None = None


class Cutter:
    """Cuts polygons into an opacity plane and writes each one's tone beside it."""

    def __init__(self, rows: int, columns: int) -> None:
        self.alpha: Plane = np.zeros((rows, columns), np.uint8)
        self.tone: Plane = np.full((rows, columns), 128, np.uint8)

    def cut(self, points: Points, tone: float) -> None:
        """Fill one outline of (n, 2) corners in pixels."""
        self.cut_all(points[None], np.array([tone]))

    def cut_all(self, outlines: Points, tones: npt.NDArray[np.float64]) -> None:
        """Fill outlines (k, n, 2) from the first to the last, each in its tone (k,)."""
        corners = np.round(outlines * (1 << SUBPIXEL)).astype(np.int32)
        shades = (128 + 127 * np.clip(tones, -1, 1)).astype(int).tolist()
        for outline, shade in zip(corners, shades, strict=True):
            cv2.fillPoly(self.alpha, [outline], (255,), cv2.LINE_AA, SUBPIXEL)
            cv2.fillPoly(self.tone, [outline], (shade,), cv2.LINE_8, SUBPIXEL)

    def standing(self) -> Standing:
        """What was cut, as fields."""
        alpha = self.alpha * np.float32(1 / 255)
        return Standing(alpha, (self.tone - np.float32(128)) * np.float32(1 / 127))


TALL = {
    "conifers": 0.105,
    "broad": 0.075,
    "palms": 0.52,
    "grass": 0.075,
    "flowers": 0.085,
    "towers": 0.42,
    "trunks": 0.9,
    "cacti": 0.07,
    "kelp": 0.21,
    "corals": 0.095,
    "craters": 0.03,
}

ALBEDO = {
    "conifers": "#24503f",
    "broad": "#3f7038",
    "palms": "#23482f",
    "grass": "#4f7d33",
    "flowers": "#4f8136",
    "towers": "#4a5470",
    "trunks": "#33302b",
    "cacti": "#3f6b45",
    "kelp": "#3d7a4a",
    "corals": "#b0707a",
    "craters": "#66577f",
}


def size_at(depth: float) -> float:
    """How large things look at a depth."""
    return 0.10 + 0.95 * float(depth**1.5)


def height(covering: str, stage: Stage, depth: float) -> float:
    """How far, in pixels, the covering can rise above the crest."""
    if covering in ("towers", "palms", "trunks"):
        return TALL[covering] * stage.unit * 1.15
    return TALL.get(covering, 0.0) * stage.unit * size_at(depth) * 2.2


def albedo(covering: str, stage: Stage) -> Colour:
    """The covering's own colour."""
    own = ALBEDO[covering]
    if covering in ("grass", "flowers", "broad"):
        return stage.earth(own)
    return colour(own) + (colour("#dfe6ef") - colour(own)) * np.float32(0.28 if stage.scene.winter else 0)


def along(
    chance: np.random.Generator, columns: int, step: float, jitter: float = 0.8
) -> npt.NDArray[np.float64]:
    """Columns at which things stand: about `step` apart, never in a row of equal gaps."""
    count = max(1, int(columns / step))
    return np.sort((np.arange(count) + 0.5 + jitter * chance.uniform(-0.5, 0.5, count)) * columns / count)


def groves(chance: np.random.Generator, columns: int, cell: float) -> Field:
    """How densely wooded each column is, 0 to 1."""
    density: Field = np.clip(0.5 + 0.9 * noise_line(chance, columns, cell), 0, 1)
    return density

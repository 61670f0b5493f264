"""Snow that falls in a loop: fine flakes far away, soft ones close by that smear as they pass."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from soho.diorama.canvas import Canvas
from soho.diorama.raster import Plane
from soho.diorama.scene import Weather
from soho.diorama.stage import Stage

CLOSE = 0.62  # the nearness, 0 to 1, from which a flake is out of focus
SHUTTER = 1 / 40  # seconds that a frame is open
COARSE = 4  # what is out of focus is drawn on every so many pixels


@dataclass(frozen=True, slots=True)
class Flakes:
    """One row for each flake: where it is (frame shares), its size (px), falls a clip, sway (px), sway phase,
    sways a clip, brightness, and widths that the wind carries it in a clip.
    """

    rows: npt.NDArray[np.float64]

    def places(self, turn: float, width: int, height: int) -> npt.NDArray[np.float64]:
        """Pixel places (n, 2) at a share of the clip."""
        f, room = self.rows, 0.03 * height
        x = f[:, 0] * width + f[:, 8] * turn * width + f[:, 4] * np.sin(2 * np.pi * f[:, 6] * turn + f[:, 5])
        y = (f[:, 1] + f[:, 3] * turn) % 1 * (height + 2 * room) - room
        return np.stack([x % width, y], 1)


@dataclass(slots=True)
class Snow:
    """The flakes that are in focus, those that are not, the clip's seconds, and planes to draw on."""

    fine: Flakes
    close: Flakes
    seconds: float
    plane: Plane
    coarse: Plane
    blur: float  # of the fine ones, in pixels


def paint_snow(stage: Stage, seconds: float) -> Snow | None:
    """Flakes of many sizes; larger ones are nearer and fall faster, each a whole number of heights a clip."""
    if not stage.scene.has(Weather.SNOW):
        return None
    chance, windy = stage.scene.chance("snow"), stage.scene.has(Weather.WIND)
    count = int((1000 if windy else 800) * stage.width * stage.height / stage.unit**2)
    near = chance.random(count) ** 3
    falls = np.maximum(1, np.round((0.08 + 0.34 * near) * seconds))
    drift = np.zeros(count)
    if windy:
        downwind = int(stage.scene.chance("wind").choice([-1, 1]))
        drift = downwind * np.maximum(1, np.round((0.22 + 0.25 * near) * seconds))
    size = (0.0007 + 0.0042 * near + 0.0040 * np.clip(near - CLOSE, 0, None)) * stage.unit
    rows = np.stack(
        [
            chance.random(count),
            chance.random(count),
            size * chance.uniform(0.7, 1.3, count),
            falls,
            (0.004 + 0.016 * near) * stage.unit,
            chance.uniform(0, 2 * np.pi, count),
            chance.integers(1, 4, count),
            np.where(near < CLOSE, 100 + 190 * near, 92) * chance.uniform(0.7, 1.1, count),
            drift,
        ],
        1,
    )
    small = (stage.height // COARSE, stage.width // COARSE)
    planes = np.zeros((stage.height, stage.width), np.uint8), np.zeros(small, np.uint8)
    fine, close = Flakes(rows[near < CLOSE]), Flakes(rows[near >= CLOSE])
    return Snow(fine, close, seconds, *planes, max(0.35, 0.0009 * stage.unit))


def snow_on(canvas: Canvas, snow: Snow, turn: float) -> None:
    """Lay the flakes of this moment over the picture."""
    height, width = canvas.luma.shape
    snow.plane[:] = 0
    f = snow.fine.rows
    spots = np.concatenate([snow.fine.places(turn, width, height), f[:, 2:3]], 1)
    bright = np.minimum(f[:, 7], 245).astype(int).tolist()
    for (px, py, r), shade in zip(np.round(spots * 16).astype(int).tolist(), bright, strict=True):
        cv2.circle(snow.plane, (px, py), max(7, r), (shade,), -1, cv2.LINE_AA, 4)
    soft = cv2.GaussianBlur(snow.plane, (0, 0), snow.blur)
    if len(snow.close.rows):
        soft = cv2.max(soft, cv2.resize(smeared(snow, turn, width, height), (width, height)))
    cv2.multiply(canvas.luma, cv2.bitwise_not(soft), dst=canvas.luma, scale=1 / 255)
    cv2.add(canvas.luma, cv2.convertScaleAbs(soft, alpha=0.88), dst=canvas.luma)
    low = cv2.resize(soft, canvas.chroma.shape[1::-1], interpolation=cv2.INTER_AREA)
    pale = cv2.merge([cv2.bitwise_not(low)] * 2)
    cv2.multiply(canvas.chroma, pale, dst=canvas.chroma, scale=1 / 255)
    cv2.add(canvas.chroma, cv2.merge([cv2.convertScaleAbs(low, alpha=128 / 255)] * 2), dst=canvas.chroma)


def smeared(snow: Snow, turn: float, width: int, height: int) -> npt.NDArray[np.uint8]:
    """The flakes that are out of focus, on the coarse plane: each a soft stroke along its way."""
    f, opened = snow.close.rows, SHUTTER / snow.seconds
    there = snow.close.places(turn, width, height)
    way = np.stack([f[:, 8] * width, f[:, 3] * height], 1) * opened
    ends = np.round(np.concatenate([there - way / 2, there + way / 2], 1) / COARSE * 16).astype(int).tolist()
    thick = np.maximum(1, np.round(2 * f[:, 2] / COARSE)).astype(int).tolist()
    snow.coarse[:] = 0
    for (x, y, to_x, to_y), wide, shade in zip(ends, thick, f[:, 7].astype(int).tolist(), strict=True):
        cv2.line(snow.coarse, (x, y), (to_x, to_y), (shade,), wide, cv2.LINE_AA, 4)
    return np.asarray(cv2.GaussianBlur(snow.coarse, (0, 0), max(0.5, 0.2 * max(thick))), np.uint8)

"""Life in the picture: a flock of birds that crosses the sky, and a sailing boat on the water.

Both are a handful of polygons a frame, so they are drawn on the canvas directly instead of as sheets.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from soho.diorama.canvas import Canvas, split
from soho.diorama.light import Colour, colour
from soho.diorama.raster import Plane
from soho.diorama.scene import Setting, Weather
from soho.diorama.stage import Stage

CROSSING = 9.0  # seconds in which a flock crosses the frame
WINGBEATS = 2.1  # a second
FRACTION = 3  # bits of fraction in the corners of polygons

Points = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Flock:
    """Birds as columns: place beside the leader (x, y) and wing span in pixels, wing phase, beats a clip."""

    birds: npt.NDArray[np.float64]
    start: float
    side: int
    crossings: int
    tone: Colour


@dataclass(frozen=True, slots=True)
class Boat:
    """A boat: where it lies (x in pixels, and how far down from the horizon as a share of the water), its
    height, the way it heads (-1 or 1), and its colours in the light of the hour.
    """

    x: float
    near: float
    high: float
    side: int
    rough: float
    hull: Colour
    sail: Colour
    shaded: Colour


def plan_flock(stage: Stage, seconds: float) -> Flock | None:
    """The flock of a scene that names birds, else None. It crosses the frame whole times a clip."""
    scene = stage.scene
    named = scene.thing("bird")
    if named is None or scene.setting is Setting.SPACE:
        return None
    chance = scene.chance("birds")
    count = named.count
    rank = np.arange(count)
    arm, wing = (rank + 1) // 2, np.where(rank % 2, 1, -1)
    gap = 0.030 * stage.unit
    birds = np.stack(
        [
            -arm * gap * chance.uniform(0.75, 1.25, count),
            arm * wing * 0.55 * gap * chance.uniform(0.6, 1.3, count) + chance.normal(0, 0.25 * gap, count),
            stage.unit * chance.uniform(0.0095, 0.0150, count),
            chance.uniform(0, 2 * np.pi, count),
            np.maximum(1, np.round(WINGBEATS * seconds * chance.uniform(0.85, 1.15, count))),
        ],
        1,
    )
    crossings = max(1, round(seconds / CROSSING))
    tone = stage.light.shade * np.float32(0.75) + stage.light.haze * np.float32(0.10)
    high = float(chance.uniform(0.34, 0.58)) * stage.horizon
    return Flock(birds, high, int(chance.choice([-1, 1])), crossings, tone)


def fly(canvas: Canvas, flock: Flock, turn: float) -> None:
    """Draw the flock at a share of the clip. It comes and goes beyond the frame's sides: the clip loops."""
    width = canvas.luma.shape[1]
    room = 1.1 * float(np.abs(flock.birds[:, 0]).max() + flock.birds[:, 2].max())
    way = (turn * flock.crossings + 0.12) % 1
    leader = -room + way * (width + 3 * room)
    luma, chroma = ink(flock.tone)
    for x, y, span, phase, beats in flock.birds:
        beat = float(np.sin(2 * np.pi * beats * turn + phase))
        lift = 0.012 * canvas.luma.shape[0] * float(np.sin(2 * np.pi * way + phase))
        at = leader + x if flock.side > 0 else width - leader - x
        shape = wings(span, beat, flock.side) + np.array((at, flock.start + y + lift))
        fill(canvas, shape, luma, chroma)


def wings(span: float, beat: float, side: int) -> Points:
    """A bird folded from paper: two wings that meet at a body, `beat` from -1 (down) to 1 (up)."""
    tip, elbow = -0.62 * beat - 0.10, -0.30 * beat - 0.22
    half = np.array([(1.0, tip), (0.45, elbow), (0.0, 0.0), (0.0, 0.17), (0.48, elbow + 0.20)])
    left = half * (-1, 1)
    outline = np.concatenate([half[:3], left[:3][::-1], left[4:], half[3:4], half[4:]])
    return outline * span * (0.92, 1.0) + (0.08 * side * span, 0.0)


def plan_boat(stage: Stage) -> Boat | None:
    """The boat of a scene that names one and has water, else None."""
    scene = stage.scene
    if scene.thing("boat") is None or scene.water is None:
        return None
    chance = scene.chance("boat")
    away = -1 if stage.sun[0] > stage.width / 2 else 1
    rough = 2.2 if scene.has(Weather.STORM) else 1.4 if scene.has(Weather.WIND, Weather.RAIN) else 1.0
    return Boat(
        stage.width * (0.5 + away * float(chance.uniform(0.10, 0.24))),
        float(chance.uniform(0.10, 0.17)),
        0.105 * stage.unit * float(chance.uniform(0.9, 1.15)),
        int(chance.choice([-1, 1])),
        rough,
        stage.ground(colour("#6b3a2e")),
        np.clip(stage.ground(colour("#f6efe2")) * 0.8 + stage.light.key * 0.2, 0, 1).astype(np.float32),
        np.clip(stage.ground(colour("#cfc4b8")) * 0.85, 0, 1).astype(np.float32),
    )


def sail(canvas: Canvas, boat: Boat, line: int, turn: float) -> None:
    """Draw the boat and its broken image on water that begins at row `line`. It rocks whole times a clip."""
    circle = 2 * np.pi * turn
    height = canvas.luma.shape[0]
    foot = line + boat.near * (height - line) + 0.03 * boat.high * boat.rough * float(np.sin(3 * circle))
    heel = 0.035 * boat.rough * float(np.sin(2 * circle + 0.7)) + 0.05 * boat.side
    x = boat.x + boat.side * 0.35 * boat.high * float(np.sin(circle))
    turned = np.array([(np.cos(heel), np.sin(heel)), (-np.sin(heel), np.cos(heel))])
    parts = (
        (sheet_main(), boat.sail),
        (sheet_fore(), boat.shaded),
        (np.array([(-0.012, -0.12), (0.012, -0.12), (0.008, -1.02), (-0.008, -1.02)]), boat.hull),
        (np.array([(-0.36, -0.13), (0.40, -0.15), (0.27, 0.02), (-0.27, 0.02)]), boat.hull),
    )
    top, bottom = int(foot), min(height, int(foot + 0.62 * boat.high))
    if top >= bottom:
        return
    behind = canvas.luma[top:bottom].copy(), canvas.chroma[top // canvas.grid : bottom // canvas.grid].copy()
    for mirrored in (True, False):
        for outline, tone in parts:
            shape = (outline * (boat.side, 1)) @ turned * boat.high
            if mirrored:
                shape = shape * (1, -0.55)
            fill(canvas, shape + np.array((x, foot)), *ink(tone))
        if mirrored:
            blur_back(canvas, behind, (top, bottom), turn)


def sheet_main() -> Points:
    """The main sail: a full belly behind the mast."""
    return np.array([(-0.02, -1.0), (-0.02, -0.20), (-0.40, -0.20), (-0.33, -0.42), (-0.20, -0.70)])


def sheet_fore() -> Points:
    """The fore sail, smaller, before the mast."""
    return np.array([(0.03, -0.92), (0.16, -0.58), (0.36, -0.21), (0.04, -0.21)])


def blur_back(canvas: Canvas, behind: tuple[Plane, Plane], rows: tuple[int, int], turn: float) -> None:
    """Let a reflection sink into the water: weaker with every row, and cut into bands by small waves."""
    top, bottom = rows
    reach = np.arange(bottom - top, dtype=np.float32)
    depth = reach / max(1, bottom - top)
    bands = 0.5 + 0.5 * np.sin(reach * (44 / (bottom - top)) * (1.2 - 0.5 * depth) + 10 * np.pi * turn)
    share = np.clip((0.62 - 0.55 * depth) * (0.45 + 0.55 * bands), 0, 1).astype(np.float32)
    for plane, old, grid in ((canvas.luma, behind[0], 1), (canvas.chroma, behind[1], canvas.grid)):
        part = plane[top // grid : top // grid + len(old)]
        weight = np.resize(share[::grid], len(old)).reshape(-1, *[1] * (old.ndim - 1))
        part[:] = (old + (part.astype(np.float32) - old) * weight + 0.5).astype(np.uint8)


def ink(tone: Colour) -> tuple[float, tuple[float, float]]:
    """A colour as luma and chroma bytes."""
    luma, chroma = split(np.clip(tone, 0, 1).astype(np.float32).reshape(1, 1, 3))
    return float(luma[0, 0]), (float(chroma[0, 0, 0]), float(chroma[0, 0, 1]))


def fill(canvas: Canvas, outline: Points, luma: float, chroma: tuple[float, float]) -> None:
    """Fill a polygon in frame pixels."""
    corners = np.round(outline * (1 << FRACTION)).astype(np.int32)
    cv2.fillPoly(canvas.luma, [corners], (luma,), cv2.LINE_AA, FRACTION)
    low = np.round((outline + 0.5) / canvas.grid * (1 << FRACTION) - (1 << FRACTION) / 2).astype(np.int32)
    cv2.fillPoly(canvas.chroma, [low], chroma, cv2.LINE_8, FRACTION)

"""Wind that can be seen: plants that sway along their crest, and leaves that it carries past."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from soho.diorama.canvas import Canvas, split
from soho.diorama.cutting import TALL, size_at
from soho.diorama.light import colour
from soho.diorama.raster import Field, blur
from soho.diorama.scene import Season, Setting, Weather
from soho.diorama.stage import Stage

# How far, in shares of its own height, the top of what grows is bent by the wind.
PLIANT = {
    "grass": 0.30,
    "flowers": 0.26,
    "kelp": 0.20,
    "palms": 0.045,
    "broad": 0.16,
    "conifers": 0.10,
    "trunks": 0.022,
}
COARSE = 8  # bending is smooth: it is worked out for one pixel in so many and enlarged
LEAVES = ("#c8702c", "#d9a03a", "#a8442a", "#7f8a3a")


@dataclass(frozen=True, slots=True)
class Sway:
    """How one layer's plants bend: the row of its crest at every `COARSE`th column of the sheet, how tall
    they stand and how far their tops go (px), how long a gust is (px), and how often it comes by in a clip.
    """

    crest: Field
    tall: float
    reach: float
    gust: float
    beats: int
    downwind: int

    def bend(self, rows: Field, columns: Field, turn: float) -> Field:
        """How far sideways (px) the plant at each of these rows and columns of the sheet stands now."""
        crest = np.interp(columns, np.arange(len(self.crest)) * COARSE, self.crest).astype(np.float32)
        high = np.clip((crest[None] - rows[:, None]) / np.float32(self.tall), 0, 1.3) ** np.float32(1.4)
        phase = 2 * np.pi * self.beats * turn - self.downwind * columns / np.float32(self.gust)
        swing = 0.35 + 0.55 * np.sin(phase) + 0.25 * np.sin(2 * phase + 1.1)
        bent: Field = (high * (self.downwind * self.reach * swing)[None]).astype(np.float32)
        return bent


def sway_of(stage: Stage, covering: str, depth: float, ridge: Field, seconds: float) -> Sway | None:
    """The sway of a layer whose crest stands at these rows of its sheet; None where nothing bends."""
    under = stage.scene.setting is Setting.UNDERWATER
    if covering not in PLIANT or not (under or stage.scene.has(Weather.WIND)) or seconds <= 0:
        return None
    own = TALL[covering] * stage.unit
    tall = own if covering in ("palms", "trunks") else own * size_at(depth)
    crest = blur(np.repeat(ridge[None], 3, 0), max(1.0, 0.5 * tall))[1][::COARSE]
    chance = stage.scene.chance("wind")
    return Sway(
        np.ascontiguousarray(crest),
        tall,
        PLIANT[covering] * tall,
        0.16 * stage.unit,
        max(1, round((0.22 if under else 0.42) * seconds)),
        int(chance.choice([-1, 1])),
    )


@dataclass(frozen=True, slots=True)
class Leaves:
    """What the wind carries, as columns: x, y (frame shares), size (px), crossings a clip, flutter (px), its
    phase, flutters a clip, spins a clip; and each one's colour as luma and chroma.
    """

    leaves: npt.NDArray[np.float64]
    inks: tuple[tuple[float, tuple[float, float]], ...]
    downwind: int


def plan_leaves(stage: Stage, seconds: float) -> Leaves | None:
    """Leaves in a wind over green land, sand over dry; none without wind, at sea or in falling snow."""
    scene = stage.scene
    bare = scene.setting in (Setting.OCEAN, Setting.SPACE, Setting.CITY, Setting.UNDERWATER)
    if not scene.has(Weather.WIND) or scene.has(Weather.SNOW) or scene.winter or bare:
        return None
    chance = scene.chance("leaves")
    count = 26 if scene.season is not Season.AUTUMN else 48
    near = chance.random(count) ** 2
    dust = scene.setting in (Setting.DESERT, Setting.BEACH)
    size = (0.0012 + 0.0016 * near if dust else 0.0028 + 0.0062 * near) * stage.unit
    leaves = np.stack(
        [
            chance.random(count),
            chance.uniform(0.30, 0.97, count),
            size,
            np.maximum(1, np.round((0.16 + 0.26 * near) * seconds)),
            (0.010 + 0.030 * near) * stage.unit,
            chance.uniform(0, 2 * np.pi, count),
            chance.integers(2, 5, count),
            np.maximum(1, np.round(chance.uniform(0.5, 1.4, count) * seconds)),
        ],
        1,
    )
    hues = ("#e6cb98",) if dust else LEAVES
    own = [colour(hues[int(k)]) for k in chance.integers(0, len(hues), count)]
    tones = [stage.ground(hue) * 0.6 + hue * stage.light.cloud_lit * 0.4 for hue in own]
    inks = []
    for tone in tones:
        luma, chroma = split(np.clip(tone, 0, 1).astype(np.float32).reshape(1, 1, 3))
        inks.append((float(luma[0, 0]), (float(chroma[0, 0, 0]), float(chroma[0, 0, 1]))))
    return Leaves(leaves, tuple(inks), int(scene.chance("wind").choice([-1, 1])))


def carry(canvas: Canvas, leaves: Leaves, turn: float) -> None:
    """Draw the leaves of this moment: each tumbles, so that it shows now its face and now its edge."""
    height, width = canvas.luma.shape
    room = 0.04 * width
    for (x, y, r, crossings, flutter, phase, beats, spins), (luma, chroma) in zip(
        leaves.leaves, leaves.inks, strict=True
    ):
        way = (x + leaves.downwind * crossings * turn) % 1
        circle = 2 * np.pi * turn
        at = np.array(
            (way * (width + 2 * room) - room, y * height + flutter * np.sin(beats * circle + phase))
        )
        spin = spins * circle + phase
        long = r * np.array((np.cos(spin), np.sin(spin)))
        wide = (
            r * 0.45 * float(np.cos(1.7 * phase + spins * circle)) * np.array((-np.sin(spin), np.cos(spin)))
        )
        outline = np.array([at - long, at + wide, at + long, at - wide])
        corners = np.round(outline * 8).astype(np.int32)
        cv2.fillPoly(canvas.luma, [corners], (luma,), cv2.LINE_AA, 3)
        low = np.round(outline / canvas.grid * 8).astype(np.int32)
        cv2.fillPoly(canvas.chroma, [low], chroma, cv2.LINE_8, 3)

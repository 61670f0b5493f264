"""Water: the picture above it turned over, broken by waves that run in a loop, with the sun's path on it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import cv2
import numpy as np
import numpy.typing as npt

from soho.diorama.canvas import Canvas, Sheet, sheet_of, split
from soho.diorama.light import Colour, colour
from soho.diorama.raster import Field, Plane, fbm, noise_line, smoothstep
from soho.diorama.scene import Scene, Setting, Water, Weather
from soho.diorama.settings import Land
from soho.diorama.sky import tile_noise
from soho.diorama.stage import Stage

BEATS = (3, 5)  # waves of each wave field in eight seconds, rounded to whole ones a clip so that it loops


@dataclass(slots=True)
class Surface:
    """Everything about the water that does not change from frame to frame, at the chroma's resolution: water
    is drawn at that and enlarged, for waves leave no edge in it.

    `mirror` is how much of what it sees each row throws back, `body` and `stain` what it adds in its own luma
    and chroma.
    """

    waves: tuple[tuple[Field, Field], ...]
    reach_x: Field
    reach_y: Field
    path: Field
    chop: float
    mirror: Plane
    body: Plane
    stain: Plane
    key: tuple[float, Field]
    beats: tuple[int, ...]


def ripple(canvas: Canvas, line: int, ripples: npt.NDArray[np.float64], turn: float) -> None:
    """Rings that raindrops throw on the water from row `line` down. Columns: x and y (shares), the share of
    the clip at which it begins, rings a clip, full size in px.
    """
    height, width = canvas.luma.shape
    thick = max(1, round(height / 1400))
    for x, y, began, beats, size in ripples:
        age = (turn * beats + began) % 1
        near = y**0.8
        reach = size * (0.15 + 0.85 * near) * (0.15 + 0.85 * age)
        middle = (round(x * width * 8), round((line + (0.03 + 0.97 * y) * (height - line)) * 8))
        faint = (1 - age) ** 1.5 * (0.35 + 0.65 * near)
        at = canvas.luma[min(height - 1, middle[1] // 8), min(width - 1, middle[0] // 8)]
        axes = (max(8, round(reach * 8)), max(3, round(reach * 2.6)))
        cv2.ellipse(
            canvas.luma,
            middle,
            axes,
            0,
            0,
            360,
            (min(235, int(at) + int(46 * faint)),),
            thick,
            cv2.LINE_AA,
            3,
        )


def plan_ripples(stage: Stage, seconds: float) -> npt.NDArray[np.float64] | None:
    """Where drops fall on the water of a scene in the rain, else None."""
    if stage.scene.water is None or not stage.scene.has(Weather.RAIN):
        return None
    chance = stage.scene.chance("ripples")
    count = 60
    return np.stack(
        [
            chance.random(count),
            chance.random(count) ** 1.3,
            chance.random(count),
            np.maximum(1, np.round(chance.uniform(0.9, 1.6, count) * seconds)),
            stage.unit * chance.uniform(0.012, 0.030, count),
        ],
        1,
    )


def bytes_of(field: Field) -> Plane:
    """Rounded and clipped."""
    whole: Plane = np.clip(field + 0.5, 0, 255).astype(np.uint8)
    return whole


def paint_water(stage: Stage, seconds: float) -> Surface | None:
    """Prepare the water of a scene for `seconds` of its life, None when it has none."""
    scene = stage.scene
    if scene.water is None:
        return None
    grid = stage.grid
    rows, columns = (stage.height - int(stage.horizon) + 64) // grid + 2, stage.width // grid
    near = np.clip((np.arange(rows, dtype=np.float32) * grid) / (stage.height - stage.horizon), 0.002, 1.2)
    chance = scene.chance("water")
    waves = tuple(
        (wave_field(stage, chance, near, columns), wave_field(stage, chance, near, columns)) for _ in BEATS
    )
    rough = roughness(scene)
    reach_x = (near * np.float32(0.030 * rough * stage.unit) + 1.0)[:, None]
    reach_y = (near * np.float32(0.095 * rough * stage.unit) + 1.5)[:, None]
    xs = np.arange(columns, dtype=np.float32) * grid
    wide = (0.018 + 0.12 * near * (0.6 + 0.4 * rough)) * stage.unit
    path = np.exp(-(((xs[None] - stage.sun[0]) / wide[:, None]) ** 2)) * (1 - 0.35 * near[:, None])
    power = stage.light.sun_power if scene.sun else 0.75 if scene.moon else 0.0
    loss = 0.66 if scene.water is Water.SEA else 0.46
    share = np.clip(0.92 - loss * near**0.7, 0.2, 0.95)[:, None] * np.ones(columns, np.float32)[None]
    deep = depths(stage)
    luma, chroma = split(np.broadcast_to(deep, (2, 2, 3)).astype(np.float32))
    key_luma, key_chroma = split(np.broadcast_to(glint_colour(stage), (2, 2, 3)).astype(np.float32))
    return Surface(
        waves,
        reach_x.astype(np.float32),
        reach_y.astype(np.float32),
        (path * np.float32(power)).astype(np.float32),
        rough,
        bytes_of(share * 255),
        bytes_of((1 - share) * luma[0, 0]),
        bytes_of((1 - share)[..., None] * chroma[0, 0]),
        (float(key_luma[0, 0]), chroma_pair(key_chroma)),
        tuple(max(1 + i, round(beat * seconds / 8)) for i, beat in enumerate(BEATS)),
    )


def chroma_pair(chroma: Field) -> Field:
    """The two chroma numbers of a uniform patch."""
    pair: Field = chroma[0, 0]
    return pair


def roughness(scene: Scene) -> float:
    """How rough the water is: a lake at rest is near 0.35, a stormy sea above 1.5."""
    rough = 0.95 if scene.water is Water.SEA else 0.46
    return rough * (
        2.0 if scene.has(Weather.STORM) else 1.4 if scene.has(Weather.WIND, Weather.RAIN) else 1.0
    )


def depths(stage: Stage) -> Colour:
    """The colour of the water itself, without reflections."""
    own = colour(
        "#1aa3a8"
        if stage.scene.setting is Setting.BEACH
        else "#12485f"
        if stage.scene.water is Water.SEA
        else "#24505a"
    )
    if stage.scene.ground:
        own = own + (colour(stage.scene.ground[0]) * np.float32(0.7) - own) * np.float32(0.6)
    return stage.ground(own)


def glint_colour(stage: Stage) -> Colour:
    """The sun or moon as the waves throw it back."""
    return cast(Colour, stage.light.key + (1 - stage.light.key) * np.float32(0.45))


def wave_field(stage: Stage, chance: np.random.Generator, near: Field, columns: int) -> Field:
    """One phase of the wave field, in perspective: long low waves, finer towards the horizon."""
    size = 512
    weave = tile_noise(chance, size, 7, 4)
    xs = (np.arange(columns, dtype=np.float32) * stage.grid - stage.width / 2) / np.float32(stage.unit)
    far = 1 / (near + 0.055)
    u = xs[None] * (far[:, None] * 0.30 + 1.0) * np.float32(size * 0.42) + np.float32(chance.uniform(0, size))
    v = np.repeat((far * 0.34 - near * 1.5)[:, None] * np.float32(size), columns, 1) + np.float32(
        chance.uniform(0, size)
    )
    field = cast(Field, cv2.remap(weave, u, v, cv2.INTER_LINEAR, borderMode=cv2.BORDER_WRAP))
    return (field * smoothstep(0.0, 0.03, near)[:, None]).astype(np.float32)


def flood(canvas: Canvas, surface: Surface, line: int, floor: int, turn: float) -> None:
    """Fill rows `line` to `floor` with water that mirrors what stands above `line`. `turn` is the clip's
    share, 0..1.
    """
    grid = canvas.grid
    line = line // grid * grid
    rows = min((min(floor, canvas.luma.shape[0]) - line + grid - 1) // grid, surface.waves[0][0].shape[0])
    if rows <= 0 or line < 2 * grid:
        return
    heave = waves_at(surface, rows, turn)
    slope = waves_at(surface, rows, turn + 0.13)
    middle = (grid - 1) / 2  # of a drawn pixel, in frame pixels
    x = np.arange(heave.shape[1], dtype=np.float32)[None] * grid + heave * surface.reach_x[:rows]
    down = np.arange(rows, dtype=np.float32)[:, None] * np.float32(grid * 0.92)
    y = line - 1 - np.clip(np.abs(down + slope * surface.reach_y[:rows]), 0, line - 1)
    luma, tint = (
        cv2.remap(plane, (x + at) / step, (y + at) / step, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)
        for plane, at, step in (
            (canvas.luma[:line], np.float32(middle), np.float32(1)),
            (canvas.chroma[: line // grid], np.float32(0), np.float32(grid)),
        )
    )
    mirror = surface.mirror[:rows]
    luma = cv2.add(cv2.multiply(luma, mirror, scale=1 / 255), surface.body[:rows])
    tint = cv2.add(cv2.multiply(tint, cv2.merge([mirror, mirror]), scale=1 / 255), surface.stain[:rows])
    luma, tint = sparkle(luma, tint, surface, heave, slope)
    height = canvas.luma.shape[0] - line
    low = slice(line // grid, line // grid + rows)
    canvas.luma[line : line + rows * grid] = cv2.resize(luma, (canvas.luma.shape[1], rows * grid))[:height]
    canvas.chroma[low] = tint


def paint_foam(stage: Stage, near: tuple[Land, ...]) -> Sheet | None:
    """The lace that surf leaves before a beach; the film washes it up and down. None away from beaches."""
    if stage.scene.setting is not Setting.BEACH or not near:
        return None
    chance, unit = stage.scene.chance("foam"), stage.unit
    side, lift = stage.margin(near[0].depth)
    shore = stage.horizon + near[0].foot * (stage.height - stage.horizon) - 0.5 * near[0].relief * unit
    rows, columns = int(0.16 * unit) // 4 * 4, (stage.width + 2 * side) // 4 * 4
    ys = np.linspace(0, 1, rows, dtype=np.float32)[:, None]
    lace = np.abs(fbm(chance, rows, columns, 0.030 * unit, 4, 2.4))
    wander = 0.10 * noise_line(chance, columns, 0.30 * unit)[None]
    cover = np.zeros((rows, columns), np.float32)
    for line, wide, strength in ((0.24, 0.05, 0.55), (0.46, 0.08, 0.8), (0.70, 0.20, 0.95)):
        gap = ys - line - wander
        band = np.where(gap > 0, np.exp(-gap / np.float32(wide)), np.exp(gap / np.float32(0.012)))
        cover = np.maximum(cover, band * (1 - smoothstep(0.10, 0.55, lace)) * np.float32(strength))
    fade = smoothstep(0.0, 0.12, ys)
    white = stage.ground(colour("#ffffff")) * 0.9 + stage.light.cloud_lit * 0.1
    rgb = np.broadcast_to(np.clip(white, 0, 1), (rows, columns, 3)).astype(np.float32)
    return sheet_of(rgb, cover * fade, (-side, shore - 0.10 * unit - lift), 1e6, near[0].depth, stage.grid)


def waves_at(surface: Surface, rows: int, turn: float) -> Field:
    """The sum of the wave fields at a moment; each is a pair of phases that turn at a whole number of beats a
    clip.
    """
    total: Field | None = None
    for (a, b), beat in zip(surface.waves, surface.beats, strict=True):
        angle = 2 * np.pi * beat * turn
        part = cast(Field, cv2.addWeighted(a[:rows], float(np.cos(angle)), b[:rows], float(np.sin(angle)), 0))
        total = part if total is None else cast(Field, cv2.add(total, part))
    assert total is not None
    return total


def glints(surface: Surface, heave: Field, slope: Field, rows: int) -> Plane:
    """Where waves throw the light at the eye, as opacity."""
    facing = cv2.addWeighted(heave, 1.15, slope, 1.45, -0.22)
    lit = cv2.multiply(cv2.threshold(facing, 0, 1, cv2.THRESH_TOZERO)[1], surface.path[:rows])
    return cast(Plane, cv2.convertScaleAbs(cv2.threshold(lit, 1, 1, cv2.THRESH_TRUNC)[1], alpha=235))


def sparkle(
    luma: cv2.typing.MatLike, tint: cv2.typing.MatLike, surface: Surface, heave: Field, slope: Field
) -> tuple[cv2.typing.MatLike, cv2.typing.MatLike]:
    """Shade the waves and lay the light's path over them."""
    power = 9.0 * min(1.3, 0.5 + surface.chop)
    lift = cv2.threshold(slope, 0, 1, cv2.THRESH_TOZERO)[1]
    luma = cv2.add(luma, cv2.convertScaleAbs(lift, alpha=2 * power))
    luma = cv2.subtract(luma, cv2.convertScaleAbs(slope, alpha=power))
    spark = glints(surface, heave, slope, len(heave))
    kept = cv2.bitwise_not(spark)
    luma = cv2.multiply(luma, kept, scale=1 / 255)
    tint = cv2.multiply(tint, cv2.merge([kept, kept]), scale=1 / 255)
    shine = cv2.merge([cv2.convertScaleAbs(spark, alpha=float(c) / 255) for c in surface.key[1]])
    return cv2.add(luma, cv2.convertScaleAbs(spark, alpha=surface.key[0] / 255)), cv2.add(tint, shine)

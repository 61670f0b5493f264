"""Weather in the air: rain that falls in a loop, fog banks, lightning, rays of light."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import cv2
import numpy as np
import numpy.typing as npt

from soho.diorama.canvas import Canvas, Sheet, sheet_of
from soho.diorama.raster import Field, Plane, enlarge, fbm, noise_line, smoothstep
from soho.diorama.scene import Scene, Setting, Time, Weather
from soho.diorama.sky import Drift, tile_noise
from soho.diorama.stage import Stage

FALLS = 1.5  # frame heights that near rain falls in a second


@dataclass(slots=True)
class Rain:
    """A tile of streaks, twice as large as the frame each way so that any window of it is a view, never a
    copy; how far sideways it moves for each pixel down; and how often it falls the frame's height a clip.
    """

    tile: Plane
    slant: float
    falls: int


def paint_rain(stage: Stage, seconds: float) -> Rain | None:
    """Streaks at three distances. They fall whole frame heights and drift whole widths a clip, so the loop is
    closed.
    """
    if not stage.scene.has(Weather.RAIN):
        return None
    width, height = stage.width, stage.height
    chance = stage.scene.chance("rain")
    storm = stage.scene.has(Weather.STORM, Weather.WIND)
    falls = max(1, round(FALLS * seconds))
    slant = max(1, round((0.22 if storm else 0.09) * falls * height / width)) * width / (falls * height)
    tile = np.zeros((height, width), np.uint8)
    faint = float(np.clip(stage.unit / 1100, 0.45, 1))
    density = (1.6 if storm else 1.0) * width * height / stage.unit**2
    for count, long, thick, bright in ((520, 0.022, 1, 26), (230, 0.045, 1, 36), (80, 0.085, 1.25, 30)):
        for _ in range(int(count * density)):
            x, y = float(chance.uniform(0, width)), float(chance.uniform(0, height))
            reach = long * stage.unit * float(chance.uniform(0.7, 1.3))
            streak(
                tile,
                x,
                y,
                reach,
                slant,
                max(1, round(thick * stage.unit / 1300)),
                int(bright * faint * chance.uniform(0.6, 1.1)),
            )
    # rain falls in veils: what is between them lets the distance through
    gusts = enlarge(tile_noise(stage.scene.chance("gusts"), 128, 3, 3), height, width)
    soft = cv2.GaussianBlur(tile, (3, 3), 0) * np.clip(0.85 + 0.55 * gusts, 0.30, 1.45)
    return Rain(np.tile(np.clip(soft, 0, 255).astype(np.uint8), (2, 2)), slant, falls)


def streak(tile: Plane, x: float, y: float, reach: float, slant: float, thick: int, bright: int) -> None:
    """One drop's trace, repeated where it crosses an edge."""
    height, width = tile.shape
    for ox in (0, -width):
        for oy in (0, -height):
            a = (round((x + ox) * 16), round((y + oy) * 16))
            b = (round((x + ox + slant * reach) * 16), round((y + oy + reach) * 16))
            cv2.line(tile, a, b, (bright,), thick, cv2.LINE_AA, 4)


def rain_on(canvas: Canvas, rain: Rain, turn: float) -> None:
    """Add the rain of this moment."""
    height, width = canvas.luma.shape
    fallen = turn * rain.falls * height
    y, x = -int(fallen) % height, -int(fallen * rain.slant) % width
    cv2.add(canvas.luma, rain.tile[y : y + height, x : x + width], dst=canvas.luma)


def paint_fog(stage: Stage) -> Drift | None:
    """Two banks of fog that lie on the land and cross-fade as they drift."""
    scene = stage.scene
    thick = 0.34 if scene.has(Weather.RAIN, Weather.SNOW) else 0.0
    if scene.has(Weather.FOG) or (scene.has(Weather.SNOW) and scene.has(Weather.WIND)):
        thick = 0.50
    misty = scene.setting in (Setting.MOUNTAINS, Setting.LAKE, Setting.FOREST) and scene.time in (
        Time.DAWN,
        Time.MORNING,
    )
    thick = max(thick, 0.30 if misty else 0.0)
    if not thick:
        return None
    chance = scene.chance("fog")
    speed = 0.16 * stage.unit * stage.haste
    step = stage.coarse * 2
    side = int((stage.sway[0] + speed) / step) + 4
    high = 0.16 if scene.water else 0.42  # on water it lies low, and mountains stand out
    top = stage.horizon - high * stage.unit
    rows = int((stage.height - top) / step + 8) // 4 * 4
    columns = (stage.width // step + 2 * side) // 4 * 4
    ys = np.linspace(0, 1, rows, dtype=np.float32)
    lie = smoothstep(0.0, 0.42, ys) * (1 - 0.55 * smoothstep(0.6, 1.0, ys))
    veils = []
    for _ in "ab":
        bank = smoothstep(-0.75, 0.65, fbm(chance, rows, columns, 0.30 * stage.unit / step, 5, 3.2))
        pale = stage.light.haze + (stage.light.cloud_lit - stage.light.haze) * np.float32(0.35)
        rgb = np.broadcast_to(pale, (rows, columns, 3)).astype(np.float32)
        veils.append(
            sheet_of(
                rgb, bank * lie[:, None] * np.float32(thick), (-side * step, top), 1e6, 0.4, stage.grid, step
            )
        )
    return Drift((veils[0], veils[1]), speed, np.ones(rows, np.float32))


def paint_rays(stage: Stage) -> Sheet | None:
    """Rays that fan out from the sun, when asked for or where a low sun stands behind land."""
    scene, light = stage.scene, stage.light
    inside = scene.setting is Setting.FOREST and light.sun_power > 0.3
    if (
        not (scene.rays or inside or (scene.sun and scene.time in (Time.GOLDEN, Time.SUNSET)))
        or light.sun_power < 0.15
    ):
        return None
    step = stage.coarse * 2
    side, lift = stage.margin(0.4)
    rows, columns = (
        ((stage.height + 2 * lift) // step + 3) // 4 * 4,
        ((stage.width + 2 * side) // step + 3) // 4 * 4,
    )
    y = (np.arange(rows, dtype=np.float32) * step - lift - stage.sun[1])[:, None] / np.float32(stage.unit)
    x = (np.arange(columns, dtype=np.float32) * step - side - stage.sun[0])[None] / np.float32(stage.unit)
    angle, distance = np.arctan2(y, x), np.hypot(x, y)
    comb = noise_line(scene.chance("rays"), 2048, 2048 / 46) + 0.6 * noise_line(
        scene.chance("rays2"), 2048, 2048 / 110
    )
    comb[-64:] += (comb[0] - comb[-1]) * np.linspace(0, 1, 64, dtype=np.float32)
    fan = np.interp(angle, np.linspace(-np.pi, np.pi, 2048), comb).astype(np.float32)
    strength = 0.42 if scene.rays or inside else 0.17
    alpha = (
        smoothstep(-0.35, 0.9, fan)
        * np.exp(-distance / 0.48)
        * smoothstep(0.02, 0.16, distance)
        * np.float32(strength)
    )
    rgb = np.broadcast_to(light.glow, (rows, columns, 3)).astype(np.float32)
    return sheet_of(rgb, cast(Field, alpha.astype(np.float32)), (-side, -lift), 1e6, 0.3, stage.grid, step)


@dataclass(frozen=True, slots=True)
class Bolt:
    """One stroke of lightning: when it strikes (share of the clip) and its branches on the sky canvas."""

    at: float
    branches: tuple[npt.NDArray[np.int32], ...]


def strikes(scene: Scene) -> tuple[float, ...]:
    """When lightning strikes, in shares of the clip; empty without a storm, and under water."""
    if not scene.has(Weather.STORM) or scene.setting is Setting.UNDERWATER:
        return ()
    chance = scene.chance("lightning")
    return 0.12 + 0.10 * chance.random(), 0.47 + 0.10 * chance.random(), 0.78 + 0.08 * chance.random()


def plan_lightning(stage: Stage) -> tuple[Bolt, ...]:
    """When and where lightning strikes; empty without a storm."""
    chance, step = stage.scene.chance("bolts"), stage.coarse
    bolts = []
    for at in strikes(stage.scene):
        start = (float(chance.uniform(0.15, 0.85)) * stage.width / step, -0.02 * stage.horizon / step)
        main = jagged(chance, start, 0.88 * stage.horizon / step, 0.035 * stage.unit / step)
        branches = [main]
        for _ in range(3):
            root = main[int(chance.integers(4, len(main) - 6))]
            reach = float(root[1]) + float(chance.uniform(0.10, 0.28)) * stage.horizon / step
            branches.append(
                jagged(chance, (float(root[0]), float(root[1])), reach, 0.035 * stage.unit / step)
            )
        bolts.append(Bolt(at, tuple(branches)))
    return tuple(bolts)


def jagged(
    chance: np.random.Generator, start: tuple[float, float], end_y: float, throw: float
) -> npt.NDArray[np.int32]:
    """A broken line downwards."""
    steps = 22
    y = np.linspace(start[1], end_y, steps)
    x = (
        start[0]
        + np.cumsum(chance.normal(0, throw / 3, steps))
        + float(chance.normal(0, throw)) * np.linspace(0, 1, steps)
    )
    x[0] = start[0]
    return np.round(np.stack([x, y], 1)).astype(np.int32)


def flash_at(bolts: tuple[Bolt, ...], seconds: float, turn: float) -> tuple[float, Bolt | None]:
    """How bright the sky flashes now (0..1), and the bolt to draw while it stands."""
    for bolt in bolts:
        since = (turn - bolt.at) * seconds
        if 0 <= since < 0.9:
            flicker = (
                np.exp(-since / 0.09)
                + 0.75 * np.exp(-(((since - 0.20) / 0.05) ** 2))
                + 0.15 * np.exp(-since / 0.35)
            )
            return float(min(1.0, flicker)), bolt if since < 0.30 else None
    return 0.0, None

"""Under water: the surface seen from below, shafts of light, caustics on the floor, bubbles and motes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import cv2
import numpy as np
import numpy.typing as npt

from soho.diorama.canvas import Canvas, Sheet, sheet_of
from soho.diorama.raster import Field, Plane, noise_line, smoothstep
from soho.diorama.scene import Setting
from soho.diorama.sky import DEPTH, Drift, bounds, tile_noise
from soho.diorama.stage import Stage

CEILING = 0.42  # the share of the horizon's height down to which the surface is seen from below


def web(chance: np.random.Generator, u: Field, v: Field) -> Field:
    """The net of light that waves throw, 0 to 1, where a pattern that repeats is read at (u, v)."""
    size = 512
    threads = np.zeros_like(u)
    for cells, weight in ((7, 1.0), (11, 0.6)):
        weave = tile_noise(chance, size, cells, 2)
        line = np.exp(-np.abs(weave) / np.float32(0.12))
        shift = np.float32(chance.uniform(0, size))
        threads += np.float32(weight) * cv2.remap(
            line, u + shift, v + shift, cv2.INTER_LINEAR, borderMode=cv2.BORDER_WRAP
        )
    return cast(Field, np.clip(threads * np.float32(0.72), 0, 1) ** np.float32(1.15))


def paint_surface(stage: Stage) -> Drift | None:
    """The surface from below: a bright net overhead that closes up towards the distance."""
    if stage.scene.setting is not Setting.UNDERWATER:
        return None
    left, top, rows, columns = bounds(stage)
    speed, step = 0.07 * stage.unit, stage.coarse
    side = int(speed / step / 2) + 4
    chance = stage.scene.chance("surface")
    low = CEILING * stage.horizon
    rise = np.clip((low - top - step * np.arange(rows, dtype=np.float32)) / np.float32(low), 0, 1.3)
    far = 1 / (rise + np.float32(0.16))
    wide = columns + 2 * side
    xs = (left + step * (np.arange(wide, dtype=np.float32) - side) - stage.width / 2) / np.float32(stage.unit)
    u = (xs[None] * (far[:, None] * 0.55 + 0.3) * np.float32(230)).astype(np.float32)
    v = np.repeat((far * np.float32(150))[:, None], wide, 1).astype(np.float32)
    bright = stage.near_sun(left - side * step, top, rows, wide, step)
    veils = []
    for _ in "ab":
        net = web(chance, u, v)
        alpha = (
            net
            * (rise ** np.float32(1.1))[:, None]
            * (0.55 + 0.75 * bright)
            * smoothstep(0, 0.2, rise)[:, None]
        )
        rgb = np.broadcast_to(stage.light.cloud_lit, (rows, wide, 3)).astype(np.float32)
        at = (left - side * step, top)
        veils.append(sheet_of(rgb, np.clip(alpha, 0, 0.9), at, 1e6, DEPTH, stage.grid, step))
    return Drift((veils[0], veils[1]), speed, (0.3 + 0.7 * np.clip(rise, 0, 1)).astype(np.float32))


def paint_shafts(stage: Stage) -> Drift | None:
    """Shafts of light that fan down from the surface and come and go as the waves above them turn."""
    if stage.scene.setting is not Setting.UNDERWATER:
        return None
    step = stage.coarse * 2
    speed = 0.05 * stage.unit
    side = int((stage.sway[0] + speed) / step) + 4
    rows = stage.height // step // 4 * 4 + 8
    columns = (stage.width // step + 2 * side) // 4 * 4
    y = (np.arange(rows, dtype=np.float32) * step)[:, None] / np.float32(stage.unit)
    x = ((np.arange(columns, dtype=np.float32) - side) * step - stage.sun[0])[None] / np.float32(stage.unit)
    slope = (x / (y + np.float32(0.42))).astype(np.float32)
    reach = np.exp(-y / np.float32(0.70)) * np.exp(-(slope**2) / np.float32(0.9))
    chance = stage.scene.chance("shafts")
    veils = []
    for _ in "ab":
        comb = noise_line(chance, 1024, 1024 / 26) + 0.6 * noise_line(chance, 1024, 1024 / 60)
        fan = np.interp(slope, np.linspace(-2.2, 2.2, 1024), comb).astype(np.float32)
        alpha = smoothstep(-0.15, 1.0, fan) * reach * np.float32(0.24 + 0.55 * stage.light.sun_power)
        rgb = np.broadcast_to(stage.light.glow, (rows, columns, 3)).astype(np.float32)
        veils.append(sheet_of(rgb, alpha.astype(np.float32), (-side * step, 0), 1e6, 0.3, stage.grid, step))
    return Drift((veils[0], veils[1]), speed, np.ones(rows, np.float32))


def paint_caustics(stage: Stage) -> Drift | None:
    """The net of light on the sea floor, in perspective."""
    if stage.scene.setting is not Setting.UNDERWATER:
        return None
    step = stage.coarse
    speed = 0.05 * stage.unit
    side = int((stage.sway[0] + speed) / step) + 4
    top = stage.horizon + 0.16 * (stage.height - stage.horizon)
    rows = int((stage.height - top) / step + 2 * stage.sway[1] / step + 8) // 4 * 4
    columns = (stage.width // step + 2 * side) // 4 * 4
    near = np.linspace(0, 1, rows, dtype=np.float32)
    far = 1 / (near + np.float32(0.22))
    xs = ((np.arange(columns, dtype=np.float32) - side) * step - stage.width / 2) / np.float32(stage.unit)
    u = (xs[None] * (far[:, None] * 0.8 + 0.4) * np.float32(290)).astype(np.float32)
    v = np.repeat((far * np.float32(210))[:, None], columns, 1).astype(np.float32)
    chance = stage.scene.chance("caustics")
    power = np.float32(0.22 + 0.52 * stage.light.sun_power) * smoothstep(0.0, 0.25, near)[:, None]
    veils: list[Sheet] = []
    for _ in "ab":
        rgb = np.broadcast_to(stage.light.key, (rows, columns, 3)).astype(np.float32)
        alpha = (web(chance, u, v) * power).astype(np.float32)
        veils.append(sheet_of(rgb, alpha, (-side * step, top), 1e6, 0.7, stage.grid, step))
    return Drift((veils[0], veils[1]), speed, np.ones(rows, np.float32))


@dataclass(slots=True)
class Bubbles:
    """Bubbles and motes as columns: x, y (frame shares), radius (px), rises a clip, sway (px), its phase,
    sways a clip, brightness; a rise below 0 sinks. `plane` is drawn anew every frame.
    """

    rising: npt.NDArray[np.float64]
    motes: npt.NDArray[np.float64]
    plane: Plane


def plan_bubbles(stage: Stage, seconds: float) -> Bubbles | None:
    """Strings of bubbles from a few places on the floor, and motes that sink slowly all over the water."""
    if stage.scene.setting is not Setting.UNDERWATER:
        return None
    chance, unit = stage.scene.chance("bubbles"), stage.unit
    strings = chance.uniform(0.06, 0.94, 5)
    count = 44
    size = chance.random(count) ** 2.2
    rises = np.maximum(1, np.round((0.10 + 0.10 * size) * seconds))
    rising = np.stack(
        [
            strings[chance.integers(0, len(strings), count)] + chance.normal(0, 0.016, count),
            chance.random(count),
            (0.0018 + 0.0085 * size) * unit,
            rises,
            (0.004 + 0.010 * size) * unit,
            chance.uniform(0, 2 * np.pi, count),
            chance.integers(2, 5, count),
            70 + 90 * chance.random(count),
        ],
        1,
    )
    many = int(260 * stage.width * stage.height / unit**2)
    motes = np.stack(
        [
            chance.random(many),
            chance.random(many),
            (0.0007 + 0.0013 * chance.random(many) ** 3) * unit,
            -np.ones(many) * (seconds >= 5),
            0.010 * unit * chance.random(many),
            chance.uniform(0, 2 * np.pi, many),
            chance.integers(1, 3, many),
            25 + 60 * chance.random(many),
        ],
        1,
    )
    return Bubbles(rising, motes, np.zeros((stage.height, stage.width), np.uint8))


def rise(canvas: Canvas, bubbles: Bubbles, turn: float) -> None:
    """Add the bubbles and motes of this moment."""
    plane = bubbles.plane
    plane[:] = 0
    for x, y, r, bright in placed(bubbles.motes, plane.shape, turn):
        cv2.circle(plane, (x, y), max(7, r), (bright,), -1, cv2.LINE_AA, 4)
    thick = max(1, round(plane.shape[0] / 1300))
    for x, y, r, bright in placed(bubbles.rising, plane.shape, turn):
        cv2.circle(plane, (x, y), r, (bright // 4,), -1, cv2.LINE_AA, 4)
        cv2.circle(plane, (x, y), r, (bright,), thick, cv2.LINE_AA, 4)
        cv2.circle(
            plane, (x - r // 3, y - r // 3), max(8, r // 4), (min(255, bright + 70),), -1, cv2.LINE_AA, 4
        )
    cv2.add(canvas.luma, plane, dst=canvas.luma)


def placed(
    what: npt.NDArray[np.float64], shape: tuple[int, ...], turn: float
) -> list[tuple[int, int, int, int]]:
    """Where each stands at a share of the clip: x, y and radius in sixteenths of a pixel, brightness."""
    height, width = shape[:2]
    room = 0.03 * height
    x = what[:, 0] * width + what[:, 4] * np.sin(2 * np.pi * what[:, 6] * turn + what[:, 5])
    y = (what[:, 1] - what[:, 3] * turn) % 1 * (height + 2 * room) - room
    places = np.round(np.stack([x * 16, y * 16, what[:, 2] * 16, what[:, 7]], 1)).astype(int)
    return [(a, b, c, d) for a, b, c, d in places.tolist()]

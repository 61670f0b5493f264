"""Terrain: each layer of land is a cut sheet with a crest, folded light and shade, and its share of haze."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

import numpy as np

from soho.diorama import cover, cutting
from soho.diorama.canvas import Sheet, sheet_of
from soho.diorama.light import Colour, colour
from soho.diorama.raster import (
    Field,
    blur,
    crumple,
    dyed,
    fbm,
    mix,
    noise_line,
    smoothstep,
    thrice,
    toward,
    weighed,
    zigzag,
)
from soho.diorama.scene import Setting, Weather
from soho.diorama.settings import Land
from soho.diorama.stage import Stage
from soho.diorama.wind import Sway, sway_of


def crest(stage: Stage, land: Land, chance: np.random.Generator, xs: Field) -> Field:
    """The height of the crest at each column, about 0 to 1."""
    n, cell = len(xs), land.cell * stage.unit
    if land.shape == "peaks":
        return peaks(stage, land, chance, xs)
    if land.shape == "mesas":
        wall = noise_line(chance, n, cell)
        steps = smoothstep(0.02, 0.10, wall) * 0.62 + smoothstep(0.34, 0.40, wall) * 0.38
        return cast(Field, steps * np.float32(0.95) + 0.03 * noise_line(chance, n, cell / 9))
    if land.shape == "dunes":
        crests = 1 - np.abs(noise_line(chance, n, cell)) ** np.float32(0.8)
        return cast(
            Field, (0.62 * crests + 0.25 * noise_line(chance, n, cell * 1.7) + 0.1).astype(np.float32)
        )
    if land.shape == "swell":
        rolling = np.abs(noise_line(chance, n, cell)) ** np.float32(0.75)
        rough = (
            1.9
            if stage.scene.has(Weather.STORM)
            else 1.3
            if stage.scene.has(Weather.WIND, Weather.RAIN)
            else 1.0
        )
        return cast(
            Field, (np.float32(rough) * (1 - rolling) + 0.10 * zigzag(chance, n, cell / 5)).astype(np.float32)
        )
    if land.shape == "flat":
        return cast(Field, 0.5 + 0.5 * noise_line(chance, n, cell) + 0.1 * noise_line(chance, n, cell / 5))
    rolls = 0.5 + 0.42 * noise_line(chance, n, cell) + 0.14 * noise_line(chance, n, cell / 2.7)
    return cast(Field, rolls + 0.025 * noise_line(chance, n, cell / 14))


def peaks(stage: Stage, land: Land, chance: np.random.Generator, xs: Field) -> Field:
    """Angular summits: a hero beside the sun, a saddle below it, and ever finer teeth."""
    n, cell = len(xs), land.cell * stage.unit
    spacing = cell * chance.uniform(0.8, 1.2, 64)
    summits = np.cumsum(spacing) - cell * chance.uniform(1, 2)
    height = np.zeros(n, np.float32)
    for at in summits[summits < n + 2 * cell]:
        tall, left, right = chance.uniform(0.45, 0.85), chance.uniform(0.8, 1.3), chance.uniform(0.8, 1.3)
        side = np.where(np.arange(n) < at, left, right) * cell
        height = np.maximum(height, tall * (1 - np.abs(np.arange(n) - at) / side)).astype(np.float32)
    away = (
        stage.sun[0]
        + (1 if stage.sun[0] < stage.width / 2 else -1) * chance.uniform(0.30, 0.46) * stage.width
    )
    hero = 1.02 * (1 - np.abs(xs - away) / (cell * 1.35)) if land.depth < 0.2 else np.zeros(n)
    height = np.maximum(height, hero).astype(np.float32)
    weight = 0.17
    for octave in range(1, 7):
        height += np.float32(weight) * zigzag(chance, n, max(2.0, cell * 0.55 / 2**octave)) * (0.35 + height)
        weight *= 0.56
    notch = np.exp(-(((xs - stage.sun[0]) / (0.20 * stage.width)) ** 2))
    return cast(Field, (height - 0.20 * notch * (land.depth < 0.35)).astype(np.float32))


def ridge_of(stage: Stage, land: Land, chance: np.random.Generator) -> tuple[Field, int]:
    """The crest of a layer: its frame row at each column of its sheet, and how many of those lie left of
    the frame. It draws first from the layer's stream: asked with a fresh one, it is the crest as painted.
    """
    side, _ = stage.margin(land.depth)
    columns = (stage.width + 2 * side + 3) // 4 * 4
    xs = (np.arange(columns) - side).astype(np.float32)
    base = stage.horizon + land.foot * (stage.height - stage.horizon)
    rise = land.relief * stage.unit * crest(stage, land, chance, xs)
    return (base - rise).astype(np.float32), side


def solid_from(ridge: Field) -> float:
    """The frame row from which on nothing shows through a layer with this crest."""
    return float(ridge.max()) + 2


def folds(stage: Stage, land: Land, chance: np.random.Generator, ridge: Field, below: Field) -> Field:
    """Light and shade of the surface, -1 (away from the light) to 1: slopes carried down from the crest."""
    rows, columns = below.shape
    cell = land.cell * stage.unit
    side = np.float32(1 if stage.sun[0] > stage.width / 2 else -1)
    if land.shape in ("peaks", "mesas"):
        return facets(stage, land, chance, ridge, below)
    slope = np.gradient(blur(np.repeat(ridge[None], 3, 0), cell * 0.05)[1]).astype(np.float32) * side
    soft = fbm(chance, rows, columns, cell * 0.22, 3, 4.5)
    if land.shape == "dunes":
        lean = (
            np.arange(columns, dtype=np.float32)[None]
            + (below * np.float32(1.1) + soft * np.float32(cell * 0.12)) * side
        )
        slope = slope[np.clip(lean, 0, columns - 1).astype(np.int32)]
        fade = np.exp(-np.clip(below, 0, None) / np.float32(cell * 0.5))
        wave = np.sin(
            (below + soft * np.float32(stage.unit * 0.02)) / np.float32(stage.unit * 0.0042)
        ).astype(np.float32)
        return cast(
            Field,
            np.tanh(slope * np.float32(5.5)) * (np.float32(0.25) + np.float32(0.75) * fade)
            + wave * np.float32(0.07)
            + soft * np.float32(0.12),
        )
    return cast(Field, np.tanh(slope[None] * np.float32(2.2)) * np.float32(0.4) + soft * np.float32(0.42))


SPURS = (
    (0.34, 38, 1.0),
    (0.30, -34, 0.9),
    (0.15, 27, 0.5),
    (0.13, -41, 0.45),
    (0.06, 33, 0.2),
    (0.05, -30, 0.18),
)


def facets(stage: Stage, land: Land, chance: np.random.Generator, ridge: Field, below: Field) -> Field:
    """Rock, -1 to 1: spurs of falling size that lean both ways, each with a lit and a shaded face.

    Below the crest its own slope decides, so that a summit has a bright and a dark side.
    """
    rows, columns = below.shape
    cell = land.cell * stage.unit
    side = np.float32(1 if stage.sun[0] > stage.width / 2 else -1)
    height = np.zeros((rows, columns), np.float32)
    for size, angle, weight in SPURS:
        height += np.float32(weight) * np.abs(crumple(chance, rows, columns, cell * size, angle))
    step = max(1, round(cell * 0.008))
    across = (height - np.roll(height, step, 1)) * side
    down = (height - np.roll(height, step, 0)) * np.float32(0.35)
    face = (across + down) * np.float32(0.20 * cell / step)
    line = blur(np.repeat(ridge[None], 3, 0), max(0.8, cell * 0.018))[1]
    slope = np.tanh(np.gradient(line).astype(np.float32) * side * np.float32(1.6))
    fade = np.exp(np.clip(below, 0, None) * np.float32(-1 / (0.16 * cell)))
    return cast(Field, np.tanh(np.float32(0.9) * slope * fade + face * (1 - np.float32(0.45) * fade)))


def paint_land(
    stage: Stage, land: Land, name: str, floor: float, seconds: float = 0.0
) -> tuple[Sheet, Sway | None]:
    """Cut and paint one layer down to frame row `floor`, and tell how its plants sway in a clip that lives
    for so many seconds.
    """
    chance = stage.scene.chance(name)
    ridge, side = ridge_of(stage, land, chance)
    lift = stage.margin(land.depth)[1]
    headroom = cutting.height(land.covering, stage, land.depth) + 0.02 * stage.unit
    above = -lift - 8  # no view shows more
    top = above if land.covering == "trunks" else max(above, int(ridge.min() - headroom))
    top = top // 4 * 4
    rows = max(8, int(min(floor, stage.height) + 2 * lift - top) // 4 * 4 + 4)
    below = (top + np.arange(rows, dtype=np.float32))[:, None] - ridge[None]
    alpha = np.clip(below + 0.5, 0, 1)
    rgb = ground(stage, land, chance, below, ridge, max(0, int(ridge.min()) - top - 8))
    standing = cover.plant(land.covering, stage, land.depth, chance, ridge - top, below.shape)
    lamps = None
    if standing is not None:
        body = stage.ground(cutting.albedo(land.covering, stage))
        shaded = dyed(standing.tone, body * np.float32(0.55 - 0.3 * stage.light.dusk), body)
        rgb = mix(rgb, shaded, thrice(standing.alpha * np.float32(1 if land.covering == "flowers" else 0.94)))
        if standing.paint is not None:
            rgb = mix(rgb, standing.paint, thrice(standing.alpha))
        alpha, lamps = np.maximum(alpha, standing.alpha), standing.lamps
    rgb = air(stage, land, rgb, below, (-side, top))
    if lamps is not None:
        rgb = np.minimum(rgb + lamps, 1)
    alpha_shadow, rgb = cast_shadow(stage, land, rgb, alpha)
    solid = solid_from(ridge)
    sheet = sheet_of(np.clip(rgb, 0, 1), alpha_shadow, (-side, top), solid, land.depth, stage.grid)
    sway = sway_of(stage, land.covering, land.depth, ridge - top, seconds)
    if sway and land.covering == "trunks":  # solid wood stands above the crest, and bends with the rest
        sheet.patches = tuple(replace(p, opaque=p.opaque and top + p.top >= solid) for p in sheet.patches)
    return sheet, sway


def ground(
    stage: Stage, land: Land, chance: np.random.Generator, below: Field, ridge: Field, start: int
) -> Field:
    """The land itself before air, from row `start` on; above it stands at most what grows on it."""
    rgb = np.empty((*below.shape, 3), np.float32)
    rgb[:start] = stage.ground(stage.earth(land.albedo))
    below = below[start:]
    if land.shape == "swell":
        rgb[start:] = sea(stage, land, chance, below)
    else:
        tone = folds(stage, land, chance, ridge, below)
        rgb[start:] = surface(stage, land, chance, below, tone, ridge)
    return rgb


def surface(
    stage: Stage, land: Land, chance: np.random.Generator, below: Field, tone: Field, ridge: Field
) -> Field:
    """The ground's colour before air: albedo in the hour's light, lit and shaded by its folds, snow, and a
    lit rim.
    """
    light = stage.light
    rows, columns = below.shape
    base = stage.ground(stage.earth(land.albedo))
    lit = base + (light.key * np.float32(0.9) - base) * np.float32(
        0.36 * (0.35 + light.sun_power) * (1 - (0.35 + 0.45 * land.depth) * light.dusk)
    )
    dark = mix(base, light.shade, 0.42) * np.float32(0.86)
    rgb = tones(base, lit, dark, tone)
    if land.snow > 0:
        reach = land.snow * land.relief * stage.unit
        edge = below - reach * (
            0.55 + 0.75 * fbm(chance, rows, columns, land.cell * stage.unit * 0.12, 4, 0.6)
        )
        higher = np.clip((ridge.max() - ridge) / (land.relief * stage.unit), 0, 1) * np.float32(reach * 1.1)
        mask = smoothstep(0.012 * stage.unit, -0.004 * stage.unit, edge + higher[None])
        white = stage.ground(colour("#f2f5fa")) + (light.haze - light.shade) * np.float32(0.16)
        white_lit = mix(np.clip(white, 0, 1), light.key, 0.30 + 0.25 * light.dusk) + np.float32(0.10)
        white_dark = mix(np.clip(white, 0, 1), light.shade, 0.30) * np.float32(0.88)
        rgb = mix(rgb, tones(white, white_lit, white_dark, tone), thrice(mask))
    fibre = chance.normal(0, 1, (256, 256)).astype(np.float32)
    fibre = blur(fibre, 0.8)
    paper = np.tile(fibre, (rows // 256 + 1, columns // 256 + 1))[:rows, :columns]
    rgb = rgb * thrice(1 + np.float32(0.035) * paper)
    rim = np.exp(-np.clip(below, 0, None) / np.float32(0.0028 * stage.unit + 0.6)) * np.clip(
        0.45 + 0.6 * tone, 0, 1
    )
    strength = np.float32((0.30 + 0.5 * light.dusk) * (0.25 + 0.75 * light.sun_power))
    return toward(rgb, light.key, rim * strength)


def sea(stage: Stage, land: Land, chance: np.random.Generator, below: Field) -> Field:
    """A cut wave: translucent and bright at its crest, deep below, with a line of foam and streaks of sky."""
    light, unit = stage.light, stage.unit
    rows, columns = below.shape
    deep = stage.ground(stage.earth(land.albedo))
    crest_colour = mix(mix(deep, light.haze, 0.45), stage.earth("#4fc3b8"), 0.22 * (1 - light.dusk))
    fall = np.exp(-np.clip(below, 0, None) / np.float32(land.relief * unit * 1.1))
    rgb = dyed(fall, crest_colour - deep, deep)
    streaks = smoothstep(0.25, 1.0, fbm(chance, rows, columns, 0.020 * unit, 4, 5.0))
    rgb = toward(rgb, light.haze, streaks * np.float32(0.16))
    lace = fbm(chance, rows, columns, 0.012 * unit, 3, 2.0)
    wide = np.float32((0.0075 if stage.scene.has(Weather.STORM) else 0.0032) * unit)
    foam = np.clip(np.exp(-np.clip(below, 0, None) / wide) * (0.75 + 0.5 * lace), 0, 0.85)
    white = np.clip(light.cloud_lit * 0.8 + light.haze * 0.3, 0, 1)
    return toward(rgb, white.astype(np.float32), foam.astype(np.float32))


def tones(base: Colour, lit: Colour, dark: Colour, tone: Field) -> Field:
    """From dark (-1) over base (0) to lit (1)."""
    return weighed(np.maximum(tone, 0), np.maximum(-tone, 0), lit - base, dark - base, base)


def air(stage: Stage, land: Land, rgb: Field, below: Field, at: tuple[float, float]) -> Field:
    """What lies between the layer and the eye: more with distance, pooling in the valleys, warm around the
    sun.
    """
    light, scene = stage.light, stage.scene
    thick = (0.86 if scene.setting is not Setting.SPACE else 0.3) * (1 - land.depth) ** 2.2
    fog = 0.25 if scene.has(Weather.RAIN, Weather.SNOW) else 0.0
    if scene.has(Weather.FOG):
        fog = 0.30 if scene.water else 0.54
    thick = min(0.97, thick + (1 - thick) * fog * (0.30 + 0.70 * (1 - land.depth)))
    pool = (
        (0.36 + fog)
        * (1 - land.depth) ** 0.9
        * smoothstep(0.0, max(0.05, land.relief) * stage.unit * 1.05, below)
    )
    amount = np.clip(thick + (1 - thick) * pool, 0, 0.985)
    near = stage.near_sun(at[0], at[1], *below.shape)
    veil = dyed(near, (light.glow - light.haze) * np.float32(0.55 * light.sun_power), light.haze)
    if scene.setting is Setting.CITY and light.lamps > 0.2:
        street = smoothstep(-0.16 * stage.unit, 0.20 * stage.unit, below) * np.float32(0.42 * light.lamps)
        rgb = toward(rgb, np.array([0.86, 0.50, 0.27], np.float32), street)
    return mix(rgb, veil, thrice(amount.astype(np.float32)))


def cast_shadow(stage: Stage, land: Land, rgb: Field, alpha: Field) -> tuple[Field, Field]:
    """The soft shadow a cut sheet throws on the one behind it, as part of its own opacity."""
    strength = np.float32(0.26 * land.depth**0.7)
    soft = blur(alpha, max(0.8, 0.007 * stage.unit * (0.4 + land.depth))) * strength
    total = alpha + (1 - alpha) * soft
    share = alpha / np.maximum(total, np.float32(1e-4))
    return total, toward(rgb, stage.light.shade * np.float32(0.6), (1 - share).astype(np.float32))

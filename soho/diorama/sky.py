"""The sky: gradient, sun or moon with rings of paper light, stars, aurora, clouds in perspective."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import cv2
import numpy as np

from soho.diorama.canvas import Sheet, sheet_of
from soho.diorama.light import Colour, colour, sky_ramp
from soho.diorama.raster import Field, blur, dyed, enlarge, mix, noise_line, smoothstep, toward
from soho.diorama.scene import Scene, Setting, Time, Weather
from soho.diorama.stage import Stage

DEPTH = 0.03
WORLDS = 9  # as many as a sky has room for


@dataclass(frozen=True, slots=True)
class Drift:
    """Two veils that move at `speed` (px per clip, at the zenith) and cross-fade, so that the end meets the
    beginning.
    """

    veils: tuple[Sheet, Sheet]
    speed: float
    pace: Field


def bounds(stage: Stage) -> tuple[float, float, int, int]:
    """Left, top, rows and columns of the sky in coarse pixels."""
    side, lift = stage.margin(0.3)
    step = stage.coarse
    rows = int(np.ceil((stage.horizon + 0.04 * stage.unit + 2 * lift) / step / 4)) * 4
    columns = int(np.ceil((stage.width + 2 * side) / step / 4)) * 4
    return -side, -lift, rows, columns


def paint_sky(stage: Stage) -> Sheet:
    """The still part of the sky as one opaque coarse sheet."""
    left, top, rows, columns = bounds(stage)
    step, light, scene = stage.coarse, stage.light, stage.scene
    ys = top + step * np.arange(rows, dtype=np.float32)
    xs = left + step * np.arange(columns, dtype=np.float32)
    ramp = sky_ramp(light, 512)
    at = np.clip(ys / stage.horizon, 0, 1) * 511
    lines = np.stack([np.interp(at, np.arange(512), ramp[:, i]) for i in range(3)], 1).astype(np.float32)
    sky = np.repeat(lines[:, None], columns, 1)
    distance = np.hypot(xs[None] - stage.sun[0], ys[:, None] - stage.sun[1]).astype(np.float32) / np.float32(
        stage.unit
    )
    if scene.setting is Setting.CITY and light.lamps > 0.2:
        high = np.clip(stage.horizon - ys, 0, None) / np.float32(stage.unit)
        street = np.exp(-high / np.float32(0.17)) * np.float32(0.55 * light.lamps)
        sky = toward(sky, colour("#a4607a"), np.repeat(street[:, None], columns, 1))
    if scene.setting is Setting.SPACE:
        sky += nebula(stage, rows, columns)
    if scene.stars or scene.setting is Setting.SPACE:
        sky = sky + stars(scene, rows, columns, stage.unit / step)[..., None]
    if scene.setting is Setting.SPACE:
        sky = planets(stage, sky, xs, ys)
    elif scene.sun and light.sun_power > 0.05:
        sky = sun_light(sky, distance, light.key, light.glow, light.sun_power, scene.time)
    elif scene.moon:
        sky = moon_light(sky, distance, scene, light.key)
    return sheet_of(
        np.clip(sky, 0, 1), np.ones((rows, columns), np.float32), (left, top), -1e6, DEPTH, stage.grid, step
    )


def sun_light(sky: Field, distance: Field, key: Colour, glow: Colour, power: float, time: Time) -> Field:
    """A disc, a warm halo, and faint rings as of stacked translucent paper."""
    low = time in (Time.SUNSET, Time.DAWN, Time.GOLDEN)
    radius = 0.052 if low else 0.036
    halo = np.exp(-distance / (0.17 if low else 0.11)) * np.float32(0.62 * power)
    sky = toward(sky, glow, np.clip(halo, 0, 1))
    for ring, strength in ((2.1, 0.10), (3.5, 0.07), (5.6, 0.05)):
        inside = smoothstep(0.0022, -0.0022, distance - np.float32(radius * ring))
        sky = toward(sky, glow, inside * np.float32(strength * power))
    disc = smoothstep(0.0016, -0.0016, distance - np.float32(radius))
    core = mix(key, np.array([1, 0.985, 0.93], np.float32), 0.72)
    return toward(sky, core, disc * np.float32(min(1.0, power * 1.2)))


def moon_light(sky: Field, distance: Field, scene: Scene, key: Colour) -> Field:
    """A full moon with its seas, and a cold halo."""
    radius = np.float32(0.042)
    sky = (
        sky
        + key
        * (np.exp(-distance / 0.10) * np.float32(0.22) + np.exp(-distance / 0.35) * np.float32(0.10))[
            ..., None
        ]
    )
    chance = scene.chance("moon")
    seas = enlarge(chance.uniform(0, 1, (48, 48)).astype(np.float32), *distance.shape)
    seas = smoothstep(0.35, 0.75, blur(seas, 2.0))
    face = mix(colour("#f6f1e2"), colour("#cfd3da"), np.repeat((0.55 * seas)[..., None], 3, 2))
    disc = smoothstep(0.0016, -0.0016, distance - radius)[..., None]
    return cast(Field, sky + (face - sky) * disc)


def stars(scene: Scene, rows: int, columns: int, unit: float) -> Field:
    """Points of unequal brightness: many faint, few bright, fewer towards the horizon, a band where they
    crowd.
    """
    chance = scene.chance("stars")
    count = int(1050 * rows * columns / unit**2) + 60
    y = rows * chance.random(count) ** 1.25 * 0.97
    x = columns * chance.random(count)
    band = chance.random(count) < 0.35
    y = np.where(band, (0.15 + 0.55 * x / columns) * rows + chance.normal(0, 0.07, count) * rows, y)
    power = 0.14 + 0.86 * chance.random(count) ** 9
    field = np.zeros((rows, columns), np.float32)
    keep = (y > 0) & (y < rows - 1) & (x < columns - 1)
    spot = max(0.42, unit / 1700)
    np.maximum.at(field, (y[keep].astype(int), x[keep].astype(int)), power[keep].astype(np.float32))
    sharp = blur(field, spot) * np.float32(2 * np.pi * spot**2 * 1.25)
    wide = blur(np.where(field > 0.6, field, 0).astype(np.float32), 3.4 * spot) * np.float32(18 * spot**2)
    fade = 1 - smoothstep(0.72, 1.0, np.linspace(0, 1, rows, dtype=np.float32))
    dim = np.float32((0.45 if scene.time is Time.DUSK else 1.0) * (0.3 if scene.has(Weather.FOG) else 1.0))
    return cast(Field, (np.clip(sharp, 0, 1) + wide * np.float32(0.5)) * fade[:, None] * dim)


def tile_noise(chance: np.random.Generator, size: int, cells: int, octaves: int) -> Field:
    """Fractal noise of about [-1, 1] on a square that repeats without a seam."""
    total, weight = np.zeros((size, size), np.float32), 1.0
    for _ in range(octaves):
        lattice = np.pad(chance.uniform(-1, 1, (cells, cells)).astype(np.float32), 2, mode="wrap")
        big = round(size * (cells + 4) / cells)
        pad = round(size * 2 / cells)
        total += np.float32(weight) * enlarge(lattice, big, big)[pad : pad + size, pad : pad + size]
        weight, cells = weight * 0.52, cells * 2
    return total


def nebula(stage: Stage, rows: int, columns: int) -> Field:
    """Clouds of coloured light between the stars."""
    chance = stage.scene.chance("nebula")
    size = 512
    base, veil = tile_noise(chance, size, 3, 6), tile_noise(chance, size, 4, 6)
    cloud = smoothstep(-0.1, 1.3, base) * smoothstep(-0.6, 0.9, veil)
    cloud, veil = enlarge(cloud, rows, columns), enlarge(veil, rows, columns)
    warm, cold = stage.light.cloud_lit, colour("#2f6fb8") * 0.8
    return cast(
        Field, mix(cold, warm, smoothstep(-0.5, 0.6, veil)[..., None]) * (cloud * np.float32(0.85))[..., None]
    )


def planets(stage: Stage, sky: Field, xs: Field, ys: Field) -> Field:
    """The worlds of the scene, each lit from one side with a rim of air; the first is great, banded, and
    sometimes has a ring.
    """
    chance, named = stage.scene.chance("planets"), stage.scene.thing("planet")
    own = "#{:02x}{:02x}{:02x}".format(*named.colour) if named and named.colour else None
    codes = (own,) if own else stage.scene.palette or (HUES[int(chance.integers(3))],)
    hues = [colour(code) for code in codes]
    for i, (cx, cy, r) in enumerate(worlds(stage, chance)):
        if i < 2 or named is None or own:
            hue = hues[0] if i == 0 else hues[-1] * 0.5 + 0.35
        else:
            hue = colour(HUES[i % 3]) * 0.7 + 0.2
        x = (xs[None] - np.float32(cx)) / np.float32(r)
        y = (ys[:, None] - np.float32(cy)) / np.float32(r)
        sky = world(stage, chance, sky, (x, y), hue, i == 0, 1.5 * stage.coarse / r)
    return sky


HUES = ("#d98a5b", "#6fa3c9", "#b07ac0")


def worlds(stage: Stage, chance: np.random.Generator) -> list[tuple[float, float, float]]:
    """Centre and radius (px) of as many worlds as words name, of two where they name none: a great one, a
    small one across from it, and the rest where they hide none of the others.
    """
    named = stage.scene.thing("planet")
    side = 1 if chance.random() < 0.5 else -1
    width, height = stage.width, stage.horizon
    size = stage.unit * min(1.0, 0.75 + 0.25 * stage.width / stage.height)
    great = (0.5 + side * chance.uniform(0.08, 0.2), chance.uniform(0.40, 0.52), chance.uniform(0.15, 0.21))
    small = (0.5 - side * chance.uniform(0.16, 0.3), chance.uniform(0.16, 0.28), chance.uniform(0.03, 0.05))
    found = [(float(x * width), float(y * height), float(r * size)) for x, y, r in (great, small)]
    wanted = min(named.count, WORLDS) if named else 2
    for _ in range(400):
        if len(found) >= wanted:
            break
        r = float(chance.uniform(0.022, 0.055)) * size
        x, y = float(chance.uniform(r, width - r)), float(chance.uniform(r, 0.9 * height))
        if all(np.hypot(x - cx, y - cy) > r + 1.25 * other for cx, cy, other in found):
            found.append((x, y, r))
    return found[:wanted]


def world(
    stage: Stage,
    chance: np.random.Generator,
    sky: Field,
    at: tuple[Field, Field],
    hue: Colour,
    banded: bool,
    edge: float,
) -> Field:
    """One world on the sky; `at` is in its radii, `edge` the width of a pixel in them."""
    x, y = (np.ascontiguousarray(a, np.float32) for a in np.broadcast_arrays(*at))
    tilt = np.float32(0.35)
    distance = np.hypot(x, y)
    depth = np.sqrt(np.clip(1 - distance**2, 0, 1))
    facing = np.clip((-0.62 * x - 0.48 * y + 0.62 * depth), 0, 1)
    across = y * np.cos(tilt) + x * np.sin(tilt)
    weave = tile_noise(chance, 256, 4, 5)
    u, v = (x * 60 + 128).astype(np.float32), (across * (150 if banded else 60) + 128).astype(np.float32)
    skin = cast(
        Field,
        cv2.remap(
            weave, u * np.float32(0.35 if banded else 1.0), v, cv2.INTER_LINEAR, borderMode=cv2.BORDER_WRAP
        ),
    )
    tone = 0.72 + 0.26 * np.tanh(1.4 * skin)
    face = hue * (tone * (0.035 + 1.05 * facing**0.8))[..., None]
    disc = smoothstep(edge, -edge, (distance - 1).astype(np.float32))[..., None]
    lit = np.clip((-0.62 * x - 0.48 * y) / np.maximum(distance, 1e-3) * 0.7 + 0.3, 0, 1)
    rim = (
        np.exp(-np.abs(distance - 1) / 0.05) * 0.5 + np.exp(-np.clip(distance - 1, 0, 9) / 0.22) * 0.16
    ) * lit
    sky = sky * (1 - disc) + face.astype(np.float32) * disc
    sky = sky + (hue * 0.6 + 0.4) * rim.astype(np.float32)[..., None]
    if not banded or chance.random() < 0.35:
        return cast(Field, sky.astype(np.float32))
    along = x * np.cos(tilt) - y * np.sin(tilt)
    orbit = np.hypot(along, across / 0.24).astype(np.float32)
    ring = (
        smoothstep(1.35, 1.42, orbit)
        * smoothstep(2.15, 2.05, orbit)
        * (0.55 + 0.35 * np.sin(orbit * 31))
        * 0.8
    )
    hidden = (disc[..., 0] > 0.5) & (across < 0)
    ring = np.where(hidden, 0, ring).astype(np.float32)[..., None]
    return cast(Field, (sky * (1 - ring) + (hue * 0.5 + 0.35) * ring).astype(np.float32))


COVER = {Weather.OVERCAST: -0.62, Weather.CLOUDS: -0.02}


def paint_clouds(stage: Stage) -> Drift | None:
    """Clouds as a deck seen in perspective: broad overhead, streaks at the horizon. None for a clear sky."""
    scene = stage.scene
    cover = next((COVER[w] for w in (Weather.OVERCAST, Weather.CLOUDS) if scene.has(w)), None)
    if cover is None:
        return None
    left, top, rows, columns = bounds(stage)
    speed = 0.10 * stage.unit * (2.6 if scene.has(Weather.WIND) else 1.0) * stage.haste
    side = int(speed / stage.coarse / 2) + 4
    chance = scene.chance("clouds")
    veils = tuple(
        cloud_veil(stage, chance, cover, (left - side * stage.coarse, top, rows, columns + 2 * side))
        for _ in "ab"
    )
    height = np.clip((stage.horizon - top - stage.coarse * np.arange(rows)) / stage.horizon, 0, 1)
    return Drift((veils[0], veils[1]), speed, (0.12 + 0.88 * height**1.2).astype(np.float32))


def billows(weave: Field, u: Field, v: Field) -> Field:
    """The body of clouds at (u, v), with folds that are finer than the weave's own."""
    body, folds = (
        cv2.remap(weave, u * scale, v * scale, cv2.INTER_LINEAR, borderMode=cv2.BORDER_WRAP)
        for scale in (np.float32(1), np.float32(3.7))
    )
    return cast(Field, cv2.addWeighted(body, 1.0, folds, 0.17, 0))


def cloud_veil(
    stage: Stage, chance: np.random.Generator, cover: float, box: tuple[float, float, int, int]
) -> Sheet:
    """One veil of clouds, lit from where the sun stands."""
    left, top, rows, columns = box
    step, light = stage.coarse, stage.light
    xs = (left + step * np.arange(columns, dtype=np.float32) - stage.width / 2) / np.float32(stage.unit)
    ys = top + step * np.arange(rows, dtype=np.float32)
    rise = np.clip((stage.horizon - ys) / stage.horizon, 0, 1.2)
    far = 1 / (rise + 0.13)
    size = 768
    weave = tile_noise(chance, size, 5, 7)
    u = (xs[None] * (far[:, None] * 0.62 + 0.55)) * np.float32(size * 0.42) + np.float32(
        chance.uniform(0, size)
    )
    v = np.repeat(far[:, None] * np.float32(size * 0.30), columns, 1) + np.float32(chance.uniform(0, size))
    sunward = np.float32(np.sign(stage.sun[0] - stage.width / 2))
    here, there = billows(weave, u, v), billows(weave, u + sunward * 9, v + 13)
    density = smoothstep(cover, cover + 0.62, here)
    relief = np.clip(0.5 + 1.15 * (here - there) - 0.28 * smoothstep(cover + 0.3, cover + 1.3, here), 0, 1)
    near = stage.near_sun(left, top, rows, columns, step)
    lit = dyed(relief, light.cloud_lit - light.cloud_dark, light.cloud_dark)
    lit = toward(lit, light.glow, near * np.float32(0.55 * min(1.0, light.sun_power + 0.1)))
    low = np.float32(0.55) * (1 - smoothstep(0.02, 0.30, rise.astype(np.float32)))
    lit = toward(lit, light.haze, np.repeat(low[:, None], columns, 1))
    fade = smoothstep(0.0, 0.10, rise.astype(np.float32))[:, None]
    opacity = density * fade * np.float32(0.93)
    if stage.scene.sun and not stage.scene.has(Weather.OVERCAST):
        opacity = opacity * (1 - np.float32(0.72) * np.clip(near * 1.15 - 0.15, 0, 1) ** 5)
    return sheet_of(lit.astype(np.float32), opacity, (left, top), 1e6, DEPTH, stage.grid, step)


def paint_aurora(stage: Stage) -> Drift | None:
    """Curtains of green light with violet hems."""
    if not stage.scene.aurora:
        return None
    left, top, rows, columns = bounds(stage)
    speed = 0.05 * stage.unit * stage.haste
    side = int(speed / stage.coarse / 2) + 4
    chance = stage.scene.chance("aurora")
    veils = [
        aurora_veil(stage, chance, (left - side * stage.coarse, top, rows, columns + 2 * side)) for _ in "ab"
    ]
    return Drift((veils[0], veils[1]), speed, np.ones(rows, np.float32))


def aurora_veil(stage: Stage, chance: np.random.Generator, box: tuple[float, float, int, int]) -> Sheet:
    """One set of curtains: each hangs from a wandering line, brightest at its hem, combed into rays."""
    left, top, rows, columns = box
    ys = np.arange(rows, dtype=np.float32)[:, None] / rows
    total, hue = np.zeros((rows, columns), np.float32), np.zeros((rows, columns), np.float32)
    for hem_at in (0.46, 0.62, 0.76):
        hem = (
            hem_at
            + 0.10 * noise_line(chance, columns, columns / 3)
            + 0.03 * noise_line(chance, columns, columns / 11)
        )
        rays = 0.55 + 0.45 * noise_line(chance, columns, columns / 46) * noise_line(
            chance, columns, columns / 17
        )
        power = smoothstep(-0.8, 0.4, noise_line(chance, columns, columns / 4))
        above = hem[None] - ys
        curtain = np.where(above > 0, np.exp(-above / 0.20), np.exp(above / 0.012)) * (rays * power)[None]
        hue += curtain * np.clip(above / 0.26, 0, 1)
        total += curtain
    share = (hue / np.maximum(total, 1e-4)).astype(np.float32)
    tint = mix(colour("#4dffa6"), colour("#a35bff"), share[..., None])
    return sheet_of(
        tint.astype(np.float32),
        np.clip(total * 1.5, 0, 0.95),
        (left, top),
        1e6,
        DEPTH,
        stage.grid,
        stage.coarse,
    )

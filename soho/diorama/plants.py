"""Plants low on the ground: grass, flowers, cacti."""

from __future__ import annotations

import cv2
import numpy as np

from soho.diorama.cutting import (
    SUBPIXEL,
    TALL,
    Cutter,
    Standing,
    albedo,
    along,
    groves,
    size_at,
)
from soho.diorama.light import colour
from soho.diorama.raster import Field, Plane
from soho.diorama.scene import Scene
from soho.diorama.stage import Stage


def grass(
    stage: Stage, depth: float, chance: np.random.Generator, ridge: Field, shape: tuple[int, int]
) -> Standing:
    """Blades along the crest, in tufts, higher at the frame's sides."""
    cutter = Cutter(*shape)
    blades(cutter, stage, depth, chance, ridge, 1.0)
    return cutter.standing()


def blades(
    cutter: Cutter, stage: Stage, depth: float, chance: np.random.Generator, ridge: Field, scale: float
) -> None:
    """Cut grass blades along a crest."""
    columns = len(ridge)
    tall = TALL["grass"] * stage.unit * size_at(depth) * scale
    tufts = groves(chance, columns, 0.09 * stage.unit)
    x = along(chance, columns, max(2.0, tall * 0.055), 1.6)
    i = np.clip(x, 0, columns - 1).astype(int)
    edge = np.abs(2 * x / columns - 1) ** 2
    high = tall * (0.25 + 0.5 * tufts[i] + 0.45 * edge) * chance.uniform(0.5, 1.25, len(x))
    lean, half = chance.normal(0, 0.22, len(x)) * high, max(0.6, 0.020 * tall)
    s = np.array([0, 0.4, 0.75, 1.0])
    across, up = x[:, None] + lean[:, None] * s**2, (ridge[i] + 0.15 * tall)[:, None] - high[:, None] * s
    wide = half * (1 - s**1.5)
    left, right = np.stack([across - wide, up], 2), np.stack([across + wide, up], 2)
    cutter.cut_all(np.concatenate([left, right[:, ::-1]], 1), chance.uniform(-0.5, 0.4, len(x)))


PETALS = ("#e8443a", "#f4b93a", "#f3eee2", "#c765c9", "#f07fa8", "#6f7fe0")


def bloom_colours(scene: Scene) -> tuple[str, ...]:
    """The colours that the words give to flowers: their own, else the land's and the sky's. A season's colour
    is the leaves'.
    """
    named = scene.thing("flower")
    if named and named.colour:
        return ("#{:02x}{:02x}{:02x}".format(*named.colour),)
    return (*(() if scene.season else scene.ground), *scene.palette)


def flowers(
    stage: Stage, depth: float, chance: np.random.Generator, ridge: Field, shape: tuple[int, int]
) -> Standing:
    """Grass with flowers in it, some along the crest and many down the slope, larger when nearer."""
    cutter = Cutter(*shape)
    blades(cutter, stage, depth, chance, ridge, 0.75)
    standing = cutter.standing()
    body = stage.ground(albedo("flowers", stage))
    paint = np.repeat(np.repeat((body * (1 + 0.0))[None, None], shape[0], 0), shape[1], 1).astype(np.float32)
    paint *= 1 + np.float32(0.5) * standing.tone[..., None]
    mask = cutter.alpha
    named = [colour(code) for code in bloom_colours(stage.scene)] or [
        colour(PETALS[i]) for i in chance.permutation(len(PETALS))[:3]
    ]
    tall = TALL["flowers"] * stage.unit * size_at(depth)
    count = int(shape[1] / max(2.0, tall * 0.055))
    patch = groves(chance, shape[1], 0.12 * stage.unit)
    for _ in range(count):
        x = float(chance.uniform(0, shape[1] - 1))
        if patch[int(x)] < 0.35 * chance.random():
            continue
        down = float(chance.uniform(-0.55, 1.0)) * tall * 1.5
        y, r = (
            float(ridge[int(x)]) + down,
            tall * 0.085 * float(chance.uniform(0.6, 1.1)) * (1 + max(0.0, down) / tall * 0.18),
        )
        hue = named[int(chance.integers(len(named)))]
        petal = stage.ground(hue) * (1 - 0.35 * stage.light.dusk) + hue * 0.30 * stage.light.dusk
        bloom(
            paint, mask, x, y, max(1.0, r), tuple(float(v) for v in petal * float(chance.uniform(0.85, 1.12)))
        )
    standing.alpha, standing.paint = (mask / 255).astype(np.float32), paint
    return standing


def bloom(paint: Field, mask: Plane, x: float, y: float, r: float, petal: tuple[float, ...]) -> None:
    """One flower: five petals around a heart, or a dot when it is small."""
    at = (round(x * 16), round(y * 16))
    if r < 2.5:
        cv2.circle(paint, at, round(r * 16), petal, -1, cv2.LINE_8, 4)
        cv2.circle(mask, at, round(r * 16), (255,), -1, cv2.LINE_AA, 4)
        return
    for k in range(5):
        angle = 2 * np.pi * k / 5 + x
        spot = (round((x + r * 0.6 * np.cos(angle)) * 16), round((y + r * 0.45 * np.sin(angle)) * 16))
        cv2.circle(paint, spot, round(r * 0.52 * 16), petal, -1, cv2.LINE_8, 4)
        cv2.circle(mask, spot, round(r * 0.52 * 16), (255,), -1, cv2.LINE_AA, 4)
    heart = tuple(0.45 * v + 0.2 for v in petal)
    cv2.circle(paint, at, round(r * 0.32 * 16), heart, -1, cv2.LINE_8, 4)


def cacti(
    stage: Stage, depth: float, chance: np.random.Generator, ridge: Field, shape: tuple[int, int]
) -> Standing:
    """A handful of saguaros."""
    cutter = Cutter(*shape)
    for x in along(chance, shape[1], 0.16 * stage.unit):
        if chance.random() < 0.45:
            continue
        i = int(np.clip(x, 0, shape[1] - 1))
        high = stage.unit * 0.11 * size_at(depth) * float(chance.uniform(0.6, 1.2))
        limb(cutter, [(x, float(ridge[i]) + 4), (x, float(ridge[i]) - high)], high * 0.075)
        for side in (-1, 1):
            reach, start, up = (
                0.22 * high * side,
                float(chance.uniform(0.35, 0.55)),
                float(chance.uniform(0.2, 0.35)),
            )
            y = float(ridge[i]) - start * high
            limb(cutter, [(x, y), (x + reach, y), (x + reach, y - up * high)], high * 0.05)
    return cutter.standing()


def limb(cutter: Cutter, path: list[tuple[float, float]], half: float) -> None:
    """A thick rounded line."""
    points = np.round(np.array(path) * 16).astype(np.int32)
    wide = max(1, round(2 * half))
    cv2.polylines(cutter.alpha, [points], False, (255,), wide, cv2.LINE_AA, SUBPIXEL)
    cv2.polylines(cutter.tone, [points], False, (120,), wide, cv2.LINE_8, SUBPIXEL)

"""The inside of a forest: stems that run out of the frame, what grows at their feet, a vault of leaves."""

from __future__ import annotations

import numpy as np

from soho.diorama.cutting import ALBEDO, Cutter, Points, Standing, along, groves
from soho.diorama.light import colour
from soho.diorama.plants import blades
from soho.diorama.raster import Field, dyed, mix, thrice
from soho.diorama.stage import Stage
from soho.diorama.trees import frond

CORNERS = 9  # of a leaf's outline


def trunks(
    stage: Stage, depth: float, chance: np.random.Generator, ridge: Field, shape: tuple[int, int]
) -> Standing:
    """Tall stems with boughs, lit from the sun's side, thickets and ferns between them, and leaves above."""
    wood, leaves = Cutter(*shape), Cutter(*shape)
    gap, columns = stage.unit * (0.055 + 0.16 * depth), shape[1]
    sun = stage.sun[0] + (columns - stage.width) / 2
    green = not stage.scene.winter
    for x in along(chance, columns, gap, 1.5):
        i = int(np.clip(x, 0, columns - 1))
        if depth > 0.6 and abs(2 * x / columns - 1) < 0.42:
            continue
        half = stage.unit * (0.003 + 0.019 * depth) * float(chance.uniform(0.5, 1.35))
        lean = float(chance.normal(0, 0.025)) * shape[0]
        foot = float(ridge[i]) + 0.9 * half
        stem(wood, chance, x, foot, half, lean, 1 if sun > x else -1)
        boughs(wood, leaves if green else None, chance, x, foot, half, lean, leaf_of(stage, depth))
        if green:
            moss = np.stack([x + chance.normal(0, 1.5 * half, 30), foot - chance.random(30) * 0.6 * half], 1)
            tuft(leaves, chance, moss, 0.32 * half, chance.uniform(-0.6, 0.1, 30))
    if green:
        canopy(leaves, stage, depth, chance)
        thicket(leaves, stage, depth, chance, ridge)
        blades(leaves, stage, max(depth, 0.3), chance, ridge, 0.55)
    return leafed(stage, wood.standing(), leaves.standing())


def stem(
    wood: Cutter, chance: np.random.Generator, x: float, foot: float, half: float, lean: float, lit: int
) -> None:
    """A stem from its roots to the upper edge of the sheet, with a bright flank towards the light (`lit`: 1
    when that is to the right), a dark one away from it, and furrows in its bark.
    """
    tone = float(chance.uniform(-0.2, 0.2))
    flare, rows = half * 5, np.array([foot, foot - half * 5, 0.0])
    middle, reach = np.array([x, x, x + lean]), half * np.array([1.8, 1.0, 0.72])

    def flank(inner: float, outer: float, shade: float) -> None:
        near, far = middle + lit * reach * inner, middle + lit * reach * outer
        sides = np.stack([near, rows], 1), np.stack([far, rows], 1)
        wood.cut(np.concatenate([sides[0], sides[1][::-1]]), shade)

    flank(-1, 1, tone)
    flank(-1, -0.55, tone - 0.45)
    flank(0.52, 1, tone + 0.75)
    if half < 3:
        return
    for _ in range(int(4 + foot / (6 * half))):
        y, across = float(chance.uniform(0, max(1.0, foot - flare))), float(chance.uniform(-0.5, 0.7))
        at, long = x + lean * (1 - y / foot) + lit * half * 0.8 * across, half * float(chance.uniform(1.5, 4))
        wide = half * 0.07
        furrow = [(at, y - long), (at + wide, y), (at, y + long), (at - wide, y)]
        wood.cut(np.array(furrow), tone + 0.75 * max(0.0, across) - 0.35)


def boughs(
    wood: Cutter,
    leaves: Cutter | None,
    chance: np.random.Generator,
    x: float,
    foot: float,
    half: float,
    lean: float,
    leaf: float,
) -> None:
    """A few boughs that bend upwards, in leaves of `leaf` pixels where they are given."""
    s = np.linspace(0, 1, 6)
    for _ in range(int(chance.integers(3, 7))):
        t, out = float(chance.uniform(0.42, 1.0)), float(chance.choice([-1, 1]))
        reach, rise = half * float(chance.uniform(4, 10)), float(chance.uniform(0.15, 0.55))
        line = np.stack([x + lean * t + out * reach * s, foot * (1 - t) - reach * rise * s**1.7], 1)
        thick = np.stack([0 * s, half * 0.34 * (1 - 0.85 * s)], 1)
        wood.cut(np.concatenate([line - thick, (line + thick)[::-1]]), float(chance.uniform(-0.35, 0.1)))
        if leaves is not None and reach > 6:
            size = min(0.085 * reach, leaf)
            count = round(16 * (0.085 * reach / size) ** 1.5)
            place = chance.uniform(0.35, 1.08, count)
            hearts = np.stack([np.interp(place, s, line[:, 0]), np.interp(place, s, line[:, 1])], 1)
            hearts += chance.normal(0, 0.10 * reach, (count, 2)) * np.array([1.0, 0.7])
            tuft(leaves, chance, hearts, size, chance.uniform(-0.5, 0.4, count))


def leaf_of(stage: Stage, depth: float) -> float:
    """How large, in pixels, a leaf overhead is at a depth."""
    return float(stage.unit * (0.007 + 0.008 * depth))


def tuft(
    cutter: Cutter, chance: np.random.Generator, hearts: Points, size: float, tones: Field | Points
) -> None:
    """Leaves of about one size around their hearts (n, 2), each of an outline and tone (n,) of its own."""
    count, turn = len(hearts), np.linspace(0, 2 * np.pi, CORNERS + 1)[:-1]
    grown = (size * chance.uniform(0.5, 1.25, count))[:, None]
    grown = grown * (1 + 0.30 * chance.uniform(-1, 1, (count, CORNERS)))
    leaves = np.stack([hearts[:, :1] + 1.25 * grown * np.cos(turn), hearts[:, 1:] + grown * np.sin(turn)], 2)
    cutter.cut_all(leaves, np.asarray(tones, np.float64))


def thicket(cutter: Cutter, stage: Stage, depth: float, chance: np.random.Generator, ridge: Field) -> None:
    """Bushes along the crest, higher at the frame's sides so that the way in stays open; ferns before the
    nearer ones.
    """
    columns = len(ridge)
    tall = stage.unit * (0.025 + 0.085 * depth)
    wooded = groves(chance, columns, 0.16 * stage.unit)
    for x in along(chance, columns, 0.55 * tall, 1.6):
        i = int(np.clip(x, 0, columns - 1))
        edge = abs(2 * x / columns - 1)
        high = tall * (0.35 + 0.75 * float(wooded[i])) * (0.25 + 0.9 * edge) * float(chance.uniform(0.6, 1.2))
        if wooded[i] + 0.5 * edge < 0.35 + 0.5 * chance.random():
            continue
        count = 34
        up = chance.random(count) ** 0.8
        wide = 0.75 * high * np.sqrt(1 - 0.75 * up**2) * chance.uniform(-1, 1, count)
        hearts = np.stack([x + wide, float(ridge[i]) + 0.2 * high - high * up], 1)
        tuft(cutter, chance, hearts, 0.13 * high, -0.6 + 0.85 * up + chance.uniform(-0.2, 0.2, count))
    if depth < 0.4:
        return
    for x in along(chance, columns, 1.1 * tall, 1.8):
        i, long = int(np.clip(x, 0, columns - 1)), tall * float(chance.uniform(0.35, 0.7))
        if chance.random() < 0.3:
            continue
        for angle in np.linspace(0.55, np.pi - 0.55, 9) + chance.normal(0, 0.10, 9):
            tone = float(chance.uniform(-0.3, 0.5))
            frond(cutter, x, float(ridge[i]) + 0.05 * tall, float(angle), long, tone)


def leafed(stage: Stage, wood: Standing, leaf: Standing) -> Standing:
    """Wood and leaves in their own colours, as one standing."""
    bark, green = stage.ground(colour(ALBEDO["trunks"])), stage.ground(stage.earth("#3f6e35"))
    paint = dyed(wood.tone, bark * np.float32(0.5), bark)
    leaves = dyed(leaf.tone, green * np.float32(0.6), green)
    return Standing(np.maximum(wood.alpha, leaf.alpha), wood.tone, mix(paint, leaves, thrice(leaf.alpha)))


def canopy(cutter: Cutter, stage: Stage, depth: float, chance: np.random.Generator) -> None:
    """Leaves that hang into the top of the frame, lower at its sides: a vault with light in the middle."""
    columns = cutter.alpha.shape[1]
    r = leaf_of(stage, depth)
    x = along(chance, columns, r * 0.13, 3.0)
    count = len(x)
    edge = np.abs(2 * x / columns - 1)
    reach = stage.unit * (0.06 + 0.17 * edge**1.6 + 0.05 * (1 - depth))
    y = reach * (1 - chance.random(count) ** 0.6 * 1.15)
    tuft(cutter, chance, np.stack([x, y], 1), r, chance.uniform(-0.55, 0.35, count) + 0.25 * y / reach)

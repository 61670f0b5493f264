"""Trees: firs in ranks, round trees in hedges, and palms."""

from __future__ import annotations

import numpy as np

from soho.diorama.cutting import (
    TALL,
    Cutter,
    Points,
    Standing,
    along,
    groves,
    size_at,
)
from soho.diorama.light import colour
from soho.diorama.plants import blades
from soho.diorama.raster import Field, Plane, thrice
from soho.diorama.scene import Season
from soho.diorama.stage import Stage


def conifers(
    stage: Stage, depth: float, chance: np.random.Generator, ridge: Field, shape: tuple[int, int]
) -> Standing:
    """Firs in groves down the slope, rank behind rank, taller towards the frame's sides, so that the view
    stays open.
    """
    cutter = Cutter(*shape)
    tall = TALL["conifers"] * stage.unit * size_at(depth)
    columns, near = shape[1], depth > 0.7
    wooded = groves(chance, columns, 0.30 * stage.unit)
    ranks = 4 if near else int(np.clip(0.16 * stage.unit / tall, 2, 7))
    outlines = firs(chance, 6 if tall > 26 else 4)
    for rank in range(ranks):
        down = rank * tall * (0.30 if near else 0.42)
        x = along(chance, columns, tall * (0.24 if near else 0.20), 1.3)
        i = np.clip(x, 0, columns - 1).astype(int)
        edge = np.abs(2 * x / columns - 1)
        spread = 0.8 * np.clip(edge - 0.40, 0, None) if near else 0.05 * rank
        grown = wooded[i] * (0.55 + 0.45 * edge) + spread
        there = grown >= 0.20 + 0.30 * chance.random(len(x))
        x, i, edge, grown = (found[there] for found in (x, i, edge, grown))
        high = tall * (0.40 + 0.65 * grown + (0.5 * edge**2 if near else 0))
        high *= chance.uniform(0.65, 1.2, len(x))
        trees = outlines[chance.integers(0, SHAPES, len(x))] * high[:, None, None]
        trees += np.stack([x, ridge[i] + 0.10 * high + down], 1)[:, None]
        cutter.cut_all(trees, chance.uniform(-0.35, 0.25, len(x)) - 0.14 * (ranks - 1 - rank) + 0.2)
    if near:
        blades(cutter, stage, depth, chance, ridge + np.float32(0.02 * tall), 0.5)
    return cutter.standing()


SHAPES = 24  # firs that differ in outline; no wood shows so many of one height side by side


def firs(chance: np.random.Generator, tiers: int) -> Points:
    """Outlines (`SHAPES`, n, 2) of firs one unit high, foot at 0 and y down: tiers of boughs that droop,
    narrowing to a tip.
    """
    t = np.arange(1, tiers + 1) / tiers
    wide, lean = chance.uniform(0.17, 0.23, (SHAPES, 1)), chance.normal(0, 0.012, (SHAPES, 1))
    full = wide * (0.16 + 0.84 * t**0.85) * chance.uniform(0.86, 1.14, (SHAPES, tiers))
    inner = np.broadcast_to(wide * (0.10 + 0.84 * t**0.85) * 0.48, full.shape)
    y = np.broadcast_to(-1 + 0.97 * t, full.shape)
    sides = []
    for way in (1, -1):
        out = way * full * chance.uniform(0.9, 1.1, full.shape)
        ends = np.stack([lean * (1 - t) + out, y + 0.015], 2)
        nooks = np.stack([lean * (1 - t) + way * inner, y - 0.02], 2)
        sides.append(np.stack([ends, nooks], 2).reshape(SHAPES, 2 * tiers, 2))
    tip = np.stack([lean[:, 0], np.full(SHAPES, -1.0)], 1)[:, None]
    trunk = np.broadcast_to(np.array([(0.02, 0.06), (-0.02, 0.06)]), (SHAPES, 2, 2))
    return np.concatenate([tip, sides[0], trunk, sides[1][:, ::-1]], 1)


def broad(
    stage: Stage, depth: float, chance: np.random.Generator, ridge: Field, shape: tuple[int, int]
) -> Standing:
    """Round trees in groves and hedges: crowns of overlapping discs, darker below."""
    cutter = Cutter(*shape)
    inks = Cutter(*shape) if stage.scene.season is Season.AUTUMN else None
    tall = TALL["broad"] * stage.unit * size_at(depth)
    wooded = groves(chance, shape[1], 0.22 * stage.unit)
    for rank in range(4):
        hedge = groves(chance, shape[1], 0.14 * stage.unit)
        for x in along(chance, shape[1], tall * 0.42):
            i = min(shape[1] - 1, int(x))
            grown = wooded[i] if rank == 0 else hedge[i] - 0.22
            if grown < 0.45 + 0.35 * chance.random():
                continue
            high = tall * (0.45 + 0.55 * grown) * float(chance.uniform(0.7, 1.2)) * (1 + 0.08 * rank)
            crown(
                cutter,
                chance,
                x,
                float(ridge[i]) + 0.12 * high + rank * tall * (0.55 + 0.25 * rank),
                high,
                inks,
            )
    return turned(stage, cutter.standing(), inks.tone) if inks else cutter.standing()


TURNED = ("#d0402a", "#f07f22", "#f5bd32", "#a08a2e", "#b8352f")  # the leaves of one wood in autumn


def turned(stage: Stage, standing: Standing, inks: Plane) -> Standing:
    """Trees whose crowns have each turned to a colour of their own: `inks` holds which, from 0 to 255."""
    hues = np.stack([stage.ground(colour(code)) for code in TURNED]).astype(np.float32)
    which = np.clip(inks.astype(int) * len(TURNED) // 256, 0, len(TURNED) - 1)
    lit = 1 + np.float32(0.55 - 0.25 * stage.light.dusk) * standing.tone
    standing.paint = np.clip(hues[which] * thrice(lit), 0, 1).astype(np.float32)
    return standing


def crown(
    cutter: Cutter,
    chance: np.random.Generator,
    x: float,
    foot: float,
    high: float,
    inks: Cutter | None = None,
) -> None:
    """One round tree. Where `inks` is given, its own number is cut there too."""
    trunk = 0.035 * high
    cutter.cut(
        np.array(
            [
                (x - trunk, foot),
                (x + trunk, foot),
                (x + trunk * 0.6, foot - 0.5 * high),
                (x - trunk * 0.6, foot - 0.5 * high),
            ]
        ),
        -0.5,
    )
    base = float(chance.uniform(-0.15, 0.2))
    blobs = sorted(
        (
            (
                float(chance.normal(0, 0.17)),
                float(chance.uniform(0.40, 0.84)),
                float(chance.uniform(0.15, 0.25)),
            )
            for _ in range(9)
        ),
        key=lambda b: b[1],
    )
    turn = np.linspace(0, 2 * np.pi, 15)[:-1]
    own = float(chance.uniform(-1, 1)) if inks else 0.0
    for dx, up, r in blobs:
        wobble = 1 + 0.10 * np.sin(5 * turn + dx * 40)
        ring = np.stack(
            [
                x + dx * high + r * high * wobble * np.cos(turn),
                foot - up * high + r * high * 0.9 * wobble * np.sin(turn),
            ],
            1,
        )
        cutter.cut(ring, base + 0.9 * (up - 0.62))
        if inks:
            inks.cut(ring, own)


def palms(
    stage: Stage, depth: float, chance: np.random.Generator, ridge: Field, shape: tuple[int, int]
) -> Standing:
    """A few palms at one side of the frame, leaning into it: a frame within the frame."""
    cutter = Cutter(*shape)
    side = -1 if stage.sun[0] > stage.width / 2 else 1
    columns = shape[1]
    for k in range(3):
        at = columns / 2 + side * columns * (0.47 - 0.11 * k + chance.uniform(-0.02, 0.02))
        at = float(np.clip(at, 8, columns - 9))
        high = (
            stage.unit
            * (0.52 - 0.10 * k)
            * chance.uniform(0.85, 1.05)
            * min(1.0, 0.55 + 0.45 * stage.width / stage.height)
        )
        palm(cutter, chance, at, float(ridge[int(at)]) + 6, float(high), -side)
    return cutter.standing()


def palm(cutter: Cutter, chance: np.random.Generator, x: float, foot: float, high: float, lean: int) -> None:
    """One palm: a curved trunk, and fronds that arch from its head."""
    t = np.linspace(0, 1, 14)
    bend = lean * high * 0.22 * chance.uniform(0.6, 1.2)
    mid = np.stack([x + bend * t**1.8, foot - high * t], 1)
    half = high * (0.020 - 0.009 * t) * (1 + 0.10 * (np.arange(14) % 2))
    cutter.cut(
        np.concatenate([mid - np.stack([half, 0 * half], 1), (mid + np.stack([half, 0 * half], 1))[::-1]]),
        -0.25,
    )
    head = mid[-1]
    for angle in np.linspace(-0.35, np.pi + 0.35, 13) + chance.normal(0, 0.09, 13):
        length = float(high * chance.uniform(0.34, 0.44))
        frond(cutter, head[0], head[1], angle, length, float(chance.uniform(-0.3, 0.45)))


def frond(cutter: Cutter, x: float, y: float, angle: float, length: float, tone: float) -> None:
    """A feathered leaf that leaves (x, y) at an angle and droops towards its end."""
    s = np.linspace(0, 1, 34)
    droop = length * 0.55 * s**2.1
    spine = np.stack([x + np.cos(angle) * length * s, y - np.sin(angle) * length * 0.72 * s + droop], 1)
    leaf = length * 0.17 * np.sin(np.pi * np.clip(s * 0.94 + 0.06, 0, 1)) ** 0.7
    comb = leaf * (1 - 0.72 * (np.arange(34) % 2))
    cutter.cut(
        np.concatenate(
            [spine - np.stack([0 * s, leaf * 0.25], 1), (spine + np.stack([0 * s, comb], 1))[::-1]]
        ),
        tone,
    )

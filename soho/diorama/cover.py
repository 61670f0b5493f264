"""What stands on the land: conifers, broad trees, palms, grass, flowers, buildings with their lamps."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

import cv2
import numpy as np
import numpy.typing as npt

from soho.diorama.light import Colour, colour
from soho.diorama.raster import Field, Plane, blur
from soho.diorama.stage import Stage

SUBPIXEL = 4  # bits of fraction that OpenCV keeps of a polygon's corners
Points = npt.NDArray[np.float64]


@dataclass(slots=True)
class Standing:
    """Opacity (0..1), tone (-1..1), and where needed own colours and added lamp light."""

    alpha: Field
    tone: Field
    paint: Field | None = None
    lamps: Field | None = None


class Cutter:
    """Cuts polygons into an opacity plane and writes each one's tone beside it."""

    def __init__(self, rows: int, columns: int) -> None:
        self.alpha: Plane = np.zeros((rows, columns), np.uint8)
        self.tone: Plane = np.full((rows, columns), 128, np.uint8)

    def cut(self, points: Points, tone: float) -> None:
        """Fill one outline of (n, 2) corners in pixels."""
        corners = np.round(points * (1 << SUBPIXEL)).astype(np.int32)
        cv2.fillPoly(self.alpha, [corners], (255,), cv2.LINE_AA, SUBPIXEL)
        cv2.fillPoly(self.tone, [corners], (int(128 + 127 * np.clip(tone, -1, 1)),), cv2.LINE_8, SUBPIXEL)

    def standing(self) -> Standing:
        """What was cut, as fields."""
        return Standing(self.alpha.astype(np.float32) / 255, (self.tone.astype(np.float32) - 128) / 127)


TALL = {"conifers": 0.105, "broad": 0.075, "palms": 0.52, "grass": 0.075, "flowers": 0.085, "towers": 0.42, "trunks": 0.9, "cacti": 0.07}
ALBEDO = {
    "conifers": "#24503f",
    "broad": "#3f7038",
    "palms": "#23482f",
    "grass": "#4f7d33",
    "flowers": "#4f8136",
    "towers": "#4a5470",
    "trunks": "#33302b",
    "cacti": "#3f6b45",
}


def size_at(depth: float) -> float:
    """How large things look at a depth."""
    return 0.10 + 0.95 * depth**1.5


def height(covering: str, stage: Stage, depth: float) -> float:
    """How far, in pixels, the covering can rise above the crest."""
    if covering in ("towers", "palms", "trunks"):
        return TALL[covering] * stage.unit * 1.15
    return TALL.get(covering, 0.0) * stage.unit * size_at(depth) * 2.2


def albedo(covering: str, stage: Stage) -> Colour:
    """The covering's own colour."""
    own = ALBEDO[covering]
    if covering in ("grass", "flowers", "broad"):
        return stage.earth(own)
    return colour(own) + (colour("#dfe6ef") - colour(own)) * np.float32(0.28 if stage.scene.winter else 0)


def plant(
    covering: str, stage: Stage, depth: float, chance: np.random.Generator, ridge: Field, shape: tuple[int, int]
) -> Standing | None:
    """Stand the covering along the crest (`ridge`, rows in this layer). None where nothing grows."""
    planter = PLANTERS.get(covering)
    return planter(stage, depth, chance, ridge, shape) if planter else None


def along(chance: np.random.Generator, columns: int, step: float, jitter: float = 0.8) -> npt.NDArray[np.float64]:
    """Columns at which things stand: about `step` apart, never in a row of equal gaps."""
    count = max(1, int(columns / step))
    return np.sort((np.arange(count) + 0.5 + jitter * chance.uniform(-0.5, 0.5, count)) * columns / count)


def groves(chance: np.random.Generator, columns: int, cell: float) -> Field:
    """How densely wooded each column is, 0 to 1."""
    from soho.diorama.raster import noise_line

    return np.clip(0.5 + 0.9 * noise_line(chance, columns, cell), 0, 1).astype(np.float32)


def conifers(stage: Stage, depth: float, chance: np.random.Generator, ridge: Field, shape: tuple[int, int]) -> Standing:
    """Firs in groves down the slope, rank behind rank, taller towards the frame's sides, so that the view stays open."""
    cutter = Cutter(*shape)
    tall = TALL["conifers"] * stage.unit * size_at(depth)
    columns, near = shape[1], depth > 0.7
    wooded = groves(chance, columns, 0.30 * stage.unit)
    ranks = 4 if near else int(np.clip(0.16 * stage.unit / tall, 2, 7))
    for rank in range(ranks):
        down = rank * tall * (0.30 if near else 0.42)
        for x in along(chance, columns, tall * (0.24 if near else 0.20), 1.3):
            i = min(columns - 1, int(x))
            edge = abs(2 * x / columns - 1)
            grown = wooded[i] * (0.55 + 0.45 * edge) + (0.8 * max(0.0, edge - 0.40) if near else 0.05 * rank)
            if grown < 0.20 + 0.30 * chance.random():
                continue
            high = tall * (0.40 + 0.65 * grown + (0.5 * edge**2 if near else 0)) * float(chance.uniform(0.65, 1.2))
            foot = float(ridge[i]) + 0.10 * high + down
            cutter.cut(fir(chance, x, foot, high), float(chance.uniform(-0.35, 0.25)) - 0.14 * (ranks - 1 - rank) + 0.2)
    if near:
        blades(cutter, stage, depth, chance, ridge + np.float32(0.02 * tall), 0.5)
    return cutter.standing()


def fir(chance: np.random.Generator, x: float, foot: float, high: float) -> Points:
    """The outline of one fir: tiers of boughs that droop, narrowing to a tip."""
    tiers = 6 if high > 26 else 4
    wide = high * chance.uniform(0.17, 0.23)
    lean = chance.normal(0, 0.012) * high
    left: list[tuple[float, float]] = []
    right: list[tuple[float, float]] = []
    for k in range(tiers):
        t0, t1 = k / tiers, (k + 1) / tiers
        reach = wide * (0.16 + 0.84 * t1**0.85) * chance.uniform(0.86, 1.14)
        inner = wide * (0.10 + 0.84 * t1**0.85) * 0.48
        y = foot - high + high * 0.97 * t1
        for side, out in ((left, -1), (right, 1)):
            side.append((x + lean * (1 - t1) + out * reach * chance.uniform(0.9, 1.1), y + 0.015 * high))
            side.append((x + lean * (1 - t1) + out * inner, y - 0.02 * high))
        del t0
    tip = [(x + lean, foot - high)]
    trunk = [(x - 0.02 * high, foot + 0.06 * high), (x + 0.02 * high, foot + 0.06 * high)]
    return np.array(tip + right + trunk[::-1] + left[::-1])


def broad(stage: Stage, depth: float, chance: np.random.Generator, ridge: Field, shape: tuple[int, int]) -> Standing:
    """Round trees in groves and hedges: crowns of overlapping discs, darker below."""
    cutter = Cutter(*shape)
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
            crown(cutter, chance, x, float(ridge[i]) + 0.12 * high + rank * tall * (0.55 + 0.25 * rank), high)
    return cutter.standing()


def crown(cutter: Cutter, chance: np.random.Generator, x: float, foot: float, high: float) -> None:
    """One round tree."""
    trunk = 0.035 * high
    cutter.cut(np.array([(x - trunk, foot), (x + trunk, foot), (x + trunk * 0.6, foot - 0.5 * high), (x - trunk * 0.6, foot - 0.5 * high)]), -0.5)
    base = float(chance.uniform(-0.15, 0.2))
    blobs = sorted(
        ((float(chance.normal(0, 0.17)), float(chance.uniform(0.40, 0.84)), float(chance.uniform(0.15, 0.25))) for _ in range(9)),
        key=lambda b: b[1],
    )
    turn = np.linspace(0, 2 * np.pi, 15)[:-1]
    for dx, up, r in blobs:
        wobble = 1 + 0.10 * np.sin(5 * turn + dx * 40)
        ring = np.stack([x + dx * high + r * high * wobble * np.cos(turn), foot - up * high + r * high * 0.9 * wobble * np.sin(turn)], 1)
        cutter.cut(ring, base + 0.9 * (up - 0.62))


def palms(stage: Stage, depth: float, chance: np.random.Generator, ridge: Field, shape: tuple[int, int]) -> Standing:
    """A few palms at one side of the frame, leaning into it: a frame within the frame."""
    cutter = Cutter(*shape)
    side = -1 if stage.sun[0] > stage.width / 2 else 1
    columns = shape[1]
    for k in range(3):
        at = columns / 2 + side * columns * (0.47 - 0.11 * k + chance.uniform(-0.02, 0.02))
        at = float(np.clip(at, 8, columns - 9))
        high = stage.unit * (0.52 - 0.10 * k) * chance.uniform(0.85, 1.05) * min(1.0, 0.55 + 0.45 * stage.width / stage.height)
        palm(cutter, chance, at, float(ridge[int(at)]) + 6, float(high), -side)
    return cutter.standing()


def palm(cutter: Cutter, chance: np.random.Generator, x: float, foot: float, high: float, lean: int) -> None:
    """One palm: a curved trunk, and fronds that arch from its head."""
    t = np.linspace(0, 1, 14)
    bend = lean * high * 0.22 * chance.uniform(0.6, 1.2)
    mid = np.stack([x + bend * t**1.8, foot - high * t], 1)
    half = high * (0.020 - 0.009 * t) * (1 + 0.10 * (np.arange(14) % 2))
    cutter.cut(np.concatenate([mid - np.stack([half, 0 * half], 1), (mid + np.stack([half, 0 * half], 1))[::-1]]), -0.25)
    head = mid[-1]
    for angle in np.linspace(-0.35, np.pi + 0.35, 13) + chance.normal(0, 0.09, 13):
        length = high * chance.uniform(0.34, 0.44)
        s = np.linspace(0, 1, 34)
        droop = length * 0.55 * s**2.1
        spine = np.stack([head[0] + np.cos(angle) * length * s, head[1] - np.sin(angle) * length * 0.72 * s + droop], 1)
        leaf = length * 0.17 * np.sin(np.pi * np.clip(s * 0.94 + 0.06, 0, 1)) ** 0.7
        comb = leaf * (1 - 0.72 * (np.arange(34) % 2))
        cutter.cut(np.concatenate([spine - np.stack([0 * s, leaf * 0.25], 1), (spine + np.stack([0 * s, comb], 1))[::-1]]), float(chance.uniform(-0.3, 0.45)))


def grass(stage: Stage, depth: float, chance: np.random.Generator, ridge: Field, shape: tuple[int, int]) -> Standing:
    """Blades along the crest, in tufts, higher at the frame's sides."""
    cutter = Cutter(*shape)
    blades(cutter, stage, depth, chance, ridge, 1.0)
    return cutter.standing()


def blades(cutter: Cutter, stage: Stage, depth: float, chance: np.random.Generator, ridge: Field, scale: float) -> None:
    """Cut grass blades along a crest."""
    columns = len(ridge)
    tall = TALL["grass"] * stage.unit * size_at(depth) * scale
    tufts = groves(chance, columns, 0.09 * stage.unit)
    for x in along(chance, columns, max(2.0, tall * 0.055), 1.6):
        i = int(np.clip(x, 0, columns - 1))
        edge = abs(2 * x / columns - 1) ** 2
        high = tall * (0.25 + 0.5 * tufts[i] + 0.45 * edge) * chance.uniform(0.5, 1.25)
        lean, half = chance.normal(0, 0.22) * high, max(0.6, 0.020 * tall)
        foot = float(ridge[i]) + 0.15 * tall
        s = np.array([0, 0.4, 0.75, 1.0])
        curve = np.stack([x + lean * s**2, foot - high * s], 1)
        wide = half * (1 - s**1.5)
        cutter.cut(np.concatenate([curve - np.stack([wide, 0 * s], 1), (curve + np.stack([wide, 0 * s], 1))[::-1]]), float(chance.uniform(-0.5, 0.4)))


PETALS = ("#e8443a", "#f4b93a", "#f3eee2", "#c765c9", "#f07fa8", "#6f7fe0")


def flowers(stage: Stage, depth: float, chance: np.random.Generator, ridge: Field, shape: tuple[int, int]) -> Standing:
    """Grass with flowers in it, some along the crest and many down the slope, larger when nearer."""
    cutter = Cutter(*shape)
    blades(cutter, stage, depth, chance, ridge, 0.75)
    standing = cutter.standing()
    body = stage.ground(albedo("flowers", stage))
    paint = np.repeat(np.repeat((body * (1 + 0.0))[None, None], shape[0], 0), shape[1], 1).astype(np.float32)
    paint *= 1 + np.float32(0.5) * standing.tone[..., None]
    mask = cutter.alpha
    named = [colour(code) for code in (*stage.scene.ground, *stage.scene.palette)] or [colour(PETALS[i]) for i in chance.permutation(len(PETALS))[:3]]
    tall = TALL["flowers"] * stage.unit * size_at(depth)
    count = int(shape[1] / max(2.0, tall * 0.055))
    patch = groves(chance, shape[1], 0.12 * stage.unit)
    for _ in range(count):
        x = float(chance.uniform(0, shape[1] - 1))
        if patch[int(x)] < 0.35 * chance.random():
            continue
        down = float(chance.uniform(-0.55, 1.0)) * tall * 1.5
        y, r = float(ridge[int(x)]) + down, tall * 0.085 * float(chance.uniform(0.6, 1.1)) * (1 + max(0.0, down) / tall * 0.18)
        petal = stage.ground(named[int(chance.integers(len(named)))]) * (1 - 0.35 * stage.light.dusk) + named[0] * 0.12 * stage.light.dusk
        bloom(paint, mask, x, y, max(1.0, r), tuple(float(v) for v in petal * float(chance.uniform(0.85, 1.12))))
    standing.alpha, standing.paint = mask.astype(np.float32) / 255, paint
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


def towers(stage: Stage, depth: float, chance: np.random.Generator, ridge: Field, shape: tuple[int, int]) -> Standing:
    """A skyline: blocks of unequal height with setbacks and masts, windows that light up as the day goes."""
    cutter = Cutter(*shape)
    lamps = np.zeros((*shape, 3), np.float32)
    scale = 0.35 + 0.75 * depth
    x = 0.0
    while x < shape[1]:
        wide = stage.unit * float(chance.uniform(0.045, 0.10)) * scale
        centre = 1 - abs((x + wide / 2) / shape[1] - 0.5) * 1.2
        high = stage.unit * TALL["towers"] * float(chance.uniform(0.22, 0.62) + 0.5 * chance.random() ** 4) * max(0.3, centre) * (1.05 - 0.45 * depth)
        foot = float(ridge[min(shape[1] - 1, int(x))]) + 4
        tower(cutter, lamps, stage, chance, (x, foot, wide, high), scale)
        x += wide * float(chance.uniform(0.82, 1.12))
    standing = cutter.standing()
    soft = np.stack([blur(np.ascontiguousarray(lamps[..., i]), 0.004 * stage.unit) for i in range(3)], 2)
    standing.lamps = cast(Field, (lamps + 0.6 * soft) * np.float32(stage.light.lamps))
    return standing


def tower(
    cutter: Cutter, lamps: Field, stage: Stage, chance: np.random.Generator, box: tuple[float, float, float, float], scale: float
) -> None:
    """One building: a lit and a shaded face, perhaps a setback and a mast, and a grid of windows."""
    x, foot, wide, high = box
    tone = float(chance.uniform(-0.25, 0.2))
    lit_side = 1 if stage.sun[0] > stage.width / 2 else -1
    seam = x + wide * (0.66 if lit_side > 0 else 0.34)
    bottom = float(cutter.alpha.shape[0])
    faces = ((x, seam, tone - 0.18 * lit_side), (seam, x + wide, tone + 0.18 * lit_side))
    for a, b, shade in faces:
        cutter.cut(np.array([(a, foot - high), (b, foot - high), (b, bottom), (a, bottom)]), shade)
    if chance.random() < 0.45:
        inset, rise = wide * chance.uniform(0.15, 0.3), high * chance.uniform(0.06, 0.16)
        cutter.cut(np.array([(x + inset, foot - high - rise), (x + wide - inset, foot - high - rise), (x + wide - inset, foot - high + 2), (x + inset, foot - high + 2)]), tone)
        if chance.random() < 0.5:
            cutter.cut(np.array([(x + wide / 2, foot - high - rise * 2.1), (x + wide / 2 + 0.04 * wide, foot - high - rise), (x + wide / 2 - 0.04 * wide, foot - high - rise)]), tone)
    lamps[max(0, int(foot - high)) :, max(0, int(x)) : max(0, int(x + wide))] = 0
    if stage.light.lamps > 0:
        windows(lamps, stage, chance, box, scale)


def windows(lamps: Field, stage: Stage, chance: np.random.Generator, box: tuple[float, float, float, float], scale: float) -> None:
    """Lit windows on a grid, in the warm and cold whites of rooms, some floors dark."""
    x, foot, wide, high = box
    pitch = max(3.0, 0.0115 * stage.unit * scale)
    across, floors = int(wide * 0.86 / pitch), int(min(high, lamps.shape[0]) * 0.94 / (pitch * 1.35))
    lit = chance.random((floors, max(across, 0))) < chance.uniform(0.18, 0.55)
    warm = np.array([1.0, 0.76, 0.42], np.float32)
    cold = np.array([0.72, 0.86, 1.0], np.float32)
    mood = chance.random()
    for floor, column in np.argwhere(lit):
        shade = warm if chance.random() < 0.45 + 0.5 * mood else cold
        left, top = int(x + wide * 0.07 + column * pitch), int(foot - high + pitch * (0.8 + floor * 1.35))
        if left < 0 or top < 0:
            continue
        lamps[top : top + max(1, int(pitch * 0.72)), left : left + max(1, int(pitch * 0.55))] = shade * np.float32(chance.uniform(0.25, 0.85))


def cacti(stage: Stage, depth: float, chance: np.random.Generator, ridge: Field, shape: tuple[int, int]) -> Standing:
    """A handful of saguaros."""
    cutter = Cutter(*shape)
    for x in along(chance, shape[1], 0.16 * stage.unit):
        if chance.random() < 0.45:
            continue
        i = int(np.clip(x, 0, shape[1] - 1))
        high = stage.unit * 0.11 * size_at(depth) * float(chance.uniform(0.6, 1.2))
        limb(cutter, [(x, float(ridge[i]) + 4), (x, float(ridge[i]) - high)], high * 0.075)
        for side in (-1, 1):
            reach, start, up = 0.22 * high * side, float(chance.uniform(0.35, 0.55)), float(chance.uniform(0.2, 0.35))
            y = float(ridge[i]) - start * high
            limb(cutter, [(x, y), (x + reach, y), (x + reach, y - up * high)], high * 0.05)
    return cutter.standing()


def limb(cutter: Cutter, path: list[tuple[float, float]], half: float) -> None:
    """A thick rounded line."""
    points = np.round(np.array(path) * 16).astype(np.int32)
    wide = max(1, round(2 * half))
    cv2.polylines(cutter.alpha, [points], False, (255,), wide, cv2.LINE_AA, SUBPIXEL)
    cv2.polylines(cutter.tone, [points], False, (120,), wide, cv2.LINE_8, SUBPIXEL)


def trunks(stage: Stage, depth: float, chance: np.random.Generator, ridge: Field, shape: tuple[int, int]) -> Standing:
    """Tall bare stems that run out of the frame, with a few boughs: the inside of a forest."""
    cutter = Cutter(*shape)
    gap = stage.unit * (0.055 + 0.16 * depth)
    columns = shape[1]
    for x in along(chance, columns, gap, 1.2):
        i = int(np.clip(x, 0, columns - 1))
        if depth > 0.6 and abs(2 * x / columns - 1) < 0.42:
            continue
        half = stage.unit * (0.003 + 0.019 * depth) * float(chance.uniform(0.6, 1.3))
        foot, lean = float(ridge[i]) + 10, float(chance.normal(0, 0.02)) * shape[0]
        outline = [(x - half * 1.7, foot), (x - half, foot - half * 5), (x + lean - half * 0.75, 0), (x + lean + half * 0.75, 0), (x + half, foot - half * 5), (x + half * 1.7, foot)]
        tone = float(chance.uniform(-0.2, 0.2))
        cutter.cut(np.array(outline), tone)
        for _ in range(int(chance.integers(2, 6))):
            t, out = float(chance.uniform(0.45, 1.0)), float(chance.choice([-1, 1]))
            y, reach = foot * (1 - t), half * float(chance.uniform(4, 9))
            root = x + lean * t
            cutter.cut(np.array([(root, y), (root + out * reach, y - reach * 0.45), (root + out * reach * 0.9, y - reach * 0.38), (root, y + half * 0.5)]), tone - 0.1)
    leaves = Cutter(*shape)
    canopy(leaves, stage, depth, chance)
    blades(leaves, stage, max(depth, 0.3), chance, ridge, 0.55)
    return leafed(stage, cutter.standing(), leaves.standing())


def leafed(stage: Stage, wood: Standing, leaf: Standing) -> Standing:
    """Wood and leaves in their own colours, as one standing."""
    bark, green = stage.ground(colour(ALBEDO["trunks"])), stage.ground(stage.earth("#3f6e35"))
    paint = bark * (1 + np.float32(0.5) * wood.tone[..., None])
    leaves = green * (1 + np.float32(0.6) * leaf.tone[..., None])
    mixed = paint + (leaves - paint) * leaf.alpha[..., None]
    return Standing(np.maximum(wood.alpha, leaf.alpha), wood.tone, mixed.astype(np.float32))


def canopy(cutter: Cutter, stage: Stage, depth: float, chance: np.random.Generator) -> None:
    """Leaves that hang into the top of the frame, lower at its sides: a vault with light in the middle."""
    rows, columns = cutter.alpha.shape
    r = stage.unit * (0.007 + 0.008 * depth)
    top = rows - (stage.height + 0.1 * stage.height * (1 - depth))
    turn = np.linspace(0, 2 * np.pi, 10)[:-1]
    for x in along(chance, columns, r * 0.13, 3.0):
        edge = abs(2 * x / columns - 1)
        reach = stage.unit * (0.06 + 0.17 * edge**1.6 + 0.05 * (1 - depth))
        y = max(0.0, top) + reach * (1 - float(chance.random()) ** 0.6 * 1.15)
        size = r * float(chance.uniform(0.5, 1.25))
        wobble = 1 + 0.30 * chance.uniform(-1, 1, 9)
        leaf = np.stack([x + size * 1.25 * wobble * np.cos(turn), y + size * wobble * np.sin(turn)], 1)
        cutter.cut(leaf, float(chance.uniform(-0.55, 0.35)) + 0.25 * (y - top) / reach)


Planter = Callable[[Stage, float, np.random.Generator, Field, tuple[int, int]], Standing]
PLANTERS: dict[str, Planter] = {
    "conifers": conifers,
    "broad": broad,
    "palms": palms,
    "grass": grass,
    "flowers": flowers,
    "towers": towers,
    "cacti": cacti,
    "trunks": trunks,
}

"""What stands on the sea floor: kelp that reaches for the light, and corals in their own colours."""

from __future__ import annotations

import cv2
import numpy as np

from soho.diorama.cutting import TALL, Cutter, Points, Standing, along, groves, size_at
from soho.diorama.light import Colour, colour
from soho.diorama.raster import Field
from soho.diorama.stage import Stage

CORALS = ("#ff6f7d", "#ffae52", "#c879e6", "#ffe07a", "#f25fa6", "#7fe0c8")


def kelp(
    stage: Stage, depth: float, chance: np.random.Generator, ridge: Field, shape: tuple[int, int]
) -> Standing:
    """Ribbons of kelp in stands, tallest at the frame's sides, so that the view stays open."""
    cutter = Cutter(*shape)
    columns = shape[1]
    tall = TALL["kelp"] * stage.unit * size_at(depth) * 2.0
    stands = groves(chance, columns, 0.16 * stage.unit)
    for x in along(chance, columns, 0.030 * stage.unit * size_at(depth) + 2, 1.5):
        i = int(np.clip(x, 0, columns - 1))
        edge = abs(2 * x / columns - 1)
        grown = 0.65 * stands[i] * edge + 0.75 * max(0.0, edge - 0.35)
        if grown < 0.10 + 0.16 * chance.random():
            continue
        high = tall * (0.25 + 0.85 * min(1.0, float(grown))) * float(chance.uniform(0.7, 1.15))
        frond(cutter, chance, (float(x), float(ridge[i]) + 0.04 * tall), high)
    return cutter.standing()


def frond(cutter: Cutter, chance: np.random.Generator, foot: tuple[float, float], high: float) -> None:
    """One plant: a stem that winds upwards with leaves on alternating sides."""
    tone = float(chance.uniform(-0.5, 0.35))
    wind, lean = float(chance.uniform(0, 6)), float(chance.normal(0, 0.08))
    s = np.linspace(0, 1, 15)
    x = foot[0] + high * (lean * s**1.5 + 0.030 * np.sin(wind + 7 * s) * s)
    y = foot[1] - high * s
    half = 0.012 * high * (1 - 0.8 * s)
    cutter.cut(np.concatenate([np.stack([x - half, y], 1), np.stack([x + half, y], 1)[::-1]]), tone)
    for k in range(2, 14):
        side = 1 if k % 2 else -1
        long = high * 0.15 * (1 - 0.45 * s[k]) * float(chance.uniform(0.7, 1.2))
        tip = (x[k] + side * long * 0.80, y[k] - long * 0.75)
        belly = np.array([0.10 * long * side, 0.10 * long])
        root, end = np.array((x[k], y[k])), np.array(tip)
        middle = (root + end) / 2
        cutter.cut(
            np.array([root, middle - belly * (1, 2.2), end, middle + belly * (1, 1.6)]), tone + 0.15 * side
        )


def corals(
    stage: Stage, depth: float, chance: np.random.Generator, ridge: Field, shape: tuple[int, int]
) -> Standing:
    """Corals in groups: domes, fans and tubes, in the colours that the words name or in those of a reef."""
    cutter = Cutter(*shape)
    columns = shape[1]
    paint = np.zeros((*shape, 3), np.float32)
    named = [colour(code) for code in (*stage.scene.palette, *stage.scene.ground)]
    hues = named or [colour(CORALS[i]) for i in chance.permutation(len(CORALS))[:5]]
    size = TALL["corals"] * stage.unit * size_at(depth)
    groups = groves(chance, columns, 0.20 * stage.unit)
    for x in along(chance, columns, 0.55 * size, 1.4):
        i = int(np.clip(x, 0, columns - 1))
        if groups[i] < 0.25 + 0.5 * chance.random():
            continue
        hue = stage.ground(hues[int(chance.integers(len(hues)))])
        grown = size * float(chance.uniform(0.45, 1.15)) * (0.6 + 0.6 * float(groups[i]))
        foot = (float(x), float(ridge[i]) + float(chance.uniform(0.05, 0.5)) * size)
        (dome, fan, tubes)[int(chance.integers(3))](cutter, paint, chance, foot, grown, hue)
    standing = cutter.standing()
    standing.paint = paint
    return standing


def stain(cutter: Cutter, paint: Field, outline: Points, hue: Colour, tone: float) -> None:
    """Cut an outline and give it a colour of its own, lighter or darker by its tone."""
    cutter.cut(outline, tone)
    inked = np.clip(hue * np.float32(1 + 0.35 * tone), 0, 1)
    corners = np.round(outline * 16).astype(np.int32)
    cv2.fillPoly(paint, [corners], tuple(float(c) for c in inked), cv2.LINE_8, 4)


def dome(
    cutter: Cutter,
    paint: Field,
    chance: np.random.Generator,
    foot: tuple[float, float],
    r: float,
    hue: Colour,
) -> None:
    """A brain coral: half a ball in three shells, the topmost in the light."""
    angle = np.linspace(np.pi, 2 * np.pi, 24)
    wrinkle = 1 + 0.04 * np.sin(angle * 17 + float(chance.uniform(0, 6)))
    for share, tone in ((1.0, -0.45), (0.82, -0.05), (0.55, 0.4)):
        shell = np.stack([np.cos(angle), np.sin(angle) * 0.75], 1) * (0.55 * r * share * wrinkle)[:, None]
        stain(
            cutter,
            paint,
            shell + np.array((foot[0] - 0.06 * r * (1 - share), foot[1] - 0.16 * r * (1 - share))),
            hue,
            tone,
        )


def fan(
    cutter: Cutter,
    paint: Field,
    chance: np.random.Generator,
    foot: tuple[float, float],
    r: float,
    hue: Colour,
) -> None:
    """A branching coral: arms that fork and fork again."""
    arms = [(np.array(foot), -np.pi / 2 + float(chance.normal(0, 0.15)), 0.42 * r, 0.070 * r)]
    for level in range(4):
        following = []
        for root, angle, long, half in arms:
            end = root + long * np.array((np.cos(angle), np.sin(angle)))
            across = np.array((-np.sin(angle), np.cos(angle))) * half
            outline = np.array([root - across, end - across * 0.75, end + across * 0.75, root + across])
            stain(cutter, paint, outline, hue, -0.4 + 0.25 * level)
            for side in (-1, 1):
                turn = side * float(chance.uniform(0.28, 0.62))
                following.append((end, angle + turn, long * float(chance.uniform(0.62, 0.85)), half * 0.72))
        arms = following


def tubes(
    cutter: Cutter,
    paint: Field,
    chance: np.random.Generator,
    foot: tuple[float, float],
    r: float,
    hue: Colour,
) -> None:
    """Tube sponges: a bundle of pipes with dark mouths."""
    for k in np.argsort(chance.random(5)):
        x, high = foot[0] + (int(k) - 2) * 0.17 * r, r * float(chance.uniform(0.45, 1.0))
        half, top = 0.085 * r, foot[1] - high
        tone = float(chance.uniform(-0.3, 0.3))
        lean = 0.10 * r * (int(k) - 2)
        pipe = [
            (x - 0.7 * half, foot[1]),
            (x + lean - half, top),
            (x + lean + half, top),
            (x + 0.7 * half, foot[1]),
        ]
        stain(cutter, paint, np.array(pipe), hue, tone)
        angle = np.linspace(0, 2 * np.pi, 14)
        rim = np.stack([np.cos(angle), 0.42 * np.sin(angle)], 1)
        stain(cutter, paint, rim * half + (x + lean, top), hue, 0.6)
        stain(cutter, paint, rim * half * 0.62 + (x + lean, top), hue * np.float32(0.45), -0.6)

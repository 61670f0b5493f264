"""What lies on ground without air: craters with a lit and a shaded wall, and boulders."""

from __future__ import annotations

import numpy as np

from soho.diorama.cutting import ALBEDO, Cutter, Standing, size_at
from soho.diorama.light import colour
from soho.diorama.raster import Field, dyed
from soho.diorama.stage import Stage

FLAT = 0.30  # how high a circle on the ground looks, of its width
TURN = np.linspace(0, 2 * np.pi, 29)[:-1]


def craters(
    stage: Stage, depth: float, chance: np.random.Generator, ridge: Field, shape: tuple[int, int]
) -> Standing:
    """Craters strewn down the slope, larger when nearer, and boulders with their shadows on the crest."""
    cutter = Cutter(*shape)
    rows, columns = shape
    lit = 1 if stage.sun[0] + (columns - stage.width) / 2 > columns / 2 else -1
    widest = 0.15 * stage.unit * size_at(depth)
    for _ in range(int(20 * columns / stage.unit)):
        x, down = float(chance.uniform(0, columns - 1)), float(chance.random()) ** 1.4
        top = float(ridge[int(x)])
        y = top + (0.06 + 0.94 * down) * max(0.0, min(rows - top, 0.30 * stage.unit))
        crater(cutter, chance, x, y, widest * (0.16 + 0.84 * down) * float(chance.uniform(0.35, 1.0)), lit)
    for _ in range(int(14 * columns / stage.unit)):
        x, size = float(chance.uniform(0, columns - 1)), widest * 0.22 * float(chance.random()) ** 2
        boulder(cutter, chance, x, float(ridge[int(x)]) + size * float(chance.uniform(0, 5)), size, lit)
    standing = cutter.standing()
    body = stage.ground(colour(ALBEDO["craters"]))  # no air softens the shadows, whatever the hour
    standing.paint = np.clip(dyed(standing.tone, body * np.float32(0.75), body), 0, 1)
    return standing


def crater(cutter: Cutter, chance: np.random.Generator, x: float, y: float, half: float, lit: int) -> None:
    """One crater: a bright rim, a wall in shadow on the side of the light, and a bright one across."""
    if half < 1.5:
        return
    rough = 1 + 0.04 * np.sin(3 * TURN + float(chance.uniform(0, 6))) + chance.normal(0, 0.012, len(TURN))

    def ring(wide: float, aside: float, under: float, tone: float) -> None:
        across, up = x + aside * half + half * wide * rough * np.cos(TURN), half * FLAT * wide * rough
        cutter.cut(np.stack([across, y + under * half * FLAT + up * np.sin(TURN)], 1), tone)

    ring(1.0, 0.0, 0.0, 0.45)
    ring(0.90, 0.0, 0.06, -0.75)
    ring(0.74, -0.14 * lit, 0.20, 0.15)
    ring(0.60, -0.10 * lit, 0.22, -0.15)


def boulder(cutter: Cutter, chance: np.random.Generator, x: float, y: float, half: float, lit: int) -> None:
    """One rock, its shadow falling away from the light."""
    if half < 1:
        return
    shadow = np.stack([x - lit * 1.1 * half + 1.5 * half * np.cos(TURN), y + 0.22 * half * np.sin(TURN)], 1)
    cutter.cut(shadow, -0.85)
    at = np.linspace(np.pi, 2 * np.pi, 8)
    lump = half * chance.uniform(0.75, 1.15, 8)
    body = np.stack([x + lump * np.cos(at), y + 0.1 * half + 0.85 * lump * np.sin(at)], 1)
    cutter.cut(body, -0.25)
    middle = np.array([x - lit * 0.1 * half, y + 0.1 * half])
    cutter.cut(np.concatenate([body[4:] if lit > 0 else body[:4], middle[None]]), 0.6)

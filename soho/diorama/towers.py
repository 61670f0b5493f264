"""Towers: a skyline of cut blocks, with windows that light up as the day goes."""

from __future__ import annotations

from typing import cast

import numpy as np

from soho.diorama.cutting import (
    TALL,
    Cutter,
    Standing,
)
from soho.diorama.raster import Field, blur
from soho.diorama.stage import Stage


def towers(
    stage: Stage, depth: float, chance: np.random.Generator, ridge: Field, shape: tuple[int, int]
) -> Standing:
    """A skyline: blocks of unequal height with setbacks and masts, windows that light up as the day goes."""
    cutter = Cutter(*shape)
    lamps = np.zeros((*shape, 3), np.float32)
    scale = 0.35 + 0.75 * depth
    x = 0.0
    while x < shape[1]:
        wide = stage.unit * float(chance.uniform(0.045, 0.10)) * scale
        centre = 1 - abs((x + wide / 2) / shape[1] - 0.5) * 1.2
        high = (
            stage.unit
            * TALL["towers"]
            * float(chance.uniform(0.22, 0.62) + 0.5 * chance.random() ** 4)
            * max(0.3, centre)
            * (1.05 - 0.45 * depth)
        )
        foot = float(ridge[min(shape[1] - 1, int(x))]) + 4
        tower(cutter, lamps, stage, chance, (x, foot, wide, high), scale)
        x += wide * float(chance.uniform(0.82, 1.12))
    standing = cutter.standing()
    soft = np.stack([blur(np.ascontiguousarray(lamps[..., i]), 0.004 * stage.unit) for i in range(3)], 2)
    standing.lamps = cast(Field, (lamps + 0.6 * soft) * np.float32(stage.light.lamps))
    return standing


def tower(
    cutter: Cutter,
    lamps: Field,
    stage: Stage,
    chance: np.random.Generator,
    box: tuple[float, float, float, float],
    scale: float,
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
    glaze(cutter, stage, chance, box, scale)
    if chance.random() < 0.45:
        inset, rise = wide * chance.uniform(0.15, 0.3), high * chance.uniform(0.06, 0.16)
        cutter.cut(
            np.array(
                [
                    (x + inset, foot - high - rise),
                    (x + wide - inset, foot - high - rise),
                    (x + wide - inset, foot - high + 2),
                    (x + inset, foot - high + 2),
                ]
            ),
            tone,
        )
        if chance.random() < 0.5:
            cutter.cut(
                np.array(
                    [
                        (x + wide / 2, foot - high - rise * 2.1),
                        (x + wide / 2 + 0.04 * wide, foot - high - rise),
                        (x + wide / 2 - 0.04 * wide, foot - high - rise),
                    ]
                ),
                tone,
            )
    lamps[max(0, int(foot - high)) :, max(0, int(x)) : max(0, int(x + wide))] = 0
    if stage.light.lamps > 0:
        windows(lamps, stage, chance, box, scale)


def glaze(
    cutter: Cutter,
    stage: Stage,
    chance: np.random.Generator,
    box: tuple[float, float, float, float],
    scale: float,
) -> None:
    """Panes on a grid: dark glass by day, some of which throw the sky back."""
    x, foot, wide, high = box
    pitch = max(3.0, 0.0115 * stage.unit * scale)
    top, left = max(0, int(foot - high + pitch * 0.8)), max(0, int(x + wide * 0.07))
    part = cutter.tone[top:, left : max(left, int(x + wide * 0.93))]
    if pitch < 4 or not part.size:
        return
    rows, columns = np.arange(part.shape[0]) / (pitch * 1.35), np.arange(part.shape[1]) / pitch
    panes = np.outer(rows % 1 < 0.55, columns % 1 < 0.56)
    floors, across = int(rows[-1]) + 1, int(columns[-1]) + 1
    mirrors = np.where(chance.random((floors, across)) < 0.16, 44, -26)
    shine = mirrors[rows.astype(int)[:, None], columns.astype(int)[None]]
    part[:] = np.clip(part + panes * shine, 0, 255).astype(np.uint8)


def windows(
    lamps: Field,
    stage: Stage,
    chance: np.random.Generator,
    box: tuple[float, float, float, float],
    scale: float,
) -> None:
    """Lit windows on a grid, in the warm and cold whites of rooms, some floors dark."""
    x, foot, wide, high = box
    pitch = max(3.0, 0.0115 * stage.unit * scale)
    across, floors = int(wide * 0.86 / pitch), int(min(high, lamps.shape[0]) * 0.94 / (pitch * 1.35))
    lit = chance.random((floors, max(across, 0))) < chance.uniform(0.24, 0.68)
    warm = np.array([1.0, 0.76, 0.42], np.float32)
    cold = np.array([0.72, 0.86, 1.0], np.float32)
    mood = chance.random()
    for floor, column in np.argwhere(lit):
        shade = warm if chance.random() < 0.45 + 0.5 * mood else cold
        left, top = int(x + wide * 0.07 + column * pitch), int(foot - high + pitch * (0.8 + floor * 1.35))
        if left < 0 or top < 0:
            continue
        lamps[top : top + max(1, int(pitch * 0.72)), left : left + max(1, int(pitch * 0.55))] = (
            shade * np.float32(chance.uniform(0.35, 1.0))
        )

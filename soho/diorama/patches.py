"""Patches: where on a sheet there is anything to draw, so that a frame touches nothing else.

Most of a sheet is either empty (the air above a crest) or opaque (the ground below it). Only the rest needs
blending, which costs twice as much; so a sheet is cut once into rectangles of the two kinds that matter.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from soho.diorama.raster import Plane

CELL = 32  # stored pixels; patches begin and end on multiples of it
REACH = 5  # stored pixels around a cell that may show in it, for interpolation and rounding
CALL = 14_000  # what drawing one more patch costs, in opaque pixels
BLENDED = 1.9  # what a blended pixel costs, in opaque pixels

Grid = npt.NDArray[np.bool_]
Count = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Patch:
    """A rectangle of stored pixels, right and bottom excluded, and whether all of it is opaque."""

    left: int
    top: int
    right: int
    bottom: int
    opaque: bool


def patches_of(keep: Plane) -> tuple[Patch, ...]:
    """Cover all that a sheet shows, given what it keeps of what is behind (255 where it shows nothing).

    The patches do not overlap. Those that are not opaque may hold empty and opaque pixels too."""
    rows, columns = keep.shape
    empty, opaque = spread(keep == 255), spread(keep == 0)
    found: list[tuple[int, int, int, int, bool]] = []
    divide(~empty, opaque, 0, 0, found)
    return tuple(
        Patch(x * CELL, y * CELL, min(right * CELL, columns), min(bottom * CELL, rows), full)
        for x, y, right, bottom, full in found
    )


def spread(mask: Grid) -> Grid:
    """For each cell, whether the mask holds all over it and the pixels that may show in it."""
    starts_y, starts_x = np.arange(0, mask.shape[0], CELL), np.arange(0, mask.shape[1], CELL)
    lost = np.pad(~mask, REACH, mode="edge")
    cells = np.zeros((len(starts_y), len(starts_x)), np.bool_)
    for dy in (0, 2 * REACH):
        for dx in (0, 2 * REACH):
            shifted = lost[dy : dy + mask.shape[0], dx : dx + mask.shape[1]]
            lines = np.logical_or.reduceat(shifted, starts_y, 0)
            cells |= np.logical_or.reduceat(lines, starts_x, 1)
    return ~cells


def divide(busy: Grid, opaque: Grid, x: int, y: int, found: list[tuple[int, int, int, int, bool]]) -> None:
    """Trim to what is busy, then cut in two wherever that makes drawing cheapest, as long as it does."""
    lines, columns = np.flatnonzero(busy.any(1)), np.flatnonzero(busy.any(0))
    if not len(lines):
        return
    rows, across = slice(lines[0], lines[-1] + 1), slice(columns[0], columns[-1] + 1)
    busy, opaque, x, y = busy[rows, across], opaque[rows, across], x + int(columns[0]), y + int(lines[0])
    height, width = busy.shape
    full = bool(opaque.all())
    whole = CALL + height * width * CELL**2 * (1 if full else BLENDED)
    down, side = halves(busy, opaque), halves(busy.T, opaque.T)
    best_down = int(down.argmin()) if height > 1 else 0
    best_side = int(side.argmin()) if width > 1 else 0
    cost_down = down[best_down] if height > 1 else np.inf
    cost_side = side[best_side] if width > 1 else np.inf
    if full or min(cost_down, cost_side) >= whole:
        found.append((x, y, x + width, y + height, full))
    elif cost_down <= cost_side:
        cut = best_down + 1
        divide(busy[:cut], opaque[:cut], x, y, found)
        divide(busy[cut:], opaque[cut:], x, y + cut, found)
    else:
        cut = best_side + 1
        divide(busy[:, :cut], opaque[:, :cut], x, y, found)
        divide(busy[:, cut:], opaque[:, cut:], x + cut, y, found)


def halves(busy: Grid, opaque: Grid) -> npt.NDArray[np.float64]:
    """What it costs to draw a grid as two trimmed halves, for each row that it can be cut after."""
    after = heads(busy[::-1], opaque[::-1])[::-1]
    cost: npt.NDArray[np.float64] = heads(busy, opaque)[:-1] + after[1:]
    return cost


def heads(busy: Grid, opaque: Grid) -> npt.NDArray[np.float64]:
    """What it costs to draw the first 1, 2, ... rows of a grid, trimmed."""
    seen = np.maximum.accumulate(busy, 0)
    left, right = seen.argmax(1), seen.shape[1] - seen[:, ::-1].argmax(1)
    lines = np.flatnonzero(seen.any(1))
    at = np.arange(len(busy))
    some = seen.any(1)
    first = int(lines[0]) if len(lines) else 0
    tall = np.maximum.accumulate(np.where(busy.any(1), at, -1)) - first + 1
    area = np.where(some, tall * (right - left), 0)
    filled = np.cumsum((opaque & busy).sum(1))
    return np.where(some, CALL + area * CELL**2 * np.where(filled >= area, 1, BLENDED), 0.0)

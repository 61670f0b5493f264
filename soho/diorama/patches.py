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
CALL = 40_000  # what drawing one more patch costs, in opaque pixels
BLENDED = 2.2  # what a blended pixel costs, in opaque pixels

Grid = npt.NDArray[np.bool_]
Cost = npt.NDArray[np.float64]


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
    cost, found = bands(~empty, opaque)
    other, turned = bands(~empty.T, opaque.T)
    if other < cost:
        found = [Patch(p.top, p.left, p.bottom, p.right, p.opaque) for p in turned]
    return tuple(
        Patch(p.left * CELL, p.top * CELL, min(p.right * CELL, columns), min(p.bottom * CELL, rows), p.opaque)
        for p in found
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


def bands(busy: Grid, opaque: Grid) -> tuple[float, list[Patch]]:
    """The cheapest way to cut a grid into bands of rows, and each band into runs of columns: its cost and its
    patches, in cells.
    """
    rows = len(busy)
    best, began = np.full(rows + 1, np.inf), np.zeros(rows + 1, np.int64)
    best[0] = 0
    for start in range(rows):
        whole = best[start] + costs(busy[start:], opaque[start:])
        better = np.flatnonzero(whole < best[start + 1 :])
        best[start + 1 + better], began[start + 1 + better] = whole[better], start
    patches: list[Patch] = []
    stop = rows
    while stop:
        start = int(began[stop])
        patches += runs(busy[start:stop], opaque[start:stop], start)
        stop = start
    return float(best[rows]), patches


def costs(busy: Grid, opaque: Grid) -> Cost:
    """What it costs to draw the first 1, 2, ... rows of a grid as one band."""
    some, full = np.maximum.accumulate(busy, 0), np.minimum.accumulate(opaque & busy, 0)
    area = np.arange(1, len(busy) + 1) * CELL**2
    plain = CALL * begins(some).sum(1) + area * BLENDED * some.sum(1)
    mixed = some & ~full
    apart = CALL * (begins(mixed).sum(1) + begins(full).sum(1)) + area * (
        BLENDED * mixed.sum(1) + full.sum(1)
    )
    cheaper: Cost = np.minimum(plain, apart)
    return cheaper


def begins(mask: Grid) -> Grid:
    """Where runs begin along the rows of a mask."""
    before = np.pad(mask, ((0, 0), (1, 0)))[:, :-1]
    return mask & ~before


def runs(busy: Grid, opaque: Grid, top: int) -> list[Patch]:
    """The patches of one band."""
    some: Grid = np.logical_or.reduce(busy)
    full: Grid = np.logical_and.reduce(opaque & busy)
    area = len(busy) * CELL**2
    mixed = some & ~full
    apart = CALL * (begins(mixed[None]).sum() + begins(full[None]).sum()) + area * (
        BLENDED * mixed.sum() + full.sum()
    )
    if apart < CALL * begins(some[None]).sum() + area * BLENDED * some.sum():
        kinds = [(mixed, False), (full, True)]
    else:
        kinds = [(some, bool(full.all()))]
    found = []
    for mask, whole in kinds:
        edges = np.flatnonzero(np.diff(np.pad(mask.astype(np.int8), 1)))
        found += [
            Patch(int(left), top, int(right), top + len(busy), whole)
            for left, right in zip(edges[::2], edges[1::2], strict=True)
        ]
    return found

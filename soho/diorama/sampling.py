"""Sampling: parts of a plane at places between its pixels, and in other sizes.

Most of what a frame is made of is moved and enlarged but not turned. Then a general affine warp does needless
work: a window between the pixels is one pass over four neighbours with fixed weights, and enlarging it is
separable. docs/decisions/0006-numpy-and-opencv-for-diorama.md has the measurements.
"""

from __future__ import annotations

from math import ceil, floor
from typing import cast

import cv2

from soho.diorama.raster import Plane

Pair = tuple[float, float]
SOFT = 0.4  # a plane enlarged by more than its inverse shows no edges
STILL = 1e-7  # a step this near to one pixel is one pixel


def sample(plane: Plane, step: Pair, at: Pair, size: tuple[int, int]) -> Plane:
    """`size` (columns, rows) samples of a plane of bytes: the first at `at` (x, y), each `step` pixels from
    the last, between the pixels linearly. Beyond its edges the plane goes on as its edge is.
    """
    columns, rows = size
    if abs(step[0] - 1) < STILL and abs(step[1] - 1) < STILL:
        middle = (at[0] + (columns - 1) / 2, at[1] + (rows - 1) / 2)
        return cast(Plane, cv2.getRectSubPix(plane, size, middle))
    if max(step) < SOFT:
        return enlarged(plane, step, at, size)
    # Enlarging before moving keeps what is small sharp: the move then mixes neighbours that are alike.
    left, right = window(at[0], step[0], columns, plane.shape[1])
    top, bottom = window(at[1], step[1], rows, plane.shape[0])
    part = plane[top:bottom, left:right]
    drawn = cv2.resize(part, None, fx=1 / step[0], fy=1 / step[1], interpolation=cv2.INTER_LINEAR)
    # It puts the middle of its first pixel half a step from the edge.
    x, y = (
        (place - edge + 0.5) / wide - 0.5 + (count - 1) / 2
        for place, edge, wide, count in zip(at, (left, top), step, size, strict=True)
    )
    return cast(Plane, cv2.getRectSubPix(drawn, size, (x, y)))


def enlarged(plane: Plane, step: Pair, at: Pair, size: tuple[int, int]) -> Plane:
    """The same for what is so coarse that it has nothing sharp to lose: moved while it is small."""
    few = (ceil((size[0] + 1) * step[0]) + 1, ceil((size[1] + 1) * step[1]) + 1)
    x, y = (at[i] + 0.5 - 0.5 * step[i] + (few[i] - 1) / 2 for i in (0, 1))
    moved = cv2.getRectSubPix(plane, few, (x, y))
    drawn = cv2.resize(moved, None, fx=1 / step[0], fy=1 / step[1], interpolation=cv2.INTER_LINEAR)
    return cast(Plane, drawn[: size[1], : size[0]])


def window(start: float, step: float, count: int, length: int) -> tuple[int, int]:
    """Which pixels of a row of `length` take part in `count` samples; at least one."""
    low = min(max(floor(start) - 2, 0), length - 1)
    high = max(min(ceil(start + count * step) + 3, length), low + 1)
    return low, high

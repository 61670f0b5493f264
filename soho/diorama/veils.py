"""Veils: what drifts and cross-fades in pairs (clouds, aurora, fog, light in water)."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

import cv2
import numpy as np

from soho.diorama.canvas import Sheet, over
from soho.diorama.patches import Patch
from soho.diorama.raster import Field, Plane
from soho.diorama.sampling import sample
from soho.diorama.sky import Drift

FAINT = 0.004  # the share of a veil below which no byte of the picture changes


def faded(drift: Drift, turn: float) -> list[tuple[Sheet, float, float]]:
    """Both veils with their share and shift. Each is away (share 0) while it jumps back, so the clip is a
    loop.
    """
    shares = []
    for i, veil in enumerate(drift.veils):
        phase = (turn + i / 2) % 1
        shares.append((veil, 1 - abs(2 * phase - 1), (phase - 0.5) * drift.speed))
    return shares


def joined(drift: Drift, turn: float, strength: float) -> Sheet:
    """Both veils at a moment as one sheet, so that a frame blends with one. `strength` fades them."""
    below, above = (
        thinned(sheet, share * strength, shift / sheet.coarse) for sheet, share, shift in faded(drift, turn)
    )
    keep, low_keep = above.keep, above.tint[2]
    blue, red = (
        cast(Plane, cv2.add(through(low_keep, behind), before))
        for behind, before in zip(below.tint[:2], above.tint[:2], strict=True)
    )
    luma = cast(Plane, cv2.add(through(keep, below.luma), above.luma))
    keep = through(keep, below.keep)
    shown = np.flatnonzero(cv2.reduce(keep, 1, cv2.REDUCE_MIN).ravel() < 255)
    rows, columns = keep.shape
    top, bottom = (max(0, int(shown[0]) - 2), min(rows, int(shown[-1]) + 3)) if len(shown) else (0, 0)
    tint = (blue, red, through(low_keep, below.tint[2]))
    return replace(above, luma=luma, keep=keep, tint=tint, patches=(Patch(0, top, columns, bottom, False),))


def thinned(sheet: Sheet, share: float, shift: float) -> Sheet:
    """A veil at a share of its opacity, moved sideways by `shift` of its stored pixels."""

    def moved(plane: Plane, by: float, kept: bool) -> Plane:
        window = sample(plane, (1, 1), (-by, 0), (plane.shape[1], plane.shape[0]))
        return cast(Plane, cv2.convertScaleAbs(window, alpha=share, beta=255 * (1 - share) if kept else 0))

    blue, red, low_keep = (moved(p, shift / sheet.grid, i == 2) for i, p in enumerate(sheet.tint))
    luma, keep = moved(sheet.luma, shift, False), moved(sheet.keep, shift, True)
    return replace(sheet, luma=luma, keep=keep, tint=(blue, red, low_keep))


def through(keep: Plane, behind: Plane) -> Plane:
    """What is left of a plane behind a veil."""
    return cast(Plane, cv2.multiply(behind, keep, scale=1 / 255))


def blow(luma: Plane, chroma: Plane, sheet: Sheet, pace: Field, share: float, shift: float) -> None:
    """Lay a veil over the coarse sky, each row moved by its own pace."""
    if share < FAINT:
        return
    for target, planes, grid in ((luma, (sheet.luma, sheet.keep), 1), (chroma, sheet.tint, sheet.grid)):
        rows, columns = target.shape[:2]
        spare = (planes[0].shape[1] - columns) / 2
        moved = np.float32(spare) - pace[::grid][:rows, None] * np.float32(shift / grid)
        x = np.arange(columns, dtype=np.float32)[None] + moved
        y = np.repeat(np.arange(rows, dtype=np.float32)[:, None], columns, 1)
        *paint, kept = (
            cv2.remap(plane, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE) for plane in planes
        )
        over(target, cv2.merge([kept] * len(paint)), cv2.merge(paint), share)

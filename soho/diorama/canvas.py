"""The canvas: pictures in the encoder's own planes (BT.709 luma, and chroma at half size), and how sheets
land on it.

Compositing is linear, so it can be done on Y'CbCr as well as on RGB: with half the bytes to move, and with no
conversion between the last layer and the encoder. A still uses the same code with chroma at full size (`grid`
1).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import cv2
import numpy as np

from soho.diorama.raster import Field, Plane, shrink

LUMA = np.array([0.2126, 0.7152, 0.0722], np.float32)
WARP = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP


@dataclass(slots=True)
class Canvas:
    """An opaque picture: luma (h, w) and chroma (h / grid, w / grid, 2) as limited-range bytes."""

    luma: Plane
    chroma: Plane
    grid: int

    @classmethod
    def blank(cls, height: int, width: int, grid: int) -> Canvas:
        """A black picture."""
        chroma = np.full((height // grid, width // grid, 2), 128, np.uint8)
        return cls(np.full((height, width), 16, np.uint8), chroma, grid)


@dataclass(frozen=True, slots=True)
class Pose:
    """Where a sheet stands in a frame: screen = zoom * sheet + (x, y), all in frame pixels."""

    zoom: float
    x: float
    y: float

    def screen_y(self, y: float) -> float:
        """The screen row of a sheet row."""
        return self.zoom * y + self.y


@dataclass(slots=True)
class Sheet:
    """A painted layer: colour already multiplied by its opacity, and what it keeps (255 - opacity) of what is
    behind.

    (`left`, `top`) is its upper left corner in frame pixels; `solid` the frame row below which nothing shows
    through.
    """

    luma: Plane
    luma_keep: Plane
    chroma: Plane
    chroma_keep: Plane
    left: float
    top: float
    solid: float
    depth: float
    grid: int
    coarse: int = 1


def split(rgb: Field) -> tuple[Field, Field]:
    """RGB in 0..1 to limited-range luma and chroma as floats."""
    luma = cast(Field, cv2.transform(rgb, LUMA[None]))
    chroma = np.empty((*rgb.shape[:2], 2), np.float32)
    chroma[..., 0] = 128 + (224 / 1.8556) * (rgb[..., 2] - luma)
    chroma[..., 1] = 128 + (224 / 1.5748) * (rgb[..., 0] - luma)
    return 16 + 219 * luma, chroma


def to_bytes(field: Field, chance: np.random.Generator) -> Plane:
    """Round to bytes with a random threshold, so that slow gradients dissolve into grain instead of steps."""
    tile = chance.random((64, 256), np.float32)
    rows, columns = field.shape[:2]
    threshold = np.tile(tile, (rows // 64 + 1, columns // 256 + 1))[:rows, :columns]
    if field.ndim == 3:
        threshold = threshold[..., None]
    return cast(Plane, np.clip(field + threshold, 0, 255).astype(np.uint8))


def sheet_of(
    rgb: Field, alpha: Field, at: tuple[float, float], solid: float, depth: float, grid: int, coarse: int = 1
) -> Sheet:
    """Make a sheet from colour (h, w, 3) and opacity (h, w), both in 0..1. `at` is (left, top) in frame
    pixels; a `coarse` sheet stores one pixel for that many frame pixels each way.
    """
    height, width = alpha.shape
    rgb, alpha = (
        rgb[: height - height % 2, : width - width % 2],
        alpha[: height - height % 2, : width - width % 2],
    )
    chance = np.random.default_rng(alpha.size)
    luma, chroma = split(rgb)
    low_alpha = shrink(alpha, grid)
    low_chroma = shrink(chroma * alpha[..., None], grid)
    return Sheet(
        to_bytes(luma * alpha, chance),
        np.round(255 - 255 * alpha).astype(np.uint8),
        to_bytes(low_chroma, chance),
        np.repeat(np.round(255 - 255 * low_alpha).astype(np.uint8)[..., None], 2, 2),
        at[0],
        at[1],
        solid,
        depth,
        grid,
        coarse,
    )


def unwarp(pose: Pose, sheet: Sheet, row: int, stored: int, drawn: int) -> Field:
    """The affine map from drawn pixels (one for `drawn` frame pixels each way, from frame row `row`) to
    stored ones.
    """
    half_d, half_s = (drawn - 1) / 2, (stored - 1) / 2
    scale = drawn / (pose.zoom * stored)
    x = ((half_d - pose.x) / pose.zoom - sheet.left - half_s) / stored
    y = ((row + half_d - pose.y) / pose.zoom - sheet.top - half_s) / stored
    return np.array([[scale, 0, x], [0, scale, y]], np.float32)


def lay(canvas: Canvas, sheet: Sheet, pose: Pose, floor: int, share: float = 1.0) -> None:
    """Draw a sheet over the canvas, down to frame row `floor` (below which nearer sheets hide it anyway).

    `share` fades the whole sheet; a faded one must not be solid anywhere in the frame."""
    grid = canvas.grid
    height, width = canvas.luma.shape
    first = max(0, int(pose.screen_y(sheet.top)) // (2 * grid) * (2 * grid))
    last = min(height, (floor + grid) // grid * grid)
    if first >= last:
        return
    clear = int(min(last, max(first, np.ceil(pose.screen_y(sheet.solid)) + 2)))
    clear = min(last, (clear + grid - 1) // grid * grid)
    planes = (
        (canvas.luma, sheet.luma, sheet.luma_keep, 1, sheet.coarse),
        (canvas.chroma, sheet.chroma, sheet.chroma_keep, grid, sheet.coarse * sheet.grid),
    )
    for target, paint, keep, drawn, stored in planes:
        lines = slice(first // drawn, last // drawn)
        size = (width // drawn, (last - first) // drawn)
        matrix = unwarp(pose, sheet, first, stored, drawn)
        blend = (clear - first) // drawn
        if blend > 0:
            kept = cv2.warpAffine(keep, matrix, (size[0], blend), flags=WARP, borderMode=cv2.BORDER_REPLICATE)
            if share < 1:
                kept = cv2.convertScaleAbs(kept, alpha=share, beta=255 * (1 - share))
            edge = target[lines][:blend]
            cv2.multiply(edge, kept, dst=edge, scale=1 / 255)
            target[lines][blend:] = 0
        else:
            target[lines] = 0
        drawing = cv2.warpAffine(paint, matrix, size, flags=WARP, borderMode=cv2.BORDER_REPLICATE)
        if share < 1:
            drawing = cv2.convertScaleAbs(drawing, alpha=share)
        cv2.add(target[lines], drawing, dst=target[lines])


def rgb_of(canvas: Canvas) -> Plane:
    """The canvas as 8-bit RGB (h, w, 3)."""
    luma = (canvas.luma.astype(np.float32) - 16) / 219
    chroma = canvas.chroma.astype(np.float32) - 128
    if canvas.grid > 1:
        chroma = cast(Field, cv2.resize(chroma, luma.shape[::-1], interpolation=cv2.INTER_LINEAR))
    blue = luma + chroma[..., 0] * (1.8556 / 224)
    red = luma + chroma[..., 1] * (1.5748 / 224)
    green = (luma - 0.2126 * red - 0.0722 * blue) / 0.7152
    return np.clip(np.stack([red, green, blue], 2) * 255 + 0.5, 0, 255).astype(np.uint8)

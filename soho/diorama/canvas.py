"""The canvas: pictures in the encoder's own planes (BT.709 luma, and chroma at half size), and how sheets
land on it.

Compositing is linear, so it can be done on Y'CbCr as well as on RGB: with half the bytes to move, and with no
conversion between the last layer and the encoder. A still uses the same code with chroma at full size (`grid`
1).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

import cv2
import numpy as np

from soho.diorama.patches import Patch, patches_of
from soho.diorama.raster import Field, Plane, shrink
from soho.diorama.sampling import Pair, sample

Tint = tuple[Plane, Plane, Plane]
LUMA = np.array([0.2126, 0.7152, 0.0722], np.float32)
Box = tuple[int, int, int, int]  # left, top, right, bottom in frame pixels, the last two excluded
# How far sideways (px) what stands at these rows and columns of a sheet (px) is bent.
Bend = Callable[[Field, Field], Field]


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

    `tint` holds both chroma planes and what they keep, each a plane of its own: OpenCV samples those several
    times faster than pixels of more than one byte. (`left`, `top`) is its upper left corner in frame pixels;
    `solid` the frame row below which nothing shows through.
    """

    luma: Plane
    keep: Plane
    tint: Tint
    patches: tuple[Patch, ...]
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
        threshold = cast(Field, cv2.merge([threshold, threshold]))
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
    low_chroma = shrink(cast(Field, cv2.multiply(chroma, cv2.merge([alpha, alpha]))), grid)
    light = to_bytes(luma * alpha, chance)
    keep = np.round(255 - 255 * alpha).astype(np.uint8)
    low_keep = np.round(255 - 255 * low_alpha).astype(np.uint8)
    blue, red = cv2.split(to_bytes(low_chroma, chance))
    tint = cast(Tint, (blue, red, low_keep))
    return Sheet(light, keep, tint, patches_of(keep), at[0], at[1], solid, depth, grid, coarse)


def unwarp(pose: Pose, sheet: Sheet, at: tuple[int, int], stored: int, drawn: int) -> tuple[float, Pair]:
    """Where a window of a sheet begins in its stored pixels, and how many of them a drawn pixel is wide.

    A drawn pixel is `drawn` frame pixels wide, a stored one `stored`; `at` is the window's first, counted in
    drawn ones.
    """
    half_d, half_s = (drawn - 1) / 2, (stored - 1) / 2
    x = ((at[0] * drawn + half_d - pose.x) / pose.zoom - sheet.left - half_s) / stored
    y = ((at[1] * drawn + half_d - pose.y) / pose.zoom - sheet.top - half_s) / stored
    return drawn / (pose.zoom * stored), (x, y)


def lay(
    canvas: Canvas, sheet: Sheet, pose: Pose, floor: int, share: float = 1.0, bend: Bend | None = None
) -> None:
    """Draw a sheet over the canvas, down to frame row `floor` (below which nearer sheets hide it anyway).

    `share` fades the whole sheet, to nothing at 0; `bend` moves what is not solid sideways."""
    for patch in sheet.patches:
        box = window(canvas, sheet, patch, pose, floor)
        if box is None:
            continue
        if bend and not patch.opaque and sheet.coarse == 1:
            lay_bent(canvas, sheet, pose, box, bend)
            continue
        lay_luma(canvas, sheet, pose, box, share, patch.opaque and share == 1)
        lay_chroma(canvas, sheet, pose, box, share, patch.opaque and share == 1)


def window(canvas: Canvas, sheet: Sheet, patch: Patch, pose: Pose, floor: int) -> Box | None:
    """Where a patch stands in the frame, on whole chroma pixels; None where it cannot be seen.

    Patches that share an edge on the sheet share it in the frame. Those at a side or at the bottom of the
    sheet go on to the frame's edge.
    """
    grid, step = canvas.grid, sheet.coarse
    height, width = canvas.luma.shape
    rows, columns = sheet.keep.shape

    def edge(stored: int, start: float, shift: float) -> int:
        return round((pose.zoom * (start + stored * step) + shift) / grid) * grid

    left = max(0, edge(patch.left, sheet.left, pose.x)) if patch.left > 0 else 0
    right = min(width, edge(patch.right, sheet.left, pose.x)) if patch.right < columns else width
    top = max(0, edge(patch.top, sheet.top, pose.y))
    bottom = min(height, (floor + grid) // grid * grid)
    if patch.bottom < rows:
        bottom = min(bottom, edge(patch.bottom, sheet.top, pose.y))
    return (left, top, right, bottom) if left < right and top < bottom else None


def lay_luma(canvas: Canvas, sheet: Sheet, pose: Pose, box: Box, share: float, opaque: bool) -> None:
    """Draw one window of a sheet's luma."""
    left, top, right, bottom = box
    target, size = canvas.luma[top:bottom, left:right], (right - left, bottom - top)
    scale, at = unwarp(pose, sheet, (left, top), sheet.coarse, 1)
    paint = sample(sheet.luma, (scale, scale), at, size)
    if opaque:
        target[:] = paint
    else:
        over(target, sample(sheet.keep, (scale, scale), at, size), paint, share)


def lay_chroma(canvas: Canvas, sheet: Sheet, pose: Pose, box: Box, share: float, opaque: bool) -> None:
    """Draw one window of a sheet's chroma."""
    grid = canvas.grid
    left, top, right, bottom = (side // grid for side in box)
    target, size = canvas.chroma[top:bottom, left:right], (right - left, bottom - top)
    scale, at = unwarp(pose, sheet, (left, top), sheet.coarse * sheet.grid, grid)
    planes = sheet.tint[:2] if opaque else sheet.tint
    blue, red, *kept = (sample(plane, (scale, scale), at, size) for plane in planes)
    if opaque:
        cv2.merge([blue, red], dst=target)
    else:
        over(target, cv2.merge([*kept, *kept]), cv2.merge([blue, red]), share)


def lay_bent(canvas: Canvas, sheet: Sheet, pose: Pose, box: Box, bend: Bend) -> None:
    """Draw one window of a sheet, each pixel taken from where the bending has it from."""
    grid = canvas.grid
    left, top, right, bottom = box
    x, y = bent(*unwarp(pose, sheet, (left, top), 1, 1), (right - left, bottom - top), bend)
    target = canvas.luma[top:bottom, left:right]
    kept, paint = (
        cv2.remap(plane, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        for plane in (sheet.keep, sheet.luma)
    )
    over(target, kept, paint, 1.0)
    left, top, right, bottom = (side // grid for side in box)
    few = (right - left, bottom - top)
    if grid > 1:
        half = np.float32((1 - grid) / 2)
        x, y = ((cv2.resize(m, few, interpolation=cv2.INTER_AREA) + half) / np.float32(grid) for m in (x, y))
    blue, red, low = (
        cv2.remap(plane, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE) for plane in sheet.tint
    )
    over(canvas.chroma[top:bottom, left:right], cv2.merge([low, low]), cv2.merge([blue, red]), 1.0)


def bent(scale: float, at: Pair, size: tuple[int, int], bend: Bend) -> tuple[Field, Field]:
    """The columns and rows of a sheet that a window of `size`, begun at `at`, shows when it is bent."""
    columns = np.arange(size[0], dtype=np.float32) * np.float32(scale) + np.float32(at[0])
    rows = np.arange(size[1], dtype=np.float32) * np.float32(scale) + np.float32(at[1])
    few = bend(rows[:: min(8, len(rows))], columns[:: min(8, len(columns))])
    x = cast(Field, cv2.resize(few, size, interpolation=cv2.INTER_LINEAR))
    cv2.subtract(np.ascontiguousarray(np.broadcast_to(columns[None], x.shape)), x, dst=x)
    return x, np.ascontiguousarray(np.broadcast_to(rows[:, None], x.shape))


def over(target: Plane, kept: cv2.typing.MatLike, paint: cv2.typing.MatLike, share: float) -> None:
    """Blend paint that is already multiplied by its opacity over a part of a plane, at a share of it."""
    if share < 1:
        kept = cv2.convertScaleAbs(kept, alpha=share, beta=255 * (1 - share))
        paint = cv2.convertScaleAbs(paint, alpha=share)
    cv2.multiply(target, kept, dst=target, scale=1 / 255)
    cv2.add(target, paint, dst=target)


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

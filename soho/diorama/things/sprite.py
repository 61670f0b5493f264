"""Sprites: a drawing cut at one size in the light of the scene, and how it is stamped on the canvas."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import cast

import cv2
import numpy as np
import numpy.typing as npt

from soho.diorama.canvas import Canvas, Tint, over, split
from soho.diorama.light import Colour, colour
from soho.diorama.raster import Field, Plane, blur
from soho.diorama.sampling import sample
from soho.diorama.stage import Stage
from soho.diorama.things.pen import MAIN, Cut, Glow, Pen, Points

Affine = npt.NDArray[np.float64]

SHADOW = 0.80  # what a paper layer leaves of the light on the one below it
SOFT = 3.0  # a sprite whose stored pixels are this wide has no edges: half the frame's draw all of it
NIGHT_FLOOR = 0.74  # how much of the dusk reaches things: enough for silhouettes that keep a trace of colour


@dataclass(frozen=True, slots=True)
class Sprite:
    """A cut drawing in the canvas' own planes, as a sheet has them. (`x`, `y`) is the stored pixel of the
    drawing's origin and `scale` how many frame pixels a stored one is wide.
    """

    luma: Plane
    keep: Plane
    tint: Tint
    x: float
    y: float
    scale: float
    grid: int


@dataclass(frozen=True, slots=True)
class Look:
    """How a figure is lit: the colour of its main ink, its distance (0 far to 1 near) and whether it stands
    on the ground.
    """

    stage: Stage
    main: str
    depth: float
    grounded: bool

    def lit(self, cut: Cut) -> Colour:
        """The colour of a cut in this light."""
        day, _, night = (self.main if cut.ink == MAIN else cut.ink).partition("|")
        own = colour(day)
        own = np.clip(own * np.float32(1 + 0.45 * cut.tone), 0, 1).astype(np.float32)
        stage, light = self.stage, self.stage.light
        seen = stage.ground(own)
        seen = own + (seen - own) * np.float32(1 - (1 - NIGHT_FLOOR) * light.dusk)
        thick = 0.62 * (1 - self.depth) ** 2.2
        seen = seen + (light.haze - seen) * np.float32(thick)
        if night:
            seen = seen + (colour(night) - seen) * np.float32(min(1.0, 1.1 * light.lamps))
        shine = np.float32(cut.shine * min(1.0, 0.15 + light.lamps + 0.8 * light.dusk))
        return cast(Colour, np.clip(seen + (own - seen) * shine, 0, 1).astype(np.float32))


@dataclass(slots=True)
class Poses:
    """The poses of a figure in one colour and size; each is cut when it is first asked for, so that a still
    pays for one.
    """

    pens: list[Pen]
    pixels: float
    look: Look
    made: dict[int, tuple[Sprite, Sprite | None]] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.pens)

    def __getitem__(self, index: int) -> tuple[Sprite, Sprite | None]:
        """A pose and its lights."""
        if index not in self.made:
            pen = self.pens[index]
            self.made[index] = cut_out(pen, self.pixels, self.look), halo(pen.glows, self.pixels, self.look)
        return self.made[index]


def cut_out(pen: Pen, pixels: float, look: Look) -> Sprite:
    """Cut a drawing so that one of its units is `pixels` frame pixels."""
    left, bottom, right, top = pen.bounds()
    edge = 5
    columns = max(4, int(np.ceil((right - left) * pixels)) + 2 * edge) // 2 * 2 + 2
    rows = max(4, int(np.ceil((top - bottom) * pixels)) + 2 * edge) // 2 * 2 + 2
    over_sample = 3 if pixels * (top - bottom) < 220 else 2
    origin = (edge - left * pixels, edge + top * pixels)
    rgb, alpha = layers(pen, pixels, origin, (rows, columns), look, over_sample)
    rgb = relief(rgb, alpha, look)
    if look.grounded:
        rgb, alpha = footed(rgb, alpha, origin[1], look)
    return planes(rgb, alpha, origin, 1.0, look.stage.grid)


def layers(
    pen: Pen, pixels: float, origin: tuple[float, float], shape: tuple[int, int], look: Look, fine: int
) -> tuple[Field, Field]:
    """Colour and opacity: cuts laid from back to front, each throwing a short shadow on what is under it."""
    rows, columns = shape[0] * fine, shape[1] * fine
    rgb, alpha = np.zeros((rows, columns, 3), np.uint8), np.zeros((rows, columns), np.uint8)
    away = 1.0 if look.stage.sun[0] < look.stage.width / 2 else -1.0
    drop = np.array([away * 0.012, 0.016]) * pixels * fine
    for cut in pen.cuts:
        points = (cut.outline * (pixels, -pixels) + origin) * fine
        darken(rgb, points + drop)
        corners = np.round(points * 16).astype(np.int32)
        shade = np.round(look.lit(cut) * 255)
        tone = (int(shade[0]), int(shade[1]), int(shade[2]))
        cv2.fillPoly(rgb, [corners], tone, cv2.LINE_8, 4)
        cv2.fillPoly(alpha, [corners], (255,), cv2.LINE_8, 4)
    opacity = cv2.resize(alpha, shape[::-1], interpolation=cv2.INTER_AREA).astype(np.float32) / 255
    paint = cv2.resize(rgb, shape[::-1], interpolation=cv2.INTER_AREA).astype(np.float32) / 255
    return cast(Field, paint / np.maximum(opacity, 1 / 255)[..., None]), cast(Field, opacity)


def darken(rgb: Plane, points: Points) -> None:
    """Shade what lies under an outline."""
    low = np.maximum(np.floor(points.min(0)).astype(int), 0)
    high = np.minimum(np.ceil(points.max(0)).astype(int) + 1, rgb.shape[1::-1])
    if (high <= low).any():
        return
    mask = np.full((high[1] - low[1], high[0] - low[0], 3), 255, np.uint8)
    corners = np.round((points - low) * 16).astype(np.int32)
    cv2.fillPoly(mask, [corners], (int(255 * SHADOW),) * 3, cv2.LINE_8, 4)
    part = rgb[low[1] : high[1], low[0] : high[0]]
    cv2.multiply(part, mask, dst=part, scale=1 / 255)


def relief(rgb: Field, alpha: Field, look: Look) -> Field:
    """A lit rim on the side of the light and a soft shade on the other."""
    light, stage = look.stage.light, look.stage
    side = 1 if stage.sun[0] > stage.width / 2 else -1
    thick = max(1.0, 0.0022 * stage.unit * (0.5 + look.depth))
    shift = np.array([[1, 0, -side * thick], [0, 1, thick]], np.float32)
    inner = cv2.warpAffine(alpha, shift, alpha.shape[::-1])
    rim = np.clip(alpha - inner, 0, 1)
    power = np.float32((0.30 + 0.45 * light.dusk) * (0.35 + 0.65 * max(light.sun_power, 0.8 * light.dusk)))
    rgb = rgb + (light.key - rgb) * (rim * power)[..., None]
    soft = cv2.warpAffine(
        blur(alpha, 2.5 * thick), np.array([[1, 0, side * 2.5 * thick], [0, 1, -2.5 * thick]], np.float32),
        alpha.shape[::-1],
    )  # fmt: skip
    shade = np.clip(1 - soft, 0, 1) * np.float32(0.34 * (1 - 0.5 * light.dusk))
    return cast(Field, np.clip(rgb * (1 - shade)[..., None], 0, 1))


def footed(rgb: Field, alpha: Field, feet: float, look: Look) -> tuple[Field, Field]:
    """A soft shadow where the thing meets the ground."""
    rows, columns = alpha.shape
    near = slice(max(0, int(feet) - max(3, rows // 9)), int(feet) + 1)
    across = alpha[near].max(0)
    spread = blur(np.repeat(across[None], 3, 0), max(1.0, 0.02 * columns))[1]
    reach = max(1.5, 0.004 * look.stage.unit)
    fall = np.exp(-(((np.arange(rows, dtype=np.float32) - np.float32(feet)) / np.float32(reach)) ** 2))
    shadow = (fall[:, None] * spread[None] * np.float32(0.42)).astype(np.float32)
    total = alpha + (1 - alpha) * shadow
    share = (alpha / np.maximum(total, 1e-4))[..., None]
    return cast(Field, rgb * share + look.stage.light.shade * np.float32(0.5) * (1 - share)), total


def halo(glows: list[Glow], pixels: float, look: Look) -> Sprite | None:
    """The lights of a drawing as one coarse, soft sprite; None where none shows at this hour."""
    light = look.stage.light
    shown = [(g, g.power * (1.0 if g.always else min(1.0, light.lamps * 1.1))) for g in glows]
    shown = [(g, p * (0.55 + 0.45 * light.dusk)) for g, p in shown if p > 0.02]
    if not shown:
        return None
    scale = max(1.0, 0.004 * look.stage.unit)
    per = pixels / scale
    left, right = min(g.x - g.reach for g, _ in shown), max(g.x + g.reach for g, _ in shown)
    bottom, top = min(g.y - g.reach for g, _ in shown), max(g.y + g.reach for g, _ in shown)
    columns, rows = int((right - left) * per) // 2 * 2 + 8, int((top - bottom) * per) // 2 * 2 + 8
    origin = (3.5 - left * per, 3.5 + top * per)
    clear, tinted = np.ones((rows, columns), np.float32), np.zeros((rows, columns, 3), np.float32)
    for g, power in shown:
        dx = (np.arange(columns) - (origin[0] + g.x * per)) / (g.reach * per)
        dy = (np.arange(rows) - (origin[1] - g.y * per)) / (g.reach * per)
        far = np.sqrt(dx[None] ** 2 + dy[:, None] ** 2)
        veil = (np.clip(1 - far, 0, 1) ** 2.2 * power).astype(np.float32)
        tinted = (
            tinted * (1 - veil)[..., None] + colour(look.main if g.ink == MAIN else g.ink) * veil[..., None]
        )
        clear = (clear * (1 - veil)).astype(np.float32)
    alpha = (1 - clear).astype(np.float32)
    return planes(
        cast(Field, tinted / np.maximum(alpha, 1e-4)[..., None]), alpha, origin, scale, look.stage.grid
    )


def planes(rgb: Field, alpha: Field, origin: tuple[float, float], scale: float, grid: int) -> Sprite:
    """Colour and opacity in the canvas' planes. Both sides must be even."""
    luma, chroma = split(np.ascontiguousarray(rgb, np.float32))
    light = np.clip(luma * alpha + 0.5, 0, 255).astype(np.uint8)
    keep = np.round(255 - 255 * alpha).astype(np.uint8)
    half = (alpha.shape[1] // grid, alpha.shape[0] // grid)
    low = cv2.resize(alpha, half, interpolation=cv2.INTER_AREA)
    stain = cv2.resize(chroma * alpha[..., None], half, interpolation=cv2.INTER_AREA)
    low_keep = np.round(255 - 255 * low).astype(np.uint8)
    blue, red = cv2.split(np.clip(stain + 0.5, 0, 255).astype(np.uint8))
    return Sprite(light, keep, cast(Tint, (blue, red, low_keep)), origin[0], origin[1], scale, grid)


def placed(
    x: float, y: float, wide: float = 1.0, high: float = 1.0, angle: float = 0.0, lean: float = 0.0
) -> Affine:
    """The map from drawing pixels (y down, about the origin) to the frame: stretched, leaned sideways, turned
    by `angle` degrees anticlockwise, moved.
    """
    c, s = np.cos(np.deg2rad(angle)), np.sin(np.deg2rad(angle))
    shape = np.array([[wide, -lean * high], [0, high]])
    turn = np.array([[c, s], [-s, c]]) @ shape
    return np.column_stack([turn, (x, y)])


def stamp(
    canvas: Canvas, sprite: Sprite, at: Affine, share: float = 1.0, floor: float = 1e9, soft: bool = False
) -> None:
    """Draw a sprite where an affine map puts it, at a share of its opacity, down to frame row `floor`.

    `soft` draws at half the resolution, where nobody looks for edges."""
    if share < 0.01:
        return
    turn = at[:, :2] * sprite.scale
    move = at[:, 2] - turn @ (sprite.x, sprite.y)
    rows, columns = sprite.keep.shape
    ends = turn @ np.array([[0, columns, 0, columns], [0, 0, rows, rows]]) + move[:, None]
    grid = canvas.grid
    height, width = canvas.luma.shape
    left, top = (max(0, int(v) // grid * grid) for v in np.floor(ends.min(1)))
    right = min(width, (int(np.ceil(ends[0].max())) + grid) // grid * grid)
    bottom = min(height, (int(np.ceil(min(ends[1].max(), floor))) + grid) // grid * grid)
    if right - left < grid or bottom - top < grid:
        return
    start = move - (left, top)
    size = (right - left, bottom - top)
    if (soft or sprite.scale >= SOFT) and grid == 2:
        few, coarse = (size[0] // 2, size[1] // 2), (turn / 2, (start - 0.5) / 2)
        kept, paint = (
            cast(Plane, cv2.resize(stood(plane, *coarse, few, edge), size))
            for plane, edge in ((sprite.keep, 255), (sprite.luma, 0))
        )
    else:
        kept, paint = stood(sprite.keep, turn, start, size, 255), stood(sprite.luma, turn, start, size, 0)
    over(canvas.luma[top:bottom, left:right], kept, paint, share)
    half = (grid - 1) / 2
    low = (start + turn @ (half, half) - half) / grid
    few = (size[0] // grid, size[1] // grid)
    blue, red, kept = (
        stood(plane, turn, low, few, edge) for plane, edge in zip(sprite.tint, (0, 0, 255), strict=True)
    )
    target = canvas.chroma[top // grid : bottom // grid, left // grid : right // grid]
    over(target, cv2.merge([kept, kept]), cv2.merge([blue, red]), share)


def upright(sprite: Sprite, at: Affine) -> Affine:
    """The map that puts a sprite's middle where `at` puts it, without turning it: round lights look the same,
    and are drawn the short way.
    """
    middle = (
        np.array([sprite.keep.shape[1] / 2 - sprite.x, sprite.keep.shape[0] / 2 - sprite.y]) * sprite.scale
    )
    wide, high = np.hypot(at[0, :2], at[1, :2])
    straight = np.diag([np.copysign(wide, at[0, 0]), high])
    return np.column_stack([straight, at[:, :2] @ middle + at[:, 2] - straight @ middle])


def stood(plane: Plane, turn: Affine, start: Affine, size: tuple[int, int], edge: int) -> Plane:
    """A window of `size` in which a plane is turned and stretched by `turn` and moved to `start`, with `edge`
    around it. What is neither turned nor leaned, only mirrored at most, is drawn the short way.
    """
    (wide, lean), (tilt, high) = turn.tolist()
    if lean or tilt or high <= 0 or not wide:
        matrix = np.column_stack([turn, start])
        return cast(Plane, cv2.warpAffine(plane, matrix, size, borderValue=(edge,)))
    x, y = float(start[0]), float(start[1])
    if wide < 0:
        plane = cast(Plane, cv2.flip(plane, 1))
        x, wide = x + wide * (plane.shape[1] - 1), -wide
    return sample(plane, (1 / wide, 1 / high), (-x / wide, -y / high), size)

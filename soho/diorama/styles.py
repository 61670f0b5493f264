"""Styles: the look of another medium, laid over the finished picture as a last pass.

Each style is a few operations on bytes with tables and planes that are made once a film, because a pass over
every pixel of every frame is what a film is paid for.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image

from soho.diorama.canvas import Canvas, rgb_of, split
from soho.diorama.light import colour
from soho.diorama.raster import Plane, enlarge, fbm, smoothstep
from soho.diorama.scene import Mood, Scene, Style
from soho.diorama.stage import Stage

TONES = np.arange(256, dtype=np.float32)


@dataclass(frozen=True, slots=True)
class Print:
    """How a style is printed: the depth of its vignette, its grain (standard deviation in bytes), and the
    strength of its bloom.
    """

    vignette: float = 0.30
    grain: float = 1.3
    bloom: float = 1.0


PLAIN = Print()
PRINTS = {
    Style.WATERCOLOR: Print(0.0, 1.0, 0.4),
    Style.NOIR: Print(0.74, 3.4, 1.2),
    Style.NEON: Print(0.42, 1.2, 0.6),
    Style.PASTEL: Print(0.0, 0.9, 0.8),
    Style.VINTAGE: Print(0.46, 3.0, 1.1),
    Style.PIXEL_ART: Print(0.18, 0.0, 0.7),
}


def table(values: npt.NDArray[np.floating[Any]]) -> Plane:
    """A table for `cv2.LUT` from floats: one column, or two for the two chroma planes."""
    whole: Plane = np.clip(np.round(values), 0, 255).astype(np.uint8)
    return whole if whole.ndim == 1 else whole[:, None, :]


def chroma_table(share: float, blue: float = 0.0, red: float = 0.0) -> Plane:
    """A table that keeps a share of the colour and adds a cast, in bytes of Cb and Cr."""
    kept = 128 + (TONES - 128) * np.float32(share)
    return table(np.stack([kept + np.float32(blue), kept + np.float32(red)], 1).astype(np.float32))


def grade(
    steep: float, lift: float, top: float, share: float, blue: float, red: float
) -> tuple[Plane, Plane]:
    """A mood as tables: how steep the curve of tones is, from which black to which white (0..1), how much of
    the colour is kept, and the cast.
    """
    tone = np.clip((TONES - 16) / np.float32(219), 0, 1).astype(np.float32)
    curve = tone + np.float32(steep) * (smoothstep(0, 1, tone) - tone)
    return table(16 + 219 * (lift + (top - lift) * curve)), chroma_table(share, blue, red)


GRADES = {
    Mood.JOYFUL: grade(0.10, 0.02, 1.0, 1.18, -2, 2),
    Mood.MELANCHOLY: grade(0.0, 0.03, 0.86, 0.66, 6, -4),
    Mood.MYSTERIOUS: grade(0.35, 0.0, 0.84, 0.85, 5, -6),
    Mood.ROMANTIC: grade(0.0, 0.05, 1.0, 1.02, 0, 7),
    Mood.DRAMATIC: grade(0.75, 0.0, 1.0, 1.12, 0, 0),
    Mood.EERIE: grade(0.32, 0.02, 1.0, 0.60, -3, -8),
    Mood.DREAMY: grade(-0.25, 0.09, 1.0, 0.95, 3, 4),
}


def print_of(scene: Scene) -> Print:
    """How the picture is printed: as its style wants it, else as its mood does."""
    if scene.style:
        return PRINTS[scene.style]
    heavy = {Mood.DRAMATIC: 0.46, Mood.EERIE: 0.50, Mood.MYSTERIOUS: 0.48, Mood.MELANCHOLY: 0.40}
    return (
        Print(heavy.get(scene.mood, 0.30), 1.3, 2.4 if scene.mood is Mood.DREAMY else 1.0)
        if scene.mood
        else PLAIN
    )


def noir_table(low: float, high: float) -> Plane:
    """A steep curve that leads the darkest tones to black and the brightest to white."""
    span = max(48.0, high - low)
    share = (TONES - np.float32(low)) / np.float32(span)
    return table(16 + 219 * smoothstep(-0.02, 0.98, share) ** np.float32(1.45))


SMALL = 600  # pixels of a frame's shorter side


class Styling:
    """One film in its style. `tone` comes before vignette and grain, `cut` after them."""

    def __init__(self, stage: Stage) -> None:
        self.stage, self.style = stage, stage.scene.style
        self.height, self.width = stage.height, stage.width
        self.low = (stage.width // stage.grid, stage.height // stage.grid)
        # on a small frame half its resolution would lose the shapes that contours and washes are drawn from
        self.fine = 2 if min(stage.width, stage.height) > SMALL else 1
        self.grade = GRADES.get(stage.scene.mood) if stage.scene.mood else None
        match self.style:
            case Style.NOIR:
                self.luma = noir_table(16, 235)
            case Style.PASTEL:
                self.luma = table(118 + 112 * (np.clip((TONES - 16) / 219, 0, 1) ** np.float32(0.85)))
                self.chroma = chroma_table(0.58, -1, 2)
            case Style.VINTAGE:
                self.luma = table(44 + 166 * np.clip((TONES - 16) / 219, 0, 1) ** np.float32(0.92))
                self.chroma = chroma_table(0.55, -13, 7)
                self.leak = light_leak(stage, self.low)
            case Style.NEON:
                self.prepare_neon()
            case Style.WATERCOLOR:
                self.prepare_paper()
            case Style.PIXEL_ART:
                self.cell = max(2, round(min(self.width, self.height) / 112 / 2) * 2)
                self.palette = np.zeros((32, 32, 32, 3), np.uint8)

    def tone(self, canvas: Canvas, turn: float) -> None:
        """Style a frame's tones and colours in place; `turn` is its share of the clip."""
        match self.style:
            case None:
                if self.grade:
                    cv2.LUT(canvas.luma, self.grade[0], dst=canvas.luma)
                    cv2.LUT(canvas.chroma, self.grade[1], dst=canvas.chroma)
            case Style.NOIR:
                cv2.LUT(canvas.luma, self.luma, dst=canvas.luma)
                canvas.chroma[:] = 128
            case Style.PASTEL:
                cv2.LUT(canvas.luma, self.luma, dst=canvas.luma)
                cv2.LUT(canvas.chroma, self.chroma, dst=canvas.chroma)
            case Style.VINTAGE:
                self.fade(canvas, turn)
            case Style.NEON:
                self.glow(canvas)
            case Style.WATERCOLOR:
                self.wash(canvas)

    def cut(self, canvas: Canvas) -> None:
        """Cut the finished frame into what the style is made of."""
        if self.style is Style.PIXEL_ART:
            self.pixels(canvas)

    def weave(self, turn: float) -> tuple[float, float]:
        """How far, in pixels, an old projector's gate lets the picture slip at this moment."""
        if self.style is not Style.VINTAGE:
            return 0.0, 0.0
        circle, slip = 2 * np.pi * turn, 0.0011 * self.stage.unit
        x = np.sin(7 * circle) + 0.6 * np.sin(17 * circle + 1)
        y = np.sin(11 * circle + 2) + 0.6 * np.sin(23 * circle)
        return 0.5 * slip * float(x), slip * float(y)

    def fade(self, canvas: Canvas, turn: float) -> None:
        """Old film: lifted blacks, a warm cast, and light that leaks in at one side and comes and goes."""
        cv2.LUT(canvas.luma, self.luma, dst=canvas.luma)
        cv2.LUT(canvas.chroma, self.chroma, dst=canvas.chroma)
        circle = 2 * np.pi * turn
        power = 0.55 + 0.30 * float(np.sin(circle + 0.6)) + 0.15 * float(np.sin(5 * circle))
        light, hue = self.leak
        cv2.add(canvas.luma, cv2.convertScaleAbs(light, alpha=power), dst=canvas.luma)
        cv2.addWeighted(canvas.chroma, 1, hue, power, -128 * power, dst=canvas.chroma)

    def prepare_neon(self) -> None:
        """Tables of the night and planes of the tubes: cyan above, magenta below."""
        self.luma = table(16 + 92 * np.clip((TONES - 16) / 219, 0, 1) ** np.float32(1.5))
        stops = [colour(c) for c in ("#12082e", "#5a118f", "#e0218a", "#28d7f0", "#d8fbff")]
        ramp = np.stack(
            [np.interp(TONES, (16, 70, 128, 190, 235), [s[i] for s in stops]) for i in range(3)], 1
        )
        self.power = min(1.0, max(0.5, self.stage.unit / 1300))  # on a small frame edges lie closer
        self.duotone = table(split(ramp.astype(np.float32)[None, :, :])[1][0])
        columns, rows = self.low
        share = smoothstep(0.30, 0.80, np.linspace(0, 1, rows, dtype=np.float32))[:, None, None]
        tubes = colour("#1fe0ff") + (colour("#ff2fb0") - colour("#1fe0ff")) * share
        hue = split(np.repeat(tubes.astype(np.float32), columns, 1))[1]
        self.tubes = np.round(np.clip(hue, 0, 255)).astype(np.uint8)

    def glow(self, canvas: Canvas) -> None:
        """Neon: a dark duotone, and every contour a lit tube with its halo."""
        fine = self.fine
        small = cv2.resize(
            canvas.luma, (self.width // fine, self.height // fine), interpolation=cv2.INTER_AREA
        )
        even = cv2.GaussianBlur(small, (3, 3), 0)
        edge = cv2.add(
            cv2.convertScaleAbs(cv2.Sobel(even, cv2.CV_16S, 1, 0), alpha=1.1),
            cv2.convertScaleAbs(cv2.Sobel(even, cv2.CV_16S, 0, 1), alpha=1.1),
        )
        edge = cv2.subtract(edge, np.full(1, 10.0))
        few = cv2.resize(edge, (self.width // 8, self.height // 8), interpolation=cv2.INTER_AREA)
        halo = cv2.GaussianBlur(few, (0, 0), max(0.8, 0.0065 * self.stage.unit / 8 * 2))
        lit = cv2.add(edge, cv2.resize(cv2.convertScaleAbs(halo, alpha=0.8), edge.shape[::-1]))
        cv2.LUT(canvas.luma, self.luma, dst=canvas.luma)
        up = cv2.resize(lit, (self.width, self.height))
        cv2.add(canvas.luma, cv2.convertScaleAbs(up, alpha=0.62 * self.power), dst=canvas.luma)
        low = cv2.resize(small, self.low)
        cv2.addWeighted(
            canvas.chroma, 0.25, cv2.LUT(cv2.merge([low, low]), self.duotone), 0.95, -25.6, dst=canvas.chroma
        )
        share = cv2.convertScaleAbs(cv2.resize(lit, self.low), alpha=self.power)
        pair = cv2.merge([share, share])
        cv2.multiply(canvas.chroma, cv2.bitwise_not(pair), dst=canvas.chroma, scale=1 / 255)
        cv2.add(canvas.chroma, cv2.multiply(self.tubes, pair, scale=1 / 255), dst=canvas.chroma)

    def prepare_paper(self) -> None:
        """The sheet of paper: its tooth, pigment that settles in it, and a bare edge around the painting."""
        stage, (height, width) = self.stage, (self.height, self.width)
        chance, unit = stage.scene.chance("paper"), stage.unit
        tooth = fbm(chance, height, width, 0.0045 * unit, 2, 1.0, 0.7)
        blotch = fbm(chance, height // 4, width // 4, 0.05 * unit / 4, 4, 1.0, 0.6)
        y = np.minimum(np.arange(height), np.arange(height)[::-1]).astype(np.float32)[:, None]
        x = np.minimum(np.arange(width), np.arange(width)[::-1]).astype(np.float32)[None]
        ragged = fbm(chance, height // 4, width // 4, 0.065 * unit / 4, 5)
        inside = np.minimum(x, y) / np.float32(unit) - 0.020 - 0.012 * enlarge(ragged, height, width)
        painted = smoothstep(-0.0022, 0.0022, inside)
        rim = 1 - 0.07 * np.exp(-np.clip(inside, 0, None) / np.float32(0.006))
        rough = 0.055 * min(1.0, max(0.35, unit / 1300))  # on a small sheet the tooth is finer than a pixel
        grainy = np.clip(0.965 + rough * tooth + 0.06 * enlarge(blotch, height, width), 0.7, 1.0) * rim
        self.kept = np.round(255 * painted * grainy).astype(np.uint8)
        bare = (1 - painted) * np.clip(226 + 7 * tooth, 0, 235)
        self.bare = np.round(bare).astype(np.uint8)
        low = cv2.resize(painted, self.low, interpolation=cv2.INTER_AREA)
        share = np.clip(low * (1 + 0.10 * enlarge(blotch, *low.shape)), 0, 1)
        self.kept_low = np.round(np.repeat(share[..., None], 2, 2) * 255).astype(np.uint8)
        cream = np.array([124, 131], np.float32)
        self.bare_low = np.round((1 - share)[..., None] * cream).astype(np.uint8)
        self.luma = table(40 + 195 * np.clip((TONES - 16) / 219, 0, 1) ** np.float32(0.86))
        fine = self.fine
        rows, columns = height // fine, width // fine
        wobble = [
            fbm(chance, rows, columns, 0.014 * unit / fine, 3) * np.float32(0.0022 * unit / fine)
            for _ in "xy"
        ]
        at_x = np.arange(columns, dtype=np.float32)[None] + wobble[0]
        at_y = np.arange(rows, dtype=np.float32)[:, None] + wobble[1]
        self.run = cv2.convertMaps(at_x, at_y, cv2.CV_16SC2)

    def wash(self, canvas: Canvas) -> None:
        """Watercolour: shapes run together, pigment gathers at their edges and in the paper's tooth."""
        half = cv2.resize(canvas.luma, self.run[0].shape[1::-1], interpolation=cv2.INTER_AREA)
        flat = cv2.medianBlur(half, 5 if self.fine > 1 else 3)
        half = cv2.remap(flat, *self.run, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        few = cv2.resize(half, (self.width // 8, self.height // 8), interpolation=cv2.INTER_AREA)
        around = cv2.GaussianBlur(few, (0, 0), max(0.8, 0.006 * self.stage.unit / 8))
        gathered = cv2.addWeighted(half, 1.32, cv2.resize(around, half.shape[::-1]), -0.32, 0)
        soft = cv2.LUT(cv2.resize(gathered, (self.width, self.height)), self.luma)
        cv2.multiply(soft, self.kept, dst=canvas.luma, scale=1 / 255)
        cv2.add(canvas.luma, self.bare, dst=canvas.luma)
        cv2.multiply(canvas.chroma, self.kept_low, dst=canvas.chroma, scale=1 / 255)
        cv2.add(canvas.chroma, self.bare_low, dst=canvas.chroma)

    def study(self, canvas: Canvas) -> None:
        """Learn from one frame of the film what the style must know: the tones that noir spreads from black
        to white, and the colours of pixel art.
        """
        if self.style is Style.NOIR:
            few = cv2.resize(canvas.luma, (96, 96), interpolation=cv2.INTER_AREA)
            self.luma = noir_table(*(float(v) for v in np.percentile(few, (3, 99))))
        if self.style is Style.PIXEL_ART:
            self.choose_inks(canvas)

    def choose_inks(self, canvas: Canvas) -> None:
        """At most 30 colours of a frame, and black and white, as the nearest one to each cell of YCbCr."""
        few = cv2.resize(rgb_of(canvas), (96, 96), interpolation=cv2.INTER_AREA)
        picture = Image.fromarray(few).quantize(30, Image.Quantize.MEDIANCUT, kmeans=2)
        found = np.array(picture.getpalette(), np.float32).reshape(-1, 3)[:30] / 255
        ends = np.array([(0.02, 0.02, 0.04), (0.98, 0.98, 0.96)], np.float32)
        luma, chroma = split(np.concatenate([found, ends]).astype(np.float32)[None])
        inks = np.concatenate([luma[0][:, None], chroma[0]], 1)
        at = np.arange(32, dtype=np.float32) * 8 + 4
        cells = np.stack(np.meshgrid(at, at, at, indexing="ij"), 3).reshape(-1, 3)
        weight = np.array([1.0, 1.6, 1.6], np.float32)
        nearest = np.empty(len(cells), np.int64)
        for start in range(0, len(cells), 4096):
            apart = (cells[start : start + 4096, None] - inks[None]) * weight
            nearest[start : start + 4096] = (apart**2).sum(2).argmin(1)
        self.palette = np.round(inks)[nearest].astype(np.uint8).reshape(32, 32, 32, 3)

    def pixels(self, canvas: Canvas) -> None:
        """Pixel art: square cells of the palette's colours, dithered by a 4 x 4 pattern."""
        cell, grid = self.cell, canvas.grid
        columns, rows = -(-self.width // cell), -(-self.height // cell)
        luma = cv2.resize(canvas.luma, (columns, rows), interpolation=cv2.INTER_AREA)
        chroma = np.asarray(
            cv2.resize(canvas.chroma, (columns, rows), interpolation=cv2.INTER_AREA), np.uint8
        )
        pattern = np.tile(BAYER, (rows // 4 + 1, columns // 4 + 1))[:rows, :columns]
        level = np.clip(luma.astype(np.int16) + pattern, 0, 255) >> 3
        inks = self.palette[level, chroma[..., 0] >> 3, chroma[..., 1] >> 3]
        height, width = canvas.luma.shape
        blocks = cv2.resize(inks[..., 0], (columns * cell, rows * cell), interpolation=cv2.INTER_NEAREST)
        canvas.luma[:] = blocks[:height, :width]
        size = (columns * cell // grid, rows * cell // grid)
        tint = cv2.resize(np.ascontiguousarray(inks[..., 1:]), size, interpolation=cv2.INTER_NEAREST)
        canvas.chroma[:] = tint[: height // grid, : width // grid]


BAYER = (
    (np.array([(0, 8, 2, 10), (12, 4, 14, 6), (3, 11, 1, 9), (15, 7, 13, 5)], np.int16) - 7) * 2 // 3
)  # about a level of the palette's luma either way


def light_leak(stage: Stage, low: tuple[int, int]) -> tuple[Plane, Plane]:
    """A stain of orange light at one side of old film: what it adds to luma, and its hue around 128."""
    chance = stage.scene.chance("leak")
    rows, columns = 96, 64
    x, y = (
        np.linspace(0, 1, columns, dtype=np.float32)[None],
        np.linspace(0, 1, rows, dtype=np.float32)[:, None],
    )
    x = x if chance.random() < 0.5 else x[:, ::-1]
    middle, tall = float(chance.uniform(0.2, 0.7)), float(chance.uniform(0.22, 0.40))
    stain = np.exp(-x / np.float32(0.16)) * np.exp(-(((y - middle) / tall) ** 2))
    stain = stain.astype(np.float32) * (0.8 + 0.2 * fbm(chance, rows, columns, 30, 2))
    light = enlarge(np.clip(stain, 0, 1).astype(np.float32) * 74, stage.height, stage.width)
    few = enlarge(np.clip(stain, 0, 1).astype(np.float32), low[1], low[0])
    hue = 128 + few[..., None] * np.array([-34, 44], np.float32)
    return np.clip(light, 0, 255).astype(np.uint8), np.round(hue).astype(np.uint8)

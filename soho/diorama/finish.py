"""The finish: soft bloom, vignette, fine grain. What makes layers of paint look like one photographed
picture.
"""

from __future__ import annotations

from typing import cast

import cv2
import numpy as np

from soho.diorama.canvas import Canvas
from soho.diorama.raster import Plane, blur, smoothstep
from soho.diorama.scene import Time
from soho.diorama.stage import Stage
from soho.diorama.styles import Styling, chroma_table, print_of

GRAINS = 24  # grain is drawn again every so many frames, from another corner of its tile
GRAIN_REACH = 96
BIAS = 12
LAPSE = 3  # the tempo from which a clip shows hours


class Finish:
    """The finish of one film, prepared once."""

    def __init__(self, stage: Stage) -> None:
        height, width = stage.height, stage.width
        y = np.linspace(-1, 1, height, dtype=np.float32)[:, None]
        x = np.linspace(-1, 1, width, dtype=np.float32)[None]
        self.print = print_of(stage.scene)
        self.styling = Styling(stage)
        falloff = 1 - np.float32(self.print.vignette) * smoothstep(
            0.55, 1.75, cast("np.ndarray[tuple[int, int], np.dtype[np.float32]]", x * x * 0.8 + y * y * 0.9)
        )
        self.vignette: Plane = np.round(falloff * 255).astype(np.uint8)
        chance = stage.scene.chance("grain")
        grain = blur(
            chance.normal(0, 1, (height + GRAIN_REACH, width + GRAIN_REACH)).astype(np.float32), 0.55
        )
        grain *= np.float32(self.print.grain) / grain.std()
        self.grain: Plane = np.clip(np.round(grain + BIAS), 0, 2 * BIAS).astype(np.uint8)
        self.corners = chance.integers(0, GRAIN_REACH, (GRAINS, 2))
        self.bias, self.white, self.black = (np.full((height, width), v, np.uint8) for v in (BIAS, 235, 16))
        self.mute = 1 + min(stage.scene.vivid, 0.0)
        self.reach = 0.016 * stage.unit
        self.passing = stage.scene.take.tempo >= LAPSE
        self.dark = stage.scene.time in (Time.DUSK, Time.NIGHT)

    def apply(self, canvas: Canvas, number: int, turn: float) -> None:
        """Finish a frame in place; `number` picks its grain, `turn` is its share of the clip."""
        self.bloom(canvas)
        if self.passing:
            self.pass_hours(canvas, turn)
        if self.mute < 1:
            cv2.convertScaleAbs(canvas.chroma, dst=canvas.chroma, alpha=self.mute, beta=128 * (1 - self.mute))
        self.styling.tone(canvas, turn)
        height, width = canvas.luma.shape
        if self.print.vignette:
            cv2.multiply(canvas.luma, self.vignette, dst=canvas.luma, scale=1 / 255)
        top, left = self.corners[number % GRAINS]
        cv2.add(canvas.luma, self.grain[top : top + height, left : left + width], dst=canvas.luma)
        cv2.subtract(canvas.luma, self.bias, dst=canvas.luma)
        cv2.min(canvas.luma, self.white, dst=canvas.luma)
        cv2.max(canvas.luma, self.black, dst=canvas.luma)
        self.styling.cut(canvas)

    def pass_hours(self, canvas: Canvas, turn: float) -> None:
        """The light of hours that pass while a time-lapse runs: by day it sinks and warms, by night it rises
        cold, and in the end it is what it was.
        """
        gone = 0.5 - 0.5 * float(np.cos(2 * np.pi * turn))
        gain, blue, red = (0.16, 5, -2) if self.dark else (-0.26, -11, 12)
        cv2.convertScaleAbs(canvas.luma, dst=canvas.luma, alpha=1 + gain * gone, beta=-16 * gain * gone)
        cv2.LUT(canvas.chroma, chroma_table(1.0, blue * gone, red * gone), dst=canvas.chroma)

    def bloom(self, canvas: Canvas) -> None:
        """Light spilling over from what is bright, with its colour."""
        height, width = canvas.luma.shape
        size = (max(8, width // 8), max(8, height // 8))
        small = cv2.resize(canvas.luma, size, interpolation=cv2.INTER_AREA).astype(np.float32)
        tint = cv2.resize(canvas.chroma, size, interpolation=cv2.INTER_AREA).astype(np.float32) - 128
        bright = np.clip((small - 140) / 95, 0, 1) ** 2
        sigma = max(0.8, self.reach / 8)
        spill = (
            cv2.GaussianBlur(bright, (0, 0), sigma) * 0.5
            + cv2.GaussianBlur(bright, (0, 0), sigma * 3.2) * 0.5
        )
        stain = cv2.GaussianBlur(tint * bright[..., None], (0, 0), sigma * 1.6)
        up = cv2.resize(cv2.convertScaleAbs(spill, alpha=22 * self.print.bloom), (width, height))
        cv2.add(canvas.luma, up, dst=canvas.luma)
        low = canvas.chroma.shape[1::-1]
        hue = cv2.resize(np.clip(stain * 0.22 + 128.5, 0, 255).astype(np.uint8), low)
        cv2.addWeighted(canvas.chroma, 1, hue, 1, -128, dst=canvas.chroma)

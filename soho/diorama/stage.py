"""The stage: where things stand in a frame of this shape, and what every painter needs to know about it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from soho.diorama.light import Colour, Light, colour, light_of, saturate, vivid_factor
from soho.diorama.raster import Field
from soho.diorama.scene import Camera, Scene, Setting, Time

SHAKE = 0.007  # how far a hand moves the camera each way, in units


@dataclass(frozen=True, slots=True)
class Stage:
    """A scene measured out in pixels.

    `unit` is the length that heights and features are made of: it follows the frame's height more than its
    width, so tall frames get tall peaks. `sway` is how far, in pixels, the nearest layer can move each way.
    """

    scene: Scene
    light: Light
    width: int
    height: int
    horizon: float
    unit: float
    sun: tuple[float, float]
    sway: tuple[float, float]
    grid: int
    coarse: int

    def margin(self, depth: float) -> tuple[int, int]:
        """Spare pixels (sideways, up and down) that a layer of this depth needs beyond the frame."""
        heave = 0.045 * self.unit if self.scene.setting is Setting.OCEAN and depth > 0.5 else 0.0
        shake = SHAKE * self.unit if self.scene.take.handheld else 0.0
        spare = heave + shake
        return int(self.sway[0] * depth + spare) + 4, int(self.sway[1] * depth + spare) + 4

    @property
    def haste(self) -> float:
        """How much farther what drifts gets in a clip than it does at the usual tempo."""
        return min(3.0, self.scene.take.tempo)

    def near_sun(self, left: float, top: float, height: int, width: int, step: int = 1) -> Field:
        """How near each pixel is to the sun, 1 at its centre."""
        reach = 0.42 * self.unit
        dx = (left + np.arange(width) * step - self.sun[0]) / reach
        dy = (top + np.arange(height) * step - self.sun[1]) / reach
        return np.outer(np.exp(-(dy**2)), np.exp(-(dx**2))).astype(np.float32)

    def earth(self, albedo: str) -> Colour:
        """A land colour, drawn towards the one the words gave the land."""
        own = saturate(colour(albedo), vivid_factor(self.scene.vivid))
        if not self.scene.ground:
            return own
        wanted = colour(self.scene.ground[0])
        level = 0.45 + 0.55 * float(own.mean() / max(0.1, wanted.mean()))
        drawn: Colour = own + (np.clip(wanted * np.float32(level), 0, 1) - own) * np.float32(0.62)
        return drawn

    def ground(self, albedo: Colour) -> Colour:
        """What a surface of this colour looks like in the light of the hour, unlit by the sun itself.

        Pale ground keeps more of a low light, as snow does at dusk."""
        lit = albedo * (0.55 + 0.45 * self.light.cloud_lit)
        pale = min(1.0, max(0.0, float(albedo.mean()) - 0.6) / 0.35)
        seen: Colour = lit + (self.light.shade - lit) * np.float32(self.light.dusk * (1 - 0.38 * pale))
        return seen


HORIZON = {
    Setting.OCEAN: 0.56,
    Setting.BEACH: 0.50,
    Setting.LAKE: 0.56,
    Setting.CITY: 0.66,
    Setting.SPACE: 0.74,
    Setting.FOREST: 0.62,
    Setting.DESERT: 0.56,
    Setting.MEADOW: 0.58,
    Setting.UNDERWATER: 0.64,
}


def set_up(scene: Scene, grid: int, coarse: int) -> Stage:
    """Measure a scene out. `grid` is the chroma subsampling, `coarse` that of the soft sky."""
    width, height = scene.width, scene.height
    light = light_of(scene)
    chance = scene.chance("stage")
    tall = height / width
    horizon = height * (
        HORIZON.get(scene.setting, 0.60) + (0.03 if tall > 1.2 else 0.0) - (0.02 if tall < 0.8 else 0.0)
    )
    horizon += float(chance.uniform(-0.02, 0.02)) * height
    unit = 0.7 * height + 0.3 * width
    side = float(chance.choice([-1, 1]))
    sun_x = width * (0.5 + side * float(chance.uniform(0.06, 0.22)))
    lift = light.sun_height
    if scene.time in (Time.SUNSET, Time.DAWN) and scene.setting in (
        Setting.MOUNTAINS,
        Setting.FOREST,
        Setting.SNOWFIELD,
    ):
        lift += 0.10
    sun_y = horizon - lift * horizon * (0.75 if tall > 1.2 else 0.95)
    if scene.moon and scene.time is Time.NIGHT:
        sun_y = horizon * float(chance.uniform(0.26, 0.40))
    if scene.setting is Setting.UNDERWATER:
        sun_y = -0.10 * horizon
    still = 0.0 if scene.camera is Camera.STILL else min(1.6, max(0.4, scene.take.speed))
    pan = 1.9 if scene.camera in (Camera.LEFT, Camera.RIGHT) else 1.0
    sway = (
        0.055 * unit * pan * still,
        0.020 * unit * still * (2.2 if scene.camera in (Camera.RISE, Camera.FALL) else 1.0),
    )
    return Stage(scene, light, width, height, horizon, unit, (sun_x, sun_y), sway, grid, coarse)

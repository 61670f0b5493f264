"""The film: paints a scene's layers once, then composes each frame from them.

A frame is a function of its place in the clip alone, so frames can be drawn in any order and a loop closes by
itself.
"""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import cast

import cv2
import numpy as np

from soho.diorama import sky, snow, terrain, underwater, water, weather, wind
from soho.diorama.canvas import Bend, Canvas, Pose, Sheet, lay
from soho.diorama.finish import Finish
from soho.diorama.raster import Plane
from soho.diorama.scene import Camera, Scene, Setting, Style, Weather
from soho.diorama.settings import Land, lands_of, submerged
from soho.diorama.stage import SHAKE, Stage, set_up
from soho.diorama.things import WATER, Cast
from soho.diorama.veils import blow, faded, joined

PAINTERS = 2  # layers painted at a time: as many as the cores Diorama is made for, and memory for no more
LARGE = 2_500_000  # pixels from which two layers at a time would not keep within a gibibyte
STUDIED = 0.3  # the share of the clip whose frame a style learns its tones from


@dataclass(frozen=True, slots=True)
class View:
    """Where the camera is: sideways and up in shares of the sway (-1..1), how far it has pushed in (0..1),
    and how far, in pixels, the film slips in its gate.
    """

    x: float
    y: float
    push: float
    slip: tuple[float, float] = (0.0, 0.0)


def camera_at(camera: Camera, turn: float) -> View:
    """The eased way of the camera at a share of the clip. All but pans, pushes and rises end where they
    began.
    """
    circle = 2 * np.pi * turn
    ease = turn * turn * (3 - 2 * turn)
    match camera:
        case Camera.STILL:
            return View(0, 0, 0)
        case Camera.PUSH:
            return View(0.25 * float(np.sin(circle)), 0.2, ease)
        case Camera.PULL:
            return View(0.25 * float(np.sin(circle)), 0.2, 1 - ease)
        case Camera.LEFT:
            return View(1 - 2 * ease, 0, 0)
        case Camera.RIGHT:
            return View(2 * ease - 1, 0, 0)
        case Camera.RISE:
            return View(0.2 * float(np.sin(circle)), 1 - 2 * ease, 0)
        case Camera.FALL:
            return View(0.2 * float(np.sin(circle)), 2 * ease - 1, 0)
        case _:
            return View(float(np.sin(circle)), 0.8 * float(np.cos(circle)), 0.5 - 0.5 * float(np.cos(circle)))


class Film:
    """A scene ready to be drawn. `frame(turn)` composes the picture at a share of the clip, 0 to 1."""

    def __init__(self, scene: Scene, seconds: float, *, grid: int = 2, coarse: int = 2) -> None:
        scene = submerged(scene)
        self.scene, self.seconds = scene, seconds
        self.lived = lived = (
            seconds * scene.take.tempo
        )  # the time that passes in the picture while the clip runs
        self.stage: Stage = set_up(scene, grid, coarse)
        stage = self.stage
        self.sways: dict[int, wind.Sway] = {}
        self.beyond_lands, self.near_lands = beyond, near = lands_of(scene)
        with ThreadPoolExecutor(PAINTERS if stage.width * stage.height < LARGE else 1) as pool:
            far = self.painted(
                pool, beyond, "beyond", int(stage.horizon + 3) if scene.water else stage.height
            )
            close = self.painted(pool, near, "near", stage.height)
            painters = (sky.paint_aurora, sky.paint_clouds, underwater.paint_surface)
            drifts = [pool.submit(paint, stage) for paint in painters]
            surface = pool.submit(water.paint_water, stage, lived)
            fog, finish = pool.submit(weather.paint_fog, stage), pool.submit(Finish, stage)
            self.backdrop = sky.paint_sky(stage)
            self.beyond, self.near = self.dried(far), self.dried(close)
            self.drifts = [drift for painted in drifts if (drift := painted.result())]
            self.surface, self.fog, self.finish = surface.result(), fog.result(), finish.result()
        self.ripples = water.plan_ripples(stage, lived)
        self.foam, self.rays = water.paint_foam(stage, near), weather.paint_rays(stage)
        self.rain, self.snow = weather.paint_rain(stage, lived), snow.paint_snow(stage, lived)
        # in space the sky itself has the planets, as worlds
        space = scene.setting is Setting.SPACE
        things = [thing for thing in scene.things if not (space and thing.name == "planet")]
        self.cast = Cast(stage, lived, things, beyond, near)
        self.caustics, self.shafts = underwater.paint_caustics(stage), underwater.paint_shafts(stage)
        self.bubbles = underwater.plan_bubbles(stage, lived)
        self.leaves = wind.plan_leaves(stage, lived)
        self.heaves = max(1, round(lived / 4))
        self.bolts = weather.plan_lightning(stage)
        if scene.style in (Style.PIXEL_ART, Style.NOIR):
            self.finish.styling.study(self.composed(STUDIED, Canvas.blank(stage.height, stage.width, grid)))

    def painted(
        self, pool: ThreadPoolExecutor, lands: tuple[Land, ...], where: str, bottom: int
    ) -> list[Future[tuple[Sheet, wind.Sway | None]]]:
        """Have layers painted, each only down to where the next nearer one hides it."""
        stage, floor = self.stage, bottom
        begun = []
        for i in range(len(lands) - 1, -1, -1):
            name = f"{where}{i}"
            begun.append(pool.submit(terrain.paint_land, stage, lands[i], name, floor, self.lived))
            crest, _ = terrain.ridge_of(stage, lands[i], self.scene.chance(name))
            slack = 3 * stage.sway[1] + 0.06 * stage.height * lands[i].depth + 8
            floor = min(floor, int(terrain.solid_from(crest) + slack))
        return begun[::-1]

    def dried(self, begun: list[Future[tuple[Sheet, wind.Sway | None]]]) -> list[Sheet]:
        """The painted layers, once they are done; what sways on them is noted."""
        sheets = []
        for sheet, sway in (painting.result() for painting in begun):
            if sway:
                self.sways[id(sheet)] = sway
            sheets.append(sheet)
        return sheets

    def pose(self, depth: float, view: View) -> Pose:
        """Where a layer of this depth stands for this view."""
        stage = self.stage
        zoom = 1 + 0.085 * view.push * (0.25 + depth) * (
            1.6 if self.scene.camera in (Camera.PUSH, Camera.PULL) else 0.6
        )
        side, lift = view.x * stage.sway[0] * depth, view.y * stage.sway[1] * depth
        side, lift = side + view.slip[0], lift + view.slip[1]
        centre_x, centre_y = stage.width / 2, stage.horizon
        return Pose(zoom, centre_x * (1 - zoom) - side, centre_y * (1 - zoom) - lift)

    def frame(self, turn: float, number: int = 0, into: Canvas | None = None) -> Canvas:
        """Compose one frame. `number` picks its grain; `into` is drawn over and returned when given."""
        stage = self.stage
        canvas = self.composed(turn, into or Canvas.blank(stage.height, stage.width, stage.grid))
        self.finish.apply(canvas, number, turn)
        return canvas

    def composed(self, turn: float, canvas: Canvas) -> Canvas:
        """Draw the layers of one moment over the canvas, without the finish."""
        stage, view = self.stage, camera_at(self.scene.camera, turn)
        view = replace(view, slip=self.slip(turn))
        flash, bolt = weather.flash_at(self.bolts, self.seconds, turn)
        heaven = self.heaven(turn, flash, bolt)
        line = round(self.pose(0.12, view).screen_y(stage.horizon))
        sheets = [heaven, *self.beyond]
        bottom = min(line + 2, stage.height) if self.surface else stage.height
        floors = self.floors(sheets, view, bottom)
        middle = len(sheets) // 2 + 1
        for i, (sheet, floor) in enumerate(zip(sheets, floors, strict=True)):
            lay(canvas, sheet, self.pose(sheet.depth, view), floor, bend=self.bend(sheet, turn))
            self.cast.enter(canvas, i, turn, lambda depth: self.pose(depth, view))
            if i == middle and not self.surface:
                self.veil(canvas, turn, view)
        if self.surface:
            water.flood(canvas, self.surface, line, stage.height, turn)
            if self.ripples is not None:
                water.ripple(canvas, line, self.ripples, turn)
            self.cast.enter(canvas, WATER, turn, lambda depth: self.pose(depth, view))
            self.veil(canvas, turn, view)
        if self.foam:
            wash = 0.012 * stage.unit * float(np.sin(4 * np.pi * turn))
            pose = self.pose(self.foam.depth, view)
            lay(canvas, self.foam, Pose(pose.zoom, pose.x, pose.y + wash), stage.height)
        self.foreground(canvas, turn, view)
        if self.scene.has(Weather.FOG):
            self.veil(canvas, turn + 0.25, view, 0.3 if self.scene.setting is Setting.FOREST else 0.45)
        for drift, depth in ((self.caustics, 0.7), (self.shafts, 0.3)):
            self.drift(canvas, drift, depth, turn, view)
        if self.bubbles:
            underwater.rise(canvas, self.bubbles, turn)
        if self.leaves:
            wind.carry(canvas, self.leaves, turn)
        if self.rays:
            lay(canvas, self.rays, self.pose(0.1, view), stage.height)
        if self.rain:
            weather.rain_on(canvas, self.rain, turn)
        if self.snow:
            snow.snow_on(canvas, self.snow, turn)
        if flash > 0.02:
            cv2.convertScaleAbs(canvas.luma, dst=canvas.luma, alpha=1 + 0.35 * flash)
        return canvas

    def slip(self, turn: float) -> tuple[float, float]:
        """How far, in pixels, the gate of an old camera and the hand that holds it move the picture now."""
        x, y = self.finish.styling.weave(turn)
        if not self.scene.take.handheld:
            return x, y
        beat, reach = max(1, round(0.45 * self.seconds)), SHAKE * self.stage.unit / 2.1
        circle = 2 * np.pi * turn
        waves = [
            sum(
                np.sin(beat * k * circle + p) * a
                for k, p, a in ((1, first, 1), (2, 1.3, 0.6), (5, first, 0.25))
            )
            for first in (0.4, 2.1)
        ]
        return x + reach * float(waves[0]), y + reach * float(waves[1])

    def foreground(self, canvas: Canvas, turn: float, view: View) -> None:
        """What lies on this side of the water; waves heave, each a little later than the one behind."""
        swell = 0.011 * self.stage.unit * (1.7 if self.scene.has(Weather.STORM) else 1.0)
        heaving = self.scene.setting is Setting.OCEAN
        for i, sheet in enumerate(self.near):
            angle = 2 * np.pi * (self.heaves * turn + 0.31 * i)
            dx, dy = (
                (2.2 * swell * float(np.cos(angle)), swell * float(np.sin(angle))) if heaving else (0.0, 0.0)
            )
            pose = self.pose(sheet.depth, view)
            at = Pose(pose.zoom, pose.x + dx, pose.y + dy)
            lay(canvas, sheet, at, self.stage.height, bend=self.bend(sheet, turn))
            self.cast.enter(canvas, WATER + 1 + i, turn, lambda depth: self.pose(depth, view))

    def bend(self, sheet: Sheet, turn: float) -> Bend | None:
        """How what grows on a layer stands in the wind now."""
        sway = self.sways.get(id(sheet))
        return (lambda rows, columns: sway.bend(rows, columns, turn)) if sway else None

    def floors(self, sheets: list[Sheet], view: View, bottom: int) -> list[int]:
        """For each sheet, the row below which nearer ones hide it."""
        floors, floor = [], bottom
        for sheet in reversed(sheets):
            floors.append(floor)
            floor = min(floor, int(self.pose(sheet.depth, view).screen_y(sheet.solid)) + 3)
        return floors[::-1]

    def veil(self, canvas: Canvas, turn: float, view: View, strength: float = 1.0) -> None:
        """Fog banks between the layers."""
        self.drift(canvas, self.fog, 0.4, turn, view, strength)

    def drift(
        self,
        canvas: Canvas,
        drift: sky.Drift | None,
        depth: float,
        turn: float,
        view: View,
        strength: float = 1.0,
    ) -> None:
        """Lay both veils of what drifts at a depth."""
        if drift:
            lay(canvas, joined(drift, turn, strength), self.pose(depth, view), self.stage.height)

    def heaven(self, turn: float, flash: float, bolt: weather.Bolt | None) -> Sheet:
        """The sky now: the backdrop with its clouds drifted and cross-faded, as one coarse sheet."""
        back = self.backdrop
        if not self.drifts and not flash:
            return back
        luma, chroma = back.luma.copy(), cast(Plane, cv2.merge(list(back.tint[:2])))
        for drift in self.drifts:
            for sheet, share, shift in faded(drift, turn):
                blow(luma, chroma, sheet, drift.pace, share, shift / self.stage.coarse)
        if flash > 0.02:
            cv2.convertScaleAbs(luma, dst=luma, alpha=1 + 0.42 * flash, beta=22 * flash)
        if bolt:
            thick = max(1, round(0.0013 * self.stage.unit / self.stage.coarse))
            cv2.polylines(luma, list(bolt.branches[1:]), False, (225,), thick, cv2.LINE_AA)
            cv2.polylines(luma, [bolt.branches[0]], False, (245,), round(1.6 * thick), cv2.LINE_AA)
        blue, red = (cast(Plane, plane) for plane in cv2.split(chroma))
        return replace(back, luma=luma, tint=(blue, red, back.tint[2]))

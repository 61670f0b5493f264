"""The cast: all actors of a scene, ready to be drawn between the layers of a film."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from soho.diorama.canvas import Canvas, Pose
from soho.diorama.scene import Thing, Weather
from soho.diorama.settings import Land
from soho.diorama.stage import Stage
from soho.diorama.things.actor import SUNKEN, Actor, Stand
from soho.diorama.things.catalogue import FIGURES
from soho.diorama.things.figure import Figure, Home, Manner
from soho.diorama.things.ground import floors_of
from soho.diorama.things.layout import Box, Seat, seats_of
from soho.diorama.things.pen import Pen
from soho.diorama.things.sprite import Look, Poses, Sprite, cut_out, placed, stamp, upright

PoseOf = Callable[[float], Pose]
TOGETHER = {Manner.DRIFT, Manner.HOVER, Manner.CIRCLE}  # neighbours that keep their distance
MIRRORED = 0.34  # how much of a thing its reflection shows
ROOTED = {Manner.STAND, Manner.SWAY, Manner.BURST, Manner.RISE, Manner.FALL}
STRAIGHT = 12.0  # degrees up to which nobody sees that a glow does not tilt with its lamp
CLEAR = 0.42  # the opacity of a rainbow
BREACHED = 0.26  # of a thing's height: how far it has come out when it stands highest


class Cast:
    """The things of a scene as actors. Things without a drawing are left out."""

    def __init__(
        self,
        stage: Stage,
        seconds: float,
        things: Sequence[Thing],
        beyond: tuple[Land, ...],
        near: tuple[Land, ...],
    ) -> None:
        self.stage, self.seconds = stage, seconds
        self.foam: dict[int, Sprite] = {}
        self.spray: dict[int, Sprite] = {}
        known = [(thing, FIGURES[thing.name]) for thing in things if thing.name in FIGURES]
        if not known:
            self.orders: dict[int, list[Actor]] = {}
            return
        drawings = [[pen_of(figure, i / figure.poses) for i in range(figure.poses)] for _, figure in known]
        boxes = [frame_of(pens) for pens in drawings]
        listed = [(thing, figure, box) for (thing, figure), box in zip(known, boxes, strict=True)]
        seats = seats_of(stage, listed, floors_of(stage, beyond, near))
        self.orders = {}
        at = 0
        for (thing, figure), pens in zip(known, drawings, strict=True):
            own = seats[at : at + thing.count]
            at += thing.count
            for actor in self.actors(thing, figure, pens, own):
                self.orders.setdefault(actor.order, []).append(actor)
        for actors in self.orders.values():
            actors.sort(key=lambda a: (a.depth, a.y))

    def actors(self, thing: Thing, figure: Figure, pens: list[Pen], seats: list[Seat]) -> list[Actor]:
        """The instances of one thing; those of one colour share their sprites, cut for the largest."""
        pixels = max(seat.pixels for seat in seats)
        zone = seats[0].zone
        near, grounded = air_depth(zone.kind, zone.depth), zone.kind is Home.GROUND
        cuts = [Poses(pens, pixels, Look(self.stage, ink, near, grounded)) for ink in inks_of(thing, figure)]
        chance = self.stage.scene.chance(f"actors {thing.name}")
        flock, shared = 1.0 if chance.random() < 0.5 else -1.0, float(chance.random())
        spread = 0.12 if figure.manner in TOGETHER else 1.0
        wind = 2.6 if self.stage.scene.has(Weather.WIND, Weather.STORM) else 1.0
        glare = overhang(pens)
        made = []
        for seat in seats:
            poses = cuts[seat.index % len(cuts)]
            own = 1.0 if chance.random() < 0.5 else -1.0
            face = 1.0 if figure.manner in ROOTED else own if figure.manner is Manner.WALK else flock
            depth = seat.zone.depth
            made.append(Actor(
                figure, poses, seat.pixels / pixels, seat.x, seat.y, seat.pixels, seat.box, depth,
                seat.zone.order, face, (shared + spread * float(chance.random())) % 1, figure.manner,
                thing.motion, thing.speed,
                0.6 * self.stage.horizon if figure.manner is Manner.RISE else seat.room,
                (self.stage.width, self.stage.height),
                1.2 * self.stage.sway[0] * depth + 6 + glare * seat.pixels, self.seconds,
                seat.zone.floor.crest if seat.zone.floor else None, seat.zone.kind is Home.WATER, wind,
            ))  # fmt: skip
        return made

    def enter(self, canvas: Canvas, order: int, turn: float, pose_of: PoseOf) -> None:
        """Draw the actors that stand right after a layer: 0 the sky, 1 and on the lands beyond, `WATER` the
        water, `WATER` + 1 and on the lands this side of it.
        """
        for actor in self.orders.get(order, ()):
            self.draw(canvas, actor, actor.stand(turn), pose_of(actor.depth), turn)

    def draw(self, canvas: Canvas, actor: Actor, stand: Stand, pose: Pose, turn: float) -> None:
        """Draw one actor with its reflection, lights and foam."""
        x, y = pose.zoom * stand.x + pose.x, pose.zoom * stand.y + pose.y
        zoom = pose.zoom
        share = stand.share * (CLEAR if actor.figure.home is Home.ARCH else 1.0)
        sprite, light = actor.poses[stand.pose]
        floor = pose.zoom * stand.floor + pose.y
        if actor.afloat and actor.manner not in SUNKEN:
            ripple = 0.05 * actor.wave(turn, 4)
            mirror = placed(x, y + 1, zoom * stand.wide, -0.82 * zoom * stand.high, -stand.angle, ripple)
            stamp(canvas, sprite, mirror, MIRRORED * share, soft=True)
        at = placed(x, y, zoom * stand.wide, zoom * stand.high, stand.angle, stand.lean)
        if light:
            tilted = abs(stand.angle) + abs(stand.lean) * 57 > STRAIGHT
            stamp(canvas, light, at if tilted else upright(light, at), share, floor)
        stamp(canvas, sprite, at, share, floor)
        if floor < 1e8 and share > 0:
            wide = zoom * actor.scale * min(1.0, 0.75 + 0.1 * actor.wave(turn, 3))
            stamp(canvas, self.foam_of(actor), placed(x, floor, wide, zoom * actor.scale), 0.55)
        if actor.afloat and actor.manner is Manner.BREACH:
            out = min(1.0, max(0.0, (floor - y) / (BREACHED * zoom * actor.height())))
            high = zoom * actor.scale * (0.3 + 0.7 * out)
            stamp(canvas, self.spray_of(actor), placed(x, floor, zoom * actor.scale, high), 0.85 * out)

    def foam_of(self, actor: Actor) -> Sprite:
        """A line of foam as wide as an actor, where it breaks the water."""
        key = round(actor.pixels / actor.scale)
        if key not in self.foam:
            pen = Pen()
            half = 0.42 * (actor.box[2] - actor.box[0])
            for i in range(9):
                t = -1 + i / 4
                pen.oval(
                    half * t, 0.012 * (i % 2), 0.16 * half * (1.3 - t * t), 0.035 * (1.4 - t * t), "#f2f8fb"
                )
            self.foam[key] = cut_out(pen, actor.pixels / actor.scale, Look(self.stage, "#f2f8fb", 0.8, False))
        return self.foam[key]

    def spray_of(self, actor: Actor) -> Sprite:
        """The water that an actor throws up on both sides as it heaves itself out."""
        key = round(actor.pixels / actor.scale)
        if key not in self.spray:
            pen, chance = Pen(), self.stage.scene.chance("spray")
            half = 0.40 * (actor.box[2] - actor.box[0])
            for tone, tall in ((-0.10, 1.0), (0.06, 0.62)):
                crest = [(-0.80 * half, -0.05 * half)]
                for i in range(23):
                    at = -0.78 + 1.56 * i / 22
                    reach = tall * (0.12 + 0.34 * abs(np.sin(2.1 * at))) * float(chance.uniform(0.5, 1.1))
                    crest.append((half * at * (1 + 0.25 * reach), half * reach * (i % 2 or 0.3)))
                pen.blob([*crest, (0.80 * half, -0.05 * half)], "#f2f8fb", tone)
            for _ in range(18):
                x, y = float(chance.normal(0, 0.45)) * half, float(chance.uniform(0.15, 0.75)) * half
                drop = half * float(chance.uniform(0.006, 0.018))
                pen.oval(x, y, drop, 1.4 * drop, "#f2f8fb")
            self.spray[key] = cut_out(
                pen, actor.pixels / actor.scale, Look(self.stage, "#f2f8fb", 0.8, False)
            )
        return self.spray[key]


def inks_of(thing: Thing, figure: Figure) -> tuple[str, ...]:
    """The main colours of a thing's instances, in turn."""
    if thing.colour:
        red, green, blue = thing.colour
        return (f"#{red:02x}{green:02x}{blue:02x}",)
    return (figure.colour, *figure.others)[: thing.count]


def pen_of(figure: Figure, phase: float) -> Pen:
    """One pose of a figure."""
    pen = Pen()
    figure.draw(pen, phase)
    return pen


def frame_of(pens: list[Pen]) -> Box:
    """The box that holds all poses of a figure."""
    boxes = [pen.bounds() for pen in pens]
    return (
        min(b[0] for b in boxes),
        min(b[1] for b in boxes),
        max(b[2] for b in boxes),
        max(b[3] for b in boxes),
    )


def overhang(pens: list[Pen]) -> float:
    """How far the lights of a figure reach sideways beyond its shapes, in units."""
    left, _, right, _ = frame_of(pens)
    lit = [abs(g.x) + g.reach for pen in pens for g in pen.glows]
    return max(0.0, max(lit, default=0.0) - max(-left, right))


def air_depth(kind: Home, depth: float) -> float:
    """How near a thing counts for the air in front of it: the sky's are clearer than the land's."""
    return (
        0.5 + 0.5 * depth
        if kind in (Home.SKY, Home.HEAVEN, Home.ARCH, Home.DEEP, Home.LOW)
        else max(0.34, depth)
    )

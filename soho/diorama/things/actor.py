"""Actors: one instance of a thing with its place on the stage, and where it is at each moment."""

from __future__ import annotations

from dataclasses import dataclass
from math import asin, cos, inf, pi, sin, tanh

from soho.diorama.raster import Field
from soho.diorama.scene import Motion
from soho.diorama.things.figure import Figure, Manner
from soho.diorama.things.sprite import Poses

STILL_MOMENT = 0.30  # the share of the clip at which every actor is in the picture, for stills show it


@dataclass(frozen=True, slots=True)
class Line:
    """The ground's crest: its frame row at each column, from column `-side` on."""

    rows: Field
    side: int

    def at(self, x: float) -> float:
        """The row at a frame column."""
        return float(self.rows[min(len(self.rows) - 1, max(0, round(x) + self.side))])


@dataclass(frozen=True, slots=True)
class Stand:
    """Where an actor is at a moment, in the pixels of its layer: origin, stretch, turn and lean,
    which pose it
    shows, at which share of its opacity, and the row below which water hides it.
    """

    x: float
    y: float
    wide: float
    high: float
    angle: float
    lean: float
    pose: int
    share: float = 1.0
    floor: float = inf


@dataclass(slots=True)
class Actor:
    """One instance of a thing.

    (`x`, `y`) is its place at the still moment, `pixels` the length of one drawing unit, `box` its left,
    bottom, right and top in units, `face` 1 to the right or -1, `phase` a number of its own in 0..1,
    `room` how
    far it may wander each way, `reach` the frame's width and height with what the camera may show beside it.
    """

    figure: Figure
    poses: Poses
    scale: float
    x: float
    y: float
    pixels: float
    box: tuple[float, float, float, float]
    depth: float
    order: int
    face: float
    phase: float
    manner: Manner
    motion: Motion
    speed: float
    room: float
    frame: tuple[float, float]
    margin: float
    seconds: float
    ground: Line | None = None
    afloat: bool = False
    wind: float = 1.0

    def stand(self, turn: float) -> Stand:
        """Where the actor is at a share of the clip; the same at 0 and 1."""
        beats = self.figure.beats * self.seconds * min(2.0, max(0.5, self.speed))
        cycle = (7 * self.phase + turn * max(1, round(beats))) % 1
        pose = int(cycle * len(self.poses)) % len(self.poses)
        match self.motion:
            case Motion.STILL:
                return self.base(
                    pose if self.manner in (Manner.STAND, Manner.SWAY) else int(0.1 * len(self.poses))
                )
            case Motion.LEFT | Motion.RIGHT:
                return self.across(turn, pose, 1 if self.motion is Motion.RIGHT else -1)
            case Motion.UP | Motion.DOWN:
                return self.along(turn, pose, 1 if self.motion is Motion.UP else -1)
            case Motion.SPIN:
                return self.spun(turn, pose)
        return MOVES[self.manner](self, turn, pose)

    def base(self, pose: int, **change: float) -> Stand:
        """The actor at rest with some of it changed: dx, dy and lean, angle, wide, share, floor."""
        floor = self.y if self.afloat and self.manner in SUNKEN else inf
        x, y = self.x + change.get("dx", 0.0), self.y + change.get("dy", 0.0)
        wide = self.face * self.scale * change.get("wide", 1.0)
        return Stand(x, y, wide, self.scale, change.get("angle", 0.0), change.get("lean", 0.0), pose,
                     change.get("share", 1.0), change.get("floor", floor))  # fmt: skip

    def swing(self, turn: float, times: int = 1, shift: float = 0.0) -> float:
        """A wave that is 0 at the still moment, so that its seat is where a still shows the actor."""
        return 0.6 * (self.wave(turn, times, shift) - self.wave(STILL_MOMENT, times, shift))

    def wave(self, turn: float, times: int = 1, shift: float = 0.0) -> float:
        """A sine of the clip with the actor's own phase."""
        return sin(2 * pi * (times * turn + self.phase + shift))

    def height(self) -> float:
        """Pixels from the drawing's lowest point to its highest."""
        return (self.box[3] - self.box[1]) * self.pixels

    def across(self, turn: float, pose: int, way: float, slope: float = 0.0) -> Stand:
        """Through the frame from side to side, whole times a clip, coming back in where it left."""
        half = max(-self.box[0], self.box[2]) * self.pixels + self.margin
        span = self.frame[0] + 2 * half
        laps = max(1, round(self.speed)) if self.speed >= 1 else 1
        moved = self.x + way * (turn - STILL_MOMENT) * laps * span
        x = (moved + half) % span - half
        y = self.y + slope * (x - self.x)
        if self.ground:
            y += self.ground.at(x) - self.ground.at(self.x)
        bob = 0.02 * self.height() * self.wave(turn, 6) if self.afloat else 0.0
        return Stand(x, y + bob, way * self.scale, self.scale, 0.0, 0.0, pose, 1.0, self.base(pose).floor)

    def along(self, turn: float, pose: int, way: float) -> Stand:
        """Up or down through the sky above its place, fading in and out where the way begins and ends."""
        start = 0.32 + 0.36 * self.phase
        p = (start + (turn - STILL_MOMENT) * max(1, round(self.speed))) % 1
        y = self.y + way * (start - p) * 0.75 * self.room
        share = min(1.0, p / 0.14, (1 - p) / 0.14)
        return self.base(pose, dx=0.02 * self.room * self.wave(turn), dy=y - self.y, share=share,
                         angle=2 * self.wave(turn, 1, 0.25))  # fmt: skip

    def spun(self, turn: float, pose: int) -> Stand:
        """Turning about its own middle."""
        angle = 360 * (turn - STILL_MOMENT) * max(1, round(self.speed * self.seconds / 4))
        middle = (self.box[1] + self.box[3]) / 2 * self.pixels
        a = angle * pi / 180
        return self.base(pose, dx=middle * sin(a), dy=-middle * (1 - cos(a)), angle=angle)

    def there_and_back(
        self, turn: float, pose: int, far: float, bob: float = 0.0, angle: float = 0.0
    ) -> Stand:
        """Out and back at an even pace, turned like a card at either end."""
        u = 2 * pi * (turn - STILL_MOMENT) + 1.2 * (self.phase - 0.5)
        dx = self.face * far * (asin(0.98 * sin(u)) / asin(0.98))
        facing = tanh(7 * cos(u))
        facing = facing if abs(facing) > 0.22 else 0.22
        y = (self.ground.at(self.x + dx) - self.ground.at(self.x)) if self.ground else 0.0
        return self.base(pose, dx=dx, dy=y + bob, wide=facing, angle=angle * self.face)


def standing(actor: Actor, turn: float, pose: int) -> Stand:
    """Still, but for its poses."""
    return actor.base(pose)


def swaying(actor: Actor, turn: float, pose: int) -> Stand:
    """Rooted, leaning in the wind."""
    gust = actor.wave(turn, 2) + 0.4 * actor.wave(turn, 5, 0.3)
    return actor.base(pose, lean=0.022 * actor.wind * gust + 0.03 * (actor.wind - 1))


def pacing(actor: Actor, turn: float, pose: int) -> Stand:
    """Walking about: as far as its steps carry it in half a clip."""
    stride = 0.75 * (actor.box[3] - actor.box[1]) * actor.pixels * 0.8
    far = min(
        actor.room, 0.25 * stride * actor.figure.beats * actor.seconds * min(2.0, max(0.5, actor.speed))
    )
    return actor.there_and_back(turn, pose, far)


def driving(actor: Actor, turn: float, pose: int) -> Stand:
    """Along the ground and through the frame."""
    return actor.across(turn, pose, actor.face)


def circling(actor: Actor, turn: float, pose: int) -> Stand:
    """Round and round, turned like a card where it changes direction."""
    u = 2 * pi * (turn * max(1, round(actor.speed)) - STILL_MOMENT) + 1.6 * (actor.phase - 0.5)
    far = actor.room * min(1.3, max(0.5, actor.speed))
    facing = tanh(9 * cos(u))
    facing = facing if abs(facing) > 0.3 else 0.3
    near = 1 + 0.10 * cos(u + 0.8)
    return actor.base(pose, dx=actor.face * far * sin(u),
    dy=0.22 * far * sin(2 * u) - 0.02 * actor.height() * actor.wave(turn, 6),
                       wide=facing * near, angle=actor.face * -9 * cos(2 * u) * cos(u))  # fmt: skip


def flying(actor: Actor, turn: float, pose: int) -> Stand:
    """Through the sky on a gentle climb."""
    way = actor.face
    stand = actor.across(turn, pose, way, -0.07 * way)
    return Stand(stand.x, stand.y, stand.wide, stand.high, 4 * way, 0, pose)


def drifting(actor: Actor, turn: float, pose: int) -> Stand:
    """Slowly about its place, as balloons do."""
    far = actor.room * min(1.6, max(0.4, actor.speed))
    return actor.base(pose, dx=0.55 * far * actor.swing(turn), dy=0.035 * actor.frame[1] * actor.swing(turn,
    1, 0.31) * actor.speed,
                      angle=2.2 * actor.wave(turn, 2, 0.2))  # fmt: skip


def rising(actor: Actor, turn: float, pose: int) -> Stand:
    """Up and away; a rocket faster and faster."""
    return actor.along(turn, pose, 1)


def bobbing(actor: Actor, turn: float, pose: int) -> Stand:
    """On the swell: up and down, tilting."""
    h = actor.height()
    return actor.base(pose, dx=0.2 * actor.room * actor.swing(turn), dy=0.035 * h * actor.swing(turn, 3),
                      angle=2.6 * actor.wave(turn, 3, 0.2))  # fmt: skip


def sailing(actor: Actor, turn: float, pose: int) -> Stand:
    """Under way, there and back, on the swell."""
    far = min(actor.room, 0.09 * actor.frame[0]) * min(2.0, max(0.4, actor.speed))
    return actor.there_and_back(
        turn, pose, far, 0.025 * actor.height() * actor.wave(turn, 3), 2.2 * actor.wave(turn, 3, 0.2)
    )


def swimming(actor: Actor, turn: float, pose: int) -> Stand:
    """There and back through the water."""
    far = min(actor.room, 0.14 * actor.frame[0]) * min(2.0, max(0.4, actor.speed))
    if not actor.afloat:
        return actor.there_and_back(
            turn, pose, far, 0.02 * actor.frame[1] * actor.wave(turn, 2), 4 * actor.wave(turn, 2, 0.2)
        )
    return actor.there_and_back(
        turn, pose, far, (0.05 * actor.wave(turn, 3) - 0.02) * actor.height(), 2 * actor.wave(turn, 3, 0.2)
    )


def leaping(actor: Actor, turn: float, pose: int) -> Stand:
    """Out of the water in an arc and back in, with a rest below."""
    if not actor.afloat:
        return swimming(actor, turn, pose)
    times = max(1, round(actor.seconds / 2.4 * actor.speed))
    q = (((turn - STILL_MOMENT) * times + 0.40 + 0.25 * actor.phase) % 1) / 0.86
    high = 1.7 * actor.height()
    long = 2.2 * (actor.box[2] - actor.box[0]) * actor.pixels
    deep = 0.75 * actor.height()
    if q > 1:
        return actor.base(pose, share=0.0)
    slope = (1 - 2 * q) * 4 * high / long
    angle = 52 * tanh(slope)
    return actor.base(
        pose,
        dx=actor.face * long * (q - 0.5),
        dy=deep - (high + deep) * 4 * q * (1 - q),
        angle=actor.face * angle,
    )


def breaching(actor: Actor, turn: float, pose: int) -> Stand:
    """Rolling at the surface and heaving itself out, its back never wholly gone."""
    if not actor.afloat:
        return swimming(actor, turn, pose)
    times = max(1, round(actor.seconds / 5 * actor.speed))
    up = cos(pi * ((turn - STILL_MOMENT) * times + 0.12 * (actor.phase - 0.5))) ** 2
    h = actor.height()
    return actor.base(pose, dx=actor.face * 0.10 * h * sin(2 * pi * turn), dy=h * (0.14 - 0.40 * up**1.5),
                      angle=actor.face * (2 + 30 * up**1.5))  # fmt: skip


def fluttering(actor: Actor, turn: float, pose: int) -> Stand:
    """To and fro on no straight way."""
    far = min(actor.room, 0.10 * actor.frame[0]) * min(1.6, max(0.5, actor.speed))
    dx = far * (0.7 * actor.swing(turn) + 0.3 * actor.swing(turn, 3, 0.2))
    dy = far * (0.35 * actor.swing(turn, 2, 0.4) + 0.25 * actor.swing(turn, 5))
    return actor.base(pose, dx=dx, dy=dy, angle=9 * actor.wave(turn, 3, 0.1))


def hovering(actor: Actor, turn: float, pose: int) -> Stand:
    """About its place, tilting into each move."""
    far = min(actor.room, 0.09 * actor.frame[0]) * min(2.0, max(0.4, actor.speed))
    return actor.base(pose, dx=far * actor.swing(turn), dy=0.25 * far * actor.swing(turn, 2, 0.15),
                      angle=-6 * actor.wave(turn, 1, 0.25))  # fmt: skip


def bursting(actor: Actor, turn: float, pose: int) -> Stand:
    """Opening again and again; at the still moment all are open."""
    times = max(1, round(actor.figure.beats * actor.seconds * min(2.0, max(0.5, actor.speed))))
    cycle = (0.40 + 0.22 * actor.phase + (turn - STILL_MOMENT) * times) % 1
    return actor.base(int(cycle * len(actor.poses)))


def falling(actor: Actor, turn: float, pose: int) -> Stand:
    """Down across the sky, along its own tail."""
    return actor.across(turn, pose, 1, 0.42)


SUNKEN = {Manner.SWIM, Manner.LEAP, Manner.BREACH}

MOVES = {
    Manner.STAND: standing,
    Manner.SWAY: swaying,
    Manner.WALK: pacing,
    Manner.DRIVE: driving,
    Manner.CIRCLE: circling,
    Manner.FLY: flying,
    Manner.DRIFT: drifting,
    Manner.RISE: rising,
    Manner.BOB: bobbing,
    Manner.SAIL: sailing,
    Manner.SWIM: swimming,
    Manner.LEAP: leaping,
    Manner.BREACH: breaching,
    Manner.FLUTTER: fluttering,
    Manner.HOVER: hovering,
    Manner.BURST: bursting,
    Manner.FALL: falling,
}

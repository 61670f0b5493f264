"""Layout: which layer each thing belongs to in this scene, how large it is there, and where it stands beside
the others.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from soho.diorama.scene import Place, Setting, Thing
from soho.diorama.stage import Stage
from soho.diorama.things.figure import Figure, Home, Manner
from soho.diorama.things.ground import WATER, Floor, floor_for

DEPTH = {
    Place.SKY: 0.50,
    Place.HORIZON: 0.22,
    Place.FAR: 0.36,
    Place.NEAR: 0.66,
    Place.FOREGROUND: 0.95,
    Place.WATER: 0.60,
    Place.UNDERWATER: 0.60,
}
Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Zone:
    """A part of the picture that shares its room: a kind of place at a depth, drawn after layer `order`."""

    kind: Home
    depth: float
    order: int
    floor: Floor | None = None


@dataclass(slots=True)
class Seat:
    """One instance with its place at the still moment and the length of its drawing unit, in pixels."""

    thing: Thing
    figure: Figure
    box: Box
    zone: Zone
    pixels: float
    index: int
    x: float = 0.0
    y: float = 0.0
    room: float = 0.0

    def wide(self) -> float:
        """Its width in pixels."""
        return (self.box[2] - self.box[0]) * self.pixels

    def high(self) -> float:
        """Its height in pixels."""
        return (self.box[3] - self.box[1]) * self.pixels


def zone_of(stage: Stage, thing: Thing, figure: Figure, floors: list[Floor], tall: float) -> Zone:
    """Where a thing goes. What lacks its element takes the next best: boats without water stand on land, land
    animals at sea stand on an islet, fish without water swim through the air.
    """
    scene, depth = stage.scene, DEPTH[thing.place]
    last = sum(1 for f in floors if f.order < WATER)
    sunk = scene.setting.value == "underwater"
    if figure.home is Home.ARCH:
        return Zone(Home.ARCH, 0.06, 0)
    if figure.home is Home.HEAVEN and thing.place in (Place.SKY, Place.HORIZON, Place.FAR):
        return Zone(Home.HEAVEN, 0.06, 0)
    if figure.home is Home.LOW and thing.place is not Place.SKY:
        return Zone(Home.LOW, depth, max((f.order for f in floors), default=0))
    if sunk and figure.home in (Home.DEEP, Home.SKY):
        return Zone(Home.DEEP, depth, last)
    aloft = figure.home in (Home.SKY, Home.HEAVEN, Home.LOW) or thing.place is Place.SKY
    if aloft and thing.place not in (Place.WATER, Place.UNDERWATER):
        flocks = scene.water is not None and figure.manner in (Manner.CIRCLE, Manner.FLUTTER)
        return Zone(Home.SKY, depth, WATER if flocks else last)
    wet = scene.water is not None and not sunk
    if wet and (figure.home in (Home.WATER, Home.DEEP) or thing.place in (Place.WATER, Place.UNDERWATER)):
        return water_zone(stage, thing, floors)
    if figure.home in (Home.DEEP, Home.SKY, Home.HEAVEN, Home.LOW):
        return Zone(Home.SKY, depth, last)
    floor = floor_for(floors, depth, tall)
    if floor is None:
        return water_zone(stage, thing, floors) if wet else Zone(Home.SKY, depth, last)
    return Zone(Home.GROUND, floor.land.depth, floor.order, floor)


def water_zone(stage: Stage, thing: Thing, floors: list[Floor]) -> Zone:
    """A stretch of water: far, middle or near, as the place asks."""
    share = {Place.HORIZON: 0.0, Place.FAR: 0.14, Place.FOREGROUND: 0.85}.get(thing.place, 0.45)
    return Zone(Home.WATER, 0.15 + 0.75 * share, WATER)


def size_at(depth: float) -> float:
    """How large things look at a depth, 1 at middle distance."""
    return 0.42 + 0.90 * depth


def seats_of(stage: Stage, things: Sequence[tuple[Thing, Figure, Box]], floors: list[Floor]) -> list[Seat]:
    """Seat every instance of every thing."""
    seats: list[Seat] = []
    for thing, figure, box in things:
        tall = figure.tall * stage.unit * thing.size
        zone = zone_of(stage, thing, figure, floors, tall * (box[3] - box[1]))
        pixels = tall * (1.0 if zone.kind in (Home.HEAVEN, Home.ARCH) else size_at(zone.depth))
        fit = min(
            1.0,
            0.60 * stage.height / (pixels * (box[3] - box[1])),
            0.92 * stage.width / (pixels * (box[2] - box[0])),
        )
        seats += [Seat(thing, figure, box, zone, pixels * fit, i) for i in range(thing.count)]
    zones: dict[tuple[Home, int, float], list[Seat]] = {}
    for seat in seats:
        zones.setdefault((seat.zone.kind, seat.zone.order, seat.zone.depth), []).append(seat)
    for (kind, order, _), together in zones.items():
        chance = stage.scene.chance(f"things {kind.value} {order}")
        if kind is Home.ARCH:
            vault(stage, together)
        elif kind in (Home.SKY, Home.DEEP, Home.HEAVEN, Home.LOW):
            hang(stage, together, chance)
        else:
            line_up(stage, together, chance)
    return seats


def spread(stage: Stage, row: list[Seat], chance: np.random.Generator, between: float = 1.26) -> None:
    """Place a row from side to side without overlap, shrinking it where it is too long."""
    edge = min(0.16 * stage.width, 0.03 * stage.width + 0.9 * stage.sway[0] * row[0].zone.depth)
    usable = stage.width - 2 * edge
    total = sum(between * s.wide() for s in row)
    if total > usable:
        for seat in row:
            seat.pixels *= usable / total
        total = usable
    gaps = 0.6 + chance.random(len(row) + 1)
    if len(row) == 1:
        third = 0.62 if stage.sun[0] < stage.width / 2 else 0.38
        gaps = np.array([third, 1 - third]) + chance.uniform(-0.08, 0.08) * np.array([1, -1])
    gaps *= (usable - total) / gaps.sum()
    x = edge
    for seat, gap in zip(row, gaps, strict=False):
        own = between * seat.wide()
        x += gap
        seat.x = x + own / 2 - (seat.box[0] + seat.box[2]) / 2 * seat.pixels
        free = min(x, stage.width - x - own) - 0.3 * edge
        wish = max(0.25 * seat.wide(), 0.10 * stage.width, (usable - total) / (len(row) + 1))
        seat.room = max(0.03 * stage.width, min(wish, free))
        x += own


def hang(stage: Stage, seats: list[Seat], chance: np.random.Generator) -> None:
    """Place things in the sky, in as many rows as they need, never below the horizon."""
    kind = seats[0].zone.kind
    floor = stage.horizon - 0.05 * stage.unit if kind in (Home.SKY, Home.HEAVEN) else 0.86 * stage.height
    if kind is Home.SKY and stage.scene.setting in (Setting.MOUNTAINS, Setting.FOREST, Setting.CITY):
        floor -= 0.10 * stage.unit
    ceiling = 0.92 * stage.horizon if kind is Home.LOW else 0.07 * stage.height
    total, tallest = sum(1.25 * s.wide() for s in seats), max(s.high() for s in seats)
    rows = max(
        1,
        min(
            len(seats),
            int(np.ceil(total / (0.80 * stage.width))),
            int((floor - ceiling) / (1.15 * tallest)) or 1,
        ),
    )
    if 2 < len(seats) <= 4 * rows and rows == 1 and tallest < 0.25 * (floor - ceiling):
        rows = 2
    order = chance.permutation(len(seats))
    slot = (floor - ceiling) / rows
    for r in range(rows):
        row = [seats[i] for i in order[r::rows]]
        spread(stage, row, chance, 1.30)
        for seat in row:
            shrink = min(1.0, 0.9 * slot / seat.high())
            seat.pixels *= shrink
            free = max(0.0, slot - seat.high())
            favour = 0.42 if rows == 1 else 0.5
            top = ceiling + r * slot + free * float(np.clip(favour + chance.uniform(-0.40, 0.40), 0, 1))
            seat.y = top + seat.box[3] * seat.pixels


def vault(stage: Stage, seats: list[Seat]) -> None:
    """Stand arches on the horizon away from the sun, one inside the other."""
    side = 0.68 if stage.sun[0] < stage.width / 2 else 0.32
    for i, seat in enumerate(seats):
        seat.pixels *= 1 - 0.07 * i
        seat.x, seat.y = side * stage.width, stage.horizon + 0.02 * stage.unit


def line_up(stage: Stage, seats: list[Seat], chance: np.random.Generator) -> None:
    """Place things on the ground or the water: trees behind,
    all else before them; large herds in two rows."""
    trees = [s for s in seats if s.figure.manner is Manner.SWAY and s.figure.tall > 0.1]
    others = [s for s in seats if s not in trees]
    herd = all(seat.figure.manner is Manner.WALK for seat in others)
    crowded = sum(1.26 * s.wide() for s in others) > 0.80 * stage.width and len(others) > 3
    ranks = [others[0::2], others[1::2]] if herd and crowded else [others]
    rows = [row for row in (trees, *ranks) if row]
    for r, row in enumerate(rows):
        if len(ranks) == 2 and row is ranks[0]:
            for seat in row:
                seat.pixels *= 0.86
        shuffled = [row[i] for i in chance.permutation(len(row))]
        spread(stage, shuffled, chance)
        for seat in shuffled:
            seat.y = footing(stage, seat, chance, r / (len(rows) - 1) if len(rows) > 1 else None)


def footing(stage: Stage, seat: Seat, chance: np.random.Generator, row: float | None) -> float:
    """The frame row that a thing's feet or waterline stand on; `row` is 0 for the hindmost,
    1 for the foremost."""
    jitter = float(chance.uniform(0, 1))
    floor = seat.zone.floor
    if floor is not None:
        share = 0.06 + 0.30 * jitter if row is None else 0.05 + 0.37 * row + 0.12 * jitter
        crest = floor.crest.at(seat.x)
        y = crest + min(floor.band(seat.x), 0.16 * stage.unit) * share + 0.004 * stage.unit
        return float(min(y, 0.960 * stage.height))
    shore = water_end(stage)
    share = (seat.zone.depth - 0.15) / 0.75
    share += (0.10 * jitter - 0.05) if row is None else 0.20 * row - 0.10 + 0.05 * jitter
    return float(stage.horizon + 4 + max(0.0, share) * (shore - stage.horizon - 0.03 * stage.height))


def water_end(stage: Stage) -> float:
    """The row at which open water ends: a shore, the first swell, or the bottom of the frame."""
    below = stage.height - stage.horizon
    share = {Setting.OCEAN: 0.60, Setting.BEACH: 0.66, Setting.CITY: 0.96}.get(stage.scene.setting, 0.84)
    return float(stage.horizon + share * below)

"""A figure: how one kind of thing is drawn, how large it is, where it belongs and how it moves by itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from soho.diorama.things.pen import Pen

Draw = Callable[[Pen, float], None]


class Home(Enum):
    """Where a kind belongs."""

    SKY = "sky"
    HEAVEN = "heaven"  # behind every land
    ARCH = "arch"  # behind every land, its feet on the horizon
    LOW = "low"  # in the air just over the ground
    GROUND = "ground"
    WATER = "water"
    DEEP = "deep"


class Manner(Enum):
    """How a kind moves in character. Every manner is back where it began at the end of the clip."""

    STAND = "stand"
    SWAY = "sway"
    WALK = "walk"
    DRIVE = "drive"
    CIRCLE = "circle"
    FLY = "fly"
    DRIFT = "drift"
    RISE = "rise"
    BOB = "bob"
    SAIL = "sail"
    SWIM = "swim"
    LEAP = "leap"
    BREACH = "breach"
    FLUTTER = "flutter"
    HOVER = "hover"
    BURST = "burst"
    FALL = "fall"


@dataclass(frozen=True, slots=True)
class Figure:
    """One kind of thing.

    `draw(pen, phase)` draws the pose at a share (0 to 1) of its cycle, of which there are `poses`,
    run through
    `beats` times a second. `tall` is the height of one drawing unit, as a share of the stage's unit,
    at middle
    distance. Where no colour is asked for, instances after the first take turns with the `others`.
    """

    draw: Draw
    tall: float
    home: Home
    manner: Manner
    colour: str
    poses: int = 1
    beats: float = 1.0
    others: tuple[str, ...] = ()

"""The scene: what a prompt was understood to mean, as one value that can be printed, compared and tested.

Reading makes a scene from words; drawing makes frames from a scene and never looks at the words again. So
what a person sees can always be explained by the scene, and the scene by `heard`.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import Enum, StrEnum

import numpy as np


class Setting(StrEnum):
    """Where it is."""

    MOUNTAINS = "mountains"
    HILLS = "hills"
    DESERT = "desert"
    OCEAN = "ocean"
    BEACH = "beach"
    LAKE = "lake"
    FOREST = "forest"
    CITY = "city"
    SNOWFIELD = "snowfield"
    MEADOW = "meadow"
    SPACE = "space"


class Time(StrEnum):
    """The light, in the order of a day."""

    DAWN = "dawn"
    MORNING = "morning"
    NOON = "noon"
    GOLDEN = "golden"
    SUNSET = "sunset"
    DUSK = "dusk"
    NIGHT = "night"


class Weather(StrEnum):
    """What the air does; several can hold at once."""

    CLEAR = "clear"
    CLOUDS = "clouds"
    OVERCAST = "overcast"
    RAIN = "rain"
    STORM = "storm"
    SNOW = "snow"
    FOG = "fog"
    WIND = "wind"


class Water(StrEnum):
    """Which body of water lies in the scene."""

    SEA = "sea"
    LAKE = "lake"


class Camera(StrEnum):
    """How the camera moves. Drift and still return to where they began, so that a loop does not jump."""

    DRIFT = "drift"
    PUSH = "push"
    PULL = "pull"
    LEFT = "left"
    RIGHT = "right"
    RISE = "rise"
    STILL = "still"


class Place(Enum):
    """Where in the picture a thing is."""

    SKY = "sky"
    HORIZON = "horizon"
    FAR = "far"
    NEAR = "near"
    FOREGROUND = "foreground"
    WATER = "water"
    UNDERWATER = "underwater"


class Motion(Enum):
    """How a thing moves. In character: as its kind does when no words say otherwise."""

    STILL = "still"
    LEFT = "left"
    RIGHT = "right"
    UP = "up"
    DOWN = "down"
    SPIN = "spin"
    IN_CHARACTER = "in character"


@dataclass(frozen=True, slots=True)
class Thing:
    """Something to draw: so many of a kind, how they look, where they are and how they move.

    `name` is the canonical English noun ("boat", "hot air balloon"), `count` 1 to 12, `colour` red, green and
    blue of 0 to 255 or None for the kind's own. `size` and `speed` are 1.0 when no words say otherwise: tiny
    is 0.5 and giant 2.0, slowly 0.5 and fast 2.0.
    """

    name: str
    count: int
    colour: tuple[int, int, int] | None
    size: float
    place: Place
    motion: Motion
    speed: float


@dataclass(frozen=True, slots=True)
class Heard:
    """One understood passage: the words as written, the concept, and whether it was negated."""

    words: str
    concept: str
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Scene:
    """A prompt understood. Equal prompts, seeds and sizes make equal scenes.

    `vivid` runs from -1 (black and white) over 0 (natural) to 1 (as saturated as it gets). `palette` holds
    colours for the sky and `ground` for land and water, as `#rrggbb` in the order they were named. `undrawn`
    lists words the renderer has no drawing for.
    """

    prompt: str
    seed: int
    width: int
    height: int
    setting: Setting
    time: Time
    weather: frozenset[Weather]
    water: Water | None
    winter: bool
    sun: bool
    moon: bool
    stars: bool
    aurora: bool
    rays: bool
    things: frozenset[str]
    palette: tuple[str, ...]
    ground: tuple[str, ...]
    vivid: float
    camera: Camera
    heard: tuple[Heard, ...]
    undrawn: tuple[str, ...]

    def chance(self, purpose: str) -> np.random.Generator:
        """The random stream of one purpose. Streams are independent, so one part's draws never shift
        another's.
        """
        name = f"{self.seed}\x1f{self.prompt}\x1f{purpose}".encode("utf-8", "surrogatepass")
        return np.random.Generator(np.random.PCG64(int.from_bytes(hashlib.sha256(name).digest()[:16], "big")))

    def has(self, *weather: Weather) -> bool:
        """Whether any of these weathers holds."""
        return not self.weather.isdisjoint(weather)

    def explain(self) -> str:
        """The scene in lines for a person: each fact, the words it came from, and what cannot be drawn."""
        facts = {
            "setting": self.setting,
            "time": self.time,
            "weather": ", ".join(sorted(self.weather)),
            "water": self.water or "none",
            "winter": "snow on the ground" if self.winter else "no",
            "sky": ", ".join(n for n in ("sun", "moon", "stars", "aurora", "rays") if getattr(self, n))
            or "plain",
            "things": ", ".join(sorted(self.things)) or "none",
            "palette": ", ".join(self.palette) or "of the hour",
            "ground": ", ".join(self.ground) or "of the place",
            "vivid": f"{self.vivid:+.1f}",
            "camera": self.camera,
            "seed": str(self.seed),
        }
        lines = [f"{name:9s}{value}" for name, value in facts.items()]
        lines += [f"heard    {h.words} -> {'no ' if h.negated else ''}{h.concept}" for h in self.heard]
        if self.undrawn:
            lines.append(f"Diorama cannot draw: {', '.join(self.undrawn)}")
        return "\n".join(lines)

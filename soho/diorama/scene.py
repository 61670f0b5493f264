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
    UNDERWATER = "underwater"


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
    FALL = "fall"
    STILL = "still"


class Season(StrEnum):
    """The time of year, where words say it."""

    SPRING = "spring"
    SUMMER = "summer"
    AUTUMN = "autumn"
    WINTER = "winter"


class Mood(StrEnum):
    """What the picture should feel like, where words say it."""

    CALM = "calm"
    JOYFUL = "joyful"
    MELANCHOLY = "melancholy"
    MYSTERIOUS = "mysterious"
    ROMANTIC = "romantic"
    DRAMATIC = "dramatic"
    EERIE = "eerie"
    DREAMY = "dreamy"


class Style(StrEnum):
    """The look of another medium or age, where words ask for it."""

    WATERCOLOR = "watercolor"
    NOIR = "noir"
    NEON = "neon"
    PASTEL = "pastel"
    VINTAGE = "vintage"
    PIXEL_ART = "pixel art"


@dataclass(frozen=True, slots=True)
class Take:
    """How the camera's move is carried out: `speed` of the move itself, `tempo` of all that happens before
    it (time-lapse 4, slow motion 0.5), both 1 when no words say otherwise, and whether a hand holds it.
    """

    speed: float = 1.0
    tempo: float = 1.0
    handheld: bool = False


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

    def describe(self) -> str:
        """The thing in words: "2 boat, size 0.7, #f3f1ec, place water, motion left, speed 0.5"."""
        said = [f"{self.count} {self.name}"]
        if self.size != 1:
            said.append(f"size {self.size:g}")
        if self.colour:
            said.append("#{:02x}{:02x}{:02x}".format(*self.colour))
        said.append(f"place {self.place.value}")
        if self.motion is not Motion.IN_CHARACTER:
            said.append(f"motion {self.motion.value}")
        if self.speed != 1:
            said.append(f"speed {self.speed:g}")
        return ", ".join(said)


@dataclass(frozen=True, slots=True)
class Heard:
    """One understood passage: the words as written, the concept, whether it was negated, and the thing that
    it was said of ("red" of the balloon), if of one.
    """

    words: str
    concept: str
    negated: bool = False
    of: str = ""


@dataclass(frozen=True, slots=True)
class Scene:
    """A prompt understood. Equal prompts, seeds and sizes make equal scenes.

    `vivid` runs from -1 (black and white) over 0 (natural) to 1 (as saturated as it gets). `palette` holds
    colours for the sky and `ground` for land and water, as `#rrggbb` in the order they were named. `things`
    are those that words name, in their order, whether or not there is a drawing for them yet. `undrawn` lists
    the words that the renderer has no drawing for, at most 24.
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
    things: tuple[Thing, ...]
    palette: tuple[str, ...]
    ground: tuple[str, ...]
    vivid: float
    season: Season | None
    mood: Mood | None
    style: Style | None
    camera: Camera
    take: Take
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

    def thing(self, name: str) -> Thing | None:
        """The first thing of this canonical name, or None."""
        return next((thing for thing in self.things if thing.name == name), None)

    def explain(self) -> str:
        """The scene in lines for a person: each fact, the words it came from, and what cannot be drawn."""
        take = self.take
        facts = {
            "setting": self.setting,
            "time": self.time,
            "weather": ", ".join(sorted(self.weather)),
            "water": self.water or "none",
            "season": self.season or "none",
            "winter": "snow on the ground" if self.winter else "no",
            "sky": ", ".join(n for n in ("sun", "moon", "stars", "aurora", "rays") if getattr(self, n))
            or "plain",
            "things": "; ".join(thing.describe() for thing in self.things) or "none",
            "palette": ", ".join(self.palette) or "of the hour",
            "ground": ", ".join(self.ground) or "of the place",
            "vivid": f"{self.vivid:+.1f}",
            "mood": self.mood or "none",
            "style": self.style or "its own",
            "camera": f"{self.camera}, speed {take.speed:g}, tempo {take.tempo:g}"
            + (", handheld" if take.handheld else ""),
            "seed": str(self.seed),
        }
        lines = [f"{name:9s}{value}" for name, value in facts.items()]
        lines += [
            f"heard    {h.words} -> {'no ' if h.negated else ''}{h.concept}{f' of {h.of}' if h.of else ''}"
            for h in self.heard
        ]
        if self.undrawn:
            lines.append(f"Diorama cannot draw: {', '.join(self.undrawn)}")
        return "\n".join(lines)

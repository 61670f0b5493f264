"""Reading: a prompt becomes a scene, by a lexicon that is data and rules that fit on a page.

The words decide what they name; the seed decides the rest. No model is involved, so every decision can be
shown.
"""

from __future__ import annotations

import hashlib
import re
import tomllib
import unicodedata
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from typing import Any, TypeVar

import numpy as np

from soho.diorama.scene import Camera, Heard, Scene, Setting, Time, Water, Weather
from soho.diorama.settings import shown

LONGEST_PASSAGE = 3  # words in the longest lexicon entry
READ_CHARACTERS = 10_000
READ_WORDS = 600
UNDRAWN_SHOWN = 24
WORD = re.compile(r"[^\W_]+(?:[-'’][^\W_]+)*")
CLAUSE_END = re.compile(r"[,.;:!?\n]")


@dataclass(frozen=True, slots=True)
class Lexicon:
    """One language: passages to the (table, concept) pairs they name, and the words of its grammar."""

    concepts: dict[str, tuple[tuple[str, str], ...]]
    swatches: dict[str, str]
    negations: frozenset[str]
    between: frozenset[str]
    alternatives: frozenset[str]
    joiners: frozenset[str]
    ignored: frozenset[str]


@cache
def lexicon(language: str = "en") -> Lexicon:
    """The lexicon of a language, read once. Raises FileNotFoundError for a language there is no file for."""
    source = resources.files("soho.diorama").joinpath("lexicon", f"{language}.toml").read_text("utf-8")
    tables: dict[str, Any] = tomllib.loads(source)
    concepts: dict[str, tuple[tuple[str, str], ...]] = {}
    for table in (
        "setting",
        "time",
        "weather",
        "water",
        "sky",
        "thing",
        "camera",
        "vivid",
        "colour",
        "ground",
    ):
        for concept, passages in tables[table].items():
            for passage in passages:
                concepts[passage] = (*concepts.get(passage, ()), (table, concept))
    return Lexicon(
        concepts,
        dict(tables["swatch"]),
        frozenset(tables["negations"]),
        frozenset(tables["between"]),
        frozenset(tables["alternatives"]),
        frozenset(tables["joiners"]),
        frozenset(tables["manner"]["ignored"]),
    )


@dataclass(frozen=True, slots=True)
class Mention:
    """A concept at a place in the prompt."""

    table: str
    concept: str
    words: str
    negated: bool


def read(prompt: str, seed: int | None, width: int, height: int) -> Scene:
    """Understand `prompt` as a scene of `width` x `height` pixels. Pure: equal arguments give equal scenes.

    Without a seed the prompt itself chooses one. Any text is accepted, empty and unwritable text too; only
    the first 10,000 characters are read. Raises ValueError that names the argument for a size that is odd, or
    not 64 to 4096.
    """
    check_size("width", width)
    check_size("height", height)
    text = unicodedata.normalize("NFKC", prompt[:READ_CHARACTERS])
    if seed is None:
        seed = int.from_bytes(hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()[:4], "big")
    mentions, undrawn = listen(text, lexicon())
    chance = np.random.default_rng(abs(seed))
    return compose(text, seed, (width, height), mentions, undrawn, chance)


def check_size(name: str, pixels: int) -> None:
    """Raise ValueError naming `name` unless `pixels` is an even whole number from 64 to 4096."""
    if isinstance(pixels, bool) or not isinstance(pixels, int) or pixels % 2 or not 64 <= pixels <= 4096:
        raise ValueError(f"{name} must be an even number from 64 to 4096, not {pixels!r}")


def singulars(word: str) -> tuple[str, ...]:
    """The word itself, then what it could be the plural of."""
    forms = [word]
    if word.endswith("ies") and len(word) > 4:
        forms.append(word[:-3] + "y")
    if word.endswith("es") and len(word) > 3:
        forms.append(word[:-2])
    if word.endswith("s") and len(word) > 2:
        forms.append(word[:-1])
    return tuple(forms)


def listen(text: str, words_of: Lexicon) -> tuple[list[Mention], tuple[str, ...]]:
    """Find every known passage, longest first, and the words that nothing is known about."""
    mentions: list[Mention] = []
    unknown: dict[str, None] = {}
    budget = READ_WORDS
    for clause in CLAUSE_END.split(text.lower()):
        words = WORD.findall(clause)[:budget]
        budget -= len(words)
        negating, resuming, at = False, False, 0
        colours: list[int] = []  # the mentions that a following place or thing takes as its own colours
        while at < len(words):
            length, found = match(words, at, words_of)
            negating = negating or (resuming and words[at] in words_of.alternatives)
            if found:
                give_colours(mentions, colours, found)
                colours += [len(mentions) + i for i, (table, _) in enumerate(found) if table == "colour"]
                passage = " ".join(words[at : at + length])
                mentions += [Mention(table, concept, passage, negating) for table, concept in found]
                negating, resuming = False, negating
            else:
                colours = colours if words[at] in words_of.joiners else []
                unknown |= dict.fromkeys(w for w in words[at : at + 1] if not known(w, words_of))
                negating = words[at] in words_of.negations or (
                    negating and words[at] in words_of.between | words_of.alternatives
                )
            at += length
    return mentions, tuple(unknown)[:UNDRAWN_SHOWN]


def known(word: str, words_of: Lexicon) -> bool:
    """Whether a word is one that a scene needs no drawing for."""
    return not words_of.ignored.isdisjoint(singulars(word))


def give_colours(mentions: list[Mention], colours: list[int], found: tuple[tuple[str, str], ...]) -> None:
    """Give the colours that stand right before a place or a thing to it: "green hills" have no green sky."""
    tables = {table for table, _ in found}
    if "colour" in tables:
        return
    if tables & {"setting", "water", "thing"} and ("setting", "space") not in found:
        for i in colours:
            mentions[i] = replace(mentions[i], table="ground")
    colours.clear()


def match(words: list[str], at: int, words_of: Lexicon) -> tuple[int, tuple[tuple[str, str], ...]]:
    """The longest known passage that starts at `at`: how many words it takes, and what it names."""
    for length in range(min(LONGEST_PASSAGE, len(words) - at), 0, -1):
        head = " ".join(words[at : at + length - 1])
        for last in singulars(words[at + length - 1]):
            found = words_of.concepts.get(f"{head} {last}".strip())
            if found:
                return length, found
    return 1, ()


Kind = TypeVar("Kind", Setting, Time, Camera, Water)

# When several settings are named, the one that shapes the whole picture wins over what can be a part of it.
SETTING_RANK = [
    Setting.SPACE,
    Setting.CITY,
    Setting.BEACH,
    Setting.DESERT,
    Setting.FOREST,
    Setting.SNOWFIELD,
    Setting.MOUNTAINS,
    Setting.LAKE,
    Setting.OCEAN,
    Setting.MEADOW,
    Setting.HILLS,
]


def first(mentions: list[Mention], table: str, kind: type[Kind]) -> Kind | None:
    """The first concept of a table that is affirmed."""
    return next((kind(m.concept) for m in mentions if m.table == table and not m.negated), None)


def choose_setting(mentions: list[Mention], chance: np.random.Generator) -> Setting:
    """The named setting of the highest rank, or one of the seed's choosing."""
    named = {Setting(m.concept) for m in mentions if m.table == "setting" and not m.negated}
    denied = {Setting(m.concept) for m in mentions if m.table == "setting" and m.negated}
    if Setting.MOUNTAINS in named and named & {Setting.FOREST, Setting.SNOWFIELD}:
        return Setting.MOUNTAINS
    for setting in SETTING_RANK:
        if setting in named:
            return setting
    words = {(m.table, m.concept) for m in mentions if not m.negated}
    if ("thing", "boat") in words:
        return Setting.OCEAN
    if ("thing", "flowers") in words:
        return Setting.MEADOW
    if ("thing", "palms") in words:
        return Setting.BEACH
    open_ones = [Setting.MOUNTAINS, Setting.HILLS, Setting.LAKE, Setting.OCEAN, Setting.MEADOW]
    pool = [s for s in open_ones if s not in denied] or [Setting.DESERT]
    return pool[int(chance.integers(len(pool)))]


# Hours that show a scene well when no word names one; the more often listed, the likelier.
FAIR_HOURS = (Time.MORNING, Time.GOLDEN, Time.SUNSET, Time.NOON, Time.GOLDEN, Time.DAWN)
COVERED_HOURS = (Time.MORNING, Time.NOON, Time.NOON, Time.DAWN)


def choose_time(mentions: list[Mention], setting: Setting, chance: np.random.Generator) -> Time:
    """The named time, else the one the sky's words imply, else one of the seed's choosing."""
    named = [Time(m.concept) for m in mentions if m.table == "time" and not m.negated]
    if Time.NIGHT in named:
        return Time.NIGHT
    if named:
        return named[0] if named[0] is not Time.NOON or len(named) == 1 else named[1]
    sky = {m.concept for m in mentions if m.table == "sky" and not m.negated}
    if setting is Setting.SPACE or sky & {"moon", "stars", "aurora"}:
        return Time.NIGHT
    denied = {Time(m.concept) for m in mentions if m.table == "time" and m.negated}
    covering = {"overcast", "rain", "storm", "snow", "fog"}
    covered = any(m.concept in covering and not m.negated for m in mentions if m.table == "weather")
    pool = [t for t in (COVERED_HOURS if covered else FAIR_HOURS) if t not in denied] or [Time.NOON]
    return pool[int(chance.integers(len(pool)))]


def choose_weather(
    mentions: list[Mention], setting: Setting, chance: np.random.Generator
) -> frozenset[Weather]:
    """The affirmed weathers less the denied ones; with none named, fair weather of the seed's choosing."""
    named = {Weather(m.concept) for m in mentions if m.table == "weather" and not m.negated}
    denied = {Weather(m.concept) for m in mentions if m.table == "weather" and m.negated}
    if setting is Setting.SPACE:
        return frozenset({Weather.CLEAR})
    if Weather.STORM in named:
        named |= {Weather.RAIN, Weather.OVERCAST, Weather.WIND}
    if Weather.RAIN in named:
        named |= {Weather.OVERCAST}
    if Weather.CLEAR in named:
        named -= {Weather.CLOUDS, Weather.OVERCAST}
        return frozenset(named - denied | {Weather.CLEAR})
    draw = chance.random()
    if any(m.concept == "aurora" and not m.negated for m in mentions):
        denied = denied | {Weather.CLOUDS}
    if not named - {Weather.WIND, Weather.FOG} and draw < 0.75 and Weather.CLOUDS not in denied:
        named.add(Weather.CLOUDS)
    if Weather.CLOUDS in denied:
        denied.add(Weather.OVERCAST)
    return frozenset(named - denied) or frozenset({Weather.CLEAR})


def choose_water(mentions: list[Mention], setting: Setting) -> Water | None:
    """The water that the words name or the setting implies; a boat brings its own. Denied water is left out
    where the setting allows it.
    """
    implied = {Setting.OCEAN: Water.SEA, Setting.BEACH: Water.SEA, Setting.LAKE: Water.LAKE}
    if setting in implied:
        return implied[setting]
    if setting is Setting.SPACE:
        return None
    boat = any((m.table, m.concept) == ("thing", "boat") and not m.negated for m in mentions)
    return first(mentions, "water", Water) or (Water.LAKE if boat else None)


def compose(
    text: str,
    seed: int,
    size: tuple[int, int],
    mentions: list[Mention],
    undrawn: tuple[str, ...],
    chance: np.random.Generator,
) -> Scene:
    """Settle every question of the scene, in a fixed order so that the same seed always answers alike."""
    setting = choose_setting(mentions, chance)
    time = choose_time(mentions, setting, chance)
    weather = choose_weather(mentions, setting, chance)
    said = {(m.table, m.concept): not m.negated for m in mentions}
    night = time is Time.NIGHT
    covered = bool(weather & {Weather.OVERCAST, Weather.STORM})
    moon = said.get(("sky", "moon"), night and not covered and chance.random() < 0.7)
    scene = Scene(
        prompt=text,
        seed=seed,
        width=size[0],
        height=size[1],
        setting=setting,
        time=time,
        weather=weather,
        winter=Weather.SNOW in weather or said.get(("setting", "snowfield"), False),
        water=choose_water(mentions, setting),
        sun=said.get(("sky", "sun"), not covered) and not night and setting is not Setting.SPACE,
        moon=moon and setting is not Setting.SPACE,
        stars=said.get(("sky", "stars"), (night or time is Time.DUSK) and not covered),
        aurora=said.get(("sky", "aurora"), False),
        rays=said.get(("sky", "rays"), False),
        things=frozenset(m.concept for m in mentions if m.table == "thing" and not m.negated),
        palette=swatches(mentions, "colour"),
        ground=swatches(mentions, "ground"),
        vivid=vividness(said),
        camera=first(mentions, "camera", Camera) or Camera.DRIFT,
        heard=tuple(Heard(m.words, f"{m.table}:{m.concept}", m.negated) for m in mentions),
        undrawn=(),
    )
    missing = (m.words for m in mentions if m.concept in scene.things and not shown(scene, m.concept))
    return replace(scene, undrawn=tuple(dict.fromkeys((*undrawn, *missing)))[:UNDRAWN_SHOWN])


def swatches(mentions: list[Mention], table: str) -> tuple[str, ...]:
    """The colours named for the sky ("colour") or for the land and water ("ground"), at most four."""
    named = (m.concept for m in mentions if m.table == table and not m.negated)
    return tuple(dict.fromkeys(lexicon().swatches[concept] for concept in named))[:4]


def vividness(said: dict[tuple[str, str], bool]) -> float:
    """How saturated the words ask the picture to be, from -1 to 1."""
    if said.get(("vivid", "none")):
        return -1.0
    return 0.7 * said.get(("vivid", "more"), False) - 0.45 * said.get(("vivid", "less"), False)

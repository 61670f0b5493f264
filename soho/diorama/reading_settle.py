"""Settling: every question of the scene gets an answer, from the words if they say it, else from the seed."""

from __future__ import annotations

from dataclasses import replace
from typing import TypeVar

import numpy as np

from soho.diorama.reading_drawn import NOT_YET, drawn_in, setting_drawn_for
from soho.diorama.reading_nouns import NOUNS, SWATCHES
from soho.diorama.reading_phrases import Draft, Listening, Mention
from soho.diorama.scene import (
    Camera,
    Heard,
    Mood,
    Motion,
    Place,
    Scene,
    Season,
    Setting,
    Style,
    Take,
    Thing,
    Time,
    Water,
    Weather,
)
from soho.diorama.settings import submerged

UNDRAWN_SHOWN = 24
UNDRAWN_LENGTH = 40  # characters of one word
THINGS_SHOWN = 12  # kinds of things in one picture

Kind = TypeVar("Kind", Setting, Time, Camera, Water, Season, Mood, Style)

# When several settings are named, the one that shapes the whole picture wins over what can be a part of it.
SETTING_RANK = [
    Setting.UNDERWATER,
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


def choose_setting(
    mentions: list[Mention], things: tuple[Thing, ...], chance: np.random.Generator
) -> Setting:
    """The named setting of the highest rank, or the nearest to it that is drawn; else the home of the first
    thing that has one; else one of the seed's choosing.
    """
    named = {setting_drawn_for(m.concept) for m in mentions if m.table == "setting" and not m.negated}
    denied = {setting_drawn_for(m.concept) for m in mentions if m.table == "setting" and m.negated}
    if Setting.MOUNTAINS in named and named & {Setting.FOREST, Setting.SNOWFIELD}:
        return Setting.MOUNTAINS
    for setting in SETTING_RANK:
        if setting in named:
            return setting
    if first(mentions, "season", Season) is Season.WINTER and Setting.SNOWFIELD not in denied:
        return Setting.SNOWFIELD
    for home in (NOUNS[thing.name].home for thing in things):
        if home and home not in denied:
            fresh = home is Setting.OCEAN and first(mentions, "water", Water) is Water.LAKE
            return Setting.LAKE if fresh else home
    open_ones = [Setting.MOUNTAINS, Setting.HILLS, Setting.LAKE, Setting.OCEAN, Setting.MEADOW]
    pool = [s for s in open_ones if s not in denied] or [Setting.DESERT]
    return pool[int(chance.integers(len(pool)))]


# Hours that show a scene well when no word names one; the more often listed, the likelier.
FAIR_HOURS = (Time.MORNING, Time.GOLDEN, Time.SUNSET, Time.NOON, Time.GOLDEN, Time.DAWN)
COVERED_HOURS = (Time.MORNING, Time.NOON, Time.NOON, Time.DAWN)
SEASON_HOURS = {
    Season.SUMMER: (Time.MORNING, Time.NOON, Time.NOON, Time.GOLDEN),
    Season.AUTUMN: (Time.GOLDEN, Time.NOON, Time.GOLDEN, Time.MORNING),  # leaves want light on them
}


def choose_time(mentions: list[Mention], setting: Setting, chance: np.random.Generator) -> Time:
    """The named time, else the one the sky's words imply, else one of the seed's choosing."""
    named = [Time(m.concept) for m in mentions if m.table == "time" and not m.negated]
    if Time.NIGHT in named:
        return Time.NIGHT
    if named:
        return named[0] if named[0] is not Time.NOON or len(named) == 1 else named[1]
    said = {m.concept for m in mentions if m.table in ("sky", "thing") and not m.negated}
    if setting is Setting.SPACE or said & {"moon", "stars", "aurora", "fireworks", "comet"}:
        return Time.NIGHT
    denied = {Time(m.concept) for m in mentions if m.table == "time" and m.negated}
    covering = {"overcast", "rain", "storm", "snow", "fog"}
    covered = any(m.concept in covering and not m.negated for m in mentions if m.table == "weather")
    season = first(mentions, "season", Season)
    fair = SEASON_HOURS.get(season, FAIR_HOURS) if season else FAIR_HOURS
    hours = COVERED_HOURS if covered else fair
    pool = [t for t in hours if t not in denied] or [Time.NOON]
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


def choose_water(mentions: list[Mention], setting: Setting, things: tuple[Thing, ...]) -> Water | None:
    """The water that the words name or the setting implies; what swims or floats brings its own. Denied water
    is left out where the setting allows it.
    """
    implied = {Setting.OCEAN: Water.SEA, Setting.BEACH: Water.SEA, Setting.LAKE: Water.LAKE}
    if setting in implied:
        return implied[setting]
    if setting in (Setting.SPACE, Setting.UNDERWATER):
        return None
    wet = any(thing.place in (Place.WATER, Place.UNDERWATER) for thing in things)
    return first(mentions, "water", Water) or (Water.LAKE if wet else None)


def thing_of(draft: Draft) -> Thing:
    """A thing as it was spoken of; what was not said is as usual for its kind."""
    noun, said = NOUNS[draft.name], draft.said
    usual = draft.group or (noun.several if draft.plural else 1)
    return Thing(
        name=draft.name,
        count=int(said.get("count", usual)),
        colour=rgb(SWATCHES[said["colour"]]) if "colour" in said else None,
        size=float(said.get("size", 1.0)),
        place=draft.place or noun.place,
        motion=Motion(said.get("motion", Motion.IN_CHARACTER.value)),
        speed=float(said.get("speed", 1.0)),
    )


def rgb(swatch: str) -> tuple[int, int, int]:
    """The red, green and blue of `#rrggbb`."""
    return int(swatch[1:3], 16), int(swatch[3:5], 16), int(swatch[5:7], 16)


def swatches(mentions: list[Mention], table: str) -> tuple[str, ...]:
    """The colours named for the sky ("colour") or for the land and water ("ground"), at most four."""
    named = (m.concept for m in mentions if m.table == table and not m.negated and not m.of)
    return tuple(dict.fromkeys(SWATCHES[concept] for concept in named))[:4]


def ground_of(mentions: list[Mention], season: Season | None) -> tuple[str, ...]:
    """The colours of land and water: the named ones, else the season's."""
    usual = {Season.AUTUMN: ("#d9a21f",), Season.SPRING: (SWATCHES["green"],)}
    return swatches(mentions, "ground") or (usual.get(season, ()) if season else ())


def vividness(said: dict[tuple[str, str], bool]) -> float:
    """How saturated the words ask the picture to be, from -1 to 1."""
    if said.get(("vivid", "none")):
        return -1.0
    return 0.7 * said.get(("vivid", "more"), False) - 0.45 * said.get(("vivid", "less"), False)


def take_of(heard: Listening, said: dict[tuple[str, str], bool]) -> Take:
    """How the words want the camera's move carried out."""
    lapse, slow = said.get(("take", "time-lapse")), said.get(("take", "slow-motion"))
    tempo = 4.0 if lapse else 0.5 if slow else 1.0
    return Take(float(heard.take.get("speed", 1.0)), tempo, said.get(("take", "handheld"), False))


def told(word: str) -> str:
    """An undrawn word, short enough to be shown."""
    return word if len(word) <= UNDRAWN_LENGTH else word[: UNDRAWN_LENGTH - 1] + "…"


def undrawn(heard: Listening, scene: Scene, left_out: set[str]) -> tuple[str, ...]:
    """The words that name what the scene cannot show, in the order of the prompt, each once."""
    drawn, words = drawn_in(scene) - left_out, []
    for asked in heard.asked:
        if isinstance(asked, str):
            words.append(asked)
        elif isinstance(asked, Draft):
            words += [asked.mention.words] if asked.name not in drawn else []
        elif (asked.table, asked.concept) in NOT_YET:
            words.append(asked.words)
    return tuple(dict.fromkeys(map(told, words)))[:UNDRAWN_SHOWN]


def in_order(mentions: list[Mention]) -> tuple[Heard, ...]:
    """What was heard, in the order of the prompt."""
    ordered = sorted(mentions, key=lambda mention: mention.at)
    return tuple(Heard(m.words, f"{m.table}:{m.concept}", m.negated, m.of) for m in ordered)


def lights(
    said: dict[tuple[str, str], bool],
    setting: Setting,
    time: Time,
    weather: frozenset[Weather],
    chance: np.random.Generator,
) -> dict[str, bool]:
    """Which lights stand in the sky: the named ones, and those of the hour where the weather lets them be."""
    night, space = time is Time.NIGHT, setting is Setting.SPACE
    covered = bool(weather & {Weather.OVERCAST, Weather.STORM})
    moon = said.get(("sky", "moon"), night and not covered and chance.random() < 0.7)
    return {
        "sun": said.get(("sky", "sun"), not covered) and not night and not space,
        "moon": bool(moon) and not space,
        "stars": said.get(("sky", "stars"), (night or time is Time.DUSK) and not covered),
        "aurora": said.get(("sky", "aurora"), False),
        "rays": said.get(("sky", "rays"), False),
    }


def compose(
    text: str, seed: int, size: tuple[int, int], heard: Listening, chance: np.random.Generator
) -> Scene:
    """Settle every question of the scene, in a fixed order so that the same seed always answers alike."""
    mentions = heard.mentions
    named = tuple(dict.fromkeys(thing_of(draft) for draft in heard.things if not draft.mention.negated))
    things = named[:THINGS_SHOWN]
    setting = choose_setting(mentions, things, chance)
    time = choose_time(mentions, setting, chance)
    weather = choose_weather(mentions, setting, chance)
    said = {(m.table, m.concept): not m.negated for m in mentions}
    season, style = first(mentions, "season", Season), first(mentions, "style", Style)
    scene = Scene(
        prompt=text,
        seed=seed,
        width=size[0],
        height=size[1],
        setting=setting,
        time=time,
        weather=weather,
        winter=Weather.SNOW in weather
        or season is Season.WINTER
        or said.get(("setting", "snowfield"), False),
        water=choose_water(mentions, setting, things),
        **lights(said, setting, time, weather, chance),
        things=things,
        palette=swatches(mentions, "colour"),
        ground=ground_of(mentions, season),
        vivid=vividness(said),
        season=season,
        mood=first(mentions, "mood", Mood),
        style=style,
        camera=first(mentions, "camera", Camera) or Camera.DRIFT,
        take=take_of(heard, said),
        heard=in_order(mentions),
        undrawn=(),
    )
    left_out = {thing.name for thing in named[THINGS_SHOWN:]} - {thing.name for thing in things}
    scene = submerged(scene)
    return replace(scene, undrawn=undrawn(heard, scene, left_out))

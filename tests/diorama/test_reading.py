"""Reading: what prompts are understood to mean."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from soho.diorama import Camera, Scene, Setting, Time, Water, Weather, read
from soho.diorama.reading_drawn import drawn_anywhere


def scene(prompt: str, seed: int = 7) -> Scene:
    return read(prompt, seed, 180, 320)


@pytest.mark.parametrize(
    ("prompt", "setting", "time"),
    [
        ("A sunset over mountains with vibrant colors", Setting.MOUNTAINS, Time.SUNSET),
        ("rolling hills at noon", Setting.HILLS, Time.NOON),
        ("Sahara dunes in the golden hour", Setting.DESERT, Time.GOLDEN),
        ("waves of the Atlantic at dawn", Setting.OCEAN, Time.DAWN),
        ("a tropical beach on a sunny day", Setting.BEACH, Time.NOON),
        ("a quiet pond early morning", Setting.LAKE, Time.DAWN),
        ("REDWOOD FORESTS, MORNING", Setting.FOREST, Time.MORNING),
        ("skyscrapers of New York at night", Setting.CITY, Time.NIGHT),
        ("arctic tundra at twilight", Setting.SNOWFIELD, Time.DUSK),
        ("a meadow at sunrise", Setting.MEADOW, Time.DAWN),
        ("galaxies and planets", Setting.SPACE, Time.NIGHT),
        ("the city by the sea at blue hour", Setting.CITY, Time.DUSK),
        ("a pine forest below snowy mountains at midnight", Setting.MOUNTAINS, Time.NIGHT),
    ],
)
def test_place_and_hour_follow_the_words(prompt: str, setting: Setting, time: Time) -> None:
    assert (scene(prompt).setting, scene(prompt).time) == (setting, time)


@pytest.mark.parametrize(
    ("prompt", "there", "absent"),
    [
        ("hills with clouds", {Weather.CLOUDS}, {Weather.RAIN}),
        ("hills with no clouds", set(), {Weather.CLOUDS, Weather.OVERCAST}),
        ("hills without any clouds", set(), {Weather.CLOUDS}),
        ("a cloudless sky over hills", {Weather.CLEAR}, {Weather.CLOUDS}),
        ("a rainy city", {Weather.RAIN, Weather.OVERCAST}, {Weather.SNOW}),
        ("a thunderstorm at sea", {Weather.STORM, Weather.RAIN, Weather.WIND}, {Weather.CLEAR}),
        ("snow falling on a lake", {Weather.SNOW}, {Weather.RAIN}),
        ("hills, no rain or snow", set(), {Weather.RAIN, Weather.SNOW}),
        ("hills, no rain and a little snow", {Weather.SNOW}, {Weather.RAIN}),
        ("a misty forest, no rain", {Weather.FOG}, {Weather.RAIN}),
        ("rain in space", {Weather.CLEAR}, {Weather.RAIN}),
    ],
)
def test_weather_follows_the_words_and_their_negations(
    prompt: str, there: set[Weather], absent: set[Weather]
) -> None:
    for seed in range(6):
        weather = scene(prompt, seed).weather
        assert there <= weather
        assert not absent & weather


def test_water_is_where_the_words_or_the_place_put_it() -> None:
    assert scene("mountains and a lake").water is Water.LAKE
    assert scene("ocean").water is Water.SEA
    assert scene("mountains with a river").setting is Setting.MOUNTAINS
    assert scene("mountains").water is None
    assert scene("mountains, no water").water is None


def test_the_sky_holds_what_was_named() -> None:
    assert scene("desert at night with a moon").moon
    assert not scene("desert at night with no moon").moon
    assert scene("northern lights over a lake").aurora
    assert scene("northern lights over a lake").time is Time.NIGHT
    assert not scene("starless night over hills, no stars").stars
    assert not scene("sun over the hills at night").sun


def test_a_colour_before_a_place_tints_the_place_and_any_other_the_sky() -> None:
    hills = scene("green hills under a pink sky at noon")
    assert hills.ground == ("#3fa45b",)
    assert hills.palette == ("#ef5f9c",)
    assert scene("teal and orange sunset over hills").palette == ("#2fb5b0", "#f2812b")
    assert scene("no red, hills").palette == ()
    reverse = scene("a pink and gold sky over green and teal hills")
    assert (reverse.palette, reverse.ground) == (("#ef5f9c", "#f5c344"), ("#3fa45b", "#2fb5b0"))


def test_vividness_and_camera() -> None:
    assert scene("vibrant hills").vivid > 0 > scene("muted hills").vivid
    assert scene("black and white hills").vivid == -1
    assert scene("zoom in on hills").camera is Camera.PUSH
    assert scene("hills, pan left").camera is Camera.LEFT
    assert scene("hills").camera is Camera.DRIFT


def test_what_cannot_be_drawn_is_listed_and_what_can_is_not() -> None:
    told = scene("A unicycle and two zebras on a beautiful beach at sunset, 4k cinematic")
    assert told.undrawn == ("unicycle", "zebras")
    assert "Diorama cannot draw: unicycle, zebras" in told.explain()
    assert scene("A sunset over mountains with vibrant colors").undrawn == ()


@pytest.mark.parametrize(
    ("prompt", "missing"),
    [
        ("birds over the ocean", ()),
        ("birds in outer space", ("birds",)),
        ("a boat on the sea", ()),
        ("a boat in the mountains", ()),
        ("a boat on the moon in outer space", ("boat",)),
        ("pine trees in the desert", ("pine trees",)),
        ("pine trees in the snowy mountains", ()),
        ("trees on green hills", ()),
        ("palm trees in the city", ("palm trees",)),
        ("palm trees on the beach", ()),
        ("flowers on the hills", ()),
        ("flowers in the desert", ("flowers",)),
        ("desert without palm trees", ()),
    ],
)
def test_a_thing_is_drawn_where_the_place_has_it_and_listed_where_not(
    prompt: str, missing: tuple[str, ...]
) -> None:
    for seed in range(4):
        told = scene(prompt, seed)
        everywhere = {thing.name for thing in told.things} <= drawn_anywhere()
        assert told.undrawn == (() if everywhere else missing)


def test_a_boat_brings_its_water() -> None:
    assert scene("a boat").setting is Setting.OCEAN
    assert scene("a boat before the mountains").water is Water.LAKE
    assert scene("mountains, no boat").water is None


def test_every_decision_names_the_words_it_came_from() -> None:
    heard = [(h.words, h.concept, h.negated) for h in scene("sunset over mountains, no clouds").heard]
    assert heard == [
        ("sunset", "time:sunset", False),
        ("mountains", "setting:mountains", False),
        ("clouds", "weather:clouds", True),
    ]


def test_reading_is_pure_and_the_seed_decides_only_what_words_leave_open() -> None:
    assert scene("hills") == scene("hills")
    assert read("hills", None, 180, 320) == read("hills", None, 180, 320)
    fixed = {(s.setting, s.time) for s in (scene("hills at noon", seed) for seed in range(20))}
    assert fixed == {(Setting.HILLS, Time.NOON)}
    assert len({scene("hills", seed).time for seed in range(20)}) > 2
    assert len({scene("", seed).setting for seed in range(20)}) > 2
    with pytest.raises(dataclasses.FrozenInstanceError):
        scene("hills").seed = 3


@pytest.mark.parametrize(
    "prompt",
    [
        "strong wind over a crystal clear lake, super cute, highly detailed",
        "imagine a mostly calm sea just after the rain, thin clouds, nothing else",
        "a bit of swirling mist around snow-capped mountains late at night",
        "an absolutely massive castle, glowing windows, with a sense of wonder, 16k, trending on artstation",
        "somewhat weathered boats heading home, unreal engine, professional cinematography",
        "a forest full of life with falling leaves, half hidden, slightly darker than usual",
        "un lago congelado con viento muy fuerte, casi totalmente tranquilo, imagina un barco antiguo",
        "quisiera un bosque denso y profundo con niebla espesa, mucho detalle, después la lluvia",
    ],
)
def test_ordinary_words_are_not_told_as_things_that_cannot_be_drawn(prompt: str) -> None:
    assert scene(prompt).undrawn == ()


@pytest.mark.parametrize("bad", [0, -2, 63, 181, 4098, 180.0, "180", None, True])
@pytest.mark.parametrize("name", ["width", "height"])
def test_a_bad_size_is_refused_by_name(name: str, bad: object) -> None:
    size: dict[str, object] = {"width": 180, "height": 320, name: bad}
    with pytest.raises(ValueError, match=f"^{name} must be"):
        read("hills", 1, **size)


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=300), st.integers(-(2**63), 2**63))
def test_any_text_reads_as_a_scene(prompt: str, seed: int) -> None:
    understood = read(prompt, seed, 64, 64)
    assert understood == read(prompt, seed, 64, 64)
    assert understood.explain()
    assert len(understood.undrawn) <= 24

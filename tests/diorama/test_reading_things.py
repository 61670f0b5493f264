"""What a prompt says of things: how many, how they look, where they are and how they move."""

from __future__ import annotations

import tomllib
from importlib import resources

import pytest

from soho.diorama import Scene, Setting, Time, Water, Weather, read
from soho.diorama.reading_drawn import NEAREST, drawn_in
from soho.diorama.reading_lexicon import PASSAGE_TABLES, languages, lexicon
from soho.diorama.reading_nouns import NOUNS, SWATCHES
from soho.diorama.scene import Camera, Mood, Motion, Place, Season, Style, Take, Thing

CANON = """bird, seagull, eagle, butterfly, bee, fish, whale, dolphin, jellyfish, turtle, shark, octopus, dog,
cat, horse, cow, sheep, deer, fox, rabbit, bear, elephant, person, child, astronaut, boat, sailboat, ship,
canoe, balloon, hot air balloon, kite, airplane, helicopter, rocket, ufo, satellite, car, bus, truck, train,
bicycle, house, cabin, castle, lighthouse, windmill, bridge, church, tent, tower, barn, tree, pine, palm,
cactus, flower, sunflower, mushroom, rock, waterfall, campfire, lantern, fireworks, snowman, bench, fence,
street lamp, flag, comet, planet, rainbow, iceberg, dragon"""
NAMES = [" ".join(name.split()) for name in CANON.split(",")]
RED, WHITE, BLUE, YELLOW = ((216, 50, 47), (243, 241, 236), (47, 111, 216), (245, 195, 68))


def scene(prompt: str, seed: int = 7) -> Scene:
    return read(prompt, seed, 180, 320)


def only(prompt: str) -> Thing:
    """The one thing of a prompt."""
    things = scene(prompt).things
    assert len(things) == 1, things
    return things[0]


@pytest.mark.parametrize("language", languages())
def test_a_lexicon_names_every_noun_and_nothing_that_the_world_does_not_know(language: str) -> None:
    source = resources.files("soho.diorama").joinpath("lexicon", f"{language}.toml").read_text("utf-8")
    tables = tomllib.loads(source)
    assert list(NOUNS) == NAMES
    assert set(tables["thing"]) == set(NAMES)
    assert set(tables["colour"]) == set(SWATCHES)
    english = tomllib.loads(resources.files("soho.diorama").joinpath("lexicon", "en.toml").read_text("utf-8"))
    for table in PASSAGE_TABLES:
        assert set(tables[table]) <= set(english[table]), table
    for kind in (Setting, Time, Weather, Season, Mood, Style):
        table = kind.__name__.lower()
        later = set(NEAREST) if kind is Setting else set()
        assert set(tables[table]) == {member.value for member in kind} | later, table


@pytest.mark.parametrize("name", NAMES)
def test_every_noun_is_read_in_both_languages_alone_and_in_the_plural(name: str) -> None:
    assert only(f"a {name}").name == name
    for language in languages():
        known = [words for words, e in lexicon(language).entries.items() if ("thing", name) in e.senses]
        assert known
        for words in known:
            assert name in {thing.name for thing in scene(words).things}, (language, words)


@pytest.mark.parametrize(
    ("prompt", "name", "count"),
    [
        ("a boat", "boat", 1),
        ("one boat", "boat", 1),
        ("three boats", "boat", 3),
        ("3 boats", "boat", 3),
        ("a pair of boats", "boat", 2),
        ("a couple of boats", "boat", 2),
        ("a few boats", "boat", 3),
        ("several boats", "boat", 4),
        ("half a dozen boats", "boat", 6),
        ("a dozen birds", "bird", 12),
        ("one dozen birds", "bird", 12),
        ("many birds", "bird", 8),
        ("a flock of birds", "bird", 9),
        ("a flock of sheep", "sheep", 9),
        ("hundreds of lanterns", "lantern", 12),
        ("1000000 birds", "bird", 12),
        ("birds", "bird", 7),
        ("geese", "bird", 7),
        ("a goose", "bird", 1),
        ("wolves and one fox", "fox", 1),
        ("two foxes", "fox", 2),
        ("butterflies", "butterfly", 5),
        ("a sheep", "sheep", 1),
        ("fish in a lake", "fish", 6),
        ("a fish in a lake", "fish", 1),
        ("two men", "person", 2),
        ("a couple on the beach", "person", 2),
        ("two cacti in the desert", "cactus", 2),
        ("dos barcos", "boat", 2),
        ("un par de barcos", "boat", 2),
        ("una docena de farolillos", "lantern", 12),
        ("cinco peces en el mar", "fish", 5),
        ("un pez en el lago", "fish", 1),
        ("pájaros", "bird", 7),
        ("una bandada de pájaros", "bird", 9),
        ("dos muñecos de nieve", "snowman", 2),
        ("tres ÁRBOLES", "tree", 3),
        ("tres arboles", "tree", 3),
    ],
)
def test_counts(prompt: str, name: str, count: int) -> None:
    assert (only(prompt).name, only(prompt).count) == (name, count)


@pytest.mark.parametrize(
    ("prompt", "colour", "size"),
    [
        ("a red balloon", RED, 1.0),
        ("a bright red balloon", RED, 1.0),
        ("a tiny house", None, 0.5),
        ("two small white boats", WHITE, 0.7),
        ("white small boats", WHITE, 0.7),
        ("a small, red boat", RED, 0.7),
        ("a huge blue whale", BLUE, 1.7),
        ("a giant mushroom in a forest", None, 2.0),
        ("a red and white boat", RED, 1.0),
        ("the boat is red", RED, 1.0),
        ("a rusty red boat", RED, 1.0),
        ("green hills and a boat", None, 1.0),
        ("un globo rojo", RED, 1.0),
        ("una casa diminuta", None, 0.5),
        ("dos barcos pequeños blancos", WHITE, 0.7),
        ("dos pequeños barcos blancos", WHITE, 0.7),
        ("flores amarillas", YELLOW, 1.0),
        ("globos rojos y azules", RED, 1.0),
        ("el barco es rojo", RED, 1.0),
    ],
)
def test_adjectives_belong_to_their_noun(
    prompt: str, colour: tuple[int, int, int] | None, size: float
) -> None:
    thing = only(prompt)
    assert (thing.colour, thing.size) == (colour, size)
    assert scene(prompt).palette == ()


def test_each_thing_keeps_its_own_adjectives() -> None:
    red, blue = scene("a small red boat and a giant blue balloon over green hills").things
    assert (red.name, red.colour, red.size) == ("boat", RED, 0.7)
    assert (blue.name, blue.colour, blue.size) == ("balloon", BLUE, 2.0)
    assert scene("a small red boat and a giant blue balloon over green hills").ground == ("#3fa45b",)
    assert [t.colour for t in scene("un barco rojo y un globo azul").things] == [RED, BLUE]
    assert [t.colour for t in scene("a red balloon and a blue balloon").things] == [RED, BLUE]
    assert len(scene("a red balloon. The balloon flies left. The balloon rises").things) == 1


def test_a_colour_of_what_cannot_be_drawn_does_not_tint_the_sky() -> None:
    for prompt in ("a red unicycle near a blue boat", "un monociclo rojo cerca de un barco azul"):
        told = scene(prompt)
        assert told.palette == ()
        assert told.things[0].colour == BLUE
        assert told.undrawn[0] in ("unicycle", "monociclo")


@pytest.mark.parametrize(
    ("prompt", "place"),
    [
        ("a boat", Place.WATER),
        ("a boat in the sky", Place.SKY),
        ("a boat under a starry sky", Place.WATER),
        ("a boat on the horizon", Place.HORIZON),
        ("a distant house", Place.FAR),
        ("a house in the distance", Place.FAR),
        ("a house behind the hills", Place.FAR),
        ("a castle in front of the mountains", Place.NEAR),
        ("a dog in the foreground", Place.FOREGROUND),
        ("a dog on the beach", Place.NEAR),
        ("a swan on the lake", Place.WATER),
        ("a house on the lake", Place.NEAR),
        ("a bird over the lake", Place.SKY),
        ("a bridge over a river", Place.FAR),
        ("a fish in the lake", Place.UNDERWATER),
        ("a turtle swimming underwater", Place.UNDERWATER),
        ("a dog under water", Place.UNDERWATER),
        ("fireworks reflected in the harbor", Place.SKY),
        ("a cat beneath the calm, dark sea", Place.UNDERWATER),
        ("a whale flying over the city", Place.SKY),
        ("flags flying over a castle wall", Place.NEAR),
        ("an eagle above the clouds", Place.SKY),
        ("un barco en el cielo", Place.SKY),
        ("una casa detrás de las colinas", Place.FAR),
        ("un perro en la playa", Place.NEAR),
        ("un cisne en el lago", Place.WATER),
        ("a castle at night", Place.FAR),
        ("a castle at the lake", Place.NEAR),
        ("people at the lake", Place.NEAR),
        ("una tortuga bajo el agua", Place.UNDERWATER),
        ("un castillo frente a las montañas", Place.NEAR),
    ],
)
def test_places(prompt: str, place: Place) -> None:
    assert scene(prompt).things[0].place is place


@pytest.mark.parametrize(
    ("prompt", "motion", "speed"),
    [
        ("a bird", Motion.IN_CHARACTER, 1.0),
        ("birds flying left", Motion.LEFT, 1.0),
        ("birds flying slowly to the right", Motion.RIGHT, 0.5),
        ("slowly flying birds", Motion.IN_CHARACTER, 0.5),
        ("a bird flying over the lake, fast", Motion.IN_CHARACTER, 2.0),
        ("a spinning windmill", Motion.SPIN, 1.0),
        ("a windmill turning quickly", Motion.SPIN, 2.0),
        ("lanterns rising over the river", Motion.UP, 1.0),
        ("a rocket taking off", Motion.UP, 1.0),
        ("a balloon sinking gently", Motion.DOWN, 0.7),
        ("an anchored ship", Motion.STILL, 1.0),
        ("a boat, not moving", Motion.STILL, 1.0),
        ("a ship sailing from left to right", Motion.RIGHT, 1.0),
        ("a boat moving left", Motion.LEFT, 1.0),
        ("pájaros volando lentamente hacia la izquierda", Motion.LEFT, 0.5),
        ("un molino girando rápido", Motion.SPIN, 2.0),
        ("farolillos subiendo despacio", Motion.UP, 0.5),
    ],
)
def test_motions(prompt: str, motion: Motion, speed: float) -> None:
    thing = only(prompt)
    assert (thing.motion, thing.speed) == (motion, speed)
    assert scene(prompt).camera is Camera.DRIFT


@pytest.mark.parametrize(
    "prompt",
    [
        "hills without boats",
        "hills, no red boats",
        "not a single boat on the hills",
        "hills without people, cars or boats",
        "hills with no birds or boats",
        "0 boats on the hills",
        "hills with neither boats nor people",
        "please don't show any boats, hills",
        "colinas sin barcos",
        "colinas sin gente ni barcos",
        "ningún barco, colinas",
    ],
)
def test_a_denied_thing_is_not_there_and_is_not_missed(prompt: str) -> None:
    told = scene(prompt)
    assert (told.things, told.undrawn, told.setting) == ((), (), Setting.HILLS)
    assert any(h.concept == "thing:boat" and h.negated for h in told.heard)


def test_a_denial_ends_with_its_list() -> None:
    assert [t.name for t in scene("no clouds, a boat on a lake").things] == ["boat"]
    assert [t.name for t in scene("without people, a boat").things] == ["boat"]
    assert [t.name for t in scene("no people but a boat").things] == ["boat"]


@pytest.mark.parametrize(
    ("prompt", "camera", "take"),
    [
        ("hills", Camera.DRIFT, Take()),
        ("zoom in on hills", Camera.PUSH, Take()),
        ("slow zoom out over hills", Camera.PULL, Take(speed=0.5)),
        ("hills, pan slowly left", Camera.LEFT, Take(speed=0.5)),
        ("a boat on a lake, fast pan right", Camera.RIGHT, Take(speed=2.0)),
        ("hills, tilt up", Camera.RISE, Take()),
        ("hills, tilt down", Camera.FALL, Take()),
        ("drone shot of hills", Camera.RISE, Take()),
        ("time-lapse of clouds", Camera.DRIFT, Take(tempo=4.0)),
        ("timelapse of clouds, static camera", Camera.STILL, Take(tempo=4.0)),
        ("handheld, waves in slow motion", Camera.DRIFT, Take(tempo=0.5, handheld=True)),
        ("flying over mountains", Camera.PUSH, Take()),
        ("colinas, cámara fija", Camera.STILL, Take()),
        ("vista de dron de las colinas, cámara lenta", Camera.RISE, Take(tempo=0.5)),
    ],
)
def test_the_camera(prompt: str, camera: Camera, take: Take) -> None:
    assert (scene(prompt).camera, scene(prompt).take) == (camera, take)
    assert all(thing.speed == 1 for thing in scene(prompt).things)


def test_season_mood_and_style() -> None:
    told = scene("a dreamy pastel forest in autumn")
    assert (told.season, told.mood, told.style) == (Season.AUTUMN, Mood.DREAMY, Style.PASTEL)
    assert told.ground == ("#d9a21f",)
    assert told.vivid == 0, "a style brings its own colours"
    assert scene("noir city").style is Style.NOIR
    assert scene("muted neon city").vivid < 0
    assert scene("winter").setting is Setting.SNOWFIELD
    assert scene("a forest in winter").winter
    assert scene("bosque de otoño misterioso").mood is Mood.MYSTERIOUS


@pytest.mark.parametrize(
    ("prompt", "setting", "time", "weather"),
    [
        ("montañas al amanecer con niebla", Setting.MOUNTAINS, Time.DAWN, Weather.FOG),
        ("una playa tropical al atardecer", Setting.BEACH, Time.SUNSET, Weather.CLOUDS),
        ("la ciudad de noche bajo la lluvia", Setting.CITY, Time.NIGHT, Weather.RAIN),
        ("tormenta en el océano al anochecer", Setting.OCEAN, Time.DUSK, Weather.STORM),
        ("un lago por la mañana con viento", Setting.LAKE, Time.MORNING, Weather.WIND),
        ("dunas del desierto, hora dorada, cielo despejado", Setting.DESERT, Time.GOLDEN, Weather.CLEAR),
        ("un bosque nevado a mediodía, nublado", Setting.FOREST, Time.NOON, Weather.OVERCAST),
        ("la pradera con nubes al mediodía", Setting.MEADOW, Time.NOON, Weather.CLOUDS),
    ],
)
def test_spanish_places_hours_and_weathers(
    prompt: str, setting: Setting, time: Time, weather: Weather
) -> None:
    told = scene(prompt, 1)
    assert (told.setting, told.time, told.undrawn) == (setting, time, ())
    assert (
        weather in {*told.weather, Weather.CLOUDS} if weather is Weather.CLOUDS else weather in told.weather
    )


def test_mixed_languages_are_understood() -> None:
    assert only("a red globo over the playa").name == "balloon"
    assert scene("a red globo over the playa").setting is Setting.BEACH
    assert [t.name for t in scene("un barco en el mar and two birds").things] == ["boat", "bird"]


def test_a_thing_brings_its_home_and_its_water() -> None:
    assert scene("a boat").setting is Setting.OCEAN
    assert scene("a boat on a river").setting is Setting.LAKE
    assert scene("a boat before the mountains").water is Water.LAKE
    assert scene("a cactus").setting is Setting.DESERT
    assert scene("sunflowers").setting is Setting.MEADOW
    assert scene("an astronaut").setting is Setting.SPACE
    assert scene("mountains, no boat").water is None


@pytest.mark.parametrize("name", NAMES)
def test_a_noun_is_missed_exactly_where_nothing_draws_it(name: str) -> None:
    """Given a thing in the forest, then its word is told if and only if the forest shows no such thing."""
    told = scene(f"a forest with one {name}")
    assert told.setting is Setting.FOREST
    assert (told.undrawn == ()) == (name in drawn_in(told))
    assert set(told.undrawn) <= {name}


def test_under_water_there_is_no_weather_and_nothing_is_left_undrawn() -> None:
    told = scene("an underwater scene with a coral reef in the rain at night, handheld watercolor")
    assert told.setting is Setting.UNDERWATER
    assert told.weather == {Weather.CLEAR}
    assert told.water is None
    assert not told.moon
    assert not told.stars
    assert told.undrawn == ()
    assert scene("a shoal of fish").setting is Setting.UNDERWATER


def test_a_word_of_a_longer_passage_is_not_known_by_itself() -> None:
    """Given "space station" and "coral reef" are known, then a station or kelp alone is still told."""
    assert scene("a station and some kelp on the hills").undrawn == ("station", "kelp")


@pytest.mark.parametrize(
    "prompt",
    [
        "a boat on a lake and a zebra in the sky",
        "a boat on a lake with smoke rising slowly from it",
        "two zebras behind a boat",
        "a boat reflected in the river",
        "un barco en un lago y una cebra en el cielo",
    ],
)
def test_what_is_said_of_an_unknown_word_is_not_said_of_its_neighbour(prompt: str) -> None:
    thing = only(prompt)
    assert thing == Thing("boat", 1, None, 1.0, Place.WATER, Motion.IN_CHARACTER, 1.0)


def test_what_is_too_much_for_one_picture_is_told() -> None:
    told = scene(", ".join(f"a {name}" for name in NAMES))
    assert len(told.things) == 12
    assert len(told.undrawn) == 24
    assert all(len(word) <= 40 for word in scene("x" * 10_000).undrawn)


def test_what_was_said_of_a_thing_is_explained() -> None:
    told = scene("two small red boats drifting left").explain()
    for line in (
        "things   2 boat, size 0.7, #d8322f, place water, motion left",
        "heard    red -> colour:red of boat",
        "heard    left -> motion:left of boat",
    ):
        assert line in told


def test_what_was_heard_stands_in_the_order_of_the_prompt() -> None:
    told = scene("three small red boats drifting left at dawn")
    assert [h.words for h in told.heard] == ["three", "small", "red", "boats", "drifting", "left", "dawn"]

"""Things are drawn as the words ask: how many, how large, in which colour, where and at which hour."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from soho.diorama import read
from soho.diorama.canvas import Canvas, Pose, rgb_of
from soho.diorama.film import Film
from soho.diorama.scene import Motion, Place, Thing, Time
from soho.diorama.things import DRAWN, WATER, Cast
from soho.diorama.things.actor import STILL_MOMENT

SIZE = (270, 480)
PROMPTS = {
    "sky": "hills at noon, no clouds, no sun, static shot",
    "ground": "hills at noon, no clouds, static shot",
    "water": "a calm lake at noon, no clouds, no sun, static shot",
}
Mask = npt.NDArray[np.bool_]


def thing(
    name: str,
    count: int = 1,
    place: Place = Place.NEAR,
    *,
    colour: tuple[int, int, int] | None = None,
    size: float = 1.0,
    motion: Motion = Motion.IN_CHARACTER,
) -> Thing:
    return Thing(name, count, colour, size, place, motion, 1.0)


@cache
def empty(prompt: str, size: tuple[int, int] = SIZE, seed: int = 7) -> Film:
    """The film of a prompt whose scene holds no things."""
    return Film(replace(read(prompt, seed, *size), things=()), 8.0)


def cast(prompt: str, *things: Thing, size: tuple[int, int] = SIZE, seed: int = 7) -> Cast:
    """The things of a scene, without the rest of it."""
    film = empty(prompt, size, seed)
    return Cast(film.stage, 8.0, things, film.beyond_lands, film.near_lands)


def drawn(
    prompt: str, *things: Thing, size: tuple[int, int] = SIZE, seed: int = 7, turn: float = 0.3
) -> Mask:
    """Which pixels of a frame the things change, beyond what grain and bloom do."""
    film = empty(prompt, size, seed)
    before = rgb_of(film.frame(turn)).astype(np.int16)
    bare, film.cast = film.cast, cast(prompt, *things, size=size, seed=seed)
    try:
        after = rgb_of(film.frame(turn)).astype(np.int16)
    finally:
        film.cast = bare
    changed: Mask = np.abs(after - before).max(2) > 22
    return changed


def pieces(mask: Mask, least: int = 25) -> int:
    """How many separate shapes a mask shows; gaps downwards, as in a pale string, do not part them."""
    joined = cv2.morphologyEx(mask.astype(np.uint8), cv2.MORPH_CLOSE, np.ones((15, 1), np.uint8))
    _, _, stats, _ = cv2.connectedComponentsWithStats(joined)
    return int((stats[1:, cv2.CC_STAT_AREA] >= least).sum())


def on_grey(troupe: Cast, turn: float = STILL_MOMENT, size: tuple[int, int] = SIZE) -> Canvas:
    """The things alone, on a grey card."""
    canvas = Canvas.blank(size[1], size[0], 2)
    canvas.luma[:] = 120
    for order in sorted(troupe.orders):
        troupe.enter(canvas, order, turn, lambda depth: Pose(1, 0, 0))
    return canvas


def test_sixty_kinds_of_things_and_more_are_drawn() -> None:
    assert len(DRAWN) >= 60
    assert {"boat", "bird", "house", "hot air balloon", "street lamp", "dragon"} <= DRAWN


@pytest.mark.parametrize("name", sorted(DRAWN))
def test_every_kind_shows_in_every_shape_of_frame(name: str) -> None:
    """Given any kind in any shape, then it covers part of the picture at the still moment."""
    for size in ((180, 320), (240, 240), (320, 180)):
        canvas = on_grey(cast(PROMPTS["water"], thing(name, place=Place.SKY), size=size), size=size)
        placed = cast(PROMPTS["water"], thing(name), size=size)
        for card in (canvas, on_grey(placed, size=size)):
            mask = np.abs(card.luma.astype(int) - 120) > 6
            assert mask.sum() > 20, (name, size)
            rows, columns = np.nonzero(mask)
            assert columns.max() - columns.min() > 4
            assert rows.max() - rows.min() > 4


@pytest.mark.parametrize("count", [1, 3, 7, 12])
@pytest.mark.parametrize("size", [(270, 480), (360, 360), (480, 270)])
@pytest.mark.parametrize(
    ("name", "place"), [("balloon", Place.SKY), ("house", Place.NEAR), ("snowman", Place.FOREGROUND)]
)
def test_as_many_are_seen_as_were_asked_for(
    name: str, place: Place, size: tuple[int, int], count: int
) -> None:
    """Given a count, then the frame differs from the empty scene in that many separate places."""
    mask = drawn(PROMPTS["ground"], thing(name, count, place, colour=(220, 20, 30)), size=size)
    assert pieces(mask, 20) == count


@pytest.mark.parametrize("turn", [0.0, 0.3, 0.6, 0.9])
def test_three_boats_are_three_boats_all_the_time(turn: float) -> None:
    mask = drawn(PROMPTS["water"], thing("boat", 3, Place.WATER, colour=(200, 20, 20)), turn=turn)
    assert pieces(mask, 60) == 3


def test_a_colour_word_colours_the_thing() -> None:
    film = empty(PROMPTS["sky"])
    means = []
    for colour in ((220, 20, 20), (20, 40, 220)):
        balloon = thing("balloon", 1, Place.SKY, colour=colour)
        mask = drawn(PROMPTS["sky"], balloon)
        bare, film.cast = film.cast, cast(PROMPTS["sky"], balloon)
        means.append(rgb_of(film.frame(0.3))[mask].mean(0))
        film.cast = bare
    assert means[0][0] > means[0][2] + 50
    assert means[1][2] > means[1][0] + 50


def test_a_giant_thing_is_larger_than_a_tiny_one() -> None:
    areas = [drawn(PROMPTS["ground"], thing("castle", size=size)).sum() for size in (0.5, 1.0, 2.0)]
    assert areas[0] * 2 < areas[1]
    assert areas[1] * 1.5 < areas[2]


def test_near_things_are_larger_than_far_ones() -> None:
    areas = [
        drawn(PROMPTS["ground"], thing("cow", 1, place)).sum() for place in (Place.FAR, Place.FOREGROUND)
    ]
    assert areas[0] * 1.5 < areas[1]


@pytest.mark.parametrize("name", ["bird", "airplane", "hot air balloon", "dragon", "ufo"])
def test_what_flies_stays_above_the_horizon(name: str) -> None:
    horizon = empty(PROMPTS["sky"]).stage.horizon
    troupe = cast(PROMPTS["sky"], thing(name, 4, Place.SKY))
    for turn in np.linspace(0, 1, 9):
        rows = np.nonzero(np.abs(on_grey(troupe, float(turn)).luma.astype(int) - 120) > 12)[0]
        assert rows.size
        assert rows.max() < horizon


@pytest.mark.parametrize("name", ["house", "tree", "person", "castle"])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_what_stands_on_the_ground_stands_at_its_crest_or_before_it(name: str, seed: int) -> None:
    """Given any seed, then feet are below the crest of their layer and inside the frame."""
    troupe = cast(PROMPTS["ground"], thing(name, 5), seed=seed)
    actors = [actor for actors in troupe.orders.values() for actor in actors]
    assert len(actors) == 5
    for actor in actors:
        assert actor.ground is not None
        assert actor.ground.at(actor.x) <= actor.y <= SIZE[1]


def test_boats_float_and_are_mirrored() -> None:
    """Given a boat on a lake, then it is below the horizon and the water under it shows it again, fainter."""
    troupe = cast(PROMPTS["water"], thing("boat", 1, Place.WATER, colour=(250, 250, 250)))
    (boat,) = troupe.orders[WATER]
    assert empty(PROMPTS["water"]).stage.horizon < boat.y < SIZE[1]
    contrast = np.abs(on_grey(troupe).luma.astype(int) - 120)
    line, reach = round(boat.y), round(0.5 * boat.height())
    above, below = contrast[line - reach : line - 2].max(), contrast[line + 6 : line + reach].max()
    assert above > below > 10


def test_things_without_their_element_still_appear() -> None:
    """Given a boat in the hills, a fish in the desert and a house at sea, then each is drawn once."""
    for prompt, name in (
        ("hills at noon", "boat"),
        ("desert at noon", "fish"),
        ("open ocean at noon", "house"),
    ):
        troupe = cast(prompt, thing(name, 1, Place.NEAR))
        assert sum(len(actors) for actors in troupe.orders.values()) == 1
        assert (np.abs(on_grey(troupe).luma.astype(int) - 120) > 10).sum() > 30


def test_windows_shine_at_night_and_the_rest_turns_dark() -> None:
    """Given one house by day and by night, then its walls darken and its windows are warmer than by day."""
    scene = replace(read(PROMPTS["ground"], 7, *SIZE), things=(thing("house"),))
    day, night = (
        rgb_of(on_grey(Film(replace(scene, time=hour), 8.0).cast)).astype(int)
        for hour in (Time.NOON, Time.NIGHT)
    )
    card = rgb_of(on_grey(cast(PROMPTS["ground"]))).astype(int)
    house = np.abs(day - card).max(2) > 25
    assert np.median(night[house].mean(1)) < 0.75 * np.median(day[house].mean(1))
    warmth = [(frame[house][:, 0] - frame[house][:, 2]).max() for frame in (day, night)]
    assert warmth[1] > warmth[0] + 10


def test_the_same_seed_seats_things_alike_and_another_elsewhere() -> None:
    herd = (thing("cow", 4), thing("bird", 5, Place.SKY))
    first, again, other = (on_grey(cast(PROMPTS["ground"], *herd, seed=s)).luma for s in (5, 5, 6))
    assert np.array_equal(first, again)
    assert (first != other).mean() > 0.005


def test_a_name_without_a_drawing_is_left_out() -> None:
    assert not cast(PROMPTS["ground"], thing("unicycle")).orders

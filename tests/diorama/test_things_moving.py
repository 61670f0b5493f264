"""Things move in character, as the words say, and end where they began."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from soho.diorama import read
from soho.diorama.film import Film
from soho.diorama.scene import Motion, Place, Thing
from soho.diorama.things import DRAWN, Cast
from soho.diorama.things.actor import STILL_MOMENT, Actor
from soho.diorama.things.catalogue import FIGURES
from soho.diorama.things.figure import Home
from soho.diorama.things.pen import Pen

SIZE = (180, 320)
PLACES = {
    Home.SKY: Place.SKY,
    Home.HEAVEN: Place.SKY,
    Home.ARCH: Place.SKY,
    Home.WATER: Place.WATER,
    Home.DEEP: Place.WATER,
}


@cache
def lake() -> Film:
    return Film(replace(read("a calm lake at noon, no clouds", 7, *SIZE), things=()), 8.0)


def actors(
    name: str, motion: Motion = Motion.IN_CHARACTER, count: int = 2, speed: float = 1.0
) -> list[Actor]:
    """The instances of one kind on a lake."""
    place = PLACES.get(FIGURES[name].home, Place.NEAR)
    asked = Thing(name, count, None, 1.0, place, motion, speed)
    troupe = Cast(lake().stage, 8.0, [asked], lake().beyond_lands, lake().near_lands)
    return [actor for row in troupe.orders.values() for actor in row]


@pytest.mark.parametrize("motion", list(Motion))
@pytest.mark.parametrize("speed", [0.5, 1.0, 2.0])
def test_every_motion_of_every_kind_ends_where_it_began(motion: Motion, speed: float) -> None:
    """Given any kind, motion and speed, then place, turn and pose at the end are those at the start."""
    for name in DRAWN:
        for actor in actors(name, motion, speed=speed):
            first, last = actor.stand(0.0), actor.stand(1.0)
            for part in ("x", "y", "wide", "high", "lean", "pose", "share"):
                assert getattr(first, part) == pytest.approx(getattr(last, part), abs=1e-6), (name, part)
            assert np.cos(np.deg2rad(first.angle - last.angle)) == pytest.approx(1, abs=1e-9), name


@pytest.mark.parametrize("name", sorted(DRAWN))
def test_nothing_jumps_where_it_can_be_seen(name: str) -> None:
    """Given small steps through the clip, then a thing moves little in each, unless it is out of the frame or
    faded away."""
    for motion in (Motion.IN_CHARACTER, Motion.LEFT, Motion.UP):
        for actor in actors(name, motion):
            reach = max(abs(side) for side in actor.box) * actor.pixels
            wide = max(-actor.box[0], actor.box[2]) * actor.pixels
            before = actor.stand(0.0)
            for turn in np.linspace(0, 1, 193)[1:]:
                now = actor.stand(float(turn))
                outside = any(s.x + wide < 0 or s.x - wide > SIZE[0] for s in (now, before))
                sunken = now.floor < 1e8 and min(now.y, before.y) - reach > now.floor
                gone = now.share < 0.1 or before.share < 0.1
                step = np.hypot(now.x - before.x, now.y - before.y)
                assert outside or gone or sunken or step < 0.05 * SIZE[1], (name, motion, turn)
                before = now


@pytest.mark.parametrize("name", ["bird", "car", "house", "person", "ship"])
@pytest.mark.parametrize(("motion", "way"), [(Motion.LEFT, -1), (Motion.RIGHT, 1)])
def test_left_is_left_and_right_is_right(name: str, motion: Motion, way: int) -> None:
    for actor in actors(name, motion):
        now, later = actor.stand(STILL_MOMENT), actor.stand(STILL_MOMENT + 0.02)
        assert (later.x - now.x) * way > 0
        assert now.wide * way > 0  # it faces where it goes


def test_up_is_up_and_down_is_down() -> None:
    for motion, way in ((Motion.UP, -1), (Motion.DOWN, 1)):
        for actor in actors("balloon", motion):
            assert (actor.stand(STILL_MOMENT + 0.02).y - actor.stand(STILL_MOMENT).y) * way > 0


def test_what_is_told_to_be_still_is_still() -> None:
    for actor in actors("bird", Motion.STILL):
        assert actor.stand(0.1) == actor.stand(0.6)


def test_spinning_goes_all_the_way_round_about_the_middle() -> None:
    (ufo,) = actors("ufo", Motion.SPIN, 1)
    angles = [ufo.stand(t).angle % 360 for t in np.linspace(0, 0.5, 50)]
    assert max(angles) - min(angles) > 300
    assert np.ptp([ufo.stand(t).x for t in np.linspace(0, 1, 40)]) < 0.5 * ufo.height()


def test_fast_walkers_go_farther_than_slow_ones() -> None:
    spans = []
    for speed in (0.5, 2.0):
        (bird,) = actors("bird", count=1, speed=speed)
        spans.append(np.ptp([bird.stand(t).x for t in np.linspace(0, 1, 60)]))
    assert spans[0] * 1.5 < spans[1]


def test_all_are_in_the_picture_at_the_still_moment() -> None:
    """Given what crosses, rises or leaps, then a still shows it inside the frame and not faded."""
    for name in DRAWN:
        for actor in actors(name, count=3):
            stand = actor.stand(STILL_MOMENT)
            assert 0 <= stand.x <= SIZE[0], name
            assert 0 <= stand.y <= SIZE[1], name
            assert stand.share > 0.9, name


@pytest.mark.parametrize("name", ["bird", "seagull", "eagle", "dragon", "butterfly"])
def test_wings_beat(name: str) -> None:
    """Given the poses of a flyer, then its outline is now tall or wide, now not."""
    sizes = []
    for i in range(FIGURES[name].poses):
        pen = Pen()
        FIGURES[name].draw(pen, i / FIGURES[name].poses)
        left, bottom, right, top = pen.bounds()
        sizes.append((right - left) / (top - bottom))
    assert max(sizes) > 1.2 * min(sizes)


def test_a_walker_turns_round_instead_of_walking_backwards() -> None:
    """Given a person pacing, then it always faces the way it moves, except in the act of turning."""
    (person,) = actors("person", count=1)
    moments = np.linspace(0, 1, 97)
    for turn in moments:
        now, later = person.stand(float(turn)), person.stand(float(turn) + 1e-3)
        if abs(now.wide) > 0.9 * now.high:
            assert (later.x - now.x) * now.wide > 0


def test_a_whale_breaches_and_sinks_back() -> None:
    (whale,) = actors("whale", count=1)
    rows = [whale.stand(t).y for t in np.linspace(0, 1, 80)]
    assert min(rows) < whale.y < max(rows)
    assert all(whale.stand(t).floor == whale.y for t in (0.0, 0.4))


def test_a_still_cuts_only_the_poses_it_shows() -> None:
    film = lake()
    asked = Thing("bird", 3, None, 1.0, Place.SKY, Motion.IN_CHARACTER, 1.0)
    film.cast = Cast(film.stage, 8.0, [asked], film.beyond_lands, film.near_lands)
    film.frame(STILL_MOMENT)
    (birds,) = film.cast.orders.values()
    assert 1 <= len(birds[0].poses.made) <= 3 < len(birds[0].poses)

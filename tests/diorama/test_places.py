"""Under water, in wind, in the city, in the rain: what moves there and what shines, measured on frames."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from soho.diorama import read
from soho.diorama.canvas import rgb_of
from soho.diorama.film import Film, camera_at
from soho.diorama.scene import Camera, Mood, Scene, Take, Weather
from soho.diorama.sky import worlds
from soho.diorama.stage import set_up

from .frames import SIZE, Picture, film, picture


def shown(scene: Scene, turn: float) -> Picture:
    """One frame of a scene."""
    return rgb_of(Film(scene, 4.0).frame(turn)).astype(np.int16)


def chroma(frame: Picture) -> float:
    return float((frame.max(2) - frame.min(2)).mean())


def test_under_water_it_is_blue_and_lighter_towards_the_surface() -> None:
    sea = picture("underwater at noon")
    assert sea[..., 2].mean() > sea[..., 0].mean() + 30
    bands = [float(sea[at : at + 40].mean()) for at in (0, 60, 120)]
    assert bands[0] > bands[1] > bands[2]
    assert picture("underwater at night").mean() < 0.6 * sea.mean()


def test_bubbles_rise_and_light_moves_under_water() -> None:
    """Given two moments, then the highest match of the bubbles' plane is above where they were."""
    dive = Film(read("underwater at noon, static shot", 7, 360, 640), 4.0)
    assert dive.bubbles is not None
    planes = []
    for turn in (0.5, 0.52):
        dive.frame(turn)
        planes.append(dive.bubbles.plane.astype(np.int16).copy())
    before, after = planes
    scores = {dy: float(np.abs(after[40:600] - before[40 + dy : 600 + dy]).mean()) for dy in range(-12, 13)}
    assert min(scores, key=lambda dy: scores[dy]) > 0
    floor = [picture("underwater at noon, static shot", turn)[250:].mean(2) for turn in (0.1, 0.6)]
    assert np.abs(floor[0] - floor[1]).mean() > 0.5


def test_wind_bends_plants_and_a_calm_day_does_not() -> None:
    """Given a static shot of a meadow, then only in wind do the flowers stand elsewhere a moment later."""
    calm = replace(read("meadow at noon, static shot", 7, *SIZE), weather=frozenset({Weather.CLEAR}))
    windy = replace(calm, weather=frozenset({Weather.WIND}))
    moved = []
    for scene in (calm, windy):
        play = Film(scene, 4.0)
        play.leaves = None
        frames = [rgb_of(play.frame(turn)).astype(np.int16)[190:] for turn in (0.1, 0.3)]
        moved.append(float(np.abs(frames[0] - frames[1]).mean()))
    assert moved[1] > moved[0] + 1.0


def test_leaves_and_snow_go_with_the_wind() -> None:
    assert film("windy meadow").leaves is not None
    assert film("meadow, no wind").leaves is None
    assert film("windy ocean").leaves is None
    drifting, falling = film("windy hills in the snow").snow, film("hills in the snow").snow
    assert drifting is not None
    assert falling is not None
    assert np.abs(drifting.fine.rows[:, 8]).min() >= 1
    assert not falling.fine.rows[:, 8].any()


def test_rain_draws_rings_on_water_only() -> None:
    assert film("lake in the rain").ripples is not None
    assert film("lake at noon, no rain").ripples is None
    assert film("hills in the rain").ripples is None


def test_near_towers_have_lit_windows_at_night_and_dark_ones_by_day() -> None:
    """Given the lowest quarter of a city, then warm bright spots stand in the dark at night."""
    night = picture("city at night, clear sky", size=(360, 640))[-160:]
    warm = (night[..., 0] > 150) & (night[..., 0] > night[..., 2] + 20)
    assert warm.mean() > 0.004
    assert np.median(night.mean(2)) < 60
    day = picture("city at noon, clear sky", size=(360, 640))[-160:]
    assert not ((day[..., 0] > 150) & (day[..., 0] > day[..., 2] + 20)).any()


def test_moods_grade_the_picture() -> None:
    plain = replace(read("hills at noon", 7, *SIZE), mood=None)
    frames = {mood: shown(replace(plain, mood=mood), 0.3) for mood in (None, *Mood)}
    assert np.array_equal(frames[None], frames[Mood.CALM])
    assert chroma(frames[Mood.EERIE]) < 0.8 * chroma(frames[None]) < chroma(frames[Mood.JOYFUL])
    assert frames[Mood.MELANCHOLY].mean() < frames[None].mean()
    assert frames[Mood.DRAMATIC].mean(2).std() > frames[None].mean(2).std()


def test_the_camera_falls_as_it_rises_turned_around() -> None:
    for turn in (0.0, 0.3, 1.0):
        assert camera_at(Camera.FALL, turn).y == pytest.approx(-camera_at(Camera.RISE, turn).y)


def test_a_hand_shakes_the_camera_and_a_tripod_does_not() -> None:
    scene = replace(read("mountains at noon, static shot", 7, *SIZE), weather=frozenset({Weather.CLEAR}))
    still, held = (Film(replace(scene, take=Take(handheld=h)), 4.0) for h in (False, True))
    moved = [
        float(np.abs(f.frame(0.1).luma.astype(np.int16) - f.frame(0.2).luma).mean()) for f in (still, held)
    ]
    assert moved[1] > 2 * moved[0]
    assert held.slip(0.0) == pytest.approx(held.slip(1.0), abs=1e-6)


def test_a_time_lapse_lives_faster_and_slow_motion_slower() -> None:
    scene = read("lake in the rain", 7, *SIZE)
    falls = [
        play.rain.falls
        for tempo in (0.5, 1.0, 4.0)
        if (play := Film(replace(scene, take=Take(tempo=tempo)), 4.0)).rain
    ]
    assert falls == sorted(set(falls))
    assert len(falls) == 3


# What moves in a loop must come back: the frame after the last is the first.
LOOPS = (
    "ocean waves at sunset",
    "lake in the rain, static shot",
    "windy meadow of flowers at noon",
    "snowfield, snow falling, wind",
    "underwater coral reef",
    "forest with god rays in the fog",
    "city at night, handheld",
    "vintage beach at noon",
    "storm with lightning over the sea",
    "aurora over mountains",
)


@pytest.mark.parametrize("prompt", LOOPS)
def test_the_frame_after_the_last_is_the_first(prompt: str) -> None:
    """Given a clip whose camera returns, then going on from its end is as smooth as inside of it."""
    play = film(prompt)
    first, after, near = (rgb_of(play.frame(turn, 0)).astype(np.int16) for turn in (0.0, 1.0, 1 / 96))
    assert np.abs(first - after).mean() < 0.6
    assert np.abs(first - after).mean() <= np.abs(first - near).mean() + 0.05


@pytest.mark.parametrize("way", ["left", "right"])
def test_a_pan_does_not_loop_but_comes_to_rest(way: str) -> None:
    """Given a pan, which ends elsewhere, then it is eased: its ends move far less than its middle."""
    play = film(f"mountains at noon, no clouds, pan {way}")
    at = [play.frame(turn, 0).luma.astype(np.int16) for turn in (0.0, 0.02, 0.5, 0.52, 1.0)]
    assert np.abs(at[0] - at[-1]).mean() > 4
    assert np.abs(at[0] - at[1]).mean() < 0.5 * np.abs(at[2] - at[3]).mean()


@pytest.mark.parametrize("count", [1, 3, 5])
def test_space_has_as_many_worlds_as_are_named_and_none_hides_another(count: int) -> None:
    number = {1: "one planet", 3: "three planets", 5: "five planets"}[count]
    for size in (SIZE, (240, 240), (320, 180)):
        stage = set_up(read(f"space with {number}", 7, *size), 2, 2)
        found = worlds(stage, stage.scene.chance("planets"))
        assert len(found) == count
        for i, (x, y, r) in enumerate(found):
            assert all(np.hypot(x - cx, y - cy) > 0.7 * (r + other) for cx, cy, other in found[:i])


@pytest.mark.parametrize("size", [(180, 320), (320, 320), (320, 180)])
def test_every_shape_is_composed_and_none_cropped(size: tuple[int, int]) -> None:
    """Given a tall, a square and a wide frame, then the sun, the horizon and all of the lighthouse are in it,
    and the lighthouse keeps its share of the height."""
    film = Film(read("a lighthouse by the sea at sunset, static shot", 7, *size), 8.0)
    (house,) = (actor for row in film.cast.orders.values() for actor in row)
    width, height = size
    left, bottom, right, top = (side * house.pixels for side in house.box)
    assert 0 <= house.x + left < house.x + right <= width
    assert 0 <= house.y - top < house.y - bottom <= height
    assert 0.08 < house.height() / height < 0.5
    assert 0.1 * width < film.stage.sun[0] < 0.9 * width
    assert 0.3 * height < film.stage.horizon < 0.8 * height
    assert 0 < film.stage.sun[1] < film.stage.horizon

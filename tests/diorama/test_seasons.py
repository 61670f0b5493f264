"""Seasons, storms and hours that pass, measured on frames: what turns, what is bare, what the light does."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from soho.diorama import read
from soho.diorama.canvas import rgb_of
from soho.diorama.film import Film
from soho.diorama.scene import Take, Time, Weather

from .frames import SIZE, Picture, picture

CALM = "clear sky, static shot"


def reds(frame: Picture) -> float:
    """The share of pixels that are plainly redder than green."""
    return float((frame[..., 0] - frame[..., 1] > 45).mean())


def test_woods_turn_in_autumn_and_not_in_summer() -> None:
    land = slice(int(0.64 * SIZE[1]), None)
    autumn, summer = (picture(f"hills in {season} at noon, {CALM}")[land] for season in ("autumn", "summer"))
    assert reds(autumn) > 0.03
    assert reds(summer) < 0.002


def test_a_winter_forest_is_bare_and_white() -> None:
    """Given a forest in winter, then nothing in it is plainly green, as much is in summer, and its floor is
    paler."""
    winter, summer = (picture(f"forest in {season} at noon, {CALM}") for season in ("winter", "summer"))
    green = [float((f[..., 1] - np.maximum(f[..., 0], f[..., 2]) > 15).mean()) for f in (winter, summer)]
    assert green[0] < 0.01 < 0.10 < green[1]
    assert winter[-60:].mean() > summer[-60:].mean() + 30


def test_a_blizzard_is_greyer_than_snowfall() -> None:
    scenes = [read(f"{word} over pine trees at sunset", 7, *SIZE) for word in ("snowfall", "a blizzard")]
    assert [Weather.WIND in scene.weather for scene in scenes] == [False, True]
    still, wild = (rgb_of(Film(scene, 1.0).frame(0.3)).astype(np.int16) for scene in scenes)
    assert float(np.ptp(wild, 2).mean()) < 0.75 * float(np.ptp(still, 2).mean())


def test_sunset_reaches_under_the_water() -> None:
    """Given the same reef at noon and at sunset, then the water near the surface is far redder at sunset, and
    still blue at the bottom of the sea."""
    noon, sunset = (picture(f"underwater coral reef at {hour}, static shot") for hour in ("noon", "sunset"))
    warmth = [float((f[:40, :, 0] - f[:40, :, 2]).mean()) for f in (noon, sunset)]
    assert warmth[0] < -60 < 0 < warmth[1]
    deep = sunset[int(0.4 * SIZE[1]) : int(0.5 * SIZE[1])]
    assert deep[..., 2].mean() > deep[..., 0].mean()


def test_mist_leaves_the_mountains_their_shape() -> None:
    """Given a lake in the mist, then its mountains stand out from the sky, paler than on a clear day."""
    edges = []
    for weather in (Weather.FOG, Weather.CLEAR):
        scene = replace(read("a lake in the morning, static shot", 7, *SIZE), weather=frozenset({weather}))
        play = Film(scene, 1.0)
        low = int(play.stage.horizon)
        grey = rgb_of(play.frame(0.3)).astype(np.int16)[low - 80 : low - 8].mean(2)
        edges.append(float(np.percentile(np.abs(np.diff(grey, axis=0)), 99)))
    assert 0.5 * edges[1] < edges[0] < edges[1]


@pytest.mark.parametrize(("hour", "darker", "warmer"), [(Time.NOON, 1, 1), (Time.NIGHT, -1, -1)])
def test_hours_pass_in_a_time_lapse_and_come_round(hour: Time, darker: int, warmer: int) -> None:
    """Given a time-lapse under an empty sky, then by day the light has sunk and warmed in its middle, by
    night risen and cooled, and the end meets the beginning; at the usual pace nothing of it happens."""
    scene = replace(read(f"hills, {CALM}", 7, *SIZE), time=hour, weather=frozenset({Weather.CLEAR}))
    change = []
    for tempo in (4.0, 1.0):
        play = Film(replace(scene, take=Take(1.0, tempo, False)), 4.0)
        first, middle, last = (rgb_of(play.frame(turn)).astype(np.int16) for turn in (0.0, 0.5, 1.0))
        assert np.abs(last - first).mean() < 0.5
        light = float((first - middle).mean())
        warmth = float(((middle - first)[..., 0] - (middle - first)[..., 2]).mean())
        change.append((darker * light, warmer * warmth))
    assert change[0][0] > 2
    assert change[0][1] > 2
    assert max(map(abs, change[1])) < 1


def test_trunks_sway_in_the_wind_as_one_piece() -> None:
    """Given a forest, then only in wind do its trunks move, their tops farther than their feet."""
    moved = []
    for weather in (Weather.CLEAR, Weather.WIND):
        scene = replace(read("forest at noon, static shot", 7, 360, 640), weather=frozenset({weather}))
        play = Film(scene, 4.0)
        play.leaves = play.rays = None
        frames = [rgb_of(play.frame(turn)).astype(np.int16) for turn in (0.1, 0.35)]
        apart = np.abs(frames[0] - frames[1]).mean(2)
        high, low = slice(100, 200), slice(380, 420)
        moved.append((float(apart[high].mean()), float(apart[low].mean())))
    calm, windy = moved
    assert windy[0] > 3 * calm[0]
    assert windy[0] > 1.5 * windy[1]


def test_rain_falls_in_veils() -> None:
    """Given the tile of a shower, then some parts hold far more rain than others, and it has no seam."""
    rain = Film(read("heavy rain over hills", 7, 360, 640), 4.0).rain
    assert rain is not None
    height, width = rain.tile.shape[0] // 2, rain.tile.shape[1] // 2
    rows, columns = height // 80, width // 80
    one = rain.tile[: rows * 80, : columns * 80].astype(np.float32)
    blocks = one.reshape(rows, 80, columns, 80).mean((1, 3))
    assert blocks.std() > 0.4 * blocks.mean()
    assert np.array_equal(rain.tile[height:, width:], rain.tile[:height, :width])

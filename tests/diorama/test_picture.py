"""The picture follows the scene: measured on the frames, never compared with stored ones."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest

from soho.diorama import read
from soho.diorama.canvas import Canvas, Pose, lay, rgb_of, sheet_of, split
from soho.diorama.film import Film, camera_at
from soho.diorama.patches import Patch, patches_of
from soho.diorama.scene import Camera, Scene, Setting, Weather
from soho.diorama.settings import LANDS
from soho.diorama.weather import rain_on

from .frames import SIZE, Picture, film, picture


def sky(frame: Picture) -> Picture:
    """The upper half, where every composition has sky."""
    return frame[: frame.shape[0] // 2]


def light(frame: Picture) -> float:
    return float(frame.mean())


def contrast(frame: Picture) -> float:
    """How strongly shapes around the horizon stand out from what is beside them, less the grain."""
    rows = frame.shape[0]
    distance = frame[int(0.42 * rows) : int(0.75 * rows)].mean(2).astype(np.float32)
    return float((cv2.GaussianBlur(distance, (0, 0), 2) - cv2.GaussianBlur(distance, (0, 0), 10)).std())


def test_a_sunset_is_warm_and_noon_is_cool() -> None:
    sunset = sky(picture("A sunset over mountains with vibrant colors"))
    noon = sky(picture("mountains at noon, no clouds"))
    assert sunset[..., 0].mean() > sunset[..., 2].mean() + 30
    assert noon[..., 2].mean() > noon[..., 0].mean() + 30


def test_night_is_darker_than_dusk_and_dusk_than_noon() -> None:
    levels = [light(picture(f"hills at {hour}, no clouds")) for hour in ("night", "dusk", "noon")]
    assert levels[0] + 15 < levels[1] < levels[2] - 15


@pytest.mark.parametrize("place", ["forest", "mountains", "city"])
def test_fog_lowers_contrast_in_the_distance(place: str) -> None:
    """Given one scene with and without fog in it, layout and all else alike."""
    scene = read(f"{place} at noon", 7, *SIZE)
    views = [
        rgb_of(Film(replace(scene, weather=frozenset({air})), 1.0).frame(0.3)).astype(np.int16)
        for air in (Weather.FOG, Weather.CLEAR)
    ]
    assert contrast(views[0]) < 0.75 * contrast(views[1])


def test_rain_falls_downwards() -> None:
    """Given two moments of rain, then the second looks most like the first moved down."""
    wet = film("hills in the rain")
    assert wet.rain is not None
    still = film("hills, overcast, no rain, static shot")
    assert still.rain is None
    canvas = [Canvas.blank(320, 180, 2) for _ in range(2)]
    for turn, target in zip((0.5, 0.5 + 12 / 640), canvas, strict=True):
        rain_on(target, wet.rain, turn)
    before, after = (c.luma.astype(np.int16) - 16 for c in canvas)
    scores = {dy: float(np.abs(after[40:280] - before[40 - dy : 280 - dy]).mean()) for dy in range(-12, 19)}
    best = min(scores, key=lambda dy: scores[dy])
    assert best > 0
    assert before.any()


def test_snow_whitens_and_moves() -> None:
    frames = [picture("hills at night in heavy snow, static shot", turn) for turn in (0.2, 0.25)]
    bare = picture("hills at night, overcast, static shot", 0.2)
    assert (frames[0].min(2) > 130).mean() > (bare.min(2) > 130).mean() + 0.002
    assert np.abs(frames[0] - frames[1]).mean() > 1


def test_no_clouds_leaves_the_sky_smooth() -> None:
    """Less its own gradient, a clear sky holds nothing but grain."""

    def texture(prompt: str) -> float:
        high = picture(prompt, seed=3)[:110].mean(2).astype(np.float32)
        soft = cv2.GaussianBlur(high, (0, 0), 2)
        return float((soft - soft.mean(1, keepdims=True)).std())

    assert texture("meadow at noon, no clouds, no sun") < 0.6 * texture("meadow at noon with clouds, no sun")


def test_water_mirrors_the_sky() -> None:
    shore = picture("a calm lake at sunset, no clouds")
    water = shore[200:260]
    assert water[..., 0].mean() > water[..., 2].mean() + 15
    field = picture("a calm lake at night, no clouds")[200:260]
    assert field[..., 2].mean() > field[..., 0].mean() + 10


def test_palette_words_colour_the_sky_and_ground_words_the_ground() -> None:
    teal, pink = (sky(picture(f"{name} sky over the desert at noon")) for name in ("teal", "pink"))
    assert teal[..., 1].mean() - teal[..., 0].mean() > pink[..., 1].mean() - pink[..., 0].mean() + 30
    red, green = (picture(f"{name} hills at noon")[240:] for name in ("red", "green"))
    assert red[..., 0].mean() - red[..., 1].mean() > green[..., 0].mean() - green[..., 1].mean() + 25


def test_black_and_white_has_no_colour() -> None:
    grey = picture("black and white mountains at noon").astype(np.float32)
    colour = picture("mountains at noon").astype(np.float32)
    spread = [float(np.abs(p - p.mean(2, keepdims=True)).mean()) for p in (grey, colour)]
    assert spread[0] < 0.35 * spread[1]


def changed(scene: Scene, without: str, turn: float) -> Picture:
    """How the picture changes by a thing: with it less without it."""
    bare = replace(scene, things=tuple(thing for thing in scene.things if thing.name != without))
    views = [rgb_of(Film(s, 8.0).frame(turn)).astype(np.int16) for s in (scene, bare)]
    return views[0] - views[1]


def test_birds_fly_across_the_sky_and_flap() -> None:
    """Given a flock, then it darkens a little of the sky only, and has moved on half a second later."""
    scene = read("birds over the ocean at noon, no clouds", 7, 360, 640)
    before, after = (np.abs(changed(scene, "bird", turn)).sum(2) > 60 for turn in (0.30, 0.3625))
    assert 30 < before.sum() < 0.02 * before.size
    assert not before[400:].any()
    places = [float(np.argwhere(seen)[:, 1].mean()) for seen in (before, after)]
    assert 10 < abs(places[1] - places[0]) < 60


def test_a_boat_lies_on_the_water_and_shows_in_it() -> None:
    """Given a boat on a calm lake, then it stands on it, and its image below its waterline."""
    scene = read("a boat on a lake at noon, static shot", 7, 360, 640)
    film = Film(scene, 8.0)
    (boat,) = (actor for row in film.cast.orders.values() for actor in row)
    rows = np.argwhere(np.abs(changed(scene, "boat", 0.3)).sum(2) > 36)[:, 0]
    assert film.stage.horizon - boat.height() < rows.min() < boat.y
    assert boat.y + 0.3 * boat.height() < rows.max() < 640


@pytest.mark.parametrize("kind", ["trunks", "ridge", "speckle", "empty", "full"])
def test_patches_hold_all_that_shows_and_do_not_overlap(kind: str) -> None:
    """Given what a sheet keeps of what is behind it, then drawing its patches misses and repeats nothing."""
    chance = np.random.default_rng(7)
    keep = np.full((500, 390), 255, np.uint8)
    if kind == "trunks":
        keep[:, 60:80] = keep[:, 300:330] = keep[430:] = 0
    elif kind == "ridge":
        keep[(np.arange(500)[:, None] > 200 + 60 * np.sin(np.arange(390) / 40)[None])] = 0
    elif kind == "speckle":
        keep[chance.random(keep.shape) < 0.001] = 90
    elif kind == "full":
        keep[:] = 0
    patches = patches_of(keep)
    times = np.zeros(keep.shape, int)
    for patch in patches:
        part = (slice(patch.top, patch.bottom), slice(patch.left, patch.right))
        times[part] += 1
        assert not (patch.opaque and keep[part].any())
    assert times.max(initial=0) <= 1
    assert (times[keep < 255] == 1).all()
    assert bool(patches) == (kind != "empty")
    assert times.mean() < {"trunks": 0.6, "ridge": 0.75}.get(kind, 1.01)


def test_a_frame_of_patches_is_the_frame_of_whole_sheets() -> None:
    """Given a forest, whose sheets are mostly air, then drawing them whole changes no pixel visibly: where
    patches are enlarged, each begins between other pixels than the whole does, and edges differ by a hair.
    """
    reel = Film(read("forest at noon", 7, 360, 640), 1.0)
    patched = rgb_of(reel.frame(0.4)).astype(np.int16)
    for sheet in [*reel.beyond, *reel.near]:
        assert len(sheet.patches) > 0
        rows, columns = sheet.keep.shape
        sheet.patches = (Patch(0, 0, columns, rows, False),)
    apart = np.abs(rgb_of(reel.frame(0.4)).astype(np.int16) - patched)
    assert apart.max() <= 20
    assert float((apart > 8).mean()) < 0.002


def test_lightning_brightens_its_moment() -> None:
    storm = film("storm over the sea")
    strike = storm.bolts[0].at
    assert (
        light(picture("storm over the sea", strike + 0.002))
        > light(picture("storm over the sea", strike - 0.05)) + 15
    )


@pytest.mark.parametrize(
    "prompt", ["A sunset over mountains", "ocean at dawn with clouds", "snow in the city at night"]
)
def test_the_end_leads_into_the_beginning(prompt: str) -> None:
    """Given a drifting camera, then the step over the loop's seam is no larger than the steps beside it."""
    seam = np.abs(picture(prompt, 1 - 1 / 48) - picture(prompt, 0.0)).mean()
    beside = np.abs(picture(prompt, 0.0) - picture(prompt, 1 / 48)).mean()
    assert seam < 1.5 * beside + 0.5


def test_nearer_layers_move_faster_and_a_pan_left_moves_them_right() -> None:
    reel = film("mountains, pan left")
    start, end = (camera_at(Camera.LEFT, turn) for turn in (0.0, 1.0))
    moves = [reel.pose(sheet.depth, end).x - reel.pose(sheet.depth, start).x for sheet in reel.beyond]
    assert moves == sorted(moves)
    assert moves[-1] > 2 * moves[0] > 0


def test_the_same_seed_draws_the_same_frames_and_another_a_different_scene() -> None:
    prompt = "misty mountains and a lake at dawn"
    first, again = (Film(read(prompt, 5, 180, 320), 1.0).frame(0.4, 3) for _ in range(2))
    assert first.luma.tobytes() == again.luma.tobytes()
    assert first.chroma.tobytes() == again.chroma.tobytes()
    assert np.abs(picture(prompt, seed=5) - picture(prompt, seed=6)).mean() > 5


@pytest.mark.parametrize("setting", list(Setting))
@pytest.mark.parametrize("size", [(180, 320), (240, 240), (320, 180)])
def test_every_setting_composes_in_every_shape(setting: Setting, size: tuple[int, int]) -> None:
    """Given any shape, then both the sky and the ground have their part, and nothing is left unpainted."""
    frame = picture(f"{setting} at noon", size=size)
    assert frame.shape == (size[1], size[0], 3)
    upper, lower = frame[: size[1] // 4], frame[-size[1] // 5 :]
    assert np.abs(upper.mean((0, 1)) - lower.mean((0, 1))).max() > 6
    assert (frame.max(2) == 0).mean() < 0.25
    assert setting in LANDS


def test_layers_blend_as_colours_do() -> None:
    """Given a half-transparent red sheet on black, then the canvas shows half of the red."""
    red = np.zeros((64, 64, 3), np.float32)
    red[..., 0] = 1.0
    canvas = Canvas.blank(64, 64, 2)
    lay(canvas, sheet_of(red, np.full((64, 64), 0.5, np.float32), (0, 0), 1e6, 0.5, 2), Pose(1, 0, 0), 64)
    seen = rgb_of(canvas)[8:-8, 8:-8].reshape(-1, 3).mean(0)
    assert np.allclose(seen, [127, 0, 0], atol=4)
    luma, chroma = split(np.ones((1, 1, 3), np.float32))
    assert (round(float(luma[0, 0])), chroma[0, 0].round().tolist()) == (235, [128, 128])

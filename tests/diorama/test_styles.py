"""A style is another medium: measured by what makes the medium, on whole frames."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from soho.diorama import read
from soho.diorama.film import Film
from soho.diorama.scene import Style

from .frames import SIZE, Picture, picture

PLACE = "mountain lake at sunset, no clouds, static shot"


def chroma(frame: Picture) -> float:
    """The mean distance between the strongest and the weakest colour of a pixel."""
    return float((frame.max(2) - frame.min(2)).mean())


def inner(frame: Picture) -> Picture:
    """The middle of a frame, away from paper edges and vignettes."""
    rows, columns = frame.shape[:2]
    return frame[rows // 5 : -rows // 5, columns // 5 : -columns // 5]


def detail(frame: Picture) -> float:
    """The strength of fine detail."""
    grey = frame.mean(2).astype(np.float32)
    return float(cv2.Laplacian(grey, cv2.CV_32F).std())


@pytest.mark.parametrize("style", list(Style))
def test_words_choose_a_style_and_it_changes_the_picture(style: Style) -> None:
    scene = read(f"{style} {PLACE}", 7, *SIZE)
    assert scene.style is style
    assert np.abs(picture(f"{style} {PLACE}") - picture(PLACE)).mean() > 8


def test_noir_has_no_colour_and_spans_black_to_white_even_at_night() -> None:
    for place in (PLACE, "city at night"):
        noir = inner(picture(f"film noir {place}"))
        assert chroma(noir) < 2
        low, high = np.percentile(noir.mean(2), (5, 99.5))
        assert low < 40
        assert high > 150


def test_pastel_is_lighter_and_less_saturated() -> None:
    pastel, plain = picture(f"pastel {PLACE}"), picture(PLACE)
    assert pastel.mean() > plain.mean() + 30
    assert chroma(pastel) < 0.75 * chroma(plain)
    assert np.percentile(pastel.mean(2), 1) > 90


def test_pixel_art_is_blocks_of_few_colours() -> None:
    """Given the planes that go into the encoder, then each cell holds one colour of a small palette."""
    canvas = Film(read(f"pixel art {PLACE}", 7, 360, 640), 1.0).frame(0.3)
    inks = np.concatenate([canvas.luma[::2, ::2, None], canvas.chroma], 2)
    cells = inks.reshape(160, 2, 90, 2, 3).astype(np.int16)
    assert (cells.max((1, 3)) == cells.min((1, 3))).all()
    assert (canvas.luma[::2, ::2] == canvas.luma[1::2, 1::2]).all()
    assert 8 < len(np.unique(inks.reshape(-1, 3), axis=0)) <= 32
    plain = Film(read(PLACE, 7, 360, 640), 1.0).frame(0.3)
    inks = np.concatenate([plain.luma[::2, ::2, None], plain.chroma], 2)
    assert len(np.unique(inks.reshape(-1, 3), axis=0)) > 1000


def test_vintage_is_faded_and_warm_and_weaves_in_its_gate() -> None:
    old, plain = inner(picture(f"vintage {PLACE}")), inner(picture(PLACE))
    assert chroma(old) < chroma(plain)
    assert np.percentile(old.mean(2), 1) > np.percentile(plain.mean(2), 1) + 10
    noon = "mountains at noon, no clouds, static shot"
    warmth = [float((f[..., 0] - f[..., 2]).mean()) for f in (picture(f"vintage {noon}"), picture(noon))]
    assert warmth[0] > warmth[1] + 20
    styling = Film(read(f"vintage {PLACE}", 7, *SIZE), 1.0).finish.styling
    slips = np.array([styling.weave(turn) for turn in np.linspace(0, 1, 24)])
    assert slips.std() > 0.05
    assert np.abs(slips).max() < 4, "no layer is painted wider than its margin"


def test_neon_is_dark_and_saturated_between_magenta_and_cyan() -> None:
    neon, plain = (picture(f"{style} hills at noon, static shot") for style in ("neon", ""))
    assert np.median(neon.mean(2)) < np.median(plain.mean(2)) - 15
    assert chroma(neon) > chroma(plain)
    bright = neon[neon.mean(2) > np.percentile(neon.mean(2), 97)]
    assert (bright[:, 2] > bright[:, 1]).mean() > 0.6 or (bright[:, 2] > 150).mean() > 0.6


def test_watercolor_has_bare_paper_around_it_and_washes_detail_out() -> None:
    paint = picture(f"watercolor {PLACE}", size=(360, 640))
    edge = np.concatenate([paint[:4].reshape(-1, 3), paint[-4:].reshape(-1, 3)])
    assert np.median(edge) > 200
    flat = [cv2.GaussianBlur(f.astype(np.float32), (0, 0), 1.5) for f in (inner(paint),)]
    plain = cv2.GaussianBlur(inner(picture(PLACE, size=(360, 640))).astype(np.float32), (0, 0), 1.5)
    assert detail(flat[0].astype(np.int16)) < detail(plain.astype(np.int16))


def test_a_style_is_the_same_twice_and_at_any_moment() -> None:
    """Given two films of one scene, drawn in another order, then frames are equal."""
    scene = read(f"pixel art {PLACE}", 7, *SIZE)
    first, second = Film(scene, 1.0), Film(scene, 1.0)
    early = first.frame(0.1, 2).luma.copy()
    second.frame(0.9, 21)
    assert np.array_equal(early, second.frame(0.1, 2).luma)

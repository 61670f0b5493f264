"""Thumbnails by seeking, and the ThumbHash that stands in for them."""

import base64
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from soho.media import MediaError, process_video, thumbnail_from_video
from soho.media.thumbhash import thumbhash, thumbhash_bytes
from tests.media.clips import make_clip, numbered


@pytest.mark.parametrize("gop", [1000, 12, 5])
@pytest.mark.parametrize("name", ["clip.mp4", "clip.webm"])
def test_seeking_finds_the_same_middle_as_decoding_everything(tmp_path: Path, name: str, gop: int) -> None:
    vp9 = {"codec": "libvpx-vp9", "options": {"deadline": "realtime", "cpu-used": "8"}, "audio": "libopus"}
    clip = make_clip(tmp_path / name, numbered, seconds=3, gop=gop, **(vp9 if name.endswith("webm") else {}))
    (tmp_path / "work").mkdir()

    thumbnail_from_video(clip, tmp_path / "seek.jpg")

    whole = process_video(clip, tmp_path / "work").thumbnail
    assert whole is not None
    with Image.open(tmp_path / "seek.jpg") as image:
        assert image.size == (640, 1138)
        assert round((np.asarray(image).mean() - 20) / 5) == 18
    assert (tmp_path / "seek.jpg").read_bytes() == whole.read_bytes()


def test_what_cannot_be_seeked_says_why(tmp_path: Path) -> None:
    (tmp_path / "clip.mp4").write_bytes(b"no film")
    with pytest.raises(MediaError) as caught:
        thumbnail_from_video(tmp_path / "clip.mp4", tmp_path / "thumb.jpg")
    assert caught.value.code == "wrong_type"
    clip = make_clip(tmp_path / "good.mp4")
    with pytest.raises(OSError, match="nowhere"):
        thumbnail_from_video(clip, tmp_path / "nowhere" / "thumb.jpg")


# What the `thumbhash` package of PyPI (0.1.2) says of the picture below.
KNOWN = [
    (60, 100, False, "dff709441a702777678596797887739009f778"),
    (100, 56, False, "1f080a449a627587709578789877a09308f878"),
    (40, 40, True, "635886050c37b387b087777878b3b038fb8470778888878888"),
]


@pytest.mark.parametrize(("width", "height", "alpha", "known"), KNOWN)
def test_thumbhash_says_what_others_say(width: int, height: int, alpha: bool, known: str) -> None:
    y, x = np.mgrid[0:height, 0:width]
    opacity = x * 255 // width if alpha else np.full_like(x, 255)
    picture = np.stack([x * 255 // width, y * 255 // height, (x + y) * 3 % 256, opacity], -1).astype(np.uint8)

    ours, theirs = thumbhash_bytes(picture), bytes.fromhex(known)

    assert len(ours) == len(theirs)
    assert ours[:5] == theirs[:5]
    # A coefficient that falls on a half may be rounded either way.
    for ours_byte, theirs_byte in zip(ours[5:], theirs[5:], strict=True):
        assert abs((ours_byte & 15) - (theirs_byte & 15)) <= 1
        assert abs((ours_byte >> 4) - (theirs_byte >> 4)) <= 1


def test_thumbhash_tells_colour_and_shape_apart() -> None:
    hashes = {
        thumbhash(Image.new("RGB", size, colour))
        for size in ((300, 100), (100, 300))
        for colour in ("red", "navy")
    }
    assert len(hashes) == 4
    assert all(len(base64.b64decode(text)) <= 25 for text in hashes)

"""What the quality gate refuses, and with which code; and what it must not refuse."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from soho.media import MediaError, probe, process_video
from tests.media.clips import black, make_clip, noise, numbered, still

VP9 = {"deadline": "realtime", "cpu-used": "8"}


def refused(clip: Path, workdir: Path, **how: object) -> str:
    with pytest.raises(MediaError) as caught:
        process_video(clip, workdir, **how)
    assert caught.value.message.endswith(".")
    return caught.value.code


def test_black_and_frozen_clips_are_refused(tmp_path: Path, workdir: Path) -> None:
    assert refused(make_clip(tmp_path / "black.mp4", black), workdir) == "black"
    assert refused(make_clip(tmp_path / "still.mp4", still), workdir) == "frozen"
    # a heavily compressed still picture flickers at its keyframes; that is no movement
    rough = make_clip(tmp_path / "rough.mp4", still, options={"preset": "ultrafast", "crf": "40"}, gop=4)
    assert refused(rough, workdir) == "frozen"


def test_a_dark_scene_and_a_slow_one_are_not_refused(tmp_path: Path, workdir: Path) -> None:
    def night(width: int, height: int) -> Callable[[int], np.ndarray]:
        def paint(index: int) -> np.ndarray:
            picture = np.full((height, width, 3), 8, np.uint8)
            picture[40:56, 20 + index : 36 + index] = 200  # a moon that drifts
            return picture

        return paint

    def dawn(width: int, height: int) -> Callable[[int], np.ndarray]:
        return lambda index: np.full((height, width, 3), 40 + index // 3, np.uint8)

    assert process_video(make_clip(tmp_path / "night.mp4", night), workdir).probe.duration == 2
    assert process_video(make_clip(tmp_path / "dawn.mp4", dawn), workdir).probe.duration == 2


@pytest.mark.parametrize(
    ("expected", "verdict"), [(8, "wrong_length"), (1, "wrong_length"), (2.4, None), (1.6, None)]
)
def test_the_length_may_be_off_by_half_a_second(
    tmp_path: Path, workdir: Path, expected: float, verdict: str | None
) -> None:
    clip = make_clip(tmp_path / "clip.mp4")
    if verdict:
        assert refused(clip, workdir, expected_seconds=expected) == verdict
    else:
        assert process_video(clip, workdir, expected_seconds=expected).probe.duration == 2


def test_the_length_is_measured_and_not_believed(tmp_path: Path, workdir: Path) -> None:
    # given a header that promises 8 s over 2 s of packets
    clip = make_clip(tmp_path / "clip.mp4", audio=None, faststart=True)
    data = bytearray(clip.read_bytes())
    at = data.index(b"mvhd")
    timescale = int.from_bytes(data[at + 16 : at + 20], "big")
    data[at + 20 : at + 24] = (8 * timescale).to_bytes(4, "big")
    clip.write_bytes(data)
    assert probe(clip).duration == 2
    assert refused(clip, workdir, expected_seconds=8) == "wrong_length"


@pytest.mark.parametrize("suffix", [".mp4", ".webm"])
@pytest.mark.parametrize("faststart", [True, False])
@pytest.mark.parametrize("share", [0.3, 0.6, 0.9])
def test_a_file_cut_short_is_refused(
    tmp_path: Path, workdir: Path, suffix: str, faststart: bool, share: float
) -> None:
    how = (
        {"codec": "libvpx-vp9", "audio": "libopus", "options": VP9}
        if suffix == ".webm"
        else {"faststart": faststart}
    )
    clip = make_clip(tmp_path / f"clip{suffix}", seconds=3, **how)
    data = clip.read_bytes()
    clip.write_bytes(data[: int(len(data) * share)])
    assert refused(clip, workdir) == "truncated"
    with pytest.raises(MediaError) as caught:
        probe(clip)
    assert caught.value.code == "truncated"


def test_a_file_with_a_hole_in_it_is_refused(tmp_path: Path, workdir: Path) -> None:
    clip = make_clip(tmp_path / "clip.mp4", noise, faststart=True, audio=None, gop=4)
    data = bytearray(clip.read_bytes())
    middle = len(data) // 2
    data[middle : middle + len(data) // 3] = bytes(len(data) // 3)
    clip.write_bytes(data)
    assert refused(clip, workdir) == "truncated"


def test_a_file_whose_pictures_are_all_rubbish_is_refused(tmp_path: Path, workdir: Path) -> None:
    clip = make_clip(tmp_path / "clip.mp4", faststart=True, audio=None)
    data = bytearray(clip.read_bytes())
    start = data.index(b"mdat") + 4
    data[start:] = bytes(len(data) - start)
    clip.write_bytes(data)
    assert refused(clip, workdir) == "undecodable"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "undecodable"),
        (b"This is no film.\n" * 50, "wrong_type"),
        (b"<html>502 Bad Gateway</html>", "wrong_type"),
        (b"#EXTM3U\n#EXTINF:1,\nfile:///etc/hostname\n", "wrong_type"),
        (b"ffconcat version 1.0\nfile /etc/hostname\n", "wrong_type"),
        (b"\x89PNG\r\n\x1a\n" + b"x" * 100, "wrong_type"),
        (b"\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isomiso2", "undecodable"),
        (b"\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isomiso2\x00\x00\xff\xffmoov", "truncated"),
        (b"\x1a\x45\xdf\xa3" + b"\x00" * 500, "undecodable"),
    ],
)
def test_what_is_no_video_is_refused(tmp_path: Path, workdir: Path, content: bytes, code: str) -> None:
    clip = tmp_path / "clip.mp4"
    clip.write_bytes(content)
    assert refused(clip, workdir) == code


def test_too_many_bytes_pixels_or_seconds_are_refused_before_decoding(tmp_path: Path, workdir: Path) -> None:
    clip = make_clip(tmp_path / "clip.mp4", audio=None)
    assert refused(clip, workdir, max_bytes=clip.stat().st_size - 1) == "too_large"
    assert process_video(clip, workdir, max_bytes=clip.stat().st_size).probe.duration == 2

    # given 24 frames over a quarter of an hour
    long = make_clip(tmp_path / "long.mp4", audio=None, times=lambda i: i * 40_000)
    assert refused(long, workdir) == "too_large"


def test_a_frame_larger_than_4k_is_never_decoded(tmp_path: Path, workdir: Path) -> None:
    # given 4112x2576 pixels, said in the container's header, and the same under a header that says 64x64
    clip = make_clip(tmp_path / "clip.mp4", numbered, size=(4112, 2576), seconds=0.25, audio=None)
    assert refused(clip, workdir) == "too_large"
    data = bytearray(clip.read_bytes())
    at = data.index(b"avc1", data.index(b"stsd"))
    data[at + 28 : at + 32] = (64).to_bytes(2, "big") * 2
    clip.write_bytes(data)
    assert refused(clip, workdir) in ("too_large", "undecodable")

"""A model's file becomes what is stored: whole, light, with the right picture in front; or is refused."""

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from soho.media import MediaError, VideoResult, is_faststart, placeholder_thumbnail, probe, process_video
from tests.media.clips import black, decoded, make_clip, moving, noise, numbered, still

VP9 = {"deadline": "realtime", "cpu-used": "8"}


@pytest.fixture
def workdir(tmp_path: Path) -> Path:
    folder = tmp_path / "work"
    folder.mkdir()
    return folder


def codecs(path: Path) -> list[tuple[str, str]]:
    with av.open(str(path)) as clip:
        return [(stream.type, stream.codec_context.codec.canonical_name) for stream in clip.streams]


def assert_plays_everywhere(result: VideoResult) -> None:
    for path in (result.media, result.rendition):
        assert is_faststart(path)
        assert codecs(path)[0] == ("video", "h264")
        assert set(codecs(path)[1:]) <= {("audio", "aac")}
        assert len(decoded(path)) > 1


def test_the_usual_clip_is_copied_and_not_encoded_again(tmp_path: Path, workdir: Path) -> None:
    clip = make_clip(tmp_path / "clip.mp4", metadata={"comment": "the whole prompt and graph"})
    assert not is_faststart(clip)

    result = process_video(clip, workdir, expected_seconds=2)

    assert_plays_everywhere(result)
    assert result.copied
    assert all(np.array_equal(a, b) for a, b in zip(decoded(clip), decoded(result.media), strict=True))
    assert (result.probe.width, result.probe.height, result.probe.duration, result.probe.fps) == (
        180,
        320,
        2,
        12,
    )
    assert (result.probe.has_audio, result.probe.audio_codec) == (True, "aac")
    assert result.probe == probe(result.media)
    assert result.thumbnail_error is None
    assert 20 <= len(result.placeholder) <= 36
    with av.open(str(result.media)) as media:
        assert "comment" not in media.metadata


def test_a_clip_in_order_already_stays_in_order(tmp_path: Path, workdir: Path) -> None:
    clip = make_clip(tmp_path / "clip.mp4", faststart=True)
    assert is_faststart(clip)
    assert is_faststart(process_video(clip, workdir).media)


@pytest.mark.parametrize(
    ("name", "made"),
    [
        ("clip.webm", {"codec": "libvpx-vp9", "audio": "libopus", "options": VP9}),
        ("clip.webm", {"codec": "libvpx", "audio": "libopus", "options": VP9 | {"auto-alt-ref": "1"}}),
        ("clip.mp4", {"codec": "mpeg4"}),
        ("clip.mp4", {"pix_fmt": "yuv444p"}),
        ("clip.mkv", {}),
        ("clip.mov", {"codec": "mpeg4", "size": (182, 322)}),
    ],
)
def test_what_browsers_do_not_play_is_encoded(
    tmp_path: Path, workdir: Path, name: str, made: dict[str, object]
) -> None:
    clip = make_clip(tmp_path / name, **made)  # type: ignore[arg-type]

    result = process_video(clip, workdir, expected_seconds=2)

    assert_plays_everywhere(result)
    assert not result.copied
    before, after = decoded(clip), decoded(result.media)
    assert len(before) == len(after)
    assert np.abs(before[5].astype(int) - after[5]).mean() < 8
    again = probe(result.media)
    assert (again.width, again.height) == (result.probe.width, result.probe.height)
    assert again.duration == pytest.approx(2, abs=0.01)
    assert (again.video_codec, again.pix_fmt, again.audio_codec) == ("h264", "yuv420p", "aac")


def test_sound_alone_is_encoded_beside_a_copied_picture(tmp_path: Path, workdir: Path) -> None:
    clip = make_clip(tmp_path / "clip.mp4", audio="libopus")
    result = process_video(clip, workdir)
    assert result.copied
    assert_plays_everywhere(result)
    assert codecs(result.media) == [("video", "h264"), ("audio", "aac")]


def test_a_silent_clip_stays_silent(tmp_path: Path, workdir: Path) -> None:
    result = process_video(make_clip(tmp_path / "clip.mp4", audio=None), workdir)
    assert not result.probe.has_audio
    assert codecs(result.media) == codecs(result.rendition) == [("video", "h264")]


def test_sound_keeps_step_with_the_picture(tmp_path: Path, workdir: Path) -> None:
    result = process_video(
        make_clip(tmp_path / "clip.webm", codec="libvpx-vp9", audio="libopus", options=VP9), workdir
    )
    for path in (result.media, result.rendition):
        with av.open(str(path)) as clip:
            video, audio = clip.streams.video[0], clip.streams.audio[0]
            assert video.duration is not None
            assert audio.duration is not None
            assert float(video.duration * video.time_base) == pytest.approx(2, abs=0.05)
            assert float(audio.duration * audio.time_base) == pytest.approx(2, abs=0.05)


@pytest.mark.parametrize("gop", [1000, 6])
@pytest.mark.parametrize(("frames", "middle"), [(24, 12), (25, 12), (48, 24)])
def test_the_thumbnail_is_the_frame_at_half_time(
    tmp_path: Path, workdir: Path, gop: int, frames: int, middle: int
) -> None:
    # given a clip whose frames say their number as a level of grey
    clip = make_clip(tmp_path / "clip.mp4", numbered, seconds=frames / 12, gop=gop)
    result = process_video(clip, workdir)
    assert result.thumbnail is not None
    assert number_in(result.thumbnail) == middle


def number_in(picture: Path) -> int:
    with Image.open(picture) as image:
        return round((float(np.asarray(image.convert("L")).mean()) - 20) / 5)


def test_with_a_variable_frame_rate_half_time_counts_not_half_the_frames(
    tmp_path: Path, workdir: Path
) -> None:
    # given 12 frames in the first half second and 12 in the next three
    clip = make_clip(
        tmp_path / "clip.mp4",
        numbered,
        times=lambda i: i * 40 if i < 12 else 480 + (i - 12) * 250,
        audio=None,
    )
    result = process_video(clip, workdir)
    half = result.probe.duration / 2
    shown = max(i for i in range(24) if (i * 40 if i < 12 else 480 + (i - 12) * 250) <= half * 1000)
    assert shown > 14
    assert result.thumbnail is not None
    assert number_in(result.thumbnail) == shown
    with av.open(str(result.rendition)) as rendition:
        times = [round(frame.time * 1000) for frame in rendition.decode(video=0)]
    assert times[:3] == [0, 40, 80]
    assert times[-1] == pytest.approx(480 + 11 * 250, abs=2)


def test_the_thumbnail_is_640_wide_and_small(tmp_path: Path, workdir: Path) -> None:
    result = process_video(make_clip(tmp_path / "clip.mp4", noise, size=(540, 960), seconds=1), workdir)
    assert result.thumbnail is not None
    with Image.open(result.thumbnail) as image:
        assert image.format == "JPEG"
        assert image.width / image.height == pytest.approx(540 / 960, abs=0.01)
    assert 10_000 <= result.thumbnail.stat().st_size <= 50_000


def test_even_noise_gives_a_light_rendition(tmp_path: Path, workdir: Path) -> None:
    # given 8 s of what compresses worst
    clip = make_clip(tmp_path / "clip.mp4", noise, size=(540, 960), seconds=8, fps=6, audio="aac")
    result = process_video(clip, workdir, expected_seconds=8)
    assert result.rendition.stat().st_size < 900_000
    light = probe(result.rendition)
    assert (light.width, light.height, light.audio_codec) == (480, 854, "aac")


def test_a_rendition_has_at_most_30_frames_a_second(tmp_path: Path, workdir: Path) -> None:
    result = process_video(make_clip(tmp_path / "clip.mp4", fps=60), workdir)
    assert result.probe.fps == 60
    assert probe(result.rendition).fps == pytest.approx(30, abs=0.5)
    assert probe(result.rendition).duration == pytest.approx(2, abs=0.05)


def test_the_poster_is_the_rendition_s_first_frame(tmp_path: Path, workdir: Path) -> None:
    result = process_video(make_clip(tmp_path / "clip.mp4", numbered, size=(800, 600)), workdir)
    assert number_in(result.poster) == 0
    assert int(decoded(result.rendition)[0].mean()) == pytest.approx(20, abs=2)
    with Image.open(result.poster) as poster:
        assert poster.size == (720, 540)


@pytest.mark.parametrize("rotation", [90, 180, -90])
def test_a_turned_clip_is_shown_upright_everywhere(tmp_path: Path, workdir: Path, rotation: int) -> None:
    # given a wide clip with a bright corner at its top left, to be shown turned
    def corner(width: int, height: int) -> Callable[[int], np.ndarray]:
        def paint(index: int) -> np.ndarray:
            picture = moving(width, height)(index) // 3
            picture[: height // 3, : width // 3] = 250
            return picture

        return paint

    result = process_video(
        make_clip(tmp_path / "clip.mp4", corner, size=(320, 180), rotation=rotation), workdir
    )

    size = (320, 180) if rotation == 180 else (180, 320)
    assert (result.probe.width, result.probe.height) == size
    assert result.thumbnail is not None
    corners = {
        bright_corner(np.asarray(Image.open(path).convert("L"))) for path in (result.thumbnail, result.poster)
    }
    corners.add(bright_corner(decoded(result.rendition)[0].mean(axis=2)))
    assert corners == {{90: "bottom left", 180: "bottom right", -90: "top right"}[rotation]}
    # and the copied media still says how to turn it
    assert probe(result.media).rotation == rotation % 360


def bright_corner(picture: np.ndarray) -> str:
    height, width = picture.shape
    up, left = height // 4, width // 4
    quarters = {
        "top left": picture[:up, :left],
        "top right": picture[:up, -left:],
        "bottom left": picture[-up:, :left],
        "bottom right": picture[-up:, -left:],
    }
    return max(quarters, key=lambda name: float(quarters[name].mean()))


def refused(clip: Path, workdir: Path, **how: object) -> str:
    with pytest.raises(MediaError) as caught:
        process_video(clip, workdir, **how)  # type: ignore[arg-type]
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
    clip = make_clip(tmp_path / f"clip{suffix}", seconds=3, **how)  # type: ignore[arg-type]
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


def test_a_thumbnail_that_cannot_be_written_is_no_error(tmp_path: Path, workdir: Path) -> None:
    # given something in the thumbnail's place, so that writing it really fails
    (workdir / "thumbnail.jpg").mkdir()

    result = process_video(make_clip(tmp_path / "clip.mp4"), workdir)

    assert result.thumbnail is None
    assert result.thumbnail_error is not None
    assert "IsADirectoryError" in result.thumbnail_error
    assert_plays_everywhere(result)
    assert result.poster.stat().st_size > 0
    assert 20 <= len(result.placeholder) <= 36


def test_a_thumbnail_that_cannot_be_drawn_is_no_error(tmp_path: Path, workdir: Path) -> None:
    def fail(frame: av.VideoFrame, shown: tuple[int, int], out: Path) -> Image.Image:
        raise RuntimeError("no paint")

    result = process_video(make_clip(tmp_path / "clip.mp4"), workdir, make_thumbnail=fail)
    assert (result.thumbnail, result.thumbnail_error) == (None, "RuntimeError: no paint")
    assert_plays_everywhere(result)


def test_the_placeholder_thumbnail_is_a_picture_of_the_same_shape(tmp_path: Path) -> None:
    placeholder_thumbnail(tmp_path / "thumb.jpg", (1920, 1080))
    with Image.open(tmp_path / "thumb.jpg") as image:
        image.load()
        assert (image.format, image.size) == ("JPEG", (640, 360))
        low, high = image.convert("L").getextrema()
    assert high - low > 60  # there is something to see on it


def test_a_cancelled_one_stops_at_once(tmp_path: Path, workdir: Path) -> None:
    class Cancelled(Exception):
        pass

    asked = []

    def checkpoint() -> None:
        asked.append(len(asked))
        if len(asked) == 3:
            raise Cancelled

    with pytest.raises(Cancelled):
        process_video(make_clip(tmp_path / "clip.mp4", seconds=4), workdir, checkpoint=checkpoint)
    assert asked == [0, 1, 2]


def test_colours_stay_what_they_were(tmp_path: Path, workdir: Path) -> None:
    result = process_video(make_clip(tmp_path / "clip.mp4", moving, size=(720, 1280), seconds=1), workdir)
    with av.open(str(result.rendition)) as rendition:
        frame = next(rendition.decode(video=0))
        assert (frame.colorspace, frame.color_primaries, frame.color_trc) == (
            1,
            1,
            1,
        )  # BT.709, said in the file
        assert rendition.streams.video[0].average_rate == Fraction(12)

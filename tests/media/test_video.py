"""A model's file becomes what is stored: whole, light, with the right picture in front; or is refused."""

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from soho.media import VideoResult, is_faststart, placeholder_thumbnail, probe, process_video
from tests.media.clips import decoded, make_clip, moving, noise, numbered

VP9 = {"deadline": "realtime", "cpu-used": "8"}


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
    clip = make_clip(tmp_path / name, **made)

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

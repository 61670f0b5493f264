"""A model's picture: verified, freed of what it should not carry, thumbnailed; or refused."""

import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from soho.media import MediaError, probe, process_image
from tests.media.clips import moving, noise


def painting(width: int = 320, height: int = 480) -> Image.Image:
    return Image.fromarray(moving(width, height)(0))


@pytest.mark.parametrize(
    ("suffix", "content_type"), [(".png", "image/png"), (".jpg", "image/jpeg"), (".webp", "image/webp")]
)
def test_a_clean_picture_is_kept_byte_for_byte(
    tmp_path: Path, workdir: Path, suffix: str, content_type: str
) -> None:
    path = tmp_path / "picture"
    painting().save(path, content_type.partition("/")[2])

    result = process_image(path, workdir)

    assert result.media.read_bytes() == path.read_bytes()
    assert (result.suffix, result.content_type, result.media.suffix) == (suffix, content_type, suffix)
    assert result.probe == probe(path)
    assert (result.probe.kind, result.probe.width, result.probe.height, result.probe.duration) == (
        "image",
        320,
        480,
        0,
    )
    assert result.thumbnail is not None
    with Image.open(result.thumbnail) as thumbnail:
        assert (thumbnail.format, thumbnail.size) == ("JPEG", (640, 960))
    assert result.thumbnail.stat().st_size <= 50_000
    assert 20 <= len(result.placeholder) <= 36


@pytest.mark.parametrize(
    ("size", "light"),
    [
        ((2400, 1350), (1600, 900)),
        ((1080, 1920), (1080, 1920)),
        ((1024, 4096), (480, 1920)),
        ((799, 600), None),
    ],
)
def test_a_still_wider_than_its_thumbnail_has_a_version_between_the_two(
    tmp_path: Path, workdir: Path, size: tuple[int, int], light: tuple[int, int] | None
) -> None:
    painting().resize(size).save(tmp_path / "picture.png")

    result = process_image(tmp_path / "picture.png", workdir)

    if light is None:
        assert result.rendition is None
        return
    assert result.rendition is not None
    with Image.open(result.rendition) as found:
        assert (found.format, found.size, found.mode) == ("JPEG", light, "RGB")
    assert result.rendition.stat().st_size <= 300_000


def test_a_generator_s_notes_are_taken_out_of_a_png(tmp_path: Path, workdir: Path) -> None:
    notes = PngInfo()
    notes.add_text("prompt", "what only alice may know")
    painting().save(tmp_path / "picture.png", pnginfo=notes)
    assert b"alice" in (tmp_path / "picture.png").read_bytes()

    result = process_image(tmp_path / "picture.png", workdir)

    assert b"alice" not in result.media.read_bytes()
    with Image.open(result.media) as cleaned:
        assert np.array_equal(np.asarray(cleaned), np.asarray(painting()))


@pytest.mark.parametrize("kind", ["jpeg", "webp"])
def test_a_camera_s_notes_are_taken_out_and_obeyed(tmp_path: Path, workdir: Path, kind: str) -> None:
    # given a wide picture that says it is to be turned, and where it was taken
    exif = Image.Exif()
    exif[0x0112] = 6  # orientation: a quarter turn clockwise
    exif[0x010E] = "alice's garden"
    path = tmp_path / "picture"
    painting(480, 320).save(path, kind, exif=exif, quality=95)

    result = process_image(path, workdir)

    assert b"garden" not in result.media.read_bytes()
    assert (result.probe.width, result.probe.height) == (320, 480)
    with Image.open(result.media) as turned:
        assert turned.size == (320, 480)
        assert not turned.getexif()
        upright = np.asarray(painting(480, 320).rotate(-90, expand=True)).astype(int)
        assert np.abs(np.asarray(turned.convert("RGB")) - upright).mean() < 6


def test_transparency_stays_and_the_thumbnail_is_on_white(tmp_path: Path, workdir: Path) -> None:
    picture = painting().convert("RGBA")
    picture.paste((0, 0, 0, 0), (0, 0, 320, 240))
    picture.save(tmp_path / "picture.png")
    result = process_image(tmp_path / "picture.png", workdir)
    with Image.open(result.media) as kept:
        assert kept.mode == "RGBA"
    assert result.thumbnail is not None
    with Image.open(result.thumbnail) as thumbnail:
        assert min(thumbnail.getpixel((320, 100))) > 240


def test_noise_is_squeezed_under_50_kb(tmp_path: Path, workdir: Path) -> None:
    Image.fromarray(noise(1200, 1600)(0)).save(tmp_path / "picture.png")
    result = process_image(tmp_path / "picture.png", workdir)
    assert result.thumbnail is not None
    assert 10_000 <= result.thumbnail.stat().st_size <= 50_000


def test_a_very_long_picture_has_a_thumbnail_of_bounded_size(tmp_path: Path, workdir: Path) -> None:
    painting(64, 8000).save(tmp_path / "picture.png")
    result = process_image(tmp_path / "picture.png", workdir)
    assert result.thumbnail is not None
    with Image.open(result.thumbnail) as thumbnail:
        assert thumbnail.size == (15, 1920)


def refused(path: Path, workdir: Path, **how: int) -> str:
    with pytest.raises(MediaError) as caught:
        process_image(path, workdir, **how)
    assert list(workdir.iterdir()) == []
    return caught.value.code


def test_a_black_picture_is_refused_and_a_dark_one_is_not(tmp_path: Path, workdir: Path) -> None:
    Image.new("RGB", (300, 300), (3, 3, 3)).save(tmp_path / "black.png")
    assert refused(tmp_path / "black.png", workdir) == "black"
    dark = Image.new("RGB", (300, 300), (3, 3, 3))
    dark.paste((200, 200, 180), (100, 100, 112, 112))
    dark.save(tmp_path / "dark.png")
    assert process_image(tmp_path / "dark.png", workdir).probe.width == 300


@pytest.mark.parametrize("kind", ["png", "jpeg", "webp"])
def test_a_picture_cut_short_is_refused(tmp_path: Path, workdir: Path, kind: str) -> None:
    path = tmp_path / "picture"
    painting().save(path, kind)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    assert refused(path, workdir) in ("truncated", "undecodable")


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "undecodable"),
        (b"GIF89a" + b"\x00" * 50, "wrong_type"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", "wrong_type"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n", "wrong_type"),
        (b"\x89PNG\r\n\x1a\n" + b"rubbish" * 10, "undecodable"),
        (b"\xff\xd8\xff" + b"rubbish" * 10, "undecodable"),
        (b"\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isomiso2", "wrong_type"),
    ],
)
def test_what_is_no_picture_is_refused(tmp_path: Path, workdir: Path, content: bytes, code: str) -> None:
    (tmp_path / "picture.png").write_bytes(content)
    assert refused(tmp_path / "picture.png", workdir) == code


@pytest.mark.parametrize("side", [7_000, 10_000, 60_000])
def test_a_small_file_that_would_unpack_to_gigabytes_is_refused_unopened(
    tmp_path: Path, workdir: Path, side: int
) -> None:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0))
    bomb = (
        b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(bytes(1_000_000))) + chunk(b"IEND", b"")
    )
    (tmp_path / "bomb.png").write_bytes(bomb)
    assert refused(tmp_path / "bomb.png", workdir) == "too_large"


def test_an_animation_and_too_many_bytes_are_refused(tmp_path: Path, workdir: Path) -> None:
    frames = [Image.new("RGB", (64, 64), colour) for colour in ("red", "blue")]
    frames[0].save(tmp_path / "moving.webp", save_all=True, append_images=frames[1:])
    assert refused(tmp_path / "moving.webp", workdir) == "wrong_type"
    painting().save(tmp_path / "picture.png")
    assert refused(tmp_path / "picture.png", workdir, max_bytes=1000) == "too_large"


def test_a_thumbnail_that_cannot_be_written_is_no_error(tmp_path: Path, workdir: Path) -> None:
    (workdir / "thumbnail.jpg").mkdir()
    painting().save(tmp_path / "picture.png")
    result = process_image(tmp_path / "picture.png", workdir)
    assert result.thumbnail is None
    assert result.thumbnail_error is not None
    assert "IsADirectoryError" in result.thumbnail_error
    assert result.media.stat().st_size == result.probe.size_bytes

"""Still pictures: opened within bounds, and written as JPEG within a budget of bytes."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageOps, UnidentifiedImageError

from soho.media.container import MAX_IMAGE_PIXELS, check_bytes, recognise
from soho.media.errors import MediaError

_QUALITIES = (85, 80, 75, 70, 65, 60, 55, 50, 45, 40)
_SHRINK = 0.85
_SMALLEST_SIDE = 16


@contextmanager
def open_picture(path: Path, *, max_bytes: int, max_pixels: int = MAX_IMAGE_PIXELS) -> Iterator[Image.Image]:
    """Open and fully decode a still PNG, JPEG or WebP, upright.

    At most `max_bytes` and `max_pixels` (40 megapixels), both checked before decoding. Raises `MediaError`:
    `wrong_type`, `too_large`, `truncated` or `undecodable`.
    """
    check_bytes(path, max_bytes)
    kind = recognise(path)
    if kind in ("mp4", "webm"):
        raise MediaError("wrong_type", "The file is a video, not an image.")
    try:
        with warnings.catch_warnings():
            # Pillow's own guard warns far above our limit, which the next lines enforce without the noise.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            image = Image.open(path, formats=(kind.upper(),))
    except Image.DecompressionBombError as error:
        raise MediaError("too_large", "The image has too many pixels.") from error
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError) as error:
        raise MediaError("undecodable", "The image cannot be decoded.") from error
    with image:
        if image.width * image.height > max_pixels:
            most = f"{max_pixels // 1_000_000} megapixels are the most"
            raise MediaError("too_large", f"The image is {image.width}x{image.height}; {most}.")
        if getattr(image, "n_frames", 1) > 1:
            raise MediaError("wrong_type", "The image is an animation.")
        try:
            image.load()
        except (OSError, ValueError, SyntaxError) as error:
            code, what = (
                ("truncated", "breaks off") if "truncated" in str(error) else ("undecodable", "is damaged")
            )
            raise MediaError(code, f"The image {what}.") from error  # type: ignore[arg-type]  # both are codes of MediaError
        ImageOps.exif_transpose(image, in_place=True)
        yield image


def flattened(picture: Image.Image) -> Image.Image:
    """Return `picture` as opaque RGB, on white where it was transparent."""
    if picture.has_transparency_data:
        layered = picture.convert("RGBA")
        ground = Image.new("RGBA", layered.size, "white")
        return Image.alpha_composite(ground, layered).convert("RGB")
    return picture.convert("RGB")


def write_jpeg(picture: Image.Image, out: Path, *, max_bytes: int) -> None:
    """Write an RGB `picture` to `out` as JPEG, at most `max_bytes` long.

    Quality 85 if it fits; else the best quality of 40 or more that fits; else a smaller picture. Raises
    `OSError` if `out` cannot be written.
    """
    while True:
        data = _best_fit(picture, max_bytes)
        if data is not None or min(picture.size) <= _SMALLEST_SIDE:
            break
        width, height = (max(_SMALLEST_SIDE, round(side * _SHRINK)) for side in picture.size)
        picture = picture.resize((width, height), Image.Resampling.LANCZOS)
    out.write_bytes(data if data is not None else _jpeg(picture, _QUALITIES[-1]))


def _best_fit(picture: Image.Image, max_bytes: int) -> bytes | None:
    data = _jpeg(picture, _QUALITIES[0])
    if len(data) <= max_bytes:
        return data
    best = None
    low, high = 1, len(_QUALITIES)
    while low < high:  # the first quality, from the top, whose file fits
        middle = (low + high) // 2
        data = _jpeg(picture, _QUALITIES[middle])
        if len(data) <= max_bytes:
            best, high = data, middle
        else:
            low = middle + 1
    return best


def _jpeg(picture: Image.Image, quality: int) -> bytes:
    buffer = BytesIO()
    picture.save(buffer, "JPEG", quality=quality, optimize=True, progressive=True)
    return buffer.getvalue()

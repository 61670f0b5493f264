"""From a model's picture to what is stored: verified, freed of what it should not carry, and thumbnailed."""

from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image
from PIL.JpegImagePlugin import get_sampling

from soho.media.container import MAX_BYTES
from soho.media.errors import MediaError
from soho.media.picture import flattened, open_picture
from soho.media.probe import Probe
from soho.media.quality import is_black
from soho.media.thumbhash import thumbhash
from soho.media.thumbnail import still_from_picture, thumbnail_from_picture

_SUFFIX = {"png": ".png", "jpeg": ".jpg", "webp": ".webp"}
_CONTENT_TYPE = {"png": "image/png", "jpeg": "image/jpeg", "webp": "image/webp"}
_LOOK_SIDE = 256
_PRIVATE = frozenset({"exif", "xmp", "XML:com.adobe.xmp", "comment", "photoshop"})
"""Where cameras keep a place, and generators the whole prompt and graph."""


@dataclass(frozen=True, slots=True)
class ImageResult:
    """What `process_image` made, inside its `workdir`.

    `media` is the picture in its own format with the file name ending `suffix` and of type `content_type`.
    `thumbnail` is a JPEG, or None with `thumbnail_error` saying why. `rendition` is one between the two, for
    large screens, or None where the thumbnail serves. `placeholder` is a ThumbHash in base64.
    """

    probe: Probe
    media: Path
    suffix: str
    content_type: str
    thumbnail: Path | None
    thumbnail_error: str | None
    rendition: Path | None
    placeholder: str


def process_image(
    path: Path,
    workdir: Path,
    *,
    max_bytes: int = MAX_BYTES,
    make_thumbnail: Callable[[Image.Image, Path], None] = thumbnail_from_picture,
) -> ImageResult:
    """Judge the image `path` and make everything that is stored of it.

    Takes still PNG, JPEG and WebP of at most `max_bytes` and 40 megapixels. The picture's bytes are kept as
    they are unless they carry metadata (place, camera, prompt) or need turning. Raises `MediaError`:
    `wrong_type`, `too_large`, `truncated`, `undecodable` or `black`; and `OSError` when `workdir` cannot be
    written.
    """
    with open_picture(path, max_bytes=max_bytes) as picture:
        kind = (picture.format or "").lower()
        opaque = flattened(picture)
        _check_not_black(opaque)
        media = workdir / f"media{_SUFFIX[kind]}"
        media.write_bytes(_clean(picture) if _carries_more(picture) else path.read_bytes())
        width, height = picture.size
        placeholder = thumbhash(picture)
        mode = picture.mode.lower()
    thumbnail: Path | None = None
    rendition: Path | None = None
    error: str | None = None
    try:
        make_thumbnail(opaque, workdir / "thumbnail.jpg")
        thumbnail = workdir / "thumbnail.jpg"
        if still_from_picture(opaque, workdir / "rendition.jpg"):
            rendition = workdir / "rendition.jpg"
    except Exception as failure:  # noqa: BLE001  # a boundary: whatever stops the thumbnail, the image is still good
        error = f"{type(failure).__name__}: {failure}"
    size = media.stat().st_size
    probe = Probe("image", kind, width, height, 0.0, 0.0, kind, mode, None, size, 0)
    return ImageResult(
        probe, media, _SUFFIX[kind], _CONTENT_TYPE[kind], thumbnail, error, rendition, placeholder
    )


def _check_not_black(picture: Image.Image) -> None:
    small = picture.convert("L")
    small.thumbnail((_LOOK_SIDE, _LOOK_SIDE), Image.Resampling.BOX)
    # Full-range grey becomes limited-range luma, which is what the gate of videos knows.
    luma = 16 + np.asarray(small, np.float32) * (219 / 255)
    if is_black(luma.astype(np.uint8)):
        raise MediaError("black", "The image is black.")


def _carries_more(picture: Image.Image) -> bool:
    return bool(_PRIVATE & picture.info.keys() or getattr(picture, "text", None))


def _clean(picture: Image.Image) -> bytes:
    """Encode `picture` again, upright and with nothing but pixels and colours:

    lossless for PNG, else all but so.
    """
    kept: dict[str, Any] = {}
    if picture.format == "JPEG":
        kept = {
            "qtables": picture.quantization,  # type: ignore[attr-defined]  # of JpegImageFile
            "subsampling": get_sampling(picture),
        }
    elif picture.format == "WEBP":
        kept = {"quality": 95}
    bare = picture.copy()
    bare.info = {key: value for key, value in picture.info.items() if key in ("transparency", "icc_profile")}
    buffer = BytesIO()
    bare.save(buffer, picture.format, icc_profile=picture.info.get("icc_profile"), **kept)
    return buffer.getvalue()

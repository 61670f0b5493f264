"""Stills: one frame at its best moment, written as PNG, JPEG or WebP with a note of what made it."""

from __future__ import annotations

import io
from pathlib import Path

from PIL import Image, PngImagePlugin

from soho.diorama.encode import COMMENT
from soho.diorama.raster import Plane

FORMATS = {".png": "PNG", ".jpg": "JPEG", ".jpeg": "JPEG", ".webp": "WEBP"}
SOFTWARE = 0x0131  # the EXIF tag that names what made a picture


def format_of(out: Path) -> str:
    """Pillow's name of the format that the suffix asks for. Raises ValueError for any other suffix."""
    try:
        return FORMATS[out.suffix.lower()]
    except KeyError:
        raise ValueError(f"out must end in {', '.join(FORMATS)}, not {out.suffix!r}") from None


def write_still(rgb: Plane, out: Path) -> None:
    """Write an RGB picture (h, w, 3). The file appears whole or not at all."""
    kind = format_of(out)
    picture = Image.fromarray(rgb)
    body = io.BytesIO()
    if kind == "PNG":
        note = PngImagePlugin.PngInfo()
        note.add_text("Software", COMMENT)
        picture.save(body, kind, pnginfo=note, compress_level=4)
    else:
        exif = Image.Exif()
        exif[SOFTWARE] = COMMENT
        options = {"quality": 92, "subsampling": 0} if kind == "JPEG" else {"quality": 90, "method": 2}
        picture.save(body, kind, exif=exif, **options)
    part = out.with_name(f".{out.name}.part")
    try:
        part.write_bytes(body.getvalue())
        part.replace(out)
    finally:
        part.unlink(missing_ok=True)

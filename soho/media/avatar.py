"""Pictures of people: whatever was uploaded becomes small squares of pixels and nothing else."""

import threading
from collections.abc import Sequence
from pathlib import Path

from PIL import Image

from soho.media.picture import flattened, open_picture

MAX_BYTES = 5 * 1024 * 1024
MAX_PIXELS = 24_000_000
_QUALITY = 84
# A decoded picture takes up to 100 MB: one at a time in a process.
_one = threading.Lock()


def write_avatars(path: Path, folder: Path, sides: Sequence[int]) -> list[Path]:
    """Write the middle square of the picture `path` into `folder`, once for each of `sides` (pixels); return
    the files, which are WebP, upright, opaque on white, and carry no metadata.

    Takes still PNG, JPEG and WebP of at most 5 MiB and 24 megapixels. Raises `MediaError`: `wrong_type`,
    `too_large`, `truncated` or `undecodable`; and `OSError` when `folder` cannot be written.
    """
    with _one, open_picture(path, max_bytes=MAX_BYTES, max_pixels=MAX_PIXELS) as picture:
        small = _square(picture, max(sides))
    files = []
    for side in sides:
        file = folder / f"{side}.webp"
        one = small if side == max(sides) else small.resize((side, side), Image.Resampling.LANCZOS)
        one.save(file, "WEBP", quality=_QUALITY, method=6)
        files.append(file)
    return files


def _square(picture: Image.Image, side: int) -> Image.Image:
    """The middle square of `picture`, `side` pixels wide, as new RGB that shares nothing with the file."""
    short = min(picture.size)
    left, top = (picture.width - short) // 2, (picture.height - short) // 2
    crop = picture.crop((left, top, left + short, top + short))
    if crop.mode not in ("RGB", "RGBA", "L"):
        crop = crop.convert("RGBA" if crop.has_transparency_data else "RGB")
    small = crop.resize((side, side), Image.Resampling.LANCZOS, reducing_gap=3.0)
    bare = Image.new("RGB", small.size)
    bare.paste(flattened(small))
    return bare

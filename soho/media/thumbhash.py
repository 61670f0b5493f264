"""ThumbHash: a picture in about 25 bytes, to stand where the real one will appear.

Written from the published description of the format (https://evanw.github.io/thumbhash/): a discrete cosine
transform of luminance and two colour differences, the high frequencies left out, each coefficient quantised
to four bits.
"""

import base64
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

_LONGEST_SIDE = 100
"""Pixels; the format's own limit, and more than enough for seven cosines."""

Plane = npt.NDArray[np.float64]


def thumbhash(picture: Image.Image) -> str:
    """Return the ThumbHash of `picture`, in standard base64 (28 to 36 characters)."""
    small = picture.convert("RGBA")
    small.thumbnail((_LONGEST_SIDE, _LONGEST_SIDE), Image.Resampling.BOX)
    return base64.b64encode(thumbhash_bytes(np.asarray(small))).decode("ascii")


def thumbhash_bytes(rgba: npt.NDArray[np.uint8]) -> bytes:
    """Return the ThumbHash of an `(height, width, 4)` picture of at most 100 by 100 pixels."""
    height, width = rgba.shape[:2]
    pixels = rgba.astype(np.float64) / 255.0
    alpha = pixels[..., 3]
    has_alpha = bool(rgba[..., 3].min() < 255)
    # Transparent pixels take the average colour of the visible ones, so that they pull it nowhere.
    weight = float(alpha.sum())
    average = (pixels[..., :3] * alpha[..., None]).sum(axis=(0, 1)) / weight if weight else np.zeros(3)
    red, green, blue = np.moveaxis(
        average * (1 - alpha[..., None]) + pixels[..., :3] * alpha[..., None], -1, 0
    )

    longest = max(width, height)
    finest = 5 if has_alpha else 7
    across, down = (max(1, _round(finest * side / longest)) for side in (width, height))
    channels = [
        _transform((red + green + blue) / 3, max(3, across), max(3, down)),
        _transform((red + green) / 2 - blue, 3, 3),
        _transform(red - green, 3, 3),
    ]
    (l_dc, _, l_scale), (p_dc, _, p_scale), (q_dc, _, q_scale) = channels

    landscape = width > height
    first = _round(63 * l_dc) | _round(31.5 + 31.5 * p_dc) << 6 | _round(31.5 + 31.5 * q_dc) << 12
    first |= _round(31 * l_scale) << 18 | has_alpha << 23
    second = (down if landscape else across) | _round(63 * p_scale) << 3
    second |= _round(63 * q_scale) << 9 | landscape << 15
    out = bytearray(first.to_bytes(3, "little") + second.to_bytes(2, "little"))
    if has_alpha:
        channels.append(_transform(alpha, 5, 5))
        a_dc, _, a_scale = channels[-1]
        out.append(_round(15 * a_dc) | _round(15 * a_scale) << 4)
    nibbles = [_round(15 * value) for _, values, _ in channels for value in values]
    nibbles += [0] * (len(nibbles) % 2)
    out += bytes(low | high << 4 for low, high in zip(nibbles[::2], nibbles[1::2], strict=True))
    return bytes(out)


def _transform(plane: Plane, across: int, down: int) -> tuple[float, list[float], float]:
    """Return the mean of `plane`, its lower-left triangle of cosine terms scaled to 0..1, and that scale."""
    height, width = plane.shape
    columns = np.cos(np.pi / width * np.outer(np.arange(across), np.arange(width) + 0.5))
    rows = np.cos(np.pi / height * np.outer(np.arange(down), np.arange(height) + 0.5))
    terms: npt.NDArray[Any] = rows @ plane @ columns.T / (width * height)
    kept = [
        float(terms[y, x])
        for y in range(down)
        for x in range(across)
        if x * down < across * (down - y) and (x or y)
    ]
    scale = max((abs(value) for value in kept), default=0.0)
    if scale:
        kept = [0.5 + 0.5 / scale * value for value in kept]
    return float(terms[0, 0]), kept, scale


def _round(value: float) -> int:
    # Halves go up, as in the format's first implementation; Python's own would go to the even neighbour.
    return int(np.floor(value + 0.5))

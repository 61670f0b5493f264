"""Fields of numbers: noise, blurs and curves that every painted layer is made of.

A field is a float32 array (rows, columns). Sizes of features are given in pixels, so a scene keeps its
composition at every resolution when those pixels are derived from the frame.
"""

from __future__ import annotations

from typing import cast

import cv2
import numpy as np
import numpy.typing as npt

Field = npt.NDArray[np.float32]
Plane = npt.NDArray[np.uint8]


def crumple(chance: np.random.Generator, height: int, width: int, cell: float, angle: float) -> Field:
    """Angular noise of about [-1, 1]: linear between random knots on a turned grid, like folded paper."""
    turn, reach = np.deg2rad(angle), float(np.hypot(height, width)) / cell
    knots = int(reach) + 4
    lattice = chance.uniform(-1, 1, (knots, knots)).astype(np.float32)
    cos, sin = float(np.cos(turn)) / cell, float(np.sin(turn)) / cell
    middle = knots / 2
    matrix = np.array([
        [cos, -sin, middle - cos * width / 2 + sin * height / 2],
        [sin, cos, middle - sin * width / 2 - cos * height / 2],
    ])  # fmt: skip
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    return cast(
        Field, cv2.warpAffine(lattice, matrix, (width, height), flags=flags, borderMode=cv2.BORDER_REFLECT)
    )


def zigzag(chance: np.random.Generator, length: int, cell: float) -> Field:
    """One-dimensional angular noise of about [-1, 1]."""
    knots = chance.uniform(-1, 1, max(2, round(length / cell)) + 2)
    return np.interp(np.linspace(0.3, len(knots) - 1.3, length), np.arange(len(knots)), knots).astype(
        np.float32
    )


def enlarge(field: Field, height: int, width: int, smooth: bool = True) -> Field:
    """Resample to `height` x `width`."""
    how = cv2.INTER_CUBIC if smooth else cv2.INTER_LINEAR
    return cast(Field, cv2.resize(field, (width, height), interpolation=how))


def shrink(plane: npt.NDArray[np.generic], factor: int) -> npt.NDArray[np.float32]:
    """Average blocks of `factor` x `factor`; both sides must be multiples of it."""
    if factor == 1:
        return plane.astype(np.float32)
    rows, columns = plane.shape[0] // factor, plane.shape[1] // factor
    return cast(Field, cv2.resize(plane.astype(np.float32), (columns, rows), interpolation=cv2.INTER_AREA))


def blur(field: Field, sigma: float) -> Field:
    """Gaussian blur; wide ones run on a reduced copy, where no eye can tell."""
    if sigma <= 0.3:
        return field
    if sigma > 12:
        height, width = field.shape[:2]
        factor = min(sigma / 4, height / 8, width / 8)
        if factor > 1.5:
            small = cv2.resize(
                field, (int(width / factor), int(height / factor)), interpolation=cv2.INTER_AREA
            )
            return enlarge(cast(Field, cv2.GaussianBlur(small, (0, 0), sigma / factor)), height, width)
    return cast(Field, cv2.GaussianBlur(field, (0, 0), sigma))


def noise(chance: np.random.Generator, height: int, width: int, cell_y: float, cell_x: float) -> Field:
    """Smooth value noise of about [-1, 1] whose features are `cell_y` x `cell_x` pixels."""
    rows, columns = max(2, round(height / cell_y)) + 3, max(2, round(width / cell_x)) + 3
    lattice = chance.uniform(-1, 1, (rows, columns)).astype(np.float32)
    big_h, big_w = round(height * rows / (rows - 3)), round(width * columns / (columns - 3))
    top, left = (big_h - height) // 2, (big_w - width) // 2
    return enlarge(lattice, big_h, big_w)[top : top + height, left : left + width]


def fbm(
    chance: np.random.Generator,
    height: int,
    width: int,
    cell: float,
    octaves: int,
    stretch: float = 1.0,
    gain: float = 0.5,
) -> Field:
    """Fractal noise of about [-1, 1]: octaves of halving size. `stretch` > 1 draws features out sideways."""
    total, weight, sum_of_weights = np.zeros((height, width), np.float32), 1.0, 0.0
    for _ in range(octaves):
        if cell < 1.2:
            break
        total += weight * noise(chance, height, width, cell, cell * stretch)
        sum_of_weights += weight
        weight, cell = weight * gain, cell / 2
    return total * np.float32(1.5 / max(sum_of_weights, 1e-6))


def noise_line(chance: np.random.Generator, length: int, cell: float) -> Field:
    """One-dimensional value noise of about [-1, 1]."""
    line: Field = noise(chance, 2, length, 1e9, cell)[0].copy()
    return line


def smoothstep(low: float, high: float, field: Field) -> Field:
    """0 below `low`, 1 above `high`, eased between."""
    t = np.clip((field - np.float32(low)) * np.float32(1 / (high - low)), 0, 1)
    return cast(Field, t * t * (3 - 2 * t))


def thrice(field: Field) -> Field:
    """A field as three equal planes; numpy is many times slower when it has to repeat one for each colour."""
    return cast(Field, cv2.merge([field, field, field]))


def dyed(field: Field, hue: npt.NDArray[np.float32], base: npt.NDArray[np.float32] | float = 0.0) -> Field:
    """A field (h, w) times a colour (3,) plus a colour, as (h, w, 3)."""
    return weighed(field, field, hue, np.zeros(3, np.float32), np.broadcast_to(np.float32(base), hue.shape))


def weighed(
    a: Field,
    b: Field,
    of_a: npt.NDArray[np.float32],
    of_b: npt.NDArray[np.float32],
    base: npt.NDArray[np.float32],
) -> Field:
    """Two fields (h, w), each times a colour, plus a colour, as (h, w, 3); plane by plane, which is six times
    faster than a matrix over pixels.
    """
    colours = zip(of_a.tolist(), of_b.tolist(), base.tolist(), strict=True)
    return cast(Field, cv2.merge([cv2.addWeighted(a, x, b, y, z) for x, y, z in colours]))


def toward(rgb: Field, hue: npt.NDArray[np.float32], amount: Field) -> Field:
    """A picture drawn towards one colour, by an amount (h, w) of 0 to 1."""
    return cast(Field, cv2.add(cv2.multiply(rgb, thrice(1 - amount)), dyed(amount, hue)))


def mix(a: Field, b: Field, amount: Field | float) -> Field:
    """`a` where amount is 0, `b` where it is 1."""
    return cast(
        Field, a + (b - a) * np.float32(amount) if isinstance(amount, float) else a + (b - a) * amount
    )

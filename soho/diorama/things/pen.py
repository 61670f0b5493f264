"""The pen: a drawing is a list of cut shapes in the thing's own measure, so that it can be cut at any size.

x runs to the right and y upwards; things that stand have their feet at y 0 and their middle at x 0, things
that fly or float are drawn around (0, 0). All of them face right.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from math import cos, pi, sin

import numpy as np
import numpy.typing as npt

Points = npt.NDArray[np.float64]
Corners = Sequence[tuple[float, float]]

MAIN = "main"  # the ink that a colour word replaces
WINDOW = "#4a6078|#ffcf74"  # an ink by day and, after the bar, by the lamps of night


@dataclass(frozen=True, slots=True)
class Cut:
    """One shape: its outline (n, 2), its ink (`#rrggbb`, two of them for day and
    lamplight, or `main`), how much
    lighter or darker than its ink it is (-1 to 1), and how far it shines by itself in the dark (0 to 1).
    """

    outline: Points
    ink: str
    tone: float
    shine: float


@dataclass(frozen=True, slots=True)
class Glow:
    """A soft light around a point; `always` when it also shows by day."""

    x: float
    y: float
    reach: float
    ink: str
    power: float
    always: bool


@dataclass(slots=True)
class Pen:
    """Collects shapes, the first one at the back."""

    cuts: list[Cut] = field(default_factory=list)
    glows: list[Glow] = field(default_factory=list)

    def poly(self, corners: Corners | Points, ink: str = MAIN, tone: float = 0.0, shine: float = 0.0) -> None:
        """A shape with straight sides."""
        self.cuts.append(Cut(np.asarray(corners, np.float64), ink, tone, shine))

    def blob(self, corners: Corners, ink: str = MAIN, tone: float = 0.0, shine: float = 0.0) -> None:
        """A shape with a smooth outline through these points."""
        self.poly(rounded(corners), ink, tone, shine)

    def oval(
        self,
        x: float,
        y: float,
        wide: float,
        high: float,
        ink: str = MAIN,
        tone: float = 0.0,
        shine: float = 0.0,
        turn: float = 0.0,
    ) -> None:
        """An ellipse with half axes `wide` and `high`, turned by `turn` degrees."""
        angle = np.linspace(0, 2 * pi, 28, endpoint=False)
        ring = np.stack([wide * np.cos(angle), high * np.sin(angle)], 1)
        self.poly(turned(ring, turn) + np.array([x, y]), ink, tone, shine)

    def box(
        self,
        left: float,
        bottom: float,
        right: float,
        top: float,
        ink: str = MAIN,
        tone: float = 0.0,
        shine: float = 0.0,
    ) -> None:
        """An upright rectangle."""
        self.poly([(left, bottom), (right, bottom), (right, top), (left, top)], ink, tone, shine)

    def limb(
        self,
        joints: Corners,
        widths: float | Sequence[float],
        ink: str = MAIN,
        tone: float = 0.0,
        shine: float = 0.0,
    ) -> None:
        """A stroke along joints whose thickness may change from joint to joint, with round ends."""
        thick = [widths] * len(joints) if isinstance(widths, float | int) else list(widths)
        for i, (a, b) in enumerate(pairwise(joints)):
            self.poly(capsule(a, b, thick[i] / 2, thick[i + 1] / 2), ink, tone, shine)

    def glow(
        self, x: float, y: float, reach: float, ink: str = "#ffd28a", power: float = 0.6, always: bool = False
    ) -> None:
        """A soft light."""
        self.glows.append(Glow(x, y, reach, ink, power, always))

    def add(
        self, other: Pen, scale: float = 1.0, at: tuple[float, float] = (0, 0), turn: float = 0.0
    ) -> None:
        """Put another drawing into this one, scaled, turned by degrees, then moved. A negative scale mirrors
        it sideways.
        """
        size = np.array([scale, abs(scale)])
        for cut in other.cuts:
            self.cuts.append(
                Cut(turned(cut.outline * size, turn) + np.array(at), cut.ink, cut.tone, cut.shine)
            )
        for g in other.glows:
            x, y = turned(np.array([[g.x, g.y]]) * size, turn)[0] + np.array(at)
            self.glows.append(Glow(float(x), float(y), g.reach * abs(scale), g.ink, g.power, g.always))

    def bounds(self) -> tuple[float, float, float, float]:
        """Left, bottom, right and top of all shapes."""
        points = np.concatenate([cut.outline for cut in self.cuts])
        low, high = points.min(0), points.max(0)
        return float(low[0]), float(low[1]), float(high[0]), float(high[1])


def turned(points: Points, degrees: float) -> Points:
    """Points turned about the origin, anticlockwise."""
    if not degrees:
        return points
    c, s = cos(degrees * pi / 180), sin(degrees * pi / 180)
    result: Points = points @ np.array([[c, s], [-s, c]])
    return result


def rounded(corners: Corners, steps: int = 6) -> Points:
    """A closed smooth curve (Catmull-Rom) through the corners."""
    p = np.asarray(corners, np.float64)
    before, after, later = np.roll(p, 1, 0), np.roll(p, -1, 0), np.roll(p, -2, 0)
    t = np.linspace(0, 1, steps, endpoint=False)[None, :, None]
    a, b, c, d = (q[:, None, :] for q in (before, p, after, later))
    curve = 0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3)
    outline: Points = curve.reshape(-1, 2)
    return outline


def capsule(a: tuple[float, float], b: tuple[float, float], start: float, end: float) -> Points:
    """The outline of a stroke from `a` to `b` with these radii."""
    along = float(np.arctan2(b[1] - a[1], b[0] - a[0]))
    back = along + np.linspace(pi / 2, 3 * pi / 2, 7)
    front = along + np.linspace(-pi / 2, pi / 2, 7)
    one = np.stack([a[0] + start * np.cos(back), a[1] + start * np.sin(back)], 1)
    two = np.stack([b[0] + end * np.cos(front), b[1] + end * np.sin(front)], 1)
    return np.concatenate([one, two])


def ring(count: int, offset: float = 0.0) -> Iterable[tuple[float, float]]:
    """`count` directions around a circle as unit vectors."""
    for i in range(count):
        angle = 2 * pi * (i / count + offset)
        yield cos(angle), sin(angle)

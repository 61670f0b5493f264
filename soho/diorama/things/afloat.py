"""What floats on water."""

from __future__ import annotations

from math import pi, sin

from soho.diorama.things.figure import Figure, Home, Manner
from soho.diorama.things.pen import MAIN, WINDOW, Pen

WOOD, DARK_WOOD, SAIL = "#8a5630", "#5f3a20", "#f6efe0"


def boat(pen: Pen, phase: float) -> None:
    """A rowing boat with a small cabin of a wheelhouse and a mast light."""
    pen.limb([(-0.10, 0.2), (-0.10, 0.98)], 0.04, DARK_WOOD)
    pen.poly([(-0.06, 0.95), (0.28, 0.84), (-0.06, 0.74)], "#f2c14e")
    pen.box(-0.42, 0.22, 0.22, 0.58, "#f3eee2")
    pen.box(-0.48, 0.56, 0.28, 0.63, "#c94f3d")
    for x in (-0.32, -0.06):
        pen.box(x, 0.34, x + 0.18, 0.50, "#4a6f8a", 0, 0)
        pen.box(x, 0.34, x + 0.18, 0.50, WINDOW)
    pen.poly([(-0.82, 0.26), (0.98, 0.36), (0.70, -0.06), (-0.68, -0.06)])
    pen.poly([(-0.82, 0.26), (0.98, 0.36), (0.92, 0.27), (-0.80, 0.18)], "#f6efe0")
    pen.poly([(-0.73, 0.04), (0.78, 0.05), (0.70, -0.06), (-0.68, -0.06)], MAIN, -0.4)
    pen.glow(-0.10, 0.98, 0.35, "#ffe2a0", 0.9)


def sailboat(pen: Pen, phase: float) -> None:
    """A small yacht under main and jib."""
    belly = 0.03 * sin(2 * pi * phase)
    pen.limb([(0.02, 0.1), (0.02, 1.62)], 0.032, DARK_WOOD)
    pen.blob([(-0.03, 1.56), (-0.03, 1.1), (-0.03, 0.32), (-0.36, 0.26), (-0.70, 0.30), (-0.50 - belly, 0.66),
              (-0.24 - belly, 1.12)], MAIN)  # fmt: skip
    pen.poly([(-0.03, 0.62), (-0.51 - belly, 0.66), (-0.60, 0.48), (-0.03, 0.44)], MAIN, -0.25)
    pen.blob([(0.07, 1.42), (0.07, 0.9), (0.10, 0.32), (0.44, 0.27), (0.80, 0.28), (0.52 + belly, 0.60),
              (0.26, 1.02)],
             MAIN, -0.14)  # fmt: skip
    pen.poly([(-0.76, 0.16), (0.92, 0.22), (0.62, -0.08), (-0.60, -0.08)], "#2e5f86")
    pen.poly([(-0.76, 0.16), (0.92, 0.22), (0.87, 0.15), (-0.73, 0.10)], "#f6efe0")
    pen.glow(0.02, 1.62, 0.25, "#ffe2a0", 0.7)


def ship(pen: Pen, phase: float) -> None:
    """A steamer with two funnels and a drift of smoke."""
    for i in range(5):
        t = (phase + i / 5) % 1
        for x in (-0.22, 0.24):
            pen.oval(
                x - 0.75 * t, 0.98 + 0.34 * t, 0.05 + 0.10 * t, 0.04 + 0.07 * t, "#c9ccd2", 0.1 - 0.2 * t
            )
    for x in (-0.30, 0.16):
        pen.poly([(x, 0.5), (x + 0.16, 0.5), (x + 0.13, 0.96), (x - 0.03, 0.96)], "#d2483a")
        pen.poly([(x - 0.025, 0.88), (x + 0.135, 0.88), (x + 0.13, 0.96), (x - 0.03, 0.96)], "#2b2f3a")
    pen.limb([(0.72, 0.3), (0.74, 0.98)], 0.025, "#3a3f4a")
    pen.limb([(-0.82, 0.3), (-0.80, 0.90)], 0.025, "#3a3f4a")
    pen.box(-0.62, 0.46, 0.52, 0.60, "#e9e6dc", -0.06)
    pen.box(-0.80, 0.28, 0.66, 0.46, "#f6f3ea")
    for i in range(9):
        pen.box(-0.72 + 0.15 * i, 0.34, -0.64 + 0.15 * i, 0.40, WINDOW)
    for i in range(7):
        pen.box(-0.54 + 0.15 * i, 0.51, -0.47 + 0.15 * i, 0.56, WINDOW)
    pen.poly([(-1.15, 0.30), (1.30, 0.38), (1.04, -0.08), (-1.0, -0.08)])
    pen.poly([(-1.15, 0.30), (1.30, 0.38), (1.27, 0.32), (-1.135, 0.24)], "#f6f3ea")
    pen.poly([(-1.02, 0.0), (1.10, 0.01), (1.04, -0.08), (-1.0, -0.08)], "#a8382c")
    pen.glow(-0.05, 0.42, 0.7, "#ffdc98", 0.35)


def canoe(pen: Pen, phase: float) -> None:
    """A canoe and its paddler."""
    stroke = sin(2 * pi * phase)
    hand = (0.22 + 0.10 * stroke, 0.30)
    pen.limb([(hand[0] - 0.18, 0.66), hand, (hand[0] + 0.20, -0.10 + 0.05 * stroke)], 0.035, DARK_WOOD)
    pen.blob([(-0.10, 0.12), (-0.14, 0.42), (0.0, 0.54), (0.12, 0.40), (0.12, 0.12)], "#d9694a")
    pen.oval(0.03, 0.67, 0.105, 0.12, "#e2b48c")
    pen.blob([(-0.10, 0.72), (0.02, 0.83), (0.18, 0.72), (0.03, 0.73)], "#f0c75a")
    pen.limb([(0.02, 0.46), (0.14, 0.34), hand], [0.09, 0.08, 0.07], "#d9694a", -0.15)
    pen.oval(hand[0] + 0.21, -0.10 + 0.05 * stroke, 0.05, 0.11, DARK_WOOD, 0.2, 0, 24)
    pen.blob([(-1.06, 0.34), (-0.96, 0.08), (-0.6, -0.06), (0.6, -0.06), (0.96, 0.08), (1.06, 0.34), (0.84,
              0.20),
              (0.4, 0.16), (-0.4, 0.16), (-0.84, 0.20)])  # fmt: skip
    pen.blob([(-0.9, 0.10), (-0.5, 0.02), (0.5, 0.02), (0.9, 0.10), (0.5, -0.05), (-0.5, -0.05)], MAIN, -0.3)


def iceberg(pen: Pen, phase: float) -> None:
    """A tabular berg with facets."""
    pen.poly([(-0.95, -0.06), (-0.88, 0.26), (-0.66, 0.36), (-0.52, 0.72), (-0.24, 0.92), (-0.05, 0.70),
              (0.14, 0.78),
              (0.42, 0.44), (0.72, 0.36), (0.95, -0.06)])  # fmt: skip
    pen.poly(
        [(-0.24, 0.92), (-0.05, 0.70), (0.02, 0.30), (-0.14, -0.06), (-0.42, -0.06), (-0.34, 0.40)],
        MAIN,
        -0.16,
    )
    pen.poly(
        [(0.14, 0.78), (0.42, 0.44), (0.72, 0.36), (0.95, -0.06), (0.34, -0.06), (0.28, 0.34)], MAIN, -0.26
    )
    pen.poly([(-0.88, 0.26), (-0.66, 0.36), (-0.60, 0.10), (-0.80, -0.06), (-0.95, -0.06)], MAIN, -0.12)
    pen.poly([(-0.95, -0.06), (-0.93, 0.02), (0.93, 0.02), (0.95, -0.06)], "#7fc4d8")


FIGURES = {
    "boat": Figure(boat, 0.070, Home.WATER, Manner.BOB, "#c8493a", 1, 1.0, ("#2f6f9a", "#3f8a6a", "#d89a3a")),
    "sailboat": Figure(sailboat, 0.085, Home.WATER, Manner.SAIL, SAIL, 6, 0.5),
    "ship": Figure(ship, 0.105, Home.WATER, Manner.SAIL, "#2f4a66", 10, 0.25),
    "canoe": Figure(canoe, 0.062, Home.WATER, Manner.SAIL, "#b5562f", 8, 0.75),
    "iceberg": Figure(iceberg, 0.130, Home.WATER, Manner.BOB, "#e4f2f8"),
}

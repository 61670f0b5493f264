"""What grows, lies or burns on the ground: trees, flowers, rocks, water falling, fire."""

from __future__ import annotations

from math import pi, sin

from soho.diorama.things.figure import Figure, Home, Manner
from soho.diorama.things.pen import MAIN, Pen, ring

TRUNK, STEM = "#6b4630", "#4c7a34"


def tree(pen: Pen, phase: float) -> None:
    """A broad tree of overlapping crowns."""
    pen.poly([(-0.09, 0), (-0.045, 0.50), (0.045, 0.50), (0.10, 0)], TRUNK)
    pen.limb([(0, 0.36), (0.16, 0.58)], [0.06, 0.03], TRUNK)
    pen.limb([(0, 0.40), (-0.15, 0.60)], [0.05, 0.03], TRUNK)
    for x, y, r, tone in ((-0.24, 0.62, 0.22, -0.28), (0.26, 0.64, 0.21, -0.28), (0.02, 0.58, 0.22, -0.34),
                          (-0.16, 0.82, 0.23, -0.08), (0.18, 0.84, 0.21, -0.08), (0.0, 0.98, 0.20, 0.10),
                          (-0.08, 0.76, 0.17, 0.14)):  # fmt: skip
        pen.blob([(x + r * (1.0 + 0.13 * (-1) ** i) * a, y + r * 0.92 * (1.0 + 0.13 * (-1) ** i) * b)
                  for i, (a, b) in enumerate(ring(12, 0.03 * i_of(x)))], MAIN, tone)  # fmt: skip


def i_of(x: float) -> float:
    """A small number of its own for each crown, so that no two are turned alike."""
    return (x * 37.7) % 3


def pine(pen: Pen, phase: float) -> None:
    """A conifer in four tiers."""
    pen.box(-0.045, 0, 0.045, 0.24, TRUNK)
    for i, (low, high, wide) in enumerate(
        ((0.14, 0.58, 0.36), (0.38, 0.80, 0.29), (0.60, 1.0, 0.22), (0.82, 1.2, 0.15))
    ):
        pen.poly([(0, high), (wide * 0.45, low + 0.14), (wide * 0.66, low + 0.10), (wide, low), (wide * 0.5,
                  low + 0.03),
                  (0, low - 0.03), (-wide * 0.5, low + 0.03), (-wide, low), (-wide * 0.66, low + 0.10),
                  (-wide * 0.45, low + 0.14)], MAIN, -0.24 + 0.12 * i)  # fmt: skip


def palm(pen: Pen, phase: float) -> None:
    """A leaning palm with coconuts."""
    spine = [(0.0, 0.0), (0.03, 0.34), (0.10, 0.66), (0.22, 0.98)]
    pen.limb(spine, [0.115, 0.085, 0.07, 0.06], "#8a6442")
    top = spine[-1]
    leaves = (
        (0.62, -0.02),
        (0.54, 0.24),
        (0.30, 0.40),
        (-0.12, 0.42),
        (-0.44, 0.26),
        (-0.60, 0.0),
        (-0.40, -0.26),
        (0.44, -0.26),
    )
    for i, (dx, dy) in enumerate(leaves):
        mid = (top[0] + 0.55 * dx, top[1] + 0.55 * dy + 0.12)
        end = (top[0] + dx, top[1] + dy - 0.08)
        pen.blob(
            [top, (mid[0], mid[1] + 0.055), end, (mid[0] - 0.02, mid[1] - 0.065)], MAIN, -0.25 + 0.07 * i
        )
    for x, y in ((-0.05, -0.05), (0.05, -0.07)):
        pen.oval(top[0] + x, top[1] + y, 0.05, 0.05, "#5a3a22")


def cactus(pen: Pen, phase: float) -> None:
    """A saguaro with two arms and a bloom."""
    pen.limb([(-0.01, 0.34), (-0.30, 0.36), (-0.30, 0.66)], [0.14, 0.13, 0.12], MAIN, -0.14)
    pen.limb([(0.01, 0.46), (0.28, 0.48), (0.28, 0.82)], [0.13, 0.12, 0.11], MAIN, -0.1)
    pen.limb([(0, 0.02), (0, 1.0)], [0.22, 0.21])
    for x in (-0.05, 0.04):
        pen.limb([(x, 0.04), (x, 1.02)], 0.018, MAIN, -0.35)
    for x, y in ((0.0, 1.10), (0.28, 0.88)):
        pen.oval(x, y, 0.055, 0.04, "#e8567e")


def stalk(pen: Pen, high: float) -> None:
    """A stem with two leaves."""
    pen.limb([(0.03, 0), (-0.02, high * 0.5), (0, high)], [0.05, 0.042, 0.036], STEM)
    pen.blob([(0, 0.16 * high), (0.18, 0.34 * high), (0.34, 0.36 * high), (0.20, 0.22 * high)], STEM, 0.15)
    pen.blob([(0, 0.26 * high), (-0.16, 0.46 * high), (-0.32, 0.48 * high), (-0.18, 0.32 * high)], STEM, -0.1)


def flower(pen: Pen, phase: float) -> None:
    """A flower of six petals."""
    stalk(pen, 0.70)
    for i, (x, y) in enumerate(ring(6, 0.04)):
        pen.oval(0.17 * x, 0.76 + 0.17 * y, 0.155, 0.105, MAIN, 0.12 if i % 2 else -0.08, 0, 60 * i + 14.4)
    pen.oval(0, 0.76, 0.10, 0.10, "#f7c93e")


def sunflower(pen: Pen, phase: float) -> None:
    """A sunflower's great disc."""
    stalk(pen, 1.0)
    for back in (0.5, 0.0):
        for x, y in ring(15, back / 15):
            pen.poly([(0.14 * x - 0.055 * y, 1.06 + 0.14 * y + 0.055 * x), (0.37 * x, 1.06 + 0.37 * y),
                      (0.14 * x + 0.055 * y, 1.06 + 0.14 * y - 0.055 * x)], MAIN,
                      -0.22 if back else 0.08)  # fmt: skip
    pen.oval(0, 1.06, 0.195, 0.195, "#5a3a1c")
    pen.oval(0, 1.06, 0.11, 0.11, "#7d5426")


def mushroom(pen: Pen, phase: float) -> None:
    """A spotted toadstool."""
    pen.blob([(-0.14, 0), (-0.11, 0.30), (-0.12, 0.52), (0.12, 0.52), (0.11, 0.30), (0.15, 0)], "#f3ead8")
    pen.blob([(-0.46, 0.46), (0, 0.40), (0.46, 0.46), (0, 0.54)], "#e2d2b4")
    pen.blob([(-0.52, 0.50), (-0.42, 0.76), (-0.2, 0.94), (0.06, 0.98), (0.30, 0.88), (0.46, 0.70), (0.52,
              0.50), (0.2, 0.45),
              (-0.2, 0.45)])  # fmt: skip
    for x, y, r in (
        (-0.26, 0.68, 0.075),
        (0.02, 0.80, 0.085),
        (0.28, 0.66, 0.07),
        (-0.06, 0.57, 0.05),
        (0.12, 0.58, 0.04),
    ):
        pen.oval(x, y, r, r * 0.85, "#fbf4e6")


def rock(pen: Pen, phase: float) -> None:
    """A boulder in facets."""
    pen.poly(
        [
            (-0.62, -0.03),
            (-0.56, 0.26),
            (-0.32, 0.52),
            (0.04, 0.62),
            (0.36, 0.48),
            (0.58, 0.22),
            (0.64, -0.03),
        ]
    )
    pen.poly(
        [(0.04, 0.62), (0.36, 0.48), (0.58, 0.22), (0.64, -0.03), (0.22, -0.03), (0.14, 0.34)], MAIN, -0.26
    )
    pen.poly([(-0.32, 0.52), (0.04, 0.62), (0.14, 0.34), (-0.20, 0.30)], MAIN, 0.25)
    pen.poly([(-0.56, 0.26), (-0.32, 0.52), (-0.20, 0.30), (-0.36, -0.03), (-0.62, -0.03)], MAIN, -0.08)


def waterfall(pen: Pen, phase: float) -> None:
    """A fall between two cliffs; its streaks run down once a cycle."""
    pen.poly([(-0.80, -0.04), (-0.76, 0.62), (-0.58, 1.0), (-0.30, 1.16), (0.02, 1.10), (0.36, 1.18), (0.62,
              0.98), (0.74, 0.56),
              (0.82, -0.04)], "#6d665f")  # fmt: skip
    pen.poly(
        [(0.24, 1.14), (0.36, 1.18), (0.62, 0.98), (0.74, 0.56), (0.82, -0.04), (0.30, -0.04)],
        "#6d665f",
        -0.25,
    )
    pen.poly([(-0.22, 1.10), (0.20, 1.09), (0.26, 0.06), (-0.28, 0.06)], MAIN, -0.22, 0.1)
    for k in range(6):
        x = -0.20 + 0.078 * k
        for j in range(3):
            top = 1.10 - ((phase + j / 3 + 0.37 * k) % 1) * 1.05
            low = max(0.05, top - 0.26)
            pen.limb([(x, min(1.08, top)), (x * 1.12, low)], [0.020, 0.042], MAIN, 0.45, 0.15)
    pen.blob([(-0.24, 1.08), (0, 1.14), (0.22, 1.08), (0, 1.06)], MAIN, 0.5)
    for k in range(9):
        wob = 0.02 * sin(2 * pi * (phase + 0.31 * k))
        pen.oval(-0.34 + 0.085 * k, 0.04 + wob, 0.085, 0.06 + wob, MAIN, 0.5, 0.1)


def campfire(pen: Pen, phase: float) -> None:
    """Logs and tongues of flame."""
    for i, (x, y) in enumerate(ring(7, 0.02)):
        pen.oval(0.44 * x, 0.03 + 0.05 * y, 0.085, 0.06, "#7d776e", -0.1 + 0.05 * i)
    a = 2 * pi * phase
    for ink, wide, high, k in (
        ("#f2541b", 0.30, 0.86, 0.0),
        ("#ff8f1f", 0.21, 0.64, 1.3),
        ("#ffd24a", 0.12, 0.40, 2.1),
    ):
        lean, rise = 0.07 * sin(a + k), high * (1 + 0.12 * sin(2 * a + k))
        pen.blob([(-wide, 0.06), (-wide * 1.02, 0.24 * rise + 0.06), (-wide * 0.42,
                  0.42 * rise + 0.05 * sin(a + 1)),
                  (-wide * 0.36 + lean, 0.72 * rise), (lean * 1.8, rise + 0.06), (wide * 0.40 + lean,
                  0.62 * rise),
                  (wide * 0.60, 0.44 * rise), (wide * 1.02, 0.22 * rise + 0.05), (wide, 0.06)], ink, 0,
                  1)  # fmt: skip
    pen.oval(0.10 * sin(a), 0.98 + 0.1 * sin(a + 2), 0.022, 0.03, "#ffb648", 0, 1)
    pen.limb([(-0.40, 0.05), (0.36, 0.16)], 0.105, "#5a3a24")
    pen.limb([(-0.36, 0.16), (0.40, 0.05)], 0.105, "#6b4429")
    pen.oval(0.40, 0.05, 0.045, 0.05, "#b98a5a")
    pen.glow(0, 0.34, 1.7 + 0.12 * sin(2 * a), "#ff9a3c", 0.42 + 0.06 * sin(a), True)
    pen.glow(0, 0.30, 0.7, "#ffc46a", 0.45, True)


FIGURES = {
    "tree": Figure(tree, 0.170, Home.GROUND, Manner.SWAY, "#4f8a3c"),
    "pine": Figure(pine, 0.160, Home.GROUND, Manner.SWAY, "#2f6a4a"),
    "palm": Figure(palm, 0.190, Home.GROUND, Manner.SWAY, "#4a8f4a"),
    "cactus": Figure(cactus, 0.115, Home.GROUND, Manner.STAND, "#4c8a52"),
    "flower": Figure(
        flower, 0.072, Home.GROUND, Manner.SWAY, "#e8568a", 1, 1.0, ("#f2a03c", "#f4efe6", "#9a6ad0")
    ),
    "sunflower": Figure(sunflower, 0.090, Home.GROUND, Manner.SWAY, "#f5bb2c"),
    "mushroom": Figure(mushroom, 0.062, Home.GROUND, Manner.STAND, "#d0382e"),
    "rock": Figure(rock, 0.075, Home.GROUND, Manner.STAND, "#8d867c"),
    "waterfall": Figure(waterfall, 0.200, Home.GROUND, Manner.STAND, "#cfe6f2", 12, 1.0),
    "campfire": Figure(campfire, 0.070, Home.GROUND, Manner.STAND, "#f2541b", 12, 1.5),
}

"""What lives in water, and the astronaut, who swims in nothing."""

from __future__ import annotations

from math import cos, pi, sin

from soho.diorama.things.figure import Figure, Home, Manner
from soho.diorama.things.pen import MAIN, Pen


def bent(points: list[tuple[float, float]], phase: float, amount: float) -> list[tuple[float, float]]:
    """Points waved up and down, the more the farther back they are, as a swimming body is."""
    return [(x, y + amount * max(0.0, 0.5 - x) ** 1.5 * sin(2 * pi * phase + 2.2 * x)) for x, y in points]


def fish(pen: Pen, phase: float) -> None:
    """A striped fish whose tail sweeps."""
    w = 1 - 0.35 * (0.5 + 0.5 * sin(2 * pi * phase))
    pen.blob(
        [(-0.36, 0.0), (-0.42 - 0.26 * w, 0.26), (-0.44 - 0.16 * w, 0.0), (-0.42 - 0.26 * w, -0.26)],
        MAIN,
        -0.22,
    )
    pen.blob([(0.16, 0.22), (-0.02, 0.40), (-0.28, 0.32), (-0.24, 0.12)], MAIN, -0.25)
    pen.blob([(0.06, -0.20), (-0.10, -0.36), (-0.22, -0.28), (-0.14, -0.14)], MAIN, -0.3)
    pen.blob([(0.52, 0.0), (0.38, 0.17), (0.10, 0.26), (-0.20, 0.17), (-0.42, 0.03), (-0.42, -0.03), (-0.20,
              -0.17), (0.10, -0.24),
              (0.38, -0.15)])  # fmt: skip
    for x, h in ((0.17, 0.235), (-0.11, 0.20)):
        pen.poly([(x - 0.05, h), (x + 0.05, h), (x + 0.03, -h + 0.01), (x - 0.07, -h + 0.01)], "#fff3dc")
    pen.blob([(0.08, -0.02), (-0.10, 0.02 + 0.07 * w), (-0.16, -0.07), (-0.04, -0.12)], MAIN, -0.35)
    pen.oval(0.35, 0.05, 0.055, 0.06, "#fbf7ee")
    pen.oval(0.365, 0.05, 0.030, 0.034, "#14161c")


def flukes(pen: Pen, x: float, y: float, size: float, wave: float, tone: float) -> None:
    """A whale's tail seen from behind and a little above."""
    for side in (-1, 1):
        pen.blob([(x + 0.06, y), (x - 0.10 * size, y + side * 0.10 * size + wave), (x - 0.42 * size,
                  y + side * 0.30 * size + wave),
                  (x - 0.22 * size, y + side * 0.04 * size)], MAIN, tone)  # fmt: skip


def whale(pen: Pen, phase: float) -> None:
    """A whale with a pale, grooved belly, blowing."""
    w = 0.10 * sin(2 * pi * phase)
    blow = max(0.0, sin(2 * pi * phase))
    if blow > 0.2:
        for side in (-1, 1):
            x, y, b = 0.52, 0.34, side * blow
            pen.blob([(x - 0.02, y), (x + 0.10 * b, y + 0.34 * blow), (x + 0.26 * b, y + 0.40 * blow),
                      (x + 0.33 * b, y + 0.28 * blow), (x + 0.24 * b, y + 0.24 * blow),
                      (x + 0.13 * b, y + 0.14 * blow), (x + 0.02, y)], "#e6f2f8", 0.05)  # fmt: skip
    pen.limb([(-0.55, 0.02), (-0.86, 0.12 + w), (-1.04, 0.28 + 1.6 * w)], [0.42, 0.20, 0.11], MAIN, -0.08)
    for end in ((-1.34, 0.36), (-0.98, 0.58)):
        pen.blob([(-1.02, 0.24 + 1.6 * w), ((end[0] - 1.0) / 2 - 0.04,
                  (end[1] + 0.30) / 2 + 0.06 + 1.7 * w), (end[0], end[1] + 1.9 * w),
                  ((end[0] - 1.0) / 2 + 0.06, (end[1] + 0.26) / 2 - 0.05 + 1.7 * w)], MAIN,
                  -0.15)  # fmt: skip
    pen.blob([(1.0, 0.04), (0.88, 0.24), (0.50, 0.37), (0.0, 0.36), (-0.45, 0.22), (-0.72, 0.10), (-0.66,
              -0.10), (-0.3, -0.24),
              (0.3, -0.33), (0.80, -0.24), (0.98, -0.08)])  # fmt: skip
    pen.blob(
        [
            (0.97, -0.02),
            (0.60, -0.06),
            (0.1, -0.08),
            (-0.34, -0.19),
            (0.0, -0.28),
            (0.4, -0.32),
            (0.82, -0.22),
        ],
        "#e4ecf0",
        -0.04,
    )
    for i in range(4):
        pen.limb(
            [(0.88 - 0.08 * i, -0.075 - 0.05 * i), (0.20 - 0.04 * i, -0.115 - 0.05 * i)], 0.013, "#a8b8c4"
        )
    pen.blob([(0.34, -0.16), (0.22, -0.20), (-0.02, -0.48), (0.06, -0.50), (0.28, -0.32)], MAIN, -0.22)
    pen.oval(0.66, 0.03, 0.03, 0.03, "#10141c")


def dolphin(pen: Pen, phase: float) -> None:
    """A dolphin, arched."""
    w = 0.08 * sin(2 * pi * phase)
    pen.blob(
        [
            (-0.66, -0.18 + w),
            (-0.96, -0.06 + 1.6 * w),
            (-0.88, -0.24 + 1.4 * w),
            (-1.0, -0.42 + 1.6 * w),
            (-0.74, -0.30 + w),
        ],
        MAIN,
        -0.2,
    )
    pen.blob([(-0.02, 0.22), (-0.10, 0.44), (-0.26, 0.48), (-0.24, 0.20)], MAIN, -0.15)
    pen.blob([(0.76, -0.06), (0.62, 0.06), (0.40, 0.18), (0.08, 0.26), (-0.26, 0.20), (-0.54, 0.02), (-0.78,
              -0.22 + w), (-0.58, -0.16),
              (-0.20, -0.06), (0.20, -0.08), (0.50, -0.10)])  # fmt: skip
    pen.limb([(0.56, -0.01), (0.88, -0.08)], [0.16, 0.06])
    pen.blob(
        [(0.74, -0.10), (0.40, -0.02), (0.0, 0.02), (-0.30, -0.04), (0.0, -0.075), (0.4, -0.105)],
        "#e6eef2",
        -0.04,
    )
    pen.blob([(0.28, -0.04), (0.18, -0.06), (0.04, -0.30), (0.10, -0.31), (0.26, -0.16)], MAIN, -0.25)
    pen.oval(0.52, 0.03, 0.022, 0.024, "#10141c")


def shark(pen: Pen, phase: float) -> None:
    """A shark with its fin up."""
    w = 0.14 * sin(2 * pi * phase)
    pen.blob([(-0.66, 0.02), (-0.92, 0.40 + w), (-1.04, 0.42 + w), (-0.88, 0.02 + w), (-1.0, -0.24 + w),
              (-0.86, -0.20 + w), (-0.68, -0.06)],
             MAIN, -0.12)  # fmt: skip
    pen.poly([(0.20, 0.20), (-0.10, 0.58), (-0.24, 0.58), (-0.16, 0.18)], MAIN, -0.1)
    pen.poly([(-0.46, 0.10), (-0.58, 0.22), (-0.60, 0.06)], MAIN, -0.15)
    pen.blob([(1.02, 0.06), (0.78, 0.17), (0.34, 0.25), (-0.10, 0.21), (-0.50, 0.10), (-0.76, 0.03), (-0.5,
              -0.07), (0.0, -0.20),
              (0.50, -0.18), (0.86, -0.06)])  # fmt: skip
    pen.blob(
        [(0.90, -0.03), (0.5, -0.03), (0.0, -0.06), (-0.56, -0.03), (0.0, -0.185), (0.5, -0.17)],
        "#e8eef2",
        -0.04,
    )
    pen.poly([(0.34, -0.08), (0.10, -0.44), (0.02, -0.42), (0.14, -0.12)], MAIN, -0.22)
    for i in range(3):
        pen.limb([(0.44 - 0.06 * i, 0.08), (0.41 - 0.06 * i, -0.05)], 0.018, MAIN, -0.45)
    pen.limb([(0.90, -0.02), (0.68, -0.065)], 0.025, "#39424e")
    pen.oval(0.76, 0.07, 0.026, 0.026, "#10141c")


def jellyfish(pen: Pen, phase: float) -> None:
    """A jellyfish, pulsing and faintly aglow."""
    s = sin(2 * pi * phase)
    wide, high = 0.46 - 0.07 * s, 0.42 + 0.08 * s
    for i in range(7):
        x = -0.33 + 0.11 * i
        line = [
            (x * (1 - 0.06 * k) * wide / 0.46 + 0.05 * sin(2 * pi * phase - 0.9 * k + i), 0.02 - 0.17 * k)
            for k in range(6)
        ]
        pen.limb(line, [0.05, 0.042, 0.035, 0.028, 0.02, 0.01], MAIN, -0.15 if i % 2 else 0.2, 0.35)
    for i in range(3):
        x = -0.12 + 0.12 * i
        pen.limb([(x, 0), (x + 0.05, -0.22), (x - 0.04, -0.44)], [0.12, 0.09, 0.03], MAIN, 0.4, 0.35)
    pen.blob([(-wide, 0.0), (-wide * 0.9, high * 0.55), (-wide * 0.45, high), (0, high * 1.1), (wide * 0.45,
              high), (wide * 0.9, high * 0.55),
              (wide, 0.0), (wide * 0.5, 0.06), (0, 0.0), (-wide * 0.5, 0.06)], MAIN, 0.0, 0.4)  # fmt: skip
    pen.blob(
        [
            (-wide * 0.6, high * 0.30),
            (-wide * 0.3, high * 0.8),
            (0.02, high * 0.9),
            (-wide * 0.2, high * 0.45),
        ],
        MAIN,
        0.6,
        0.5,
    )
    pen.glow(0, 0.1, 1.0, "#ff9ad2", 0.28)


def turtle(pen: Pen, phase: float) -> None:
    """A sea turtle rowing with its flippers."""
    a = sin(2 * pi * phase)
    skin = "#7d9a5c"
    pen.blob(
        [(-0.40, -0.04), (-0.62, -0.10 - 0.06 * a), (-0.70, -0.02 - 0.06 * a), (-0.44, 0.08)], skin, -0.15
    )
    pen.blob([(0.30, 0.0), (0.26, 0.14), (-0.02, 0.10 + 0.36 * a), (-0.12, 0.06 + 0.38 * a)], skin, -0.35)
    pen.limb([(0.40, 0.02), (0.62, 0.08)], [0.17, 0.14], skin)
    pen.oval(0.68, 0.10, 0.145, 0.115, skin, 0.08)
    pen.oval(0.74, 0.13, 0.024, 0.028, "#10141c")
    pen.blob(
        [(0.50, -0.04), (0.40, 0.20), (0.10, 0.34), (-0.24, 0.28), (-0.50, 0.06), (-0.52, -0.05), (0, -0.12)]
    )
    pen.blob([(0.50, -0.04), (0, -0.03), (-0.52, -0.05), (-0.3, -0.13), (0.3, -0.13)], "#e8dca8")
    for x, y, r in ((0.18, 0.15, 0.105), (-0.06, 0.17, 0.11), (-0.29, 0.10, 0.085)):
        pen.poly([(x + r * cos(pi / 3 * i), y + r * 0.85 * sin(pi / 3 * i)) for i in range(6)], MAIN, 0.35)
    pen.blob(
        [
            (0.34, -0.04),
            (0.20, -0.08),
            (0.0, -0.10 - 0.40 * max(a, -0.4)),
            (-0.10, -0.12 - 0.42 * max(a, -0.4)),
            (0.14, -0.0),
        ],
        skin,
    )


def octopus(pen: Pen, phase: float) -> None:
    """An octopus with eight curling arms."""
    for i in range(8):
        side = -1 + 2 * i / 7
        w = 0.08 * sin(2 * pi * phase + 1.3 * i)
        arm = [(0.26 * side, 0.04), (0.48 * side + w, -0.24), (0.66 * side + 1.4 * w,
        -0.50 + 0.10 * abs(side)),
               (0.84 * side + 2.2 * w, -0.48 + 0.22 * abs(side) + 0.4 * w)]  # fmt: skip
        pen.limb(arm, [0.17, 0.13, 0.085, 0.04], MAIN, -0.28 if i % 2 else -0.04)
    pen.blob(
        [
            (-0.32, 0.04),
            (-0.40, 0.36),
            (-0.30, 0.66),
            (0, 0.80),
            (0.30, 0.66),
            (0.40, 0.36),
            (0.32, 0.04),
            (0, -0.06),
        ]
    )
    pen.blob([(-0.26, 0.42), (-0.20, 0.62), (-0.04, 0.70), (-0.14, 0.50)], MAIN, 0.45)
    for x in (-0.13, 0.13):
        pen.oval(x, 0.22, 0.085, 0.10, "#fbf7ee")
        pen.oval(x + 0.02, 0.21, 0.042, 0.055, "#14161c")


def astronaut(pen: Pen, phase: float) -> None:
    """An astronaut, arms and legs adrift."""
    a = sin(2 * pi * phase)
    pen.box(-0.30, -0.04, -0.08, 0.40, "#aab2be")
    pen.limb([(0.06, 0.30), (0.30, 0.36 + 0.06 * a), (0.46, 0.50 + 0.10 * a)], [0.15, 0.13, 0.10], MAIN, -0.2)
    pen.limb(
        [(0.06, -0.08), (0.18, -0.34 + 0.04 * a), (0.06, -0.58 + 0.04 * a)], [0.19, 0.16, 0.14], MAIN, -0.2
    )
    pen.limb([(-0.06, -0.08), (-0.12, -0.36), (-0.26 - 0.04 * a, -0.58)], [0.20, 0.17, 0.15])
    pen.limb([(-0.31 - 0.04 * a, -0.60), (-0.20 - 0.04 * a, -0.62)], 0.13, "#7d8794")
    pen.limb([(0.03, -0.60 + 0.04 * a), (0.16, -0.61 + 0.04 * a)], 0.13, "#7d8794", -0.1)
    pen.limb([(0, -0.06), (0, 0.30)], [0.32, 0.34])
    pen.box(-0.02, 0.10, 0.14, 0.22, "#d2443a")
    pen.oval(0.02, 0.58, 0.235, 0.235)
    pen.blob([(-0.06, 0.70), (0.14, 0.72), (0.25, 0.60), (0.20, 0.46), (0.0, 0.44), (-0.09, 0.56)], "#2a3f66")
    pen.blob([(-0.02, 0.66), (0.10, 0.68), (0.06, 0.61), (-0.04, 0.58)], "#9fd0f0", 0.1, 0.4)
    pen.limb([(-0.04, 0.32), (-0.26, 0.20), (-0.40, 0.34 - 0.10 * a)], [0.16, 0.14, 0.11], MAIN, 0.08)
    pen.oval(-0.42, 0.37 - 0.10 * a, 0.07, 0.07, "#7d8794")


FIGURES = {
    "fish": Figure(fish, 0.060, Home.DEEP, Manner.LEAP, "#f08a2c", 8, 2.0, ("#3f8ad0", "#e8c83a", "#c85a8a")),
    "whale": Figure(whale, 0.175, Home.DEEP, Manner.BREACH, "#3f5f80", 12, 0.25),
    "dolphin": Figure(dolphin, 0.085, Home.DEEP, Manner.LEAP, "#6f8fae", 8, 1.0),
    "jellyfish": Figure(jellyfish, 0.080, Home.DEEP, Manner.SWIM, "#e68ac0", 12, 0.5),
    "turtle": Figure(turtle, 0.085, Home.DEEP, Manner.SWIM, "#6a7a3c", 12, 0.5),
    "shark": Figure(shark, 0.090, Home.DEEP, Manner.SWIM, "#6d7a88", 10, 0.75),
    "octopus": Figure(octopus, 0.085, Home.DEEP, Manner.SWIM, "#c8584f", 12, 0.5),
    "astronaut": Figure(astronaut, 0.105, Home.SKY, Manner.HOVER, "#f2f4f7", 8, 0.25),
}

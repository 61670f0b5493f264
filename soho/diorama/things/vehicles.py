"""What drives: cars, buses, trucks, trains and bicycles."""

from __future__ import annotations

from math import cos, pi, sin

from soho.diorama.things.figure import Figure, Home, Manner
from soho.diorama.things.pen import MAIN, WINDOW, Pen, ring

GLASS, TYRE, STEEL = "#9cc6de", "#23262e", "#b9bec6"


def wheel(pen: Pen, x: float, r: float, phase: float, spokes: int = 5) -> None:
    """A turning wheel that stands on the ground."""
    pen.oval(x, r, r, r, TYRE)
    pen.oval(x, r, 0.58 * r, 0.58 * r, STEEL)
    for a, b in ring(spokes, -phase / spokes):
        pen.limb([(x, r), (x + 0.52 * r * a, r + 0.52 * r * b)], 0.14 * r, "#6a707a")


def lamps(pen: Pen, front: float, back: float, y: float) -> None:
    """Head and tail lights with the road lit ahead."""
    pen.oval(front - 0.03, y, 0.04, 0.045, "#fff2c4", 0, 1)
    pen.box(back, y - 0.04, back + 0.04, y + 0.05, "#e03a2e", 0, 0.8)
    pen.glow(front + 0.06, y, 0.30, "#fff0c0", 0.85)
    for k in range(5):
        pen.glow(front + 0.20 + 0.19 * k, y - 0.03 * k, 0.16 + 0.07 * k, "#ffefc0", 0.42 * 0.82**k)
    pen.glow(back, y, 0.22, "#ff4a3a", 0.6)


def car(pen: Pen, phase: float) -> None:
    """A small saloon."""
    pen.blob(
        [(-0.48, 0.42), (-0.34, 0.66), (-0.10, 0.74), (0.18, 0.73), (0.36, 0.62), (0.52, 0.42)], MAIN, -0.1
    )
    pen.poly([(-0.39, 0.44), (-0.29, 0.63), (-0.05, 0.68), (-0.05, 0.44)], GLASS, 0, 0.1)
    pen.poly([(0.01, 0.44), (0.01, 0.68), (0.18, 0.67), (0.32, 0.59), (0.43, 0.44)], GLASS, 0, 0.1)
    pen.poly(
        [
            (-0.84, 0.14),
            (-0.86, 0.36),
            (-0.80, 0.44),
            (-0.46, 0.46),
            (0.50, 0.46),
            (0.80, 0.40),
            (0.88, 0.30),
            (0.88, 0.14),
        ]
    )
    pen.poly([(-0.84, 0.14), (-0.855, 0.22), (0.88, 0.22), (0.88, 0.14)], MAIN, -0.35)
    pen.box(0.08, 0.37, 0.18, 0.395, MAIN, -0.5)
    lamps(pen, 0.88, -0.86, 0.32)
    wheel(pen, -0.50, 0.165, phase)
    wheel(pen, 0.52, 0.165, phase)


def bus(pen: Pen, phase: float) -> None:
    """A city bus."""
    pen.poly([(-1.10, 0.12), (-1.12, 0.88), (-1.06, 0.96), (1.04, 0.96), (1.12, 0.86), (1.12, 0.12)])
    pen.box(-1.12, 0.34, 1.12, 0.42, "#f4efe2")
    pen.box(-1.11, 0.12, 1.12, 0.20, MAIN, -0.4)
    for i in range(6):
        pen.box(-1.02 + 0.31 * i, 0.52, -0.77 + 0.31 * i, 0.82, WINDOW)
        pen.box(-1.02 + 0.31 * i, 0.52, -0.77 + 0.31 * i, 0.56, GLASS, -0.3)
    pen.box(0.86, 0.46, 1.11, 0.84, GLASS, 0, 0.15)
    pen.box(0.62, 0.14, 0.82, 0.82, GLASS, -0.35, 0.2)
    lamps(pen, 1.12, -1.12, 0.28)
    pen.glow(-0.2, 0.66, 0.9, "#ffdf9a", 0.25)
    wheel(pen, -0.66, 0.17, phase)
    wheel(pen, 0.42, 0.17, phase)


def truck(pen: Pen, phase: float) -> None:
    """A box lorry."""
    pen.box(-1.20, 0.24, 0.40, 1.08, "#eee9dd")
    pen.box(-1.20, 0.24, 0.40, 0.34, MAIN, -0.15)
    for i in range(4):
        pen.box(-0.90 + 0.34 * i, 0.36, -0.88 + 0.34 * i, 1.06, "#eee9dd", -0.2)
    pen.poly([(0.46, 0.16), (0.46, 0.90), (0.84, 0.90), (1.0, 0.58), (1.14, 0.50), (1.14, 0.16)])
    pen.poly([(0.58, 0.56), (0.58, 0.82), (0.80, 0.82), (0.93, 0.56)], GLASS, 0, 0.1)
    pen.box(-1.20, 0.15, 1.14, 0.25, "#3a3f4a")
    lamps(pen, 1.14, -1.20, 0.36)
    for x in (-0.92, -0.56, 0.78):
        wheel(pen, x, 0.17, phase)


def coach(pen: Pen, left: float, phase: float, tone: float) -> None:
    """One carriage."""
    pen.box(left, 0.14, left + 1.02, 0.66, MAIN, tone)
    pen.poly([(left - 0.03, 0.64), (left + 0.08, 0.74), (left + 0.94, 0.74), (left + 1.05, 0.64)], "#3a3f4a")
    pen.box(left, 0.28, left + 1.02, 0.33, "#f0d48a")
    for i in range(4):
        pen.box(left + 0.09 + 0.225 * i, 0.40, left + 0.25 + 0.225 * i, 0.58, WINDOW)
    pen.glow(left + 0.5, 0.48, 0.6, "#ffdc98", 0.25)
    for x in (0.20, 0.42, 0.64, 0.84):
        wheel(pen, left + x, 0.095, phase, 3)


def train(pen: Pen, phase: float) -> None:
    """A steam engine with its tender and two carriages, puffing."""
    for i in range(6):
        t = (phase + i / 6) % 1
        pen.oval(1.34 - 1.3 * t, 0.98 + 0.30 * t, 0.06 + 0.13 * t, 0.05 + 0.10 * t, "#e6e8ec", 0.1 - 0.25 * t)
    pen.limb([(-1.9, 0.19), (0.7, 0.19)], 0.05, "#2b2f38")
    coach(pen, -1.96, phase, -0.05)
    coach(pen, -0.86, phase, 0.05)
    pen.box(0.22, 0.14, 0.58, 0.54, "#2f3640")
    pen.blob([(0.24, 0.52), (0.40, 0.62), (0.56, 0.52)], "#1c1e24")
    pen.box(0.62, 0.16, 0.96, 0.82, MAIN, -0.15)
    pen.box(0.58, 0.80, 1.0, 0.87, "#2b2f38")
    pen.box(0.70, 0.54, 0.88, 0.74, WINDOW)
    pen.box(0.94, 0.30, 1.58, 0.64, "#2f3640")
    pen.oval(1.58, 0.47, 0.06, 0.17, "#454d5a")
    for x in (1.08, 1.24):
        pen.box(x, 0.30, x + 0.035, 0.64, "#d8a83e")
    pen.blob([(1.06, 0.62), (1.12, 0.74), (1.20, 0.62)], "#d8a83e")
    pen.poly([(1.30, 0.62), (1.27, 0.92), (1.47, 0.92), (1.44, 0.62)], "#2b2f38")
    pen.poly([(1.52, 0.04), (1.58, 0.22), (1.82, 0.04)], "#a8382c")
    pen.box(0.60, 0.18, 1.60, 0.28, MAIN, -0.3)
    for x, r in ((0.76, 0.15), (1.10, 0.15), (1.44, 0.11)):
        wheel(pen, x, r, phase, 6)
    for x in (0.32, 0.48):
        wheel(pen, x, 0.095, phase, 3)
    a = 2 * pi * phase
    pen.limb(
        [(0.76 + 0.07 * cos(a), 0.15 - 0.07 * sin(a)), (1.44 + 0.07 * cos(a), 0.15 - 0.07 * sin(a))],
        0.035,
        STEEL,
    )
    pen.oval(1.62, 0.60, 0.055, 0.055, "#fff2c4", 0, 1)
    pen.glow(1.66, 0.60, 0.40, "#fff0c0", 0.85)
    for k in range(5):
        pen.glow(1.86 + 0.22 * k, 0.58 - 0.04 * k, 0.20 + 0.09 * k, "#ffefc0", 0.40 * 0.82**k)


def bicycle(pen: Pen, phase: float) -> None:
    """A cyclist, pedalling."""
    a = -2 * pi * phase
    crank = (-0.04, 0.30)
    feet = [(crank[0] + 0.11 * cos(a + k), crank[1] + 0.11 * sin(a + k)) for k in (pi, 0)]
    hip = (-0.20, 0.88)

    def leg(foot: tuple[float, float], tone: float) -> None:
        knee = ((hip[0] + foot[0]) / 2 + 0.15, (hip[1] + foot[1]) / 2 + 0.06)
        pen.limb(
            [hip, knee, foot, (foot[0] + 0.08, foot[1] - 0.01)], [0.13, 0.10, 0.07, 0.06], "#33415c", tone
        )

    leg(feet[0], -0.25)
    for x in (-0.48, 0.48):
        pen.oval(x, 0.29, 0.29, 0.29, TYRE)
        pen.oval(x, 0.29, 0.24, 0.24, "#cdd3da")
        for s, t in ring(8, -phase / 8):
            pen.limb([(x, 0.29), (x + 0.23 * s, 0.29 + 0.23 * t)], 0.014, "#7d848e")
        pen.oval(x, 0.29, 0.04, 0.04, TYRE)
    for line in ([(-0.48, 0.29), crank, (0.34, 0.66), (-0.20, 0.70), (-0.48, 0.29)], [crank, (-0.22, 0.78)],
                 [(0.48, 0.29), (0.32, 0.78), (0.42, 0.82)]):  # fmt: skip
        pen.limb(line, 0.045)
    pen.limb([(-0.30, 0.80), (-0.12, 0.80)], 0.06, TYRE)
    leg(feet[1], 0.0)
    pen.limb([(-0.19, 0.90), (0.08, 1.24)], [0.20, 0.19], "#e0a03a")
    pen.limb([(0.08, 1.22), (0.22, 1.00), (0.40, 0.86)], [0.10, 0.08, 0.06], "#e0a03a", -0.2)
    pen.oval(0.18, 1.42, 0.105, 0.12, "#e2b48c")
    pen.blob([(0.04, 1.44), (0.10, 1.56), (0.24, 1.55), (0.30, 1.46), (0.17, 1.48)], "#d2443a")
    pen.glow(0.48, 0.72, 0.32, "#fff0c0", 0.8)


FIGURES = {
    "car": Figure(
        car, 0.075, Home.GROUND, Manner.DRIVE, "#d2483c", 6, 2.5, ("#3f78b5", "#e8e4da", "#3f8a6a")
    ),
    "bus": Figure(bus, 0.090, Home.GROUND, Manner.DRIVE, "#e2a52c", 6, 2.5),
    "truck": Figure(truck, 0.085, Home.GROUND, Manner.DRIVE, "#3f78b5", 6, 2.5),
    "train": Figure(train, 0.090, Home.GROUND, Manner.DRIVE, "#a83a34", 12, 1.0),
    "bicycle": Figure(bicycle, 0.070, Home.GROUND, Manner.DRIVE, "#3f9a8a", 10, 1.25),
}

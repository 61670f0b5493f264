"""What floats or is flown: balloons, kites, aircraft, spacecraft, bodies in the sky."""

from __future__ import annotations

from math import cos, pi, sin

import numpy as np

from soho.diorama.things.figure import Figure, Home, Manner
from soho.diorama.things.pen import MAIN, Pen, ring

Corners = list[tuple[float, float]]


def balloon(pen: Pen, phase: float) -> None:
    """A toy balloon on its string."""
    sway = 0.05 * sin(2 * pi * phase)
    pen.limb(
        [(0, -0.5), (0.04 + sway, -0.75), (-0.03 + sway, -1.0), (0.03 + 2 * sway, -1.22)], 0.022, "#d8d2c8"
    )
    pen.blob([(0, 0.55), (0.30, 0.45), (0.43, 0.12), (0.30, -0.24), (0, -0.46), (-0.30, -0.24), (-0.43, 0.12),
              (-0.30, 0.45)])  # fmt: skip
    pen.poly([(0, -0.43), (0.07, -0.54), (-0.07, -0.54)], MAIN, -0.25)
    pen.blob(
        [(0.30, 0.40), (0.41, 0.12), (0.28, -0.22), (0.05, -0.43), (0.22, -0.1), (0.28, 0.15)], MAIN, -0.22
    )
    pen.blob([(-0.24, 0.36), (-0.14, 0.42), (-0.20, 0.18), (-0.31, 0.08)], MAIN, 0.9)


def hot_air_balloon(pen: Pen, phase: float) -> None:
    """A striped envelope, its basket, and the burner's flame now and then."""
    fire = max(0.0, sin(2 * pi * phase)) ** 2
    for x in (-0.10, 0.10):
        pen.limb([(1.9 * x, -0.34), (x, -0.66)], 0.014, "#5b4636")
    edge: Corners = [
        (0.13, -0.40),
        (0.30, -0.20),
        (0.46, 0.06),
        (0.50, 0.30),
        (0.42, 0.54),
        (0.24, 0.70),
        (0, 0.76),
    ]
    tones = (-0.30, 0.85, -0.05, 0.85, 0.12)
    for share, tone in zip((1.0, 0.80, 0.58, 0.36, 0.14), tones, strict=True):
        right = [(x * share, y) for x, y in edge]
        left = [(-x * share, y) for x, y in reversed(edge[:-1])]
        ink = "#fff3dc" if tone > 0.5 else MAIN
        pen.poly(smooth(right + left), ink, 0.0 if tone > 0.5 else tone, 0.18 + 0.25 * fire)
    pen.box(-0.14, -0.44, 0.14, -0.39, MAIN, -0.35)
    pen.box(-0.11, -0.82, 0.11, -0.66, "#8a5a32")
    pen.box(-0.125, -0.69, 0.125, -0.65, "#6b4424")
    if fire > 0.25:
        pen.oval(0, -0.50, 0.035, 0.05 + 0.04 * fire, "#ffb648", 0.0, 1.0)
        pen.glow(0, 0.0, 0.75, "#ffc46a", 0.45 * fire)


def smooth(corners: Corners) -> Corners:
    """The corners with each side rounded once (Chaikin)."""
    p = np.asarray(corners)
    q = np.roll(p, -1, 0)
    cut = np.stack([0.75 * p + 0.25 * q, 0.25 * p + 0.75 * q], 1).reshape(-1, 2)
    return [(float(x), float(y)) for x, y in cut]


def kite(pen: Pen, phase: float) -> None:
    """A diamond kite with a tail of bows."""
    s = 2 * pi * phase
    tail = [(-0.05 - 0.10 * i, -0.55 - 0.16 * i + 0.05 * sin(s - 1.1 * i)) for i in range(5)]
    pen.limb(tail, 0.022, "#f0e6d2")
    for i, (x, y) in enumerate(tail[1:]):
        ink = MAIN if i % 2 else "#f6d44a"
        pen.poly(
            [(x - 0.09, y + 0.06), (x + 0.09, y - 0.05), (x + 0.09, y + 0.06), (x - 0.09, y - 0.05)], ink
        )
    pen.poly([(0.08, 0.60), (0.44, 0.14), (-0.05, -0.55)], MAIN, -0.18)
    pen.poly([(0.08, 0.60), (-0.36, 0.10), (-0.05, -0.55)], MAIN, 0.12)
    pen.poly([(0.08, 0.60), (-0.36, 0.10), (0.035, 0.13)], "#f6d44a")
    pen.poly([(0.44, 0.14), (-0.05, -0.55), (0.035, 0.13)], "#f6d44a", -0.1)


def airplane(pen: Pen, phase: float) -> None:
    """An airliner from the side."""
    pen.poly([(-0.05, 0.04), (-0.42, 0.30), (-0.54, 0.30), (-0.26, 0.04)], MAIN, -0.3)
    pen.poly([(-0.70, 0.06), (-0.96, 0.42), (-1.06, 0.42), (-0.98, 0.05)], "#d24a3c")
    pen.blob([(1.0, -0.02), (0.86, 0.10), (0.5, 0.15), (-0.4, 0.15), (-0.8, 0.12), (-1.06, 0.09), (-0.7,
              -0.06),
              (-0.4, -0.12), (0.5, -0.13), (0.86, -0.10)])  # fmt: skip
    pen.poly([(0.84, 0.085), (0.93, 0.045), (0.80, 0.045), (0.74, 0.085)], "#1e2c44")
    for i in range(9):
        pen.oval(0.58 - 0.14 * i, 0.05, 0.030, 0.036, "#28405c", 0.0, 0.0)
    pen.poly([(-0.80, 0.04), (-1.10, 0.10), (-1.20, 0.06), (-0.98, 0.0)], MAIN, -0.15)
    pen.oval(0.05, -0.20, 0.17, 0.075, MAIN, -0.3)
    pen.poly([(0.28, -0.02), (-0.30, -0.40), (-0.44, -0.38), (-0.14, -0.02)], MAIN, -0.12)
    pen.oval(-0.37, -0.39, 0.03, 0.03, "#ff5040", 0, 1)
    pen.glow(-0.37, -0.39, 0.25, "#ff5a4a", 0.8 if phase < 0.5 else 0.15)


def helicopter(pen: Pen, phase: float) -> None:
    """A helicopter with a turning rotor."""
    wide = 0.35 + 0.65 * abs(cos(2 * pi * phase))
    pen.limb([(-0.15, 0.04), (-0.95, 0.16)], [0.20, 0.06])
    pen.poly([(-0.86, 0.14), (-1.06, 0.42), (-1.00, 0.12)], MAIN, -0.2)
    for x, y in ring(4, phase):
        pen.limb([(-0.98, 0.26), (-0.98 + 0.17 * x, 0.26 + 0.17 * y)], 0.03, "#3a3f4a")
    pen.limb([(-0.28, -0.36), (0.46, -0.36), (0.56, -0.31)], 0.045, "#2c323e")
    for x in (-0.10, 0.24):
        pen.limb([(x, -0.36), (x, -0.18)], 0.035, "#2c323e")
    pen.blob(
        [
            (0.56, -0.02),
            (0.40, 0.20),
            (0.10, 0.28),
            (-0.22, 0.20),
            (-0.34, 0.04),
            (-0.18, -0.20),
            (0.36, -0.22),
        ]
    )
    pen.blob([(0.53, 0.0), (0.40, 0.17), (0.18, 0.22), (0.16, 0.0)], "#a9d4ea", 0, 0.25)
    pen.limb([(0.05, 0.26), (0.05, 0.38)], 0.05, "#2c323e")
    pen.limb([(0.05 - wide, 0.395), (0.05 + wide, 0.395)], 0.04, "#2c323e")
    pen.glow(0.50, -0.2, 0.28, "#fff0c0", 0.7)


def rocket(pen: Pen, phase: float) -> None:
    """A rocket on its flame."""
    flick = 0.12 * sin(2 * pi * phase) + 0.06 * sin(4 * pi * phase + 1)
    pen.blob(
        [(-0.12, -0.46), (-0.17, -0.66), (0, -1.06 - flick), (0.17, -0.66), (0.12, -0.46)], "#ff7a1e", 0, 1
    )
    pen.blob(
        [(-0.07, -0.46), (-0.09, -0.60), (0, -0.84 - flick), (0.09, -0.60), (0.07, -0.46)], "#ffe68a", 0, 1
    )
    for side in (-1, 1):
        pen.poly(
            [(0.16 * side, -0.14), (0.36 * side, -0.40), (0.36 * side, -0.60), (0.13 * side, -0.42)],
            "#d8402f",
        )
    pen.blob([(0, 0.78), (0.15, 0.50), (0.21, 0.16), (0.17, -0.24), (0.12, -0.46), (-0.12, -0.46), (-0.17,
              -0.24),
              (-0.21, 0.16), (-0.15, 0.50)])  # fmt: skip
    pen.blob([(0, 0.78), (0.11, 0.58), (0.15, 0.46), (-0.15, 0.46), (-0.11, 0.58)], "#d8402f")
    pen.oval(0, 0.18, 0.105, 0.105, "#56616e")
    pen.oval(0, 0.18, 0.075, 0.075, "#8fd0ee", 0, 0.4)
    pen.poly([(-0.03, -0.18), (0.03, -0.18), (0.03, -0.58), (-0.03, -0.58)], "#d8402f", -0.2)
    pen.glow(0, -0.75, 0.65, "#ffa24a", 0.75, True)


def ufo(pen: Pen, phase: float) -> None:
    """A saucer with running lights and a beam."""
    pen.blob([(-0.34, 0.10), (-0.24, 0.34), (0, 0.42), (0.24, 0.34), (0.34, 0.10)], "#a8e6e0", 0.0, 0.35)
    pen.oval(0, 0.16, 0.09, 0.12, "#4f8f58")
    pen.oval(0, 0.04, 0.86, 0.18, MAIN, -0.25)
    pen.oval(0, 0.08, 0.78, 0.13, MAIN, 0.15)
    pen.oval(0, -0.10, 0.34, 0.09, MAIN, -0.4)
    for i in range(6):
        on = (i / 6 + phase) % 1 < 0.5
        x = -0.62 + 0.248 * i
        pen.oval(
            x, 0.0 - 0.05 * cos(1.6 * x), 0.05, 0.04, "#ffe45c" if on else "#7a5a2a", 0, 1.0 if on else 0.2
        )
    pen.glow(0, -0.55, 0.8, "#a6ffe0", 0.35)
    pen.glow(0, -0.12, 0.45, "#c8fff0", 0.6)


def satellite(pen: Pen, phase: float) -> None:
    """A satellite with two panels and a dish."""
    for side in (-1, 1):
        pen.limb([(0, 0), (0.28 * side, 0)], 0.05, "#8a8f98")
        a, b = sorted((0.28 * side, 0.98 * side))
        pen.box(a, -0.20, b, 0.20, "#2c4f9a")
        for i in range(1, 4):
            x = a + (b - a) * i / 4
            pen.box(x - 0.012, -0.20, x + 0.012, 0.20, "#9ab4e6")
        pen.box(a, -0.012, b, 0.012, "#9ab4e6")
    pen.box(-0.17, -0.26, 0.17, 0.24, MAIN)
    pen.box(-0.17, -0.05, 0.17, 0.02, MAIN, -0.4)
    pen.limb([(0, 0.24), (0.02, 0.38)], 0.03, "#8a8f98")
    pen.blob([(-0.18, 0.40), (0.0, 0.32), (0.20, 0.38), (0.10, 0.50), (-0.10, 0.52)], "#e8ecf2")
    pen.oval(0.0, -0.28, 0.03, 0.03, "#ff4a3a", 0, 1)
    pen.glow(0, -0.28, 0.25, "#ff6a5a", 0.9 if phase < 0.5 else 0.1, True)


def comet(pen: Pen, phase: float) -> None:
    """A comet, its tail streaming up and back."""
    for wide, long, ink, tone in (
        (0.20, 2.2, "#7fb4ee", -0.15),
        (0.15, 1.7, "#a8d2ff", 0),
        (0.09, 1.1, "#e2f2ff", 0),
    ):
        pen.poly([(0.0, wide * 0.75), (-long, long * 0.42), (-wide * 0.5, -wide * 0.75)], ink, tone, 0.8)
    pen.oval(0, 0, 0.19, 0.19, MAIN, 0, 1)
    pen.oval(0.02, 0.0, 0.12, 0.12, "#ffffff", 0, 1)
    pen.glow(0, 0, 0.8, "#cfe8ff", 0.7, True)


def planet(pen: Pen, phase: float) -> None:
    """A banded planet with a ring around it."""
    tilt = 18.0
    t = np.linspace(0, pi, 40)
    back, front = Pen(), Pen()
    for pen_, sign in ((back, 1), (front, -1)):
        for out, inner, ink, tone in ((1.0, 0.84, "#e8d2a6", 0.0), (0.81, 0.70, "#c9a97c", 0.0)):
            outer = np.stack([out * np.cos(t), sign * 0.24 * out * np.sin(t)], 1)
            hole = np.stack([inner * np.cos(t), sign * 0.24 * inner * np.sin(t)], 1)[::-1]
            pen_.poly(np.concatenate([outer, hole]), ink, tone, 0.35)
    pen.add(back, turn=tilt)
    body = Pen()
    body.oval(0, 0, 0.55, 0.55, MAIN, 0, 0.35)
    for y, high, tone in (
        (0.34, 0.06, 0.35),
        (0.16, 0.07, -0.2),
        (-0.04, 0.05, 0.4),
        (-0.22, 0.07, -0.25),
        (-0.4, 0.04, 0.2),
    ):
        top, low = (float(np.sqrt(max(0.0, 0.55**2 - v * v))) for v in (y + high, y - high))
        body.poly([(-top, y + high), (top, y + high), (low, y - high), (-low, y - high)], MAIN, tone, 0.35)
    shade = np.linspace(-pi / 2, pi / 2, 30)
    dark = np.concatenate([np.stack([0.55 * np.cos(shade), 0.55 * np.sin(shade)], 1),
                           np.stack([0.22 * np.cos(shade), 0.55 * np.sin(shade)], 1)[::-1]])  # fmt: skip
    body.poly(dark, MAIN, -1.2, 0.0)
    pen.add(body, turn=tilt)
    pen.add(front, turn=tilt)


def rainbow(pen: Pen, phase: float) -> None:
    """Seven bands of an arch."""
    t = np.linspace(0, pi, 60)
    for i, ink in enumerate(("#e5484d", "#f28c38", "#f7d154", "#5fba5a", "#4a9be0", "#5560cf", "#9352c0")):
        out, inner = 1.0 - 0.035 * i, 1.0 - 0.035 * (i + 1) - 0.004
        arch = np.concatenate([np.stack([out * np.cos(t), out * np.sin(t)], 1),
                               np.stack([inner * np.cos(t), inner * np.sin(t)], 1)[::-1]])  # fmt: skip
        pen.poly(arch, ink, 0.0, 0.15)


def lantern(pen: Pen, phase: float) -> None:
    """A sky lantern, lit from below."""
    flick = 0.06 * sin(2 * pi * phase)
    pen.blob([(-0.34, 0.42), (0, 0.54), (0.34, 0.42), (0.40, 0.10), (0.27, -0.40), (-0.27, -0.40), (-0.40,
              0.10)],
             MAIN, -0.1, 0.75)  # fmt: skip
    pen.blob([(-0.20, 0.20), (0, 0.34), (0.20, 0.20), (0.26, -0.10), (0.20, -0.38), (-0.20, -0.38), (-0.26,
              -0.10)],
             MAIN, 0.25, 0.95)  # fmt: skip
    pen.oval(0, -0.24, 0.13, 0.15 + flick, "#fff0b8", 0, 1)
    pen.box(-0.27, -0.44, 0.27, -0.38, "#8a4a1e")
    pen.glow(0, -0.05, 1.15, "#ffb05a", 0.55 + flick, True)


def fireworks(pen: Pen, phase: float) -> None:
    """A shell that climbs, bursts and fades."""
    if phase < 0.22:
        y = -1.5 + 1.5 * (1 - (1 - phase / 0.22) ** 2)
        pen.limb([(0, y - 0.22), (0, y)], [0.01, 0.05], "#ffe6b0", 0, 1)
        pen.glow(0, y, 0.2, "#ffd890", 0.8, True)
        return
    t = (phase - 0.22) / 0.78
    reach, fade = 1 - (1 - t) ** 3, max(0.0, 1 - t) ** 0.7
    for size, count, offset, ink in (
        (1.0, 20, 0.0, MAIN),
        (0.72, 14, 0.02, "#ffe9a8"),
        (0.42, 9, 0.05, MAIN),
    ):
        for x, y in ring(count, offset):
            far, near = size * reach, size * reach * (0.55 + 0.42 * t)
            drop = 0.30 * t * t
            head, tail = (x * far, y * far - drop), (x * near, y * near - drop * 0.7)
            pen.limb([tail, head], [0.008, 0.048 * fade + 0.006], ink, 0.1, 1)
            if fade > 0.15:
                pen.oval(head[0], head[1], 0.024 * fade, 0.024 * fade, "#fff6dc", 0, 1)
    pen.glow(0, -0.1 * t, 1.25, MAIN, 0.5 * fade, True)


FIGURES = {
    "balloon": Figure(
        balloon, 0.085, Home.SKY, Manner.DRIFT, "#e0473c", 8, 0.5, ("#3f86d0", "#f2b632", "#4fa860")
    ),
    "hot air balloon": Figure(
        hot_air_balloon, 0.140, Home.SKY, Manner.DRIFT, "#d9503f", 8, 0.25, ("#3f7fb8", "#e0a030", "#7a5ab0")
    ),
    "kite": Figure(kite, 0.095, Home.SKY, Manner.FLUTTER, "#d8433f", 8, 0.75, ("#3f86d0", "#4fa860")),
    "airplane": Figure(airplane, 0.085, Home.SKY, Manner.FLY, "#eef2f6", 2, 1.0),
    "helicopter": Figure(helicopter, 0.080, Home.SKY, Manner.HOVER, "#3f7a9a", 8, 3.0),
    "rocket": Figure(rocket, 0.125, Home.SKY, Manner.RISE, "#eef1f5", 6, 3.0),
    "ufo": Figure(ufo, 0.085, Home.SKY, Manner.HOVER, "#9aa6b8", 6, 1.0),
    "satellite": Figure(satellite, 0.075, Home.SKY, Manner.HOVER, "#c9a352", 2, 0.5),
    "comet": Figure(comet, 0.075, Home.HEAVEN, Manner.FALL, "#dff0ff", 1, 1.0),
    "planet": Figure(planet, 0.140, Home.HEAVEN, Manner.STAND, "#c88a5a", 1, 1.0, ("#6a9ac8", "#b8688a")),
    "rainbow": Figure(rainbow, 0.420, Home.ARCH, Manner.STAND, "#e5484d", 1, 1.0),
    "lantern": Figure(lantern, 0.060, Home.SKY, Manner.RISE, "#ff9c3c", 6, 1.5),
    "fireworks": Figure(
        fireworks, 0.150, Home.SKY, Manner.BURST, "#ff5a6a", 18, 0.5, ("#5ac8ff", "#ffd04a", "#8aff9a")
    ),
}

"""What people build: houses, towers, bridges and the small things beside them."""

from __future__ import annotations

from math import cos, pi, sin

from soho.diorama.things.figure import Figure, Home, Manner
from soho.diorama.things.pen import MAIN, WINDOW, Cut, Pen, ring

ROOF, STONE, TIMBER = "#8f3f32", "#b9b2a4", "#7a5033"


def pane(pen: Pen, x: float, y: float, wide: float, high: float) -> None:
    """A window: dark glass by day, lit at night. (x, y) is its middle."""
    pen.box(x - wide * 0.62, y - high * 0.58, x + wide * 0.62, y + high * 0.58, "#f4ead6")
    pen.box(x - wide / 2, y - high / 2, x + wide / 2, y + high / 2, WINDOW)
    pen.box(x - 0.012, y - high / 2, x + 0.012, y + high / 2, "#f4ead6")
    pen.box(x - wide / 2, y - 0.012, x + wide / 2, y + 0.012, "#f4ead6")
    pen.glow(x, y, 2.0 * max(wide, high), "#ffcf7a", 0.35)


def house(pen: Pen, phase: float) -> None:
    """A house with a gable, a chimney and a door."""
    pen.box(0.26, 0.66, 0.40, 1.10, "#a0573f")
    pen.box(0.24, 1.07, 0.42, 1.12, "#7c3f2e")
    pen.box(-0.56, 0, 0.56, 0.60)
    pen.box(-0.56, 0, 0.56, 0.07, STONE, -0.2)
    pen.poly([(-0.70, 0.56), (-0.40, 1.0), (0.40, 1.0), (0.70, 0.56)], ROOF)
    pen.poly([(-0.66, 0.62), (-0.63, 0.67), (0.63, 0.67), (0.66, 0.62)], ROOF, -0.2)
    pen.poly([(-0.58, 0.74), (-0.55, 0.79), (0.55, 0.79), (0.58, 0.74)], ROOF, -0.2)
    pen.box(-0.11, 0, 0.11, 0.40, "#5a3a28")
    pen.oval(0.07, 0.19, 0.016, 0.016, "#f2c14e")
    pane(pen, -0.34, 0.33, 0.20, 0.22)
    pane(pen, 0.34, 0.33, 0.20, 0.22)


def cabin(pen: Pen, phase: float) -> None:
    """A log cabin whose chimney smokes."""
    for i in range(4):
        t = (phase + i / 4) % 1
        pen.oval(-0.30 - 0.18 * t, 0.98 + 0.52 * t, 0.05 + 0.08 * t, 0.05 + 0.07 * t, "#dcdfe4", -0.25 * t)
    pen.box(-0.37, 0.60, -0.23, 0.96, STONE, -0.2)
    pen.box(-0.54, 0, 0.54, 0.48)
    for i in range(5):
        pen.box(-0.60, 0.015 + 0.098 * i, 0.60, 0.075 + 0.098 * i, MAIN, 0.12 if i % 2 else -0.1)
    pen.poly([(-0.54, 0.46), (0, 0.90), (0.54, 0.46)], MAIN, -0.25)
    pen.poly(
        [(-0.76, 0.36), (-0.02, 0.98), (0.72, 0.36), (0.64, 0.33), (-0.02, 0.86), (-0.68, 0.33)], "#4a5a48"
    )
    pen.box(-0.13, 0, 0.09, 0.36, "#3f2a1c")
    pane(pen, 0.32, 0.24, 0.20, 0.18)
    pane(pen, -0.02, 0.63, 0.13, 0.13)


def crown(pen: Pen, left: float, right: float, top: float, tone: float, teeth: int) -> None:
    """Battlements along a wall's top."""
    step = (right - left) / (2 * teeth - 1)
    for i in range(teeth):
        pen.box(left + 2 * i * step, top - 0.01, left + (2 * i + 1) * step, top + 0.07, MAIN, tone)


def keep(pen: Pen, x: float, wide: float, high: float, tone: float, roof: bool) -> None:
    """One tower of a castle."""
    pen.box(x - wide / 2, 0, x + wide / 2, high, MAIN, tone)
    pen.box(x - wide * 0.6, high - 0.07, x + wide * 0.6, high, MAIN, tone - 0.12)
    if roof:
        pen.poly([(x - wide * 0.72, high), (x, high + wide * 1.5), (x + wide * 0.72, high)], "#3f5a80")
        top = high + wide * 1.5
        pen.limb([(x, top - 0.02), (x, top + 0.14)], 0.014, "#3a3f4a")
        pen.poly([(x, top + 0.14), (x + 0.14, top + 0.10), (x, top + 0.06)], "#d8402f")
    else:
        crown(pen, x - wide * 0.6, x + wide * 0.6, high, tone, 3)
    pen.box(x - 0.025, high * 0.62, x + 0.025, high * 0.62 + 0.10, WINDOW)
    pen.glow(x, high * 0.62 + 0.05, 0.2, "#ffcf7a", 0.35)


def castle(pen: Pen, phase: float) -> None:
    """A castle: keep, four towers, wall and gate."""
    keep(pen, -0.26, 0.22, 0.92, -0.18, True)
    keep(pen, 0.28, 0.20, 0.82, -0.18, True)
    keep(pen, 0.02, 0.30, 1.12, -0.08, True)
    pen.box(-0.72, 0, 0.72, 0.44)
    crown(pen, -0.72, 0.72, 0.44, 0.0, 12)
    keep(pen, -0.74, 0.26, 0.66, 0.08, True)
    keep(pen, 0.74, 0.26, 0.66, 0.08, True)
    pen.box(-0.22, 0, 0.22, 0.54, MAIN, 0.12)
    crown(pen, -0.22, 0.22, 0.54, 0.12, 4)
    pen.blob([(-0.12, -0.02), (-0.12, 0.2), (0, 0.34), (0.12, 0.2), (0.12, -0.02), (0, -0.01)], "#33261e")


def lighthouse(pen: Pen, phase: float) -> None:
    """A lighthouse on its rock; the beam turns once a cycle."""
    a = 2 * pi * phase
    for turn in (a, a + pi):
        side, near = cos(turn), sin(turn)
        if abs(side) > 0.12:
            wide = 0.10 + 0.16 * (0.5 + 0.5 * near)
            for k in range(7):
                pen.glow(
                    side * (0.18 + 0.20 * k), 1.30, 0.13 + wide * (0.35 + 0.24 * k), "#fff0c0", 0.50 * 0.86**k
                )
        if near > 0.6:
            pen.glow(0, 1.30, 0.75 * near, "#fff4cc", 0.75 * near)
    pen.blob([(-0.52, -0.05), (-0.44, 0.08), (-0.22, 0.14), (0.0, 0.17), (0.24, 0.12), (0.42, 0.09), (0.54,
              -0.05)],
             "#6a635c")  # fmt: skip
    body = [(-0.19, 0.10), (-0.115, 1.16), (0.115, 1.16), (0.19, 0.10)]
    pen.poly(body, "#f4f0e6")
    for low, high in ((0.10, 0.34), (0.56, 0.78), (0.98, 1.16)):
        a0, a1 = (0.19 - 0.075 * (y - 0.10) / 1.06 for y in (low, high))
        pen.poly([(-a0, low), (-a1, high), (a1, high), (a0, low)])
    pen.box(-0.17, 1.15, 0.17, 1.20, "#3a3f4a")
    pen.box(-0.09, 1.20, 0.09, 1.38, "#ffe9a0", -0.15, 1)
    for x in (-0.09, 0.0, 0.09):
        pen.limb([(x, 1.20), (x, 1.38)], 0.018, "#3a3f4a")
    pen.poly([(-0.14, 1.37), (0, 1.54), (0.14, 1.37)], MAIN, -0.2)
    pen.box(-0.05, 0.12, 0.05, 0.28, "#33261e")
    pen.box(-0.025, 0.64, 0.025, 0.72, "#3a3f4a")
    pen.glow(0, 1.29, 0.35, "#fff0b8", 0.6)


def windmill(pen: Pen, phase: float) -> None:
    """A tower mill; its four sails make a quarter turn a cycle, so that the cycle repeats."""
    pen.poly([(-0.30, 0), (-0.17, 0.82), (0.17, 0.82), (0.30, 0)])
    pen.poly([(0.05, 0), (0.05, 0.82), (0.17, 0.82), (0.30, 0)], MAIN, -0.14)
    pen.blob([(-0.20, 0.80), (-0.14, 0.96), (0, 1.04), (0.14, 0.96), (0.20, 0.80)], "#8f3f32")
    pen.box(-0.08, 0, 0.08, 0.24, "#4a3020")
    pane(pen, 0, 0.46, 0.10, 0.12)
    for x, y in ring(4, 0.06 - phase / 4):
        px, py = -y, x
        hub = (0.0, 0.88)
        tip = (0.70 * x, 0.88 + 0.70 * y)
        pen.poly([(0.16 * x, 0.88 + 0.16 * y), tip, (tip[0] + 0.17 * px, tip[1] + 0.17 * py),
                  (0.16 * x + 0.13 * px, 0.88 + 0.16 * y + 0.13 * py)], "#efe4cc")  # fmt: skip
        for k in (0.30, 0.44, 0.58):
            a = (k * x, 0.88 + k * y)
            pen.limb([a, (a[0] + 0.16 * px, a[1] + 0.16 * py)], 0.014, TIMBER)
        pen.limb([hub, tip], 0.036, TIMBER)
    pen.oval(0, 0.88, 0.05, 0.05, TIMBER, -0.2)


def bridge(pen: Pen, phase: float) -> None:
    """A stone bridge of three arches."""
    deck = [(-1.25, 0.28), (-0.62, 0.44), (0, 0.50), (0.62, 0.44), (1.25, 0.28)]
    outline = [*deck, (1.25, -0.02)]
    for centre, half, rise in ((0.78, 0.22, 0.24), (0.0, 0.34, 0.36), (-0.78, 0.22, 0.24)):
        outline += [(centre + half, -0.02)]
        outline += [(centre + half * cos(pi * i / 12), -0.02 + rise * sin(pi * i / 12)) for i in range(1, 12)]
        outline += [(centre - half, -0.02)]
    outline += [(-1.25, -0.02)]
    pen.poly(outline)
    pen.limb([(x, y + 0.03) for x, y in deck], 0.055, MAIN, 0.25)
    for i in range(13):
        x = -1.2 + 0.2 * i
        y = 0.50 - 0.14 * (x / 1.25) ** 2 * 1.55
        pen.box(x - 0.02, y + 0.02, x + 0.02, y + 0.13, MAIN, 0.15)
    pen.limb([(x, y + 0.13) for x, y in deck], 0.04, MAIN, 0.3)


def church(pen: Pen, phase: float) -> None:
    """A village church with a steeple."""
    pen.box(-0.16, 0, 0.70, 0.46)
    pen.poly([(-0.20, 0.44), (-0.06, 0.80), (0.62, 0.80), (0.78, 0.44)], ROOF)
    pen.box(-0.50, 0, -0.08, 0.90, MAIN, 0.08)
    pen.poly([(-0.56, 0.88), (-0.29, 1.52), (-0.02, 0.88)], ROOF, -0.1)
    pen.limb([(-0.29, 1.50), (-0.29, 1.72)], 0.024, "#d8b24a")
    pen.limb([(-0.36, 1.64), (-0.22, 1.64)], 0.024, "#d8b24a")
    pen.oval(-0.29, 0.72, 0.075, 0.075, "#33384a")
    pen.limb([(-0.29, 0.72), (-0.29, 0.77)], 0.014, "#f4ead6")
    pen.blob([(-0.38, -0.01), (-0.38, 0.20), (-0.29, 0.32), (-0.20, 0.20), (-0.20, -0.01)], "#4a3020")
    for x in (0.08, 0.32, 0.56):
        pen.blob([(x - 0.055, 0.12), (x - 0.055, 0.28), (x, 0.37), (x + 0.055, 0.28), (x + 0.055, 0.12)],
                 WINDOW)  # fmt: skip
        pen.glow(x, 0.24, 0.24, "#ffcf7a", 0.35)


def tent(pen: Pen, phase: float) -> None:
    """A ridge tent, lit from within at night."""
    pen.poly([(-0.10, 0.74), (0.56, 0.70), (0.95, 0), (0.42, 0)], MAIN, -0.22)
    pen.poly([(-0.10, 0.74), (-0.62, 0), (0.42, 0)], MAIN, 0.08, 0.25)
    pen.poly([(-0.10, 0.56), (-0.30, 0), (0.13, 0)], "#3a2c22", 0.0)
    pen.poly([(-0.10, 0.56), (-0.30, 0), (-0.06, 0)], WINDOW)
    pen.limb([(-0.10, 0.72), (-0.10, 0.82)], 0.03, "#6a4a30")
    pen.glow(-0.08, 0.22, 0.75, "#ffc46a", 0.4)


def tower(pen: Pen, phase: float) -> None:
    """A round stone tower with battlements."""
    pen.poly([(-0.26, 0), (-0.21, 1.12), (0.21, 1.12), (0.26, 0)])
    pen.poly([(0.06, 0), (0.06, 1.12), (0.21, 1.12), (0.26, 0)], MAIN, -0.2)
    pen.box(-0.28, 1.08, 0.28, 1.24, MAIN, 0.1)
    for i in range(4):
        pen.box(-0.28 + 0.16 * i, 1.23, -0.20 + 0.16 * i, 1.34, MAIN, 0.1)
    for y in (0.44, 0.80):
        pen.box(-0.035, y, 0.035, y + 0.15, WINDOW)
        pen.glow(0, y + 0.07, 0.26, "#ffcf7a", 0.4)
    pen.blob([(-0.09, -0.01), (-0.09, 0.16), (0, 0.26), (0.09, 0.16), (0.09, -0.01)], "#33261e")


def barn(pen: Pen, phase: float) -> None:
    """A red barn with white trim."""
    pen.box(0.30, 0, 0.92, 0.46, MAIN, -0.18)
    pen.poly([(0.08, 0.98), (0.78, 0.90), (1.0, 0.44), (0.44, 0.50)], "#5a5f66")
    pen.poly([(-0.62, 0), (-0.62, 0.52), (-0.42, 0.82), (-0.06, 1.0), (0.30, 0.82), (0.50, 0.52), (0.50, 0)])
    pen.limb(
        [(-0.68, 0.48), (-0.44, 0.84), (-0.06, 1.02), (0.32, 0.84), (0.56, 0.48)], 0.055, "#5a5f66", 0.15
    )
    pen.box(-0.30, 0, 0.18, 0.42, "#f4ead6")
    pen.box(-0.26, 0, 0.14, 0.38, MAIN, -0.25)
    pen.limb([(-0.26, 0.01), (0.14, 0.37)], 0.03, "#f4ead6")
    pen.limb([(-0.26, 0.37), (0.14, 0.01)], 0.03, "#f4ead6")
    pane(pen, -0.06, 0.66, 0.18, 0.16)


def bench(pen: Pen, phase: float) -> None:
    """A park bench."""
    for x in (-0.52, 0.52):
        pen.limb([(x, 0), (x, 0.78)], 0.06, "#343a44")
        pen.limb([(x + 0.14, 0), (x + 0.10, 0.40)], 0.05, "#343a44")
    for y in (0.52, 0.64, 0.76):
        pen.box(-0.66, y - 0.045, 0.66, y + 0.045, MAIN, 0.1)
    pen.poly([(-0.70, 0.36), (0.70, 0.36), (0.76, 0.28), (-0.64, 0.28)], MAIN, -0.05)
    pen.box(-0.64, 0.24, 0.76, 0.29, MAIN, -0.3)


def fence(pen: Pen, phase: float) -> None:
    """A picket fence."""
    for y in (0.20, 0.48):
        pen.box(-1.2, y - 0.035, 1.2, y + 0.035, MAIN, -0.18)
    for i in range(11):
        x = -1.1 + 0.22 * i
        pen.poly(
            [(x - 0.065, 0), (x - 0.065, 0.60), (x, 0.70), (x + 0.065, 0.60), (x + 0.065, 0)], MAIN, 0.04
        )


def street_lamp(pen: Pen, phase: float) -> None:
    """A lamp post that lights up with the dusk."""
    pen.poly([(-0.09, 0), (-0.05, 0.10), (0.05, 0.10), (0.09, 0)])
    pen.limb([(0, 0), (0, 1.02)], [0.055, 0.035])
    pen.limb([(-0.10, 0.92), (0.10, 0.92)], 0.03)
    pen.poly([(-0.075, 1.02), (-0.115, 1.26), (0.115, 1.26), (0.075, 1.02)], "#ffe6a0", -0.15, 1)
    pen.limb([(0, 1.02), (0, 1.26)], 0.016)
    pen.poly([(-0.15, 1.25), (0, 1.40), (0.15, 1.25)])
    pen.oval(0, 1.41, 0.025, 0.03)
    pen.glow(0, 1.14, 0.75, "#ffd88a", 0.75)
    pen.glow(0, 1.14, 0.30, "#fff0c8", 0.8)


def flag(pen: Pen, phase: float) -> None:
    """A flag that waves on its pole."""
    pen.limb([(0, 0), (0, 1.30)], [0.05, 0.032], "#d8d2c4")
    pen.oval(0, 1.32, 0.04, 0.04, "#e2b84a")
    xs = [0.02 + 0.09 * i for i in range(9)]
    wave = [0.055 * (i / 8) ** 0.6 * sin(2 * pi * (0.16 * i - phase)) for i in range(9)]
    top = [(x, 1.24 + w) for x, w in zip(xs, wave, strict=True)]
    low = [(x, 0.78 + w) for x, w in zip(xs, wave, strict=True)]
    for i in range(8):
        slope = (wave[i + 1] - wave[i]) * 7
        pen.cuts.extend(strip([top[i], top[i + 1], low[i + 1], low[i]], 0.6 * slope))


def strip(corners: list[tuple[float, float]], tone: float) -> list[Cut]:
    """One fold of cloth, a little wider than its place so that no gap shows."""
    pen = Pen()
    (a, b, c, d) = corners
    pen.poly([a, (b[0] + 0.01, b[1]), (c[0] + 0.01, c[1]), d], MAIN, tone)
    return pen.cuts


def snowman(pen: Pen, phase: float) -> None:
    """Three balls of snow, a hat, a scarf and a carrot."""
    for side in (-1, 1):
        pen.limb([(0.22 * side, 0.62), (0.56 * side, 0.86)], [0.035, 0.025], "#5a3a24")
        pen.limb([(0.46 * side, 0.79), (0.48 * side, 0.92)], 0.022, "#5a3a24")
    pen.oval(0, 0.28, 0.36, 0.31)
    pen.oval(0, 0.70, 0.26, 0.24)
    pen.oval(0, 1.03, 0.19, 0.18)
    pen.blob([(-0.19, 0.90), (0, 0.84), (0.19, 0.90), (0.17, 0.97), (0, 0.92), (-0.17, 0.97)], "#d8433f")
    pen.limb([(0.10, 0.90), (0.16, 0.66)], [0.09, 0.10], "#d8433f", -0.15)
    for y in (0.78, 0.66, 0.40):
        pen.oval(0, y, 0.026, 0.026, "#22242c")
    for x in (-0.03, 0.09):
        pen.oval(x, 1.07, 0.022, 0.026, "#22242c")
    pen.poly([(0.04, 1.03), (0.30, 0.99), (0.04, 0.97)], "#f08a2c")
    pen.box(-0.24, 1.14, 0.24, 1.19, "#2b2f3a")
    pen.box(-0.15, 1.17, 0.15, 1.42, "#2b2f3a")
    pen.box(-0.15, 1.19, 0.15, 1.24, "#d8433f")


FIGURES = {
    "house": Figure(house, 0.110, Home.GROUND, Manner.STAND, "#f0dfc2"),
    "cabin": Figure(cabin, 0.105, Home.GROUND, Manner.STAND, "#8a5a36", 10, 0.25),
    "castle": Figure(castle, 0.170, Home.GROUND, Manner.STAND, "#b8b0a4"),
    "lighthouse": Figure(lighthouse, 0.165, Home.GROUND, Manner.STAND, "#cf4438", 24, 0.25),
    "windmill": Figure(windmill, 0.155, Home.GROUND, Manner.STAND, "#e9ddc6", 12, 0.75),
    "bridge": Figure(bridge, 0.140, Home.GROUND, Manner.STAND, "#a39a8c"),
    "church": Figure(church, 0.120, Home.GROUND, Manner.STAND, "#f1e9da"),
    "tent": Figure(tent, 0.080, Home.GROUND, Manner.STAND, "#e07a34"),
    "tower": Figure(tower, 0.150, Home.GROUND, Manner.STAND, "#a69e92"),
    "barn": Figure(barn, 0.115, Home.GROUND, Manner.STAND, "#b03a2e"),
    "bench": Figure(bench, 0.060, Home.GROUND, Manner.STAND, "#9a6236"),
    "fence": Figure(fence, 0.070, Home.GROUND, Manner.STAND, "#f0ebe0"),
    "street lamp": Figure(street_lamp, 0.115, Home.GROUND, Manner.STAND, "#2c3440"),
    "flag": Figure(flag, 0.100, Home.GROUND, Manner.STAND, "#d23c3c", 12, 1.0),
    "snowman": Figure(snowman, 0.078, Home.GROUND, Manner.STAND, "#f4f7fb"),
}

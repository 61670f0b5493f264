"""Birds, insects and the dragon: what flies by flapping."""

from __future__ import annotations

from math import cos, pi, sin, tanh

from soho.diorama.things.figure import Figure, Home, Manner
from soho.diorama.things.pen import MAIN, Pen


def beat(phase: float) -> float:
    """How high the wings are, -1 to 1; they are seldom halfway, where none would show."""
    return tanh(2.2 * cos(2 * pi * phase + 0.5 * sin(2 * pi * phase))) / tanh(2.2)


def wing(pen: Pen, up: float, span: float, chord: float, ink: str, tone: float, tip: str = "") -> None:
    """A wing seen from the side, rooted around (0, 0): long, bent at the wrist."""
    lift = span * (0.15 + 0.85 * up) if up > 0 else span * 0.75 * up
    wrist = (-0.05 * span, 0.62 * lift + 0.10 * span)
    end = (-0.42 * span, lift + (0.0 if up > 0 else -0.05))
    pen.blob([(chord * 0.55, 0.02), (wrist[0] + chord * 0.45, wrist[1] + 0.03), end,
              (wrist[0] - chord * 0.55, wrist[1] - 0.10 * span * (1 if up > 0 else -1)),
              (-chord * 0.6, 0.0)], ink, tone)  # fmt: skip
    if tip:
        a, b = wrist, end
        mid = (a[0] * 0.35 + b[0] * 0.65, a[1] * 0.35 + b[1] * 0.65)
        pen.limb([mid, end], [0.09 * span, 0.02], tip, 0.0)


def bird(pen: Pen, phase: float) -> None:
    """A songbird in flight."""
    up = 0.2 + 0.75 * beat(phase)
    wing(pen, up * 0.9, 0.62, 0.22, MAIN, -0.35)
    pen.poly([(-0.28, 0.03), (-0.66, 0.12), (-0.60, 0.0), (-0.66, -0.08)], MAIN, -0.25)
    pen.blob([(0.40, 0.06), (0.22, 0.13), (-0.05, 0.11), (-0.36, 0.03), (-0.10, -0.12), (0.20, -0.10)])
    pen.oval(0.34, 0.06, 0.13, 0.11)
    pen.poly([(0.45, 0.09), (0.58, 0.04), (0.45, 0.01)], "#e8a33a")
    pen.oval(0.37, 0.09, 0.022, 0.022, "#101018")
    wing(pen, up, 0.72, 0.24, MAIN, 0.12)


def seagull(pen: Pen, phase: float) -> None:
    """A gull: long bent wings with dark tips."""
    up = 0.38 + 0.55 * beat(phase)
    wing(pen, up * 0.95, 0.86, 0.16, "#b9c4d0", -0.2, "#2b2f3a")
    pen.poly([(-0.26, 0.03), (-0.52, 0.07), (-0.54, -0.03)], MAIN, -0.08)
    pen.blob([(0.36, 0.05), (0.20, 0.10), (-0.08, 0.09), (-0.34, 0.02), (-0.08, -0.10), (0.18, -0.08)])
    pen.oval(0.32, 0.06, 0.10, 0.085)
    pen.poly([(0.40, 0.08), (0.54, 0.035), (0.41, 0.02)], "#e9a52e")
    pen.oval(0.34, 0.08, 0.017, 0.017, "#101018")
    wing(pen, up, 0.98, 0.17, "#cdd6df", 0.05, "#2b2f3a")


def eagle(pen: Pen, phase: float) -> None:
    """An eagle: broad wings with fingered tips, a pale head and a fan of a tail."""
    up = 0.48 + 0.40 * beat(phase)
    for span, tone in ((0.90, -0.35), (1.05, 0.0)):
        if tone == 0.0:
            pen.poly([(-0.26, 0.05), (-0.62, 0.13), (-0.68, 0.02), (-0.60, -0.09), (-0.24, -0.05)], "#f1ece0")
            pen.blob([(0.42, 0.06), (0.2, 0.13), (-0.08, 0.11), (-0.32, 0.02), (-0.06, -0.13), (0.22, -0.10)])
            pen.oval(0.38, 0.07, 0.13, 0.10, "#f4efe4")
            pen.poly([(0.47, 0.11), (0.62, 0.06), (0.60, 0.0), (0.46, 0.03)], "#e6a32a")
            pen.oval(0.42, 0.10, 0.02, 0.02, "#101018")
        lift = span * up
        for i in range(5):
            out = 0.50 + 0.13 * i
            pen.limb([(-0.02, 0.30 * lift), (-0.14 - 0.10 * i, (1.05 - 0.04 * i) * lift + 0.10 - 0.05 * i)],
                     [0.20, 0.035], MAIN, tone - 0.1 * out)  # fmt: skip
        pen.blob([(0.20, 0.0), (0.14, 0.45 * lift), (0.0, 0.85 * lift), (-0.28, 0.80 * lift),
                  (-0.34, 0.40 * lift), (-0.18, -0.02)], MAIN, tone)  # fmt: skip


def owl_wing(pen: Pen, side: float, open_: float, ink: str) -> None:
    """One pair of butterfly wings on a side, seen from above and leaning."""
    w = side * open_
    pen.blob([(0, 0.05), (0.28 * w, 0.50), (0.62 * w, 0.52), (0.66 * w, 0.22), (0.34 * w, -0.02)], ink, 0.1)
    pen.blob([(0, 0.0), (0.34 * w, 0.0), (0.50 * w, -0.22), (0.34 * w, -0.46), (0.10 * w, -0.28)], ink, -0.12)
    pen.blob([(0.12 * w, 0.14), (0.30 * w, 0.38), (0.46 * w, 0.36), (0.40 * w, 0.16)], ink, 0.55)
    pen.oval(0.52 * w, 0.42, 0.05 * open_, 0.05, "#20180f")
    pen.oval(0.32 * w, -0.28, 0.05 * open_, 0.06, "#20180f", 0.3)


def butterfly(pen: Pen, phase: float) -> None:
    """A butterfly opening and closing its wings."""
    open_ = 0.25 + 0.75 * abs(cos(pi * phase))
    owl_wing(pen, -1, open_, MAIN)
    owl_wing(pen, 1, open_, MAIN)
    pen.limb([(0, 0.30), (0, -0.32)], [0.08, 0.05], "#2a1f1a")
    for side in (-1, 1):
        pen.limb([(0, 0.30), (0.10 * side, 0.50), (0.18 * side, 0.56)], 0.025, "#2a1f1a")


def bee(pen: Pen, phase: float) -> None:
    """A round bee with blurred wings."""
    up = beat(phase)
    pen.oval(-0.10, 0.36 + 0.06 * up, 0.15, 0.30, "#e8f2fa", -0.05, 0.0, 28 + 22 * up)
    pen.poly([(-0.46, 0.0), (-0.64, -0.03), (-0.46, -0.07)], "#2a2018")
    pen.oval(0, 0, 0.48, 0.32)
    for x, h in ((-0.26, 0.27), (-0.04, 0.32), (0.17, 0.295)):
        pen.box(x - 0.055, -h, x + 0.055, h, "#2a2018")
    pen.oval(0.40, 0.02, 0.19, 0.20, "#2a2018")
    pen.oval(0.46, 0.07, 0.05, 0.06, "#f6f2e8")
    pen.oval(0.48, 0.07, 0.025, 0.03, "#101010")
    pen.limb([(0.46, 0.2), (0.56, 0.36)], 0.03, "#2a2018")
    pen.oval(0.06, 0.38 - 0.06 * up, 0.16, 0.32, "#f5faff", 0.1, 0.0, -14 - 22 * up)


def bat_wing(pen: Pen, up: float, size: float, tone: float) -> None:
    """A dragon's wing: fingers with skin between them."""
    h = up * size
    tip, mid = (-0.62 * size, 0.95 * h + 0.08), (0.02, 0.80 * h + 0.16)
    pen.poly([(0.10, 0.05), mid, tip, (-0.52 * size, 0.50 * h), (-0.66 * size, 0.32 * h),
              (-0.40 * size, 0.22 * h), (-0.46 * size, 0.04 * h), (-0.14, 0.0)], MAIN,
              tone + 0.35)  # fmt: skip
    for end in (tip, (-0.66 * size, 0.32 * h), (-0.46 * size, 0.04 * h)):
        pen.limb([mid, end], [0.05, 0.02], MAIN, tone - 0.1)
    pen.limb([(0.08, 0.0), mid], [0.10, 0.06], MAIN, tone - 0.1)


def dragon(pen: Pen, phase: float) -> None:
    """A dragon in flight, its tail waving, breathing a little fire at the height of each beat."""
    up = 0.62 + 0.38 * beat(phase)
    wave = [sin(2 * pi * phase - 0.9 * i) * 0.05 * i for i in range(7)]
    bat_wing(pen, up * 0.9, 1.0, -0.4)
    tail = [(-0.28 - 0.14 * i, -0.02 - 0.012 * i * i * 0.5 + wave[i]) for i in range(6)]
    pen.limb(tail, [0.20, 0.16, 0.12, 0.09, 0.06, 0.03], MAIN, -0.1)
    x, y = tail[-1]
    pen.poly([(x + 0.02, y), (x - 0.08, y + 0.10), (x - 0.20, y + 0.01), (x - 0.08, y - 0.08)], MAIN, -0.3)
    for i in range(9):
        s = 0.42 - 0.085 * i
        pen.poly([(s, 0.10), (s - 0.03, 0.20), (s - 0.08, 0.10)], MAIN, -0.35)
    pen.blob([(0.44, 0.08), (0.2, 0.15), (-0.1, 0.13), (-0.36, 0.04), (-0.1, -0.14), (0.2, -0.12)])
    pen.blob([(0.36, -0.02), (0.1, -0.06), (-0.2, -0.04), (-0.1, -0.13), (0.2, -0.115)], MAIN, 0.55)
    pen.limb([(-0.18, -0.08), (-0.26, -0.24), (-0.36, -0.22)], [0.13, 0.08, 0.05], MAIN, -0.15)
    pen.limb([(0.24, -0.08), (0.26, -0.22), (0.36, -0.24)], [0.10, 0.06, 0.04], MAIN, -0.15)
    pen.limb([(0.36, 0.04), (0.52, 0.14), (0.62, 0.30)], [0.19, 0.14, 0.11])
    pen.blob(
        [(0.54, 0.36), (0.66, 0.42), (0.84, 0.35), (0.96, 0.31), (0.94, 0.25), (0.74, 0.23), (0.58, 0.26)]
    )
    pen.poly([(0.60, 0.39), (0.48, 0.52), (0.68, 0.41)], MAIN, -0.4)
    pen.oval(0.72, 0.355, 0.026, 0.022, "#ffd84a", 0.0, 0.9)
    bat_wing(pen, up, 1.15, -0.12)
    if up > 0.5:
        n = 0.60 * up - 0.20
        pen.blob(
            [(0.96, 0.28), (1.0 + n * 0.6, 0.36), (1.02 + n, 0.26), (1.0 + n * 0.6, 0.19)], "#ff7a1e", 0, 1
        )
        pen.blob([(0.96, 0.28), (1.0 + n * 0.4, 0.31), (1.0 + n * 0.7, 0.26), (1.0 + n * 0.4, 0.23)],
                 "#ffe07a", 0, 1)  # fmt: skip
        pen.glow(1.1, 0.27, 0.4, "#ff9a3c", 0.5 * up, True)


FIGURES = {
    "bird": Figure(bird, 0.062, Home.SKY, Manner.CIRCLE, "#3c4a63", 10, 2.4),
    "seagull": Figure(seagull, 0.060, Home.SKY, Manner.CIRCLE, "#f2f4f6", 10, 1.3),
    "eagle": Figure(eagle, 0.068, Home.SKY, Manner.CIRCLE, "#5a3c26", 10, 0.6),
    "butterfly": Figure(
        butterfly, 0.036, Home.SKY, Manner.FLUTTER, "#e8862e", 8, 2.5, ("#4f8ad8", "#e8c83a")
    ),
    "bee": Figure(bee, 0.036, Home.LOW, Manner.FLUTTER, "#f2b632", 4, 6.0),
    "dragon": Figure(dragon, 0.150, Home.SKY, Manner.CIRCLE, "#3f8a4a", 12, 0.75),
}

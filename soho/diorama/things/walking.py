"""People and animals that walk: one gait, many builds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import cos, pi, sin

from soho.diorama.things.figure import Draw, Figure, Home, Manner
from soho.diorama.things.pen import MAIN, Pen

SKIN = "#e2b48c"


def step(phase: float) -> tuple[float, float]:
    """A foot's place in its stride: forward (-1 to 1) and raised (0 to 1)."""
    return cos(2 * pi * phase), max(0.0, -sin(2 * pi * phase))


def leg(pen: Pen, hip: tuple[float, float], long: float, phase: float, wide: float, ink: str, tone: float,
        hoof: str = "") -> None:  # fmt: skip
    """A walking leg from the hip down, its knee bending as the foot lifts."""
    ahead, up = step(phase)
    foot = (hip[0] + 0.36 * long * ahead, hip[1] - long + 0.16 * long * up)
    knee = ((hip[0] + foot[0]) / 2 + 0.14 * long * up + 0.03 * long, (hip[1] + foot[1]) / 2)
    pen.limb([hip, knee, foot], [wide, wide * 0.68, wide * 0.5], ink, tone)
    if hoof:
        pen.limb([foot, (foot[0] + wide * 0.35, foot[1])], [wide * 0.6, wide * 0.5], hoof, tone)


def walker(high: float, head: float, hair: str, skirt: bool) -> Draw:
    """A person of this height in units, with a head of this radius."""

    def draw(pen: Pen, phase: float) -> None:
        bob = 0.012 * cos(4 * pi * phase)
        hip, neck = (0.0, 0.50 * high + bob), (0.02, high - 1.9 * head + bob)
        swing = cos(2 * pi * phase)
        arm = 0.34 * high
        w = 0.13 * high**0.5

        def hand(s: float) -> list[tuple[float, float]]:
            return [(neck[0], neck[1] - 0.04), (neck[0] + 0.10 * s * arm - 0.03, neck[1] - 0.52 * arm),
                    (neck[0] + 0.42 * s * arm + 0.05, neck[1] - 0.95 * arm)]  # fmt: skip

        pen.limb(hand(swing), [w * 0.75, w * 0.62, w * 0.45], MAIN, -0.35)
        for turn, tone in ((0.5, -0.3), (0.0, 0.0)):
            leg(pen, hip, 0.50 * high + bob, phase + turn, w * 1.15, "#33415c", tone, "#2a2228")
        if skirt:
            pen.blob([(-0.05, hip[1] + 0.10), (0.06, hip[1] + 0.10), (0.21, hip[1] - 0.17), (0,
            hip[1] - 0.20),
                      (-0.21, hip[1] - 0.17)], MAIN, -0.12)  # fmt: skip
        pen.limb([(0, hip[1] + 0.01), neck], [w * 1.5, w * 1.75], MAIN)
        pen.limb([neck, (0.03, high - head)], w * 0.6, SKIN)
        pen.oval(0.04, high - head + bob, head * 0.92, head, SKIN)
        top = high - head + bob
        pen.blob([(0.04 + head * 0.75, top + head * 0.55), (0.04, top + head * 1.15), (0.02 - head,
                  top + head * 0.5),
                  (0.02 - head * 1.05, top - head * 0.4), (0.02 - head * 0.35, top + head * 0.25)],
                  hair)  # fmt: skip
        pen.limb(hand(-swing), [w * 0.8, w * 0.66, w * 0.5], MAIN, 0.14)
        x, y = hand(-swing)[-1]
        pen.oval(x, y, w * 0.30, w * 0.30, SKIN)

    return draw


@dataclass(frozen=True, slots=True)
class Build:
    """How a four-legged animal is built, in units of its own size.

    `legs` is their length, `long` half the body's, `deep` half its depth,
    `neck` the neck's reach forward and up,
    `head` the head's radius, `snout` how far it goes on, `thick` the legs' thickness.
    """

    legs: float
    long: float
    deep: float
    neck: tuple[float, float]
    head: float
    snout: float
    thick: float
    hoof: str = ""


Extra = Callable[[Pen, "Build", tuple[float, float], float], None]


def beast(build: Build, behind: Extra | None, front: Extra | None) -> Draw:
    """An animal of this build; `behind` and `front` draw what is its own (tail, ears,
    horns) around the head's
    middle.
    """

    def draw(pen: Pen, phase: float) -> None:
        b = build
        back = b.legs + b.deep + 0.012 * cos(4 * pi * phase)
        nod = 0.02 * sin(4 * pi * phase)
        head = (b.long + b.neck[0], back + b.neck[1] + nod)
        hips, shoulders = (-b.long * 0.72, b.legs + b.deep * 0.5), (b.long * 0.72, b.legs + b.deep * 0.5)
        length = b.legs + b.deep * 0.5
        leg(pen, (hips[0] + 0.04, hips[1]), length, phase + 0.25, b.thick, MAIN, -0.35, b.hoof)
        leg(pen, (shoulders[0] + 0.04, shoulders[1]), length, phase + 0.75, b.thick, MAIN, -0.35, b.hoof)
        if behind:
            behind(pen, b, head, phase)
        pen.blob([(-b.long, back), (-b.long * 0.6, back + b.deep), (0, back + b.deep * 0.88), (b.long * 0.7,
                  back + b.deep),
                  (b.long * 1.05, back + b.deep * 0.2), (b.long * 0.75, back - b.deep * 0.9), (0,
                  back - b.deep * 0.95),
                  (-b.long * 0.75, back - b.deep * 0.75)])  # fmt: skip
        leg(pen, hips, length, phase + 0.75, b.thick * 1.15, MAIN, 0.04, b.hoof)
        leg(pen, shoulders, length, phase + 0.25, b.thick, MAIN, 0.04, b.hoof)
        pen.limb([(b.long * 0.72, back + b.deep * 0.25), head], [b.deep * 1.25, b.head * 1.5])
        pen.oval(head[0], head[1], b.head * 1.05, b.head)
        pen.limb([head, (head[0] + b.snout, head[1] - b.snout * 0.45)], [b.head * 1.5, b.head * 0.9])
        if front:
            front(pen, b, head, phase)
        pen.oval(head[0] + b.head * 0.35, head[1] + b.head * 0.28, b.head * 0.16, b.head * 0.18, "#15130f")

    return draw


def nose(pen: Pen, b: Build, head: tuple[float, float], ink: str = "#241c18") -> None:
    """The tip of the snout."""
    pen.oval(
        head[0] + b.snout + b.head * 0.25,
        head[1] - b.snout * 0.45 + b.head * 0.12,
        b.head * 0.24,
        b.head * 0.2,
        ink,
    )


def tail(pen: Pen, b: Build, points: list[tuple[float, float]], widths: list[float], ink: str = MAIN) -> None:
    """A tail from the rump; its points are relative to it."""
    x, y = -b.long * 0.92, b.legs + b.deep * 1.5
    pen.limb([(x + dx, y + dy) for dx, dy in points], widths, ink, -0.1)


def dog_back(pen: Pen, b: Build, head: tuple[float, float], phase: float) -> None:
    """A wagging tail."""
    w = 0.06 * sin(8 * pi * phase)
    tail(pen, b, [(0.05, 0), (-0.14, 0.14), (-0.20 + w, 0.34)], [0.10, 0.08, 0.04])


def dog_front(pen: Pen, b: Build, head: tuple[float, float], phase: float) -> None:
    """A hanging ear, a collar, a nose."""
    x, y = head
    nose(pen, b, head)
    pen.blob(
        [
            (x - 0.06, y + 0.12),
            (x + 0.02, y + 0.08),
            (x - 0.02, y - 0.12),
            (x - 0.13, y - 0.12),
            (x - 0.14, y + 0.04),
        ],
        MAIN,
        -0.4,
    )
    pen.limb([(x - 0.17, y - 0.06), (x - 0.05, y - 0.17)], 0.05, "#d2443a")


def cat_back(pen: Pen, b: Build, head: tuple[float, float], phase: float) -> None:
    """A raised, curling tail."""
    w = 0.05 * sin(2 * pi * phase)
    tail(
        pen, b, [(0.05, -0.02), (-0.14, 0.10), (-0.16 + w, 0.36), (-0.05 + w, 0.48)], [0.09, 0.08, 0.07, 0.05]
    )


def cat_front(pen: Pen, b: Build, head: tuple[float, float], phase: float) -> None:
    """Pointed ears."""
    x, y = head
    for dx, tone in ((0.07, -0.25), (-0.06, 0.05)):
        pen.poly(
            [(x + dx - 0.07, y + 0.07), (x + dx - 0.01, y + 0.25), (x + dx + 0.08, y + 0.08)], MAIN, tone
        )
    nose(pen, b, head, "#d98a8a")


def horse_back(pen: Pen, b: Build, head: tuple[float, float], phase: float) -> None:
    """A flowing tail."""
    w = 0.04 * sin(2 * pi * phase)
    tail(
        pen,
        b,
        [(0.04, 0), (-0.12, -0.02), (-0.20 + w, -0.28), (-0.16 + w, -0.48)],
        [0.06, 0.10, 0.12, 0.03],
        "#2e1f16",
    )


def horse_front(pen: Pen, b: Build, head: tuple[float, float], phase: float) -> None:
    """Mane, ears, a long face."""
    x, y = head
    pen.blob([(x + 0.02, y + 0.13), (x - 0.10, y + 0.10), (x - 0.24, y - 0.16), (x - 0.36, y - 0.40),
              (x - 0.22, y - 0.30),
              (x - 0.10, y - 0.08)], "#2e1f16")  # fmt: skip
    pen.poly([(x - 0.05, y + 0.09), (x - 0.01, y + 0.22), (x + 0.05, y + 0.09)], MAIN, -0.1)
    nose(pen, b, head)


def cow_back(pen: Pen, b: Build, head: tuple[float, float], phase: float) -> None:
    """A tufted tail and an udder."""
    w = 0.05 * sin(2 * pi * phase)
    tail(pen, b, [(0.0, 0), (-0.08, -0.16), (-0.08 + w, -0.42)], [0.05, 0.035, 0.03])
    pen.oval(-b.long * 0.92 - 0.08 + w, b.legs + b.deep * 1.5 - 0.46, 0.035, 0.07, "#2c2420")
    pen.oval(-0.16, b.legs - 0.01, 0.10, 0.08, "#e8a8a0")


def cow_front(pen: Pen, b: Build, head: tuple[float, float], phase: float) -> None:
    """Patches, horns, a pink muzzle."""
    x, y = head
    top = b.legs + b.deep
    pen.blob(
        [
            (-0.40, top + 0.10),
            (-0.20, top + 0.18),
            (-0.08, top + 0.02),
            (-0.24, top - 0.14),
            (-0.42, top - 0.06),
        ],
        "#2c2420",
    )
    pen.blob([(0.06, top + 0.16), (0.28, top + 0.16), (0.26, top - 0.02), (0.12, top + 0.02)], "#2c2420")
    pen.limb(
        [(x - 0.02, y + 0.09), (x + 0.04, y + 0.20), (x + 0.12, y + 0.22)], [0.05, 0.04, 0.02], "#e8dcc0"
    )
    pen.blob([(x - 0.06, y + 0.08), (x - 0.22, y + 0.08), (x - 0.18, y)], "#2c2420")
    pen.oval(x + b.snout + 0.01, y - b.snout * 0.45, 0.075, 0.065, "#e8a8a0")


def sheep_front(pen: Pen, b: Build, head: tuple[float, float], phase: float) -> None:
    """A fleece of curls, a dark face."""
    x, y = head
    top = b.legs + b.deep
    for i in range(16):
        a = 2 * pi * i / 16
        pen.oval(0.40 * cos(a) - 0.02, top + 0.05 + 0.22 * sin(a), 0.115, 0.115, MAIN, 0.05 * (i % 3) - 0.02)
    pen.oval(-0.02, top + 0.05, 0.42, 0.25)
    pen.oval(x + 0.02, y - 0.02, 0.12, 0.10, "#38322e")
    pen.limb([(x + 0.02, y - 0.02), (x + 0.13, y - 0.08)], [0.15, 0.10], "#38322e")
    pen.oval(x - 0.10, y + 0.02, 0.08, 0.035, "#38322e", 0.1, 0, 20)
    for dx, dy in ((-0.04, 0.09), (0.05, 0.10)):
        pen.oval(x + dx, y + dy, 0.075, 0.06)


def deer_front(pen: Pen, b: Build, head: tuple[float, float], phase: float) -> None:
    """Antlers, ears, a pale tail."""
    x, y = head
    for dx, tone in ((0.05, -0.25), (-0.03, 0.1)):
        pen.limb(
            [(x + dx, y + 0.07), (x + dx - 0.08, y + 0.28), (x + dx + 0.04, y + 0.50)],
            [0.045, 0.035, 0.02],
            "#b08a5c",
            tone,
        )
        pen.limb([(x + dx - 0.06, y + 0.20), (x + dx + 0.10, y + 0.32)], [0.035, 0.02], "#b08a5c", tone)
        pen.limb([(x + dx - 0.07, y + 0.30), (x + dx - 0.20, y + 0.44)], [0.035, 0.02], "#b08a5c", tone)
    pen.blob([(x - 0.05, y + 0.06), (x - 0.20, y + 0.14), (x - 0.14, y + 0.01)], MAIN, -0.1)
    pen.oval(-b.long * 0.98, b.legs + b.deep * 1.25, 0.05, 0.09, "#f4ecdc")
    for i in range(5):
        pen.oval(-0.24 + 0.10 * i, b.legs + b.deep * (1.35 + 0.14 * (-1) ** i), 0.022, 0.022, "#f4ecdc")
    nose(pen, b, head)


def fox_back(pen: Pen, b: Build, head: tuple[float, float], phase: float) -> None:
    """A brush with a white tip."""
    w = 0.05 * sin(2 * pi * phase)
    tail(pen, b, [(0.05, -0.04), (-0.20, -0.03), (-0.42, 0.04 + w)], [0.10, 0.20, 0.17])
    tail(pen, b, [(-0.42, 0.04 + w), (-0.56, 0.10 + w)], [0.16, 0.03], "#f6efe2")


def fox_front(pen: Pen, b: Build, head: tuple[float, float], phase: float) -> None:
    """Tall ears, a white cheek, black nose."""
    x, y = head
    for dx, tone in ((0.05, -0.3), (-0.06, 0.0)):
        pen.poly([(x + dx - 0.06, y + 0.06), (x + dx, y + 0.28), (x + dx + 0.08, y + 0.06)], MAIN, tone)
    pen.poly([(x - 0.06, y - 0.05), (x + b.snout + 0.05, y - 0.115), (x + 0.06, y - 0.13)], "#f6efe2")
    nose(pen, b, head)


def bear_front(pen: Pen, b: Build, head: tuple[float, float], phase: float) -> None:
    """Round ears, a paler muzzle."""
    x, y = head
    for dx, tone in ((0.06, -0.2), (-0.10, 0.0)):
        pen.oval(x + dx, y + 0.16, 0.065, 0.065, MAIN, tone)
    pen.oval(x + b.snout, y - b.snout * 0.42, 0.10, 0.075, MAIN, 0.5)
    nose(pen, b, head)


def elephant_back(pen: Pen, b: Build, head: tuple[float, float], phase: float) -> None:
    """A thin tail."""
    tail(pen, b, [(0.02, -0.05), (-0.10, -0.26), (-0.09, -0.40)], [0.05, 0.03, 0.05])


def elephant_front(pen: Pen, b: Build, head: tuple[float, float], phase: float) -> None:
    """Trunk, tusk and a great ear."""
    x, y = head
    s = 0.06 * sin(2 * pi * phase)
    pen.limb([(x + 0.10, y + 0.02), (x + 0.24, y - 0.16), (x + 0.25 + s, y - 0.42), (x + 0.34 + 1.6 * s,
              y - 0.56)],
             [0.21, 0.15, 0.10, 0.07])  # fmt: skip
    pen.limb(
        [(x + 0.14, y - 0.13), (x + 0.30, y - 0.24), (x + 0.40, y - 0.20)], [0.06, 0.045, 0.015], "#f6efe0"
    )
    f = 0.03 * sin(2 * pi * phase + 1)
    pen.blob([(x - 0.02, y + 0.20), (x - 0.20 - f, y + 0.24), (x - 0.34 - f, y + 0.06), (x - 0.26,
              y - 0.18), (x - 0.08, y - 0.22),
              (x, y)], MAIN, -0.22)  # fmt: skip


def rabbit(pen: Pen, phase: float) -> None:
    """A hopping rabbit."""
    up = max(0.0, sin(2 * pi * phase))
    y = 0.20 * up
    stretch = 0.10 * up
    pen.oval(-0.40 - stretch, 0.30 + y, 0.10, 0.10, "#fbf8f2")
    pen.blob([(0.30, 0.62 + y), (0.16, 1.04 + y), (0.26, 1.08 + y), (0.40, 0.66 + y)], MAIN, -0.25)
    pen.limb([(0.20, 0.26 + y), (0.26 + stretch, 0.02 + 0.6 * y)], [0.14, 0.08], MAIN, -0.2)
    pen.blob([(-0.42, 0.28 + y), (-0.26, 0.52 + y), (0.06, 0.54 + y), (0.30, 0.40 + y), (0.24, 0.14 + y),
              (-0.2, 0.10 + y),
              (-0.38, 0.14 + y)])  # fmt: skip
    pen.oval(-0.20, 0.24 + y, 0.19, 0.20, MAIN, -0.08)
    pen.limb(
        [(-0.24 - stretch, 0.10 + y), (-0.02 - 2.6 * stretch, 0.04 + 0.3 * y)], [0.13, 0.08], MAIN, -0.05
    )
    pen.limb([(0.22, 0.22 + y), (0.20 + 1.6 * stretch, 0.04 + 0.6 * y)], [0.13, 0.08])
    pen.oval(0.36, 0.58 + y, 0.17, 0.155)
    pen.blob(
        [(0.26, 0.66 + y), (0.02 - stretch, 1.02 + y), (0.12 - stretch, 1.08 + y), (0.36, 0.72 + y)],
        MAIN,
        0.06,
    )
    pen.blob(
        [(0.26, 0.70 + y), (0.08 - stretch, 0.98 + y), (0.12 - stretch, 1.0 + y), (0.31, 0.73 + y)], "#e8a8a0"
    )
    pen.oval(0.42, 0.62 + y, 0.03, 0.036, "#15130f")
    pen.oval(0.52, 0.56 + y, 0.03, 0.025, "#d98a8a")


DOG = Build(0.36, 0.42, 0.15, (0.16, 0.30), 0.145, 0.17, 0.125)
CAT = Build(0.30, 0.36, 0.125, (0.12, 0.22), 0.135, 0.08, 0.10)
HORSE = Build(0.58, 0.48, 0.19, (0.26, 0.44), 0.115, 0.24, 0.125, "#2a211c")
COW = Build(0.40, 0.56, 0.23, (0.20, 0.12), 0.135, 0.17, 0.13, "#2a211c")
SHEEP = Build(0.28, 0.36, 0.17, (0.16, 0.12), 0.11, 0.10, 0.085, "#38322e")
DEER = Build(0.56, 0.38, 0.14, (0.18, 0.40), 0.095, 0.17, 0.085, "#2a211c")
FOX = Build(0.26, 0.37, 0.14, (0.16, 0.17), 0.135, 0.19, 0.10)
BEAR = Build(0.34, 0.52, 0.27, (0.20, 0.06), 0.185, 0.16, 0.21)
ELEPHANT = Build(0.48, 0.56, 0.33, (0.14, 0.14), 0.235, 0.06, 0.235)


def walking(
    draw: Draw, tall: float, colour: str, poses: int = 12, beats: float = 1.0, others: tuple[str, ...] = ()
) -> Figure:
    """A figure that walks about."""
    return Figure(draw, tall, Home.GROUND, Manner.WALK, colour, poses, beats, others)


FIGURES = {
    "person": walking(
        walker(1.0, 0.085, "#3a2a20", False), 0.100, "#c8503f", 12, 1.0, ("#3f78a8", "#5a8a4a", "#d8a03a")
    ),
    "child": walking(walker(0.72, 0.095, "#6a4526", True), 0.092, "#e8b23a", 12, 1.5, ("#d2566a", "#4a8ac0")),
    "dog": walking(beast(DOG, dog_back, dog_front), 0.068, "#a8703c", 12, 1.5),
    "cat": walking(beast(CAT, cat_back, cat_front), 0.074, "#d98a3c", 12, 1.25),
    "horse": walking(beast(HORSE, horse_back, horse_front), 0.088, "#8a5530", 12, 1.0),
    "cow": walking(beast(COW, cow_back, cow_front), 0.088, "#f2ece2", 12, 0.75),
    "sheep": walking(beast(SHEEP, None, sheep_front), 0.080, "#f6f1e6", 12, 0.75),
    "deer": walking(beast(DEER, None, deer_front), 0.086, "#b0703c", 12, 1.0),
    "fox": walking(beast(FOX, fox_back, fox_front), 0.072, "#e0702a", 12, 1.5),
    "rabbit": walking(rabbit, 0.062, "#b99a7c", 8, 1.5),
    "bear": walking(beast(BEAR, None, bear_front), 0.092, "#6a4630", 12, 0.75),
    "elephant": walking(beast(ELEPHANT, elephant_back, elephant_front), 0.118, "#8d919c", 12, 0.625),
}

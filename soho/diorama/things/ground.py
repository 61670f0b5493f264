"""Ground: the lines of the land that things stand on, and which of them suits a thing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import numpy as np

from soho.diorama import cutting, terrain
from soho.diorama.raster import Field
from soho.diorama.settings import Land
from soho.diorama.stage import Stage
from soho.diorama.things.actor import Line

WATER = 1000  # the place of the water's surface in the order of layers; nearer layers follow it


@dataclass(frozen=True, slots=True)
class Floor:
    """One layer of land as a floor: its crest, the row at each column below which nearer layers hide what
    stands on it, and the row where the next nearer ground begins.
    """

    land: Land
    order: int
    crest: Line
    hidden: Field
    until: Field

    def seen(self, tall: float) -> Field:
        """The share of a thing so tall that shows at each column."""
        lost = np.clip(self.crest.rows - self.hidden, 0, None)
        return cast(Field, np.clip(1 - lost / np.float32(max(1.0, tall)), 0, 1))

    def band(self, x: float) -> float:
        """How deep the strip of this ground is that shows at a column, in pixels."""
        at = min(len(self.until) - 1, max(0, round(x) + self.crest.side))
        return max(0.0, float(self.until[at] - self.crest.rows[at]))


def crest_of(stage: Stage, land: Land, name: str) -> Line:
    """The crest of a layer as it was painted."""
    return Line(*terrain.ridge_of(stage, land, stage.scene.chance(name)))


def floors_of(stage: Stage, beyond: tuple[Land, ...], near: tuple[Land, ...]) -> list[Floor]:
    """All layers, far to near, with the order in which a frame lays them."""
    lines = [(land, i + 1, crest_of(stage, land, f"beyond{i}")) for i, land in enumerate(beyond)]
    lines += [(land, WATER + 1 + i, crest_of(stage, land, f"near{i}")) for i, land in enumerate(near)]
    wide = stage.width + 2 * stage.margin(1.0)[0]
    start = -stage.margin(1.0)[0]
    columns = np.arange(start, start + wide + 8)
    hidden, until = (
        np.full(len(columns), stage.height, np.float32),
        np.full(len(columns), stage.height, np.float32),
    )
    floors: list[Floor] = []
    for land, order, line in reversed(lines):
        if order < WATER and near:
            until = np.minimum(until, np.float32(stage.horizon + 3))
        own = np.arange(len(line.rows)) - line.side - start
        floors.append(Floor(land, order, line, hidden[own].copy(), until[own].copy()))
        rows = line.rows[np.clip(columns + line.side, 0, len(line.rows) - 1)]
        cover = hides(stage, land)
        hidden, until = np.minimum(hidden, rows - np.float32(cover)), np.minimum(until, rows)
    return floors[::-1]


def hides(stage: Stage, land: Land) -> float:
    """How many pixels of what stands behind a layer its covering hides, beyond the land itself."""
    if land.covering in ("", "trunks", "palms"):  # too slender to hide much
        return 0.0
    usual = 0.55 if land.covering == "towers" else 0.28
    return usual * cutting.height(land.covering, stage, land.depth)


def floor_for(floors: list[Floor], depth: float, tall: float) -> Floor | None:
    """The layer nearest to a depth on which a thing so tall can be seen; None where there is no land to stand
    on.
    """
    walkable = [f for f in floors if f.land.shape not in ("swell", "peaks")]
    for floor in sorted(walkable, key=lambda f: abs(f.land.depth - depth)):
        if float(np.median(floor.seen(tall))) > 0.72:
            return floor
    return walkable[-1] if walkable else None

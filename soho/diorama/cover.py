"""Cover: what can stand on a layer of land, by name."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from soho.diorama.cutting import Standing
from soho.diorama.forest import trunks
from soho.diorama.moonscape import craters
from soho.diorama.plants import cacti, flowers, grass
from soho.diorama.raster import Field
from soho.diorama.reef import corals, kelp
from soho.diorama.stage import Stage
from soho.diorama.towers import towers
from soho.diorama.trees import broad, conifers, palms

Planter = Callable[[Stage, float, np.random.Generator, Field, tuple[int, int]], Standing]

PLANTERS: dict[str, Planter] = {
    "conifers": conifers,
    "broad": broad,
    "palms": palms,
    "grass": grass,
    "flowers": flowers,
    "towers": towers,
    "cacti": cacti,
    "kelp": kelp,
    "corals": corals,
    "trunks": trunks,
    "craters": craters,
}


def plant(
    covering: str,
    stage: Stage,
    depth: float,
    chance: np.random.Generator,
    ridge: Field,
    shape: tuple[int, int],
) -> Standing | None:
    """Stand the covering along the crest (`ridge`, rows in this layer). None where nothing grows."""
    planter = PLANTERS.get(covering)
    return planter(stage, depth, chance, ridge, shape) if planter else None

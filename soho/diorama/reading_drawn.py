"""What can be drawn: the one place that knows it, so that the reading can say what cannot.

Whoever teaches the renderer something takes it out of here.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from importlib.util import find_spec

from soho.diorama.scene import Scene, Setting

# Settings that are understood but not drawn yet, and what is drawn instead. One that is drawn is a Setting.
NEAREST: dict[str, Setting] = {}
# All that is understood but not drawn yet: tables and concepts of the lexicon.
NOT_YET: frozenset[tuple[str, str]] = frozenset(("setting", concept) for concept in NEAREST)

# Things that the layers of the land carry by themselves, by the layers' covering.
GROWN = {
    "conifers": {"pine", "tree"},
    "broad": {"tree"},
    "trunks": {"tree", "pine"},
    "palms": {"palm", "tree"},
    "cacti": {"cactus"},
    "flowers": {"flower"},
    "towers": {"tower"},
}


def setting_drawn_for(concept: str) -> Setting:
    """The setting that a concept of the lexicon names, or the nearest to it that is drawn."""
    return NEAREST.get(concept) or Setting(concept)


@cache
def drawn_anywhere() -> frozenset[str]:
    """The canonical nouns that have a drawing of their own, wherever they stand."""
    if find_spec("soho.diorama.things") is None:
        return frozenset()
    drawn: frozenset[str] = import_module("soho.diorama.things").DRAWN
    return drawn


def drawn_in(scene: Scene) -> frozenset[str]:
    """The canonical nouns that can be seen in this scene when its words name them."""
    from soho.diorama.settings import lands_of

    here: set[str] = set(drawn_anywhere())
    here.add("planet" if scene.setting is Setting.SPACE else "bird")
    if scene.water is not None:
        here.add("boat")
    for lands in lands_of(scene):
        for land in lands:
            here |= GROWN.get(land.covering, set())
    return frozenset(here)

"""The catalogue: every kind of thing there is a drawing of, by its canonical English noun."""

from __future__ import annotations

from soho.diorama.things import afloat, aloft, birds, built, growing, swimming, vehicles, walking
from soho.diorama.things.figure import Figure

FIGURES: dict[str, Figure] = {
    name: figure
    for family in (birds, aloft, afloat, built, growing, vehicles, walking, swimming)
    for name, figure in family.FIGURES.items()
}
DRAWN = frozenset(FIGURES)

"""Things: what words can put into a scene, drawn by code as layered vector shapes that move in character.

A figure (`figure`,
and one module per family) draws a pose with a pen; a drawing is cut once into small sprites
in the light of the scene (`sprite`); the layout seats every instance among the scene's layers (`layout`,
`ground`); an actor knows where it is at each moment of the clip,
the same at its end as at its start (`actor`);



 cast draws them between the layers of a frame (`cast`). Adding a kind is adding a draw function and a line in
its family's table.
"""

from __future__ import annotations

from soho.diorama.things.cast import Cast
from soho.diorama.things.catalogue import DRAWN
from soho.diorama.things.ground import WATER

__all__ = ["DRAWN", "WATER", "Cast"]

"""Small films for the tests: painted once, looked at as RGB."""

from __future__ import annotations

from functools import cache

import numpy as np
import numpy.typing as npt

from soho.diorama import read
from soho.diorama.canvas import rgb_of
from soho.diorama.film import Film

Picture = npt.NDArray[np.int16]
SIZE = (180, 320)


@cache
def film(prompt: str, seed: int = 7, size: tuple[int, int] = SIZE) -> Film:
    """A one-second film of the prompt."""
    return Film(read(prompt, seed, *size), 1.0)


def picture(prompt: str, turn: float = 0.3, seed: int = 7, size: tuple[int, int] = SIZE) -> Picture:
    """The frame at a share of the clip as signed RGB (h, w, 3), so that differences do not wrap."""
    return rgb_of(film(prompt, seed, size).frame(turn)).astype(np.int16)

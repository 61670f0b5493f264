"""Reading: a prompt becomes a scene, by lexicons that are data and rules that fit on a page.

The words decide what they name; the seed decides the rest. No model is involved, so every decision can be
shown. `reading_lexicon` loads the words, `reading_phrases` hears who is said to be what and where,
`reading_settle` answers what is left open, `reading_drawn` knows what has a drawing.
"""

from __future__ import annotations

import hashlib
import unicodedata

import numpy as np

from soho.diorama.reading_lexicon import FIRST, language_of, tongue
from soho.diorama.reading_phrases import listen, words_of
from soho.diorama.reading_settle import compose
from soho.diorama.scene import Scene

READ_CHARACTERS = 10_000


def read(prompt: str, seed: int | None, width: int, height: int) -> Scene:
    """Understand `prompt` as a scene of `width` x `height` pixels. Pure: equal arguments give equal scenes.

    Without a seed the prompt itself chooses one. Any text is accepted, empty and unwritable text too; only
    the first 10,000 characters are read. The language is the one that knows most of the words; words of the
    others are understood where it knows none. Raises ValueError that names the argument for a size that is
    odd, or not 64 to 4096.
    """
    check_size("width", width)
    check_size("height", height)
    text = unicodedata.normalize("NFKC", prompt[:READ_CHARACTERS])[:READ_CHARACTERS]
    if seed is None:
        seed = int.from_bytes(hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()[:4], "big")
    words = words_of(text, tongue(FIRST).vocabulary)
    heard = listen(words, tongue(language_of(word.folded for word in words)))
    chance = np.random.default_rng(abs(seed))
    return compose(text, seed, (width, height), heard, chance)


def check_size(name: str, pixels: int) -> None:
    """Raise ValueError naming `name` unless `pixels` is an even whole number from 64 to 4096."""
    if isinstance(pixels, bool) or not isinstance(pixels, int) or pixels % 2 or not 64 <= pixels <= 4096:
        raise ValueError(f"{name} must be an even number from 64 to 4096, not {pixels!r}")

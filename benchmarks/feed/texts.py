"""What people write: prompts and captions whose words and tags are as unevenly common as real ones.

There are 20,000 different ones and each post has one of them, so a word that stands in one text stands in one
post of 20,000. The product's own parser reads their tags and words.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass

from soho.creations import captions
from soho.feed.finding import plain

TEXTS = 20_000
# A multiplier that has no factor in common with TEXTS: each run of 20,000 posts has every text once.
STRIDE = 7_919

COMMON_WORD = "sunset"  # in one text of ten
MIDDLING_WORD = "lanterns"  # in one of 625: PostgreSQL's two ways of finding cost the same about here
RARE_WORD = "axolotl"  # in one of 10,000
COMMON_TAG = "goldenhour"  # in one of ten

# Split when they are read: a list of so many words would be a page long.
_SYLLABLES = "ba be bi bo bu da de di do du ka ke ki ko ku la le li lo lu ma me mi mo mu na ne ni no nu"
_WORDS = """
    a the of over in light slow camera mountains with vibrant colors river evening film old city rain wide
    street forest neon dream fog close portrait aerial desert ocean waves winter snow cat robot dancing garden
    window train night summer field clouds gentle macro glass paper house storm lake bird dust market harbour
"""
_TAGS = "film ai nature portrait city ocean loop night cozy travel macro drone anime vintage winter"


@dataclass(frozen=True, slots=True)
class Text:
    """One prompt and caption, the tags in it (folded), and what of both is looked up by words."""

    prompt: str
    caption: str
    tags: list[str]
    plain: str


def written(count: int = TEXTS) -> Iterator[Text]:
    """The first `count` of them, the same in every run."""
    chance = random.Random(1)
    words = [*_WORDS.split(), *_made_up(chance, 3_000)]
    tags = [*_TAGS.split(), *_made_up(chance, 400)]
    word_weights, tag_weights = ([1 / (rank + 8) for rank in range(len(of))] for of in (words, tags))
    for number in range(count):
        prompt = chance.choices(words, word_weights, k=chance.randint(8, 20))
        caption = chance.choices(words, word_weights, k=chance.randint(2, 8))
        tagged = chance.choices(tags, tag_weights, k=chance.choice((0, 1, 2, 2, 3, 4)))
        for every, word in ((10, COMMON_WORD), (625, MIDDLING_WORD), (10_000, RARE_WORD)):
            if number % every == 0:
                prompt.append(word)
        if number % 10 == 5:
            tagged.append(COMMON_TAG)
        written = " ".join([*caption, *(f"#{tag}" for tag in tagged)]).capitalize()
        said = " ".join(prompt).capitalize()
        yield Text(said, written, captions.tags(written), plain(f"{written}\n{said}"))


def _made_up(chance: random.Random, count: int) -> list[str]:
    syllables = _SYLLABLES.split()
    return ["".join(chance.choices(syllables, k=chance.randint(2, 4))) for _ in range(count)]

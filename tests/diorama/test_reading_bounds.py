"""Whatever words come in whatever order, and however many: a scene within its bounds."""

from hypothesis import given, settings
from hypothesis import strategies as st

from soho.diorama import read
from soho.diorama.reading_lexicon import languages, lexicon
from soho.diorama.reading_nouns import NOUNS

VOCABULARY = sorted({w for name in languages() for w in [*lexicon(name).entries, *lexicon(name).known]})
WORDS = st.sampled_from([*VOCABULARY, ",", ".", "unicycle", "—", "🛶", "0", "17", "É"])


@settings(max_examples=150, deadline=None)
@given(st.lists(WORDS, max_size=60).map(" ".join))
def test_any_arrangement_of_known_words_is_a_scene_within_its_bounds(prompt: str) -> None:
    told = read(prompt, 7, 180, 320)
    assert told == read(prompt, 7, 180, 320)
    assert len(told.things) <= 12
    for thing in told.things:
        assert thing.name in NOUNS
        assert 1 <= thing.count <= 12
        assert 0.5 <= thing.size <= 2
        assert 0.5 <= thing.speed <= 2


@settings(max_examples=12, deadline=None)
@given(st.one_of(st.text(min_size=1, max_size=40), st.lists(WORDS, min_size=5, max_size=60).map(" ".join)))
def test_ten_thousand_characters_are_a_scene_like_any_other(piece: str) -> None:
    # How long it takes is told by benchmarks/diorama.py.
    prompt = (piece + " ") * (10_000 // (len(piece) + 1) + 1)
    told = read(prompt[:10_000], 7, 180, 320)
    assert told == read(prompt[:10_000], 7, 180, 320)
    assert len(told.things) <= 12
    assert len(told.undrawn) <= 24

"""#tags and @names: found in every script, nowhere inside a word, and nothing of the caption lost."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from soho.creations.captions import MAX_TAG, MOST_TAGS, fold, mentions, parts, tags

SIGNS = st.text("#@＃aZéß_.-1 &/\n\u0301न\u0940غ🎬日", max_size=60)


@pytest.mark.parametrize(
    ("caption", "found"),
    [
        ("#sunset", ["sunset"]),
        ("Over the hill.#sunset, #Mountains!", ["sunset", "mountains"]),
        ("#SUNSET #sunset #Sunset", ["sunset"]),
        ("＃夕焼け and ＃sunset", ["夕焼け", "sunset"]),
        ("#غروب_الشمس", ["غروب_الشمس"]),
        ("#हिन्दी", ["हिन्दी"]),
        ("#e\u0301te\u0301 #été", ["été"]),
        ("#Straße", ["strasse"]),
        ("#می\u200cخواهم", ["می\u200cخواهم"]),
        ("#2026films", ["2026films"]),
        ("#1 #2026 #_ # ##", []),
        ("it's &#39; a#b http://x.example/#top", []),
        ("#" + "a" * MAX_TAG, ["a" * MAX_TAG]),
        ("#" + "a" * (MAX_TAG + 1), []),
        ("#a🎬b", ["a"]),
    ],
)
def test_tags_of_a_caption(caption: str, found: list[str]) -> None:
    assert tags(caption) == found


@pytest.mark.parametrize(
    ("caption", "found"),
    [
        ("with @bob", ["bob"]),
        ("@Alice. (@bob), @charlie!", ["alice", "bob", "charlie"]),
        (".@bob and @bob", ["bob"]),
        ("@a.b-c_d9", ["a.b-c_d9"]),
        ("bob@example.com @@bob x@bob", []),
        ("@explore @admin @soho", []),
        ("@" + "a" * 30, ["a" * 30]),
        ("@" + "a" * 31, []),
        ("@zoë", []),
        ("@x", []),
    ],
)
def test_names_of_a_caption(caption: str, found: list[str]) -> None:
    assert mentions(caption) == found


@given(SIGNS)
@example("#a #b @bob @Bob #A @explore @charlie")
def test_tags_and_names_are_those_that_the_pieces_lead_to(caption: str) -> None:
    for found, kind in ((tags(caption), "tag"), (mentions(caption), "name")):
        assert found == list(dict.fromkeys(one.target for one in parts(caption) if one.kind == kind))


def test_no_caption_has_more_tags_than_anybody_reads() -> None:
    caption = " ".join(f"#tag{n}x" for n in range(MOST_TAGS + 20))
    assert tags(caption) == [f"tag{n}x" for n in range(MOST_TAGS)]
    assert "".join(part.text for part in parts(caption)) == caption


@given(SIGNS | st.text(max_size=80))
@example("")
@example("#a" * 1000)
def test_nothing_of_a_caption_is_lost(caption: str) -> None:
    found = parts(caption)
    assert "".join(part.text for part in found) == caption
    assert all(part.text for part in found)
    assert tags(caption) == list(dict.fromkeys(one.target for one in found if one.kind == "tag"))
    assert mentions(caption) == list(dict.fromkeys(one.target for one in found if one.kind == "name"))


@given(SIGNS | st.text(max_size=40))
def test_folding_twice_is_folding_once(text: str) -> None:
    folded = fold(text)
    assert folded is None or (fold(folded) == folded and len(folded) <= MAX_TAG)
    # What a page's address carries leads to itself, and is found where it is written.
    assert folded is None or tags(f"#{folded}") == [folded]

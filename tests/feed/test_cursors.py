"""Cursors come back as they were handed out; anything else is refused, whatever it is."""

from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from soho.cursors import BadCursor, decode, encode

MOMENTS = st.datetimes(timezones=st.just(UTC))
NUMBERS = st.integers(min_value=-(2**63), max_value=2**63 - 1)


@given(MOMENTS, st.uuids(), NUMBERS)
def test_what_was_encoded_comes_back(moment: datetime, identity: UUID, number: int) -> None:
    assert decode(encode(moment, identity, number), datetime, UUID, int) == (moment, identity, number)


@given(MOMENTS, st.uuids())
def test_a_cursor_is_short_and_fits_in_an_address(moment: datetime, identity: UUID) -> None:
    text = encode(moment, identity)
    assert len(text) == 32
    assert text.replace("-", "").replace("_", "").isalnum()
    assert text.isascii()


@given(st.text(max_size=40) | st.text("ABCdef019-_", min_size=31, max_size=33))
@example("")
@example("A" * 31 + "=")
@example("A" * 31 + " ")
@example("A" * 31 + "+")
@example("A" * 31 + "\n")
@example("A" * 31 + "\0")
@example("A" * 31 + "é")
@example("f" + "_" * 31)  # a time beyond the year 9999
def test_any_other_text_is_refused_or_is_a_cursor_to_the_letter(text: str) -> None:
    try:
        moment, identity = decode(text, datetime, UUID)
    except BadCursor:
        return
    assert encode(moment, identity) == text


def test_a_cursor_of_another_list_is_refused() -> None:
    receipt = encode(UUID(int=7))
    with pytest.raises(BadCursor, match="Begin again"):
        decode(receipt, datetime, UUID)


def test_spare_bits_make_no_second_spelling() -> None:
    # 16 bytes leave four unused bits in the last letter: only zeros are ours.
    text = encode(UUID(int=0))
    assert text.endswith("A")
    with pytest.raises(BadCursor):
        decode(text[:-1] + "B", UUID)

"""Figures in words."""

from datetime import UTC, datetime, timedelta

import pytest

from soho.web import words

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("since", "said"),
    [
        (timedelta(seconds=-5), "now"),
        (timedelta(seconds=59), "now"),
        (timedelta(minutes=1), "1 min"),
        (timedelta(minutes=59, seconds=59), "59 min"),
        (timedelta(hours=1), "1 h"),
        (timedelta(days=6, hours=23), "6 d"),
        (timedelta(days=10), "12 Nov"),
        (timedelta(days=400), "18 Oct 2025"),
    ],
)
def test_ago(since: timedelta, said: str) -> None:
    assert words.ago((NOW - since).isoformat(), NOW) == said


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (0, "0"),
        (999, "999"),
        (1000, "1K"),
        (1243, "1.2K"),
        (9999, "9.9K"),
        (48_200, "48K"),
        (999_999, "999K"),
        (3_100_000, "3.1M"),
    ],
)
def test_count_never_says_more_than_there_is(number: int, said: str) -> None:
    assert words.count(number) == said


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (None, ""),
        (0, "a few seconds left"),
        (7, "about 5 s left"),
        (41, "about 40 s left"),
        (80, "about 1 min left"),
        (300, "about 5 min left"),
    ],
)
def test_eta(seconds: int | None, said: str) -> None:
    assert words.eta(seconds) == said


def test_percent_says_hundred_only_when_it_is_done() -> None:
    assert [words.percent(one) for one in (None, 0.0, 0.499, 0.999, 1.0)] == [0, 0, 49, 99, 99]


def test_clock() -> None:
    assert [words.clock(one) for one in (0.2, 8.0, 63.6)] == ["0:01", "0:08", "1:04"]


def test_title_is_one_line_cut_at_a_word() -> None:
    assert words.title_of("A sunset\n over  mountains") == "A sunset over mountains"
    assert words.title_of("A sunset over mountains, with vibrant colors", 26) == "A sunset over mountains…"
    assert words.title_of("x" * 100, 10) == "x" * 10 + "…"


def test_shape_is_of_the_pixels_or_else_of_the_wish() -> None:
    assert words.shape({"width": 1080, "height": 1920, "aspectRatio": "1:1"}) == "9-16"
    assert words.shape({"width": None, "height": None, "aspectRatio": "16:9"}) == "16-9"
    assert words.shape({"width": 1000, "height": 1003, "aspectRatio": "9:16"}) == "1-1"
    assert words.shape({"aspectRatio": "nonsense"}) == "9-16"

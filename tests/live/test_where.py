"""Where browsers find the door, and what a page says of the time left."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import Client
from playwright.sync_api import Page
from pytest_django import Settings

from soho.config.live import live_address, live_sources, live_url
from soho.creations.shape import eta_range, eta_seconds
from soho.web import words
from tests.live.test_pages import context, page

__all__ = ["context", "page"]  # fixtures

NOW = datetime(2026, 3, 14, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("said", "proxied", "meant"),
    [("", False, ":8001"), ("", True, "/"), ("/", False, "/"), (":9001", True, ":9001"), ("off", True, "")],
)
def test_the_door_is_at_this_address_or_at_another_port(said: str, proxied: bool, meant: str) -> None:
    assert live_url(said, own_address=proxied, port=8001) == meant


@pytest.mark.parametrize("said", ["https://live.example", ":0", ":99999", "8001", ":٣", "on"])
def test_any_other_place_stops_the_start(said: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="SOHO_LIVE_URL"):
        live_url(said, own_address=False, port=8001)


def test_pages_name_the_door_under_the_name_they_were_opened_under() -> None:
    assert live_address(":8001", scheme="http", host="127.0.0.1:8000") == "http://127.0.0.1:8001"
    assert live_address(":8001", scheme="http", host="soho.lan") == "http://soho.lan:8001"
    assert live_address("/", scheme="https", host="soho.example") == ""
    assert live_address("", scheme="http", host="localhost:8000") is None
    assert live_address(":8001", scheme="http", host="[::1]:8000") is None
    hosts = ["soho.lan", ".soho.example", "[::1]"]
    assert live_sources(":8001", scheme="http", hosts=hosts) == [
        "http://soho.example:8001",
        "http://*.soho.example:8001",
        "http://soho.lan:8001",
    ]
    assert live_sources("/", scheme="http", hosts=hosts) == live_sources("", scheme="http", hosts=hosts) == []


def test_a_page_without_a_door_names_none(db: None, settings: Settings) -> None:
    assert b'name="live"' not in Client().get("/soho/explore?plain").content
    settings.LIVE_URL = "/"
    assert b'<meta name="live" content="">' in Client().get("/soho/explore?plain").content
    # Nor does the page that refuses a foreign host, which still is a page.
    refused = Client(raise_request_exception=False).get("/soho/explore?plain", HTTP_HOST="evil.example")
    assert refused.status_code == 400
    assert b'name="live"' not in refused.content


@pytest.mark.parametrize(
    ("progress", "elapsed", "usual", "between"),
    [
        (0.0, 0, None, None),  # nothing is known
        (0.0, 10, 60, [30, 70]),  # only what it usually takes: 50 s, give or take 40%
        (0.0, 90, 60, None),  # slower than usual, and no pace to go by
        (0.5, 30, 60, [22, 38]),  # both say 30 s
        (0.5, 20, 60, [15, 50]),  # pace says 20 s, habit 40 s
        (0.5, 90, 60, [67, 113]),  # past the usual: pace alone
    ],
)
def test_the_time_left_is_as_wide_as_it_is_uncertain(
    progress: float, elapsed: int, usual: float | None, between: list[int] | None
) -> None:
    row = {
        "progress": progress,
        "processing_since": NOW - timedelta(seconds=elapsed),
        "expected_seconds": usual,
    }
    assert eta_range(row, NOW) == between
    if between:
        assert between[0] <= (eta_seconds(row, NOW) or 0) <= between[1]


def test_scripts_say_it_as_the_server_does(page: Page, db: None) -> None:
    ranges = [
        (0, 3),
        (2, 7),
        (8, 14),
        (15, 50),
        (20, 20),
        (30, 89),
        (30, 95),
        (61, 119),
        (60, 60),
        (100, 400),
    ]
    single = [None, 0, 4, 7, 42, 59, 60, 100, 400]
    page.goto("/accounts/logout/")
    script = """async ([ranges, single]) => {
        const { eta } = await import('/static/soho/js/words.js');
        return [ranges.map((between) => eta(9, between)), single.map((seconds) => eta(seconds))];
    }"""
    said_ranges, said_single = page.evaluate(script, [ranges, single])
    assert said_ranges == [words.eta(9, between) for between in ranges]
    assert said_single == [words.eta(seconds) for seconds in single]
    assert said_ranges[:5] == [
        "a few seconds left", "up to 10 s left", "5–15 s left", "15–50 s left", "about 20 s left",
    ]  # fmt: skip

"""The desk in Chromium: it brings itself up to date, and never under somebody's hands."""

from typing import Any

from django.test import Client
from playwright.sync_api import Browser, expect

from soho.accounts.models import User
from soho.generation import queue
from tests.support.browser import profile, watched
from tests.support.engine import start
from tests.web.conftest import everything_is_answered, sign_in  # noqa: F401 - a fixture that runs by itself


def test_the_desk_follows_what_happens(
    browser: Browser, live_server: Any, operator: User, alice: User, as_operator: Client
) -> None:
    context = profile(browser, base_url=live_server.url)
    sign_in(context, as_operator, live_server.url)
    faults: list[str] = []
    page = watched(context, faults)
    page.goto("/operator")
    expect(page.get_by_text("Nobody is at work just now.")).to_be_visible()
    find = page.get_by_role("searchbox")
    find.fill("ali")
    # When a worker takes something up, then the open page says so, and what was being written stays
    start(alice, "a lake")
    assert queue.claim("video", worker="machine:7")
    expect(page.get_by_role("link", name="Video for alice")).to_be_visible(timeout=15_000)
    assert find.input_value() == "ali"
    # And from there it is one step to what can be done
    find.fill("alice")
    page.get_by_role("button", name="Find").click()
    page.get_by_role("link", name="a lake").click()
    expect(page.get_by_role("heading", name="Video by alice")).to_be_visible()
    context.close()
    assert faults == []

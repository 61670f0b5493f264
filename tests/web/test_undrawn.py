"""What the create page says of words that Diorama cannot draw, in Chromium."""

import pytest
from django.core.cache import cache
from playwright.sync_api import Page, expect
from pytest_django import Settings

from soho.providers import registry


@pytest.fixture(autouse=True)
def nothing_was_asked_before() -> None:
    """The rate limit counts anew."""
    cache.clear()


def test_what_cannot_be_drawn_is_said_while_it_is_written(page: Page) -> None:
    # Given a page on which nothing is written, then it says nothing of drawing.
    page.goto("/create")
    line = page.locator("[data-undrawn]")
    expect(line).to_be_empty()
    # It is a polite live region from the start, so that a screen reader hears what comes into it.
    assert line.get_attribute("role") == "status"

    # When she writes of what there is no drawing for, then it is named, and keys cost no request each.
    asked: list[str] = []
    page.on("request", lambda sent: asked.append(sent.url) if "/diorama/scene" in sent.url else None)
    prompt = page.get_by_label("Describe your video")
    prompt.press_sequentially("hills with a unicycle & <b>zebras</b>", delay=15)
    expect(line).to_have_text("Diorama cannot draw: unicycle, b, zebras")
    assert len(asked) <= 3

    # When the words go, so does the line.
    prompt.fill("hills at dawn")
    expect(line).to_be_empty()
    prompt.fill("a zebra")
    expect(line).to_have_text("Diorama cannot draw: zebra")
    prompt.fill(" ".join(f"zeb{letter}a" for letter in "abcdefghij"))
    expect(line).to_have_text(
        "Diorama cannot draw: zebaa, zebba, zebca, zebda, zebea, zebfa, zebga, zebha and 2 more"
    )
    prompt.fill("")
    expect(line).to_be_empty()


def test_a_prompt_that_is_there_from_the_start_is_read_at_once(page: Page) -> None:
    page.goto("/create?prompt=a+zebra+on+a+hill&kind=image")
    expect(page.locator("[data-undrawn]")).to_have_text("Diorama cannot draw: zebra")


def test_another_model_may_draw_what_it_likes(page: Page, settings: Settings) -> None:
    """Given two models on offer, then the line speaks only while Diorama is the one chosen."""
    settings.PROVIDERS = ["soho.providers.diorama", "tests.support.rehearsal"]
    registry.providers.cache_clear()
    try:
        page.goto("/create?prompt=a+zebra")
        line = page.locator("[data-undrawn]")
        expect(line).to_have_text("Diorama cannot draw: zebra")
        page.locator("summary").click()
        page.locator('.model-card[data-kind="video"]').nth(1).click()
        expect(line).to_be_empty()
        page.locator('.model-card[data-kind="video"]').nth(0).click()
        expect(line).to_have_text("Diorama cannot draw: zebra")
    finally:
        registry.providers.cache_clear()


def test_an_answer_that_does_not_come_hinders_nothing(page: Page) -> None:
    """Given the reading fails, then nothing is said, and what she writes next is read again."""
    page.goto("/create")
    page.route("**/diorama/scene?*", lambda route: route.abort(), times=1)
    prompt = page.get_by_label("Describe your video")
    with page.expect_event("requestfailed"):
        prompt.fill("a zebra")
    expect(page.locator("[data-undrawn]")).to_be_empty()
    prompt.fill("two zebras")
    expect(page.locator("[data-undrawn]")).to_have_text("Diorama cannot draw: zebras")

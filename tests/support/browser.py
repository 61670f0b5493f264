"""Chromium for the tests: one browser for a run, a fresh profile for each story."""

import contextlib
import os
import shutil
from collections.abc import Iterator
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

# Playwright's synchronous API runs its own event loop in this thread, where Django would refuse the database.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--autoplay-policy=user-gesture-required",  # as people's browsers have it
)
PHONE, DESK = 390, 1280


@contextlib.contextmanager
def chromium() -> Iterator[Browser]:
    """The system's Chromium if there is one, else Playwright's own."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=list(ARGUMENTS))
        try:
            yield browser
        finally:
            browser.close()


def profile(browser: Browser, *, width: int = DESK, theme: str = "dark", **more: Any) -> BrowserContext:
    """A fresh profile, on a phone or at a desk."""
    phone = width < 600
    return browser.new_context(
        viewport={"width": width, "height": 844 if phone else 800},
        color_scheme=theme,
        has_touch=phone,
        is_mobile=phone,
        **more,
    )


def watched(context: BrowserContext, faults: list[str]) -> Page:
    """A page that notes in `faults` every script error and everything the Content-Security-Policy refused."""
    page = context.new_page()
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on(
        "console",
        lambda said: faults.append(said.text) if "Content Security Policy" in said.text else None,
    )
    return page


def tab_to(page: Page, selector: str, *, most: int = 80) -> None:
    """Presses Tab until the focus is on `selector`, as somebody without a mouse does."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement?.matches(selector) ?? false", selector):
            return
    raise AssertionError(f"{selector} cannot be reached with the Tab key")

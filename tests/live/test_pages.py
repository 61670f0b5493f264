"""The pages in Chromium: what the stream changes on them, and that they go on without it."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import pytest
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect
from pytest_django import Settings

from soho.accounts.models import User
from soho.creations import actions, intake, outcomes
from soho.creations.models import Creation
from soho.generation import queue
from soho.generation.models import Outcome
from soho.generation.queue import Claim
from tests.support.browser import profile, watched
from tests.support.live import LiveDoor
from tests.web.conftest import make, sign_in

NOTED = """
    window.noted = [];
    window.Notification = class extends EventTarget {
        static permission = "granted";
        constructor(words, more) { super(); window.noted.push([words, more.body]); }
    };
"""
HIDE = """yes => {
    Object.defineProperty(document, 'hidden', { configurable: true, get: () => yes });
    document.dispatchEvent(new Event('visibilitychange'));
}"""


def claimed(user: User, prompt: str) -> Claim:
    """A video in the making."""
    actions.start(user, intake.order("video", prompt))
    claim = queue.claim("video", worker="test")
    assert claim is not None
    return claim


def finish(claim: Claim) -> None:
    stem = f"videos/{claim.user_id}/{claim.creation_id}"
    outcomes.complete(
        claim.creation_id,
        claim.fence,
        outcomes.Made(f"{stem}.mp4", f"{stem}_thumb.jpg", "", "", "", "video/mp4", 1, 4.0, 1080, 1920),
    )
    queue.end_attempt(claim.creation_id, claim.fence, Outcome.SUCCEEDED)


def report(claim: Claim, progress: float, note: str) -> None:
    queue.heartbeat(claim.creation_id, claim.fence, progress=progress, note=note)


def card_of(page: Page, creation_id: UUID) -> Any:
    return page.locator(f'[data-draft="{creation_id}"]')


def open_to(door: LiveDoor, settings: Settings) -> None:
    """Has the test's own pages name `door`, and their policy allow it."""
    settings.LIVE_URL = f":{door.port}"
    policy = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]
    allowed = [*policy["connect-src"], f"http://localhost:{door.port}"]
    settings.CONTENT_SECURITY_POLICY = {"DIRECTIVES": {**policy, "connect-src": allowed}}


@pytest.fixture
def context(browser: Browser, live_server: Any, alice: User) -> Iterator[BrowserContext]:
    """Alice's browser."""
    client = Client()
    client.force_login(alice)
    found = profile(browser, base_url=live_server.url)
    sign_in(found, client, live_server.url)
    yield found
    found.close()


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    faults: list[str] = []
    yield watched(context, faults)
    assert faults == []


class Asked:
    """What a page has asked the web for, beside the stream."""

    def __init__(self, page: Page) -> None:
        self.paths: list[str] = []
        page.on("request", lambda request: self._note(request.url))

    def _note(self, url: str) -> None:
        if "/static/" not in url:
            self.paths.append(urlsplit(url).path)

    def count(self, path: str) -> int:
        return self.paths.count(path)


def test_cards_and_queue_move_by_the_stream_and_survive_a_reload(
    page: Page, door: LiveDoor, settings: Settings, alice: User
) -> None:
    # Given a video in the making, and Alice at her drafts, whose page the stream has reached,
    open_to(door, settings)
    claim = claimed(alice, "Fog lifting off a lake")
    with page.expect_response("**/live/me*"):
        page.goto("/soho/alice?tab=drafts")
    count = page.locator("[data-queue-count]")
    expect(count).to_have_text("1")
    page.wait_for_timeout(500)
    asked = Asked(page)

    # when it moves on, card and queue say so, with figures, words and a range, and ask for nothing;
    Creation.objects.update(expected_seconds=60, processing_since=datetime.now(UTC) - timedelta(seconds=20))
    report(claim, 0.5, "Painting frame 48 of 96")
    card = card_of(page, claim.creation_id)
    expect(card.locator("[data-part=note]")).to_have_text("Painting frame 48 of 96")
    expect(card.locator("progress")).to_have_attribute("value", "50")
    expect(card.locator("[data-part=percent]")).to_have_text("50%")
    expect(card.locator("[data-part=eta]")).to_have_text("15–50 s left")
    page.locator("[data-queue-open]").click()
    row = page.get_by_role("listitem").filter(has_text="Fog lifting off a lake")
    expect(row).to_contain_text("Painting frame 48 of 96")
    expect(row).to_contain_text("50%")
    assert asked.count("/soho/alice") == asked.count("/api/generate/drafts") == 0

    # when she goes elsewhere, the queue is there as well;
    page.goto("/settings")
    expect(count).to_have_text("1")

    # and when it is ready, the queue says where it is, after a reload too.
    finish(claim)
    expect(count).to_be_hidden()
    page.reload()
    page.locator("[data-queue-open]").click()
    expect(row).to_contain_text("Ready")
    row.get_by_role("link").click()
    expect(card).to_have_attribute("data-status", "draft")


def test_somebody_who_looks_elsewhere_is_told_in_the_title_and_by_a_notification(
    page: Page, door: LiveDoor, settings: Settings, alice: User
) -> None:
    open_to(door, settings)
    page.add_init_script(NOTED)
    claim = claimed(alice, "Fog lifting off a lake")
    page.goto("/soho/alice?tab=drafts")
    expect(page.locator("[data-queue-count]")).to_have_text("1")
    plain = page.title()

    # When it comes out while she looks elsewhere, title and notification say so, once;
    page.evaluate(HIDE, True)
    finish(claim)
    page.wait_for_function("() => document.title.startsWith('(1) ')")
    assert page.title() == f"(1) {plain}"
    assert page.evaluate("window.noted") == [["Your video is ready", "Fog lifting off a lake"]]

    # and when she is back, the title is as it was.
    page.evaluate(HIDE, False)
    page.wait_for_function("title => document.title === title", arg=plain)
    expect(card_of(page, claim.creation_id)).to_have_attribute("data-status", "draft")


def test_notifications_are_asked_for_by_a_button_only(
    page: Page, door: LiveDoor, settings: Settings, alice: User
) -> None:
    open_to(door, settings)
    page.add_init_script(
        "window.asked = 0;"
        "Notification.requestPermission = async () => { window.asked += 1; return 'denied'; };"
        "Object.defineProperty(Notification, 'permission', { get: () => 'default' });"
    )
    page.goto("/settings")
    page.locator("[data-queue-open]").click()
    assert page.evaluate("window.asked") == 0
    page.get_by_role("button", name="Notify me when it is done").click()
    expect(page.get_by_text("Notifications are off for this site")).to_be_visible()
    assert page.evaluate("window.asked") == 1


def test_without_the_door_the_page_asks_and_comes_back_to_the_stream_by_itself(
    page: Page, own_door: LiveDoor, settings: Settings, alice: User
) -> None:
    # Given a page that listens,
    open_to(own_door, settings)
    claim = claimed(alice, "Fog lifting off a lake")
    with page.expect_response("**/live/me*"):
        page.goto("/soho/alice?tab=drafts")
    note = card_of(page, claim.creation_id).locator("[data-part=note]")
    report(claim, 0.2, "Frame 20")
    expect(note).to_have_text("Frame 20")

    # when the door is gone, the page goes on by asking, the queue as well;
    own_door.kill()
    asked = Asked(page)
    report(claim, 0.4, "Frame 40")
    expect(note).to_have_text("Frame 40", timeout=45_000)
    assert asked.count("/soho/alice") > 0
    page.locator("[data-queue-open]").click()
    expect(page.locator("[data-queue-list]")).to_contain_text("Frame 40", timeout=45_000)

    # and when it is back, the page listens again and asks no more.
    with page.expect_response(lambda answer: "/live/me" in answer.url and answer.ok, timeout=30_000):
        own_door.open()
    page.wait_for_timeout(1500)
    asked.paths.clear()
    report(claim, 0.6, "Frame 60")
    expect(note).to_have_text("Frame 60")
    expect(page.locator("[data-queue-list]")).to_contain_text("Frame 60")
    assert asked.count("/soho/alice") == asked.count("/api/generate/drafts") == 0


def test_failing_tries_to_come_back_to_the_stream_do_not_put_the_asking_off(
    page: Page, settings: Settings, alice: User
) -> None:
    # Given a door that tells browsers to come back at once, and is gone when they do,
    settings.LIVE_URL = "/"
    tries = 0

    def door(route: Route) -> None:
        nonlocal tries
        tries += 1
        if tries == 1:
            route.fulfill(content_type="text/event-stream", body="retry: 200\n\n")
        else:
            route.abort("connectionrefused")

    page.route("**/live/me*", door)
    claim = claimed(alice, "Fog lifting off a lake")
    page.goto("/settings")
    report(claim, 0.4, "Frame 40")

    # then the page asks all the same, while it goes on trying.
    page.locator("[data-queue-open]").click()
    expect(page.locator("[data-queue-list]")).to_contain_text("Frame 40", timeout=45_000)
    report(claim, 0.6, "Frame 60")
    expect(page.locator("[data-queue-list]")).to_contain_text("Frame 60", timeout=45_000)
    assert tries > 5


def test_all_tabs_of_a_browser_share_one_stream(
    context: BrowserContext, page: Page, own_door: LiveDoor, settings: Settings, alice: User
) -> None:
    # Given a door that lets one stream a person in, and three tabs,
    open_to(own_door, settings)
    claim = claimed(alice, "Fog lifting off a lake")
    page.goto("/settings")
    others = [context.new_page() for _ in range(2)]
    for other in others:
        other.goto("/settings")
    tabs = [page, *others]
    for tab in tabs:
        expect(tab.locator("[data-queue-count]")).to_have_text("1")

    # then all of them hear,
    report(claim, 0.5, "Halfway")
    for tab in tabs:
        tab.locator("[data-queue-open]").click()
        expect(tab.locator("[data-queue-list]")).to_contain_text("Halfway")

    # and still do when the one that listened is closed.
    others[1].close()
    report(claim, 0.7, "Further")
    for tab in tabs[:2]:
        expect(tab.locator("[data-queue-list]")).to_contain_text("Further", timeout=15_000)


def test_a_pill_tells_of_new_posts_and_moves_nothing(
    browser: Browser, live_server: Any, door: LiveDoor, settings: Settings, alice: User, bob: User
) -> None:
    # Given somebody signed out, in the middle of the feed,
    open_to(door, settings)
    begun = datetime.now(UTC) - timedelta(minutes=5)
    for n in range(8):
        make(alice, published_at=begun + timedelta(seconds=n))
    context = profile(browser, base_url=live_server.url)
    faults: list[str] = []
    page = watched(context, faults)
    with page.expect_response("**/live/feed*"):
        page.goto("/soho/explore?fresh")
    posts, pill = page.locator("[data-post]"), page.locator("[data-news]")
    expect(posts).to_have_count(8)
    expect(pill).to_be_hidden()
    page.mouse.wheel(0, 300)
    page.wait_for_function("() => scrollY > 0")
    before = page.evaluate("[scrollY, document.querySelector('[data-post]').getBoundingClientRect().top]")

    # when three are published, a pill counts them and nothing moves;
    for n in range(3):
        make(bob, published_at=datetime.now(UTC) + timedelta(milliseconds=n), caption=f"New {n}")
    expect(pill).to_have_text("3 new posts")
    where = "[scrollY, document.querySelector('[data-post]').getBoundingClientRect().top]"
    assert page.evaluate(where) == before
    expect(posts).to_have_count(8)
    expect(page.locator("[data-announce]")).to_contain_text("new post")

    # and tapping it brings them, and the reader to the top.
    pill.click()
    expect(posts).to_have_count(11)
    expect(posts.first).to_contain_text("New 2")
    expect(pill).to_be_hidden()
    assert page.evaluate("scrollY") == 0
    make(bob, published_at=datetime.now(UTC) + timedelta(seconds=1))
    expect(pill).to_have_text("1 new post")
    context.close()
    assert faults == []

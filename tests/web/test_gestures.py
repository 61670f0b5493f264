"""Clicks and taps on pictures: one opens, two like; and what the viewer fetches ahead."""

import time
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Browser, Page, expect

from soho.accounts.models import User
from soho.creations.models import Creation
from soho.feed.models import Like
from tests.support.browser import PHONE, profile, watched
from tests.web.conftest import make, make_posts, picture, sign_in


@pytest.fixture
def phone(browser: Browser, live_server: Any, alice: User) -> Iterator[Page]:
    """Alice's phone."""
    client = Client()
    client.force_login(alice)
    context = profile(browser, width=PHONE, base_url=live_server.url)
    sign_in(context, client, live_server.url)
    faults: list[str] = []
    yield watched(context, faults)
    context.close()
    assert faults == []


def middle(page: Page, selector: str) -> tuple[float, float]:
    """Where on the screen the thing lies."""
    box = page.locator(selector).first.bounding_box()
    assert box
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 3


def tap_twice(page: Page, x: float, y: float) -> None:
    """Two taps a tenth of a second apart, by the clock of the events: a busy machine makes them no slower."""
    finger = page.context.new_cdp_session(page)
    now = time.time()
    for seconds in (0.0, 0.1):
        for kind, points in (("touchStart", [{"x": x, "y": y}]), ("touchEnd", [])):
            event = {"type": kind, "touchPoints": points, "timestamp": now + seconds}
            finger.send("Input.dispatchTouchEvent", event)
    finger.detach()


def likes(post: Creation) -> int:
    return Like.objects.filter(creation=post).count()


def test_a_double_click_likes_and_never_takes_a_like_back(page: Page, alice: User, tmp_path: Any) -> None:
    post = make(alice)
    picture(post, tmp_path)
    page.goto("/soho/explore")
    viewer = page.get_by_role("dialog", name="Viewer")
    x, y = middle(page, "[data-open]")

    # When she double-clicks, the viewer opens at the first click and a heart answers the second.
    page.mouse.dblclick(x, y)
    expect(viewer).to_be_visible()
    expect(viewer.get_by_role("button", name="Like")).to_have_attribute("aria-pressed", "true")
    expect(page.locator(".heart")).to_have_count(1)
    expect(page.locator("[data-announce]")).to_contain_text("Liked")
    expect(page.locator(".heart")).to_have_count(0)
    assert likes(post) == 1

    # When she does it again upon the open picture, it stays liked and open.
    page.wait_for_timeout(400)
    page.mouse.dblclick(*middle(page, "#viewer .media"))
    expect(page.locator(".heart")).to_have_count(1)
    page.wait_for_timeout(300)
    expect(viewer.get_by_role("button", name="Like")).to_have_attribute("aria-pressed", "true")
    assert page.evaluate("document.fullscreenElement") is None
    assert likes(post) == 1


def test_two_slow_clicks_are_no_double_click(page: Page, alice: User, tmp_path: Any) -> None:
    post = make(alice, media_type="image")
    Creation.objects.filter(pk=post.pk).update(media_key=post.thumbnail_key)
    picture(post, tmp_path)
    page.goto("/soho/explore")
    page.mouse.click(*middle(page, "[data-open]"))
    page.wait_for_timeout(600)
    page.mouse.click(*middle(page, "#viewer .media"))
    page.wait_for_timeout(300)
    expect(page.get_by_role("dialog", name="Viewer")).to_be_visible()
    assert likes(post) == 0


def test_a_mouse_opens_at_once_and_so_do_keys(page: Page, alice: User) -> None:
    make(alice)
    page.goto("/soho/explore")
    # In the very turn of the click: no wait for a second one, which only fingers need.
    opened = """(act) => {
        const link = document.querySelector('[data-open]');
        const facts = { bubbles: true, cancelable: true, detail: act === 'mouse' ? 1 : 0 };
        link.dispatchEvent(new PointerEvent('pointerdown', { bubbles: true, pointerType: 'mouse' }));
        link.dispatchEvent(new PointerEvent('click', facts));
        return document.getElementById('viewer').open; }"""
    page.emulate_media(reduced_motion="reduce")  # without the growing picture, which begins a moment later
    for act in ("mouse", "key"):
        assert page.evaluate(opened, act) is True
        page.keyboard.press("Escape")
        expect(page.get_by_role("dialog", name="Viewer")).to_be_hidden()


def test_two_taps_like_where_the_post_hangs_and_one_opens(phone: Page, alice: User, tmp_path: Any) -> None:
    post = make(alice)
    picture(post, tmp_path)
    phone.goto("/soho/explore")
    viewer = phone.get_by_role("dialog", name="Viewer")
    x, y = middle(phone, "[data-open]")
    tap_twice(phone, x, y)
    expect(phone.locator("[data-feed] .heart")).to_have_count(1)
    expect(phone.locator("[data-feed]").get_by_role("button", name="Like")).to_have_attribute(
        "aria-pressed", "true"
    )
    phone.wait_for_timeout(400)
    expect(viewer).to_be_hidden()
    assert likes(post) == 1
    phone.touchscreen.tap(x, y)
    expect(viewer).to_be_visible(timeout=1500)
    # And upon the open picture, twice.
    Like.objects.all().delete()
    Creation.objects.update(like_count=0)
    phone.goto("/soho/explore")
    phone.wait_for_timeout(500)  # the page has grown out of the one before
    phone.touchscreen.tap(x, y)
    expect(viewer).to_be_visible()
    phone.wait_for_timeout(400)
    x, y = middle(phone, "#viewer .media")
    tap_twice(phone, x, y)
    expect(viewer.get_by_role("button", name="Like")).to_have_attribute("aria-pressed", "true")
    expect(viewer).to_be_visible()


def test_a_stranger_is_asked_to_sign_in_and_comes_back(
    browser: Browser, live_server: Any, alice: User
) -> None:
    make(alice)
    context = profile(browser, base_url=live_server.url)
    page = context.new_page()
    page.goto("/soho/explore?stranger")
    like = page.locator("[data-feed]").get_by_role("button", name="Like")
    like.click()
    toast = page.get_by_role("status").filter(has_text="Sign in to like")
    expect(toast.get_by_role("link", name="Sign in")).to_have_attribute(
        "href", "/accounts/login/?next=%2Fsoho%2Fexplore"
    )
    expect(like).to_have_attribute("aria-pressed", "false")
    # Within the viewer the words come to its front, where the link can be clicked.
    toast.get_by_role("button", name="Dismiss").click()
    page.mouse.dblclick(*middle(page, "[data-open]"))
    expect(page.get_by_role("dialog", name="Viewer")).to_be_visible()
    expect(page.locator(".heart")).to_have_count(0)
    toast.get_by_role("link", name="Sign in").click()
    page.wait_for_url("**/accounts/login/?next=**")
    context.close()


def test_a_like_that_is_refused_is_taken_back_with_a_word(page: Page, alice: User) -> None:
    post = make(alice)
    page.goto("/soho/explore")
    Creation.objects.filter(pk=post.pk).update(status="draft", published_at=None)
    like = page.locator("[data-feed]").get_by_role("button", name="Like")
    like.click()
    expect(page.get_by_role("alert").filter(has_text="not published any more")).to_be_visible()
    expect(like).to_have_attribute("aria-pressed", "false")


def test_the_heart_stands_still_for_those_who_asked_for_calm(page: Page, alice: User) -> None:
    make(alice)
    page.emulate_media(reduced_motion="reduce")
    page.goto("/soho/explore")
    page.mouse.dblclick(*middle(page, "[data-open]"))
    heart = page.locator(".heart")
    expect(heart).to_have_count(1)
    assert heart.evaluate("node => node.getAnimations().length") == 0
    expect(heart).to_have_count(0)


def test_the_viewer_fetches_its_neighbours_pictures_and_nothing_heavier(
    page: Page, alice: User, tmp_path: Any
) -> None:
    posts = make_posts(alice, 5)
    for post in posts:
        picture(post, tmp_path)
    page.emulate_media(reduced_motion="reduce")
    page.goto("/soho/explore")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.evaluate("""() => {
        window.fetched = [];
        const own = Object.getOwnPropertyDescriptor(HTMLImageElement.prototype, 'src');
        Object.defineProperty(HTMLImageElement.prototype, 'src', { ...own, set(value) {
            if (!this.isConnected) window.fetched.push(value);
            own.set.call(this, value); } });
    }""")
    page.locator(f'[data-post="{posts[2].pk}"] [data-open]').click()
    expect(page.get_by_role("dialog", name="Viewer")).to_be_visible()
    thumbnails = {f"/media/{posts[n].thumbnail_key}" for n in (1, 3)}
    assert set(page.evaluate("window.fetched")) == thumbnails
    page.wait_for_timeout(300)
    videos = [url for url in asked if url.endswith(".mp4")]
    assert all(str(posts[2].pk) in url for url in videos), videos


def test_next_leaves_the_caption_room(page: Page, alice: User) -> None:
    for post in make_posts(alice, 2):
        Creation.objects.filter(pk=post.pk).update(caption="A caption of some length. " * 20)
    page.goto("/soho/explore")
    page.locator("[data-open]").first.click()
    page.wait_for_timeout(500)
    boxes = [
        page.locator(f"#viewer [data-viewer-{name}]").bounding_box() for name in ("next", "caption", "stage")
    ]
    following, caption, stage = (box for box in boxes if box)
    assert caption["x"] - (following["x"] + following["width"]) >= 48
    media = page.locator("#viewer .media").bounding_box()
    assert media
    assert following["x"] >= media["x"] + media["width"]
    assert following["x"] + following["width"] <= stage["x"] + stage["width"]

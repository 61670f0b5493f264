"""The wall at a desk: rows from edge to edge, pictures in their own shapes, nothing that was seen moves."""

from datetime import timedelta
from itertools import groupby, pairwise
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from soho.accounts.models import User
from soho.creations.models import Creation
from soho.creations.objects import storage
from tests.support.browser import profile
from tests.web.conftest import NOON, make

SHAPES = {"9:16": (1080, 1920), "16:9": (1920, 1080), "1:1": (1080, 1080), "21:9": (2100, 900)}
# Wide ones fall where they do not fit behind the others.
ORDER = [
    "9:16",
    "9:16",
    "16:9",
    "9:16",
    "16:9",
    "9:16",
    "9:16",
    "9:16",
    "16:9",
    "1:1",
    "16:9",
    "9:16",
    "21:9",
]


def hang(user: User, shapes: list[str]) -> None:
    for n, shape in enumerate(shapes):
        width, height = SHAPES[shape]
        make(user, published_at=NOON - timedelta(minutes=n), width=width, height=height, aspect_ratio=shape)


def rows(page: Page) -> list[list[dict[str, Any]]]:
    """The frames as they hang, row by row: left, top, right, height."""
    frames = page.locator(".post-card .media").evaluate_all(
        """all => all.map((frame) => { const box = frame.getBoundingClientRect();
           return { left: box.left, top: box.top + scrollY, right: box.right, height: box.height,
                    ratio: box.width / box.height, id: frame.closest('[data-post]').dataset.post }; })"""
    )
    return [list(row) for _, row in groupby(frames, key=lambda frame: round(frame["top"]))]


def test_rows_fill_the_width_in_order_and_shape(page: Page, alice: User) -> None:
    hang(alice, ORDER * 2)
    for width in (1000, 1280, 1440, 1920):
        page.set_viewport_size({"width": width, "height": 800})
        page.goto("/soho/explore")
        expect(page.locator(".feed.hung")).to_be_visible()
        found = rows(page)
        edges = (min(row[0]["left"] for row in found), max(row[-1]["right"] for row in found))
        target = min(560, max(380, 0.58 * 800))
        for row in found[:-1]:
            assert abs(row[0]["left"] - edges[0]) < 1, (width, row)
            assert abs(row[-1]["right"] - edges[1]) < 1.5, (width, row)
            heights = [frame["height"] for frame in row]
            assert max(heights) - min(heights) < 1.5, (width, heights)
            assert target / 1.75 < heights[0] < target * 1.75, (width, heights)
        # Each in its own shape, newest first.
        flat = [frame for row in found for frame in row]
        for frame, shape in zip(flat, ORDER * 2, strict=False):
            assert abs(frame["ratio"] - SHAPES[shape][0] / SHAPES[shape][1]) < 0.01
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def still(user: User, n: int, tmp_path: Path) -> Creation:
    """A wide still in the three sizes in which it is kept."""
    post = make(user, media_type="image", width=1920, height=1080, published_at=NOON - timedelta(minutes=n))
    post.rendition_key = post.thumbnail_key.replace("_thumb", "_feed")
    post.save(update_fields=["rendition_key"])
    for key, width in ((post.media_key, 1920), (post.thumbnail_key, 640), (post.rendition_key, 1600)):
        path = tmp_path / key.rpartition("/")[2]
        Image.new("RGB", (width, width * 9 // 16), (200, 90, 60)).save(path)
        storage().put(key, path, "image/jpeg")
    return post


@pytest.mark.parametrize(("width", "chosen"), [(1440, "_feed.jpg"), (390, "_thumb.jpg")])
def test_a_wide_still_is_sharp_at_a_desk_and_light_on_a_phone(
    width: int, chosen: str, live_server: Any, browser: Browser, alice: User, tmp_path: Path
) -> None:
    posts = [still(alice, n, tmp_path) for n in range(12)]
    asked: list[str] = []
    context = profile(
        browser, width=width, base_url=live_server.url, device_scale_factor=1 if width > 600 else 3
    )
    page = context.new_page()
    page.on("request", lambda request: asked.append(request.url))
    page.goto("/soho/explore")
    first = page.locator(".post-card img").first
    expect(first).to_have_js_property("complete", True)
    expect(first).to_have_js_property(
        "currentSrc", f"{live_server.url}/media/{posts[0].thumbnail_key}".replace("_thumb.jpg", chosen)
    )
    page.wait_for_load_state("networkidle")
    media = [url for url in asked if "/media/" in url]
    assert media
    assert all(url.endswith(chosen) for url in media)
    # What is far below waits, in whichever size.
    assert len(media) < len(posts)
    page.locator(".post-card").last.scroll_into_view_if_needed()
    last = page.locator(".post-card img").last
    expect(last).to_have_js_property("complete", True)
    expect(last).to_have_js_property(
        "currentSrc", f"{live_server.url}/media/{posts[-1].thumbnail_key}".replace("_thumb.jpg", chosen)
    )
    context.close()


def test_nothing_that_was_seen_moves(page: Page, alice: User) -> None:
    hang(alice, ORDER * 3)
    page.add_init_script("""
        window.moved = 0;
        new PerformanceObserver((list) => {
            for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.moved += entry.value;
        }).observe({ type: 'layout-shift', buffered: true });
    """)
    page.goto("/soho/explore")
    page.wait_for_timeout(600)
    assert page.evaluate("window.moved") < 0.01

    # When older posts come beneath, the rows above stay as they are.
    before = rows(page)[:-1]
    page.mouse.wheel(0, 4000)
    expect(page.locator("[data-post]")).to_have_count(39)
    page.wait_for_timeout(300)
    after = rows(page)
    assert [[f["id"] for f in row] for row in after[: len(before)]] == [
        [f["id"] for f in row] for row in before
    ]
    for one, two in pairwise(after):
        assert two[0]["top"] > one[0]["top"] + one[0]["height"]


def test_the_rows_close_when_a_post_goes_and_follow_the_window(page: Page, alice: User) -> None:
    hang(alice, ORDER)
    page.goto("/soho/explore")
    page.locator("[data-post]").nth(2).evaluate("card => card.remove()")
    page.wait_for_timeout(200)
    found = rows(page)
    assert all(abs(row[-1]["right"] - found[0][-1]["right"]) < 1.5 for row in found[:-1])
    page.set_viewport_size({"width": 700, "height": 800})
    page.wait_for_timeout(200)
    assert all(len(row) == 1 for row in rows(page))
    page.set_viewport_size({"width": 1440, "height": 800})
    page.wait_for_timeout(200)
    found = rows(page)
    assert len(found[0]) > 2
    assert all(abs(row[-1]["right"] - found[0][-1]["right"]) < 1.5 for row in found[:-1])


def test_a_single_post_is_not_blown_up(page: Page, alice: User) -> None:
    hang(alice, ["9:16"])
    page.goto("/soho/explore")
    (row,) = rows(page)
    assert row[0]["height"] < 0.7 * 800

"""Profiles in the browser: a picture is chosen and seen, small films move under a pointer or finger."""

from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from soho.accounts.models import User
from soho.creations.models import Creation
from soho.creations.objects import storage
from soho.feed.comments import comment
from soho.profiles import actions
from tests.journeys.steps import is_a_picture, plays
from tests.media.clips import make_clip
from tests.support.browser import PHONE, profile, watched
from tests.web.conftest import make_posts, picture, sign_in

RESTS = "video => video.paused && video.currentTime === 0"


@pytest.fixture(autouse=True)
def rested(db: None) -> None:
    cache.clear()


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "me.jpg"
    Image.new("RGB", (1600, 1200), "teal").save(path)
    return path


@pytest.fixture
def films(alice: User, tmp_path: Path) -> list[Creation]:
    clip = tmp_path / "clip.mp4"
    make_clip(clip, size=(90, 160))
    made = make_posts(alice, 3)
    for post in made:
        post.rendition_key = post.media_key.replace(".mp4", "_feed.mp4")
        post.save(update_fields=["rendition_key"])
        storage().put(post.rendition_key, clip, "video/mp4")
        picture(post, tmp_path)
    return made


def test_a_picture_is_chosen_seen_everywhere_and_removed(page: Page, alice: User, photo: Path) -> None:
    [post] = make_posts(alice, 1)
    comment(alice, post.pk, "Hello")
    page.goto("/settings")
    with page.expect_request("**/api/me/avatar") as sent:
        page.get_by_label("Picture").set_input_files(photo)
    assert len(sent.value.post_data_buffer or b"") < 60_000  # made small before it is sent
    expect(page.get_by_text("Your picture is changed.")).to_be_visible()
    for place in ("[data-face] .avatar img", ".header-you .avatar img"):
        is_a_picture(page.locator(place))
    for path, place in (
        ("/soho/explore", ".post-card .avatar img"),
        ("/soho/alice", ".profile-head .avatar img"),
        (f"/soho/alice/{post.pk}", ".single-text .post-author .avatar img"),
        (f"/soho/alice/{post.pk}", ".comment .avatar img"),
        ("/settings", "[data-face] .avatar img"),
    ):
        page.goto(path)
        is_a_picture(page.locator(place))
    page.get_by_role("button", name="Remove picture").click()
    expect(page.locator(".avatar img")).to_have_count(0)
    expect(page.get_by_role("button", name="Remove picture")).to_be_hidden()
    alice.refresh_from_db()
    assert alice.avatar is None


def test_the_viewer_shows_the_face_of_a_tiles_author(page: Page, alice: User, photo: Path) -> None:
    make_posts(alice, 1)
    actions.set_avatar(alice, photo)
    page.goto("/soho/alice")
    page.locator(".tile [data-open]").click()
    is_a_picture(page.locator("#viewer .post-author .avatar img"))
    expect(page.locator("#viewer .post-author")).to_have_text("aalice")


def test_what_is_no_picture_is_said_beside_the_field(page: Page, tmp_path: Path) -> None:
    bad = tmp_path / "bad.png"
    bad.write_bytes(b"<svg onload=alert(1)>")
    page.goto("/settings")
    page.get_by_label("Picture").set_input_files(bad)
    expect(page.get_by_role("alert").filter(has_text="Choose a still picture")).to_be_visible()
    expect(page.get_by_label("Picture")).to_have_attribute("aria-invalid", "true")


def test_all_of_it_works_without_scripts(
    browser: Browser, live_server: Any, alice: User, photo: Path
) -> None:
    client = Client()
    client.force_login(alice)
    context = profile(browser, base_url=live_server.url, java_script_enabled=False)
    sign_in(context, client, live_server.url)
    page = context.new_page()
    page.goto("/settings")
    page.get_by_label("Bio").fill("I paint light.\nSee https://light.example/a?b=1&c=2 and @bob")
    page.get_by_label("Picture").set_input_files(photo)
    page.get_by_role("button", name="Save profile").click()
    expect(page).to_have_url(f"{live_server.url}/settings")
    alice.refresh_from_db()
    assert alice.avatar
    page.goto("/soho/alice")
    away = page.get_by_role("link", name="light.example/a?b=1&c=2")
    assert away.get_attribute("href") == "https://light.example/a?b=1&c=2"
    assert away.get_attribute("rel") == "nofollow ugc noopener"
    assert page.locator(".profile-bio").get_by_role("link", name="@bob").get_attribute("href") == "/soho/bob"
    page.goto("/settings")
    page.get_by_role("button", name="Remove picture").click()
    alice.refresh_from_db()
    assert alice.avatar is None
    assert alice.bio.startswith("I paint light.")
    context.close()


def test_a_pointer_over_a_tile_plays_the_light_version(page: Page, films: list[Creation]) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto("/soho/alice")
    tile = page.locator(f'[data-post="{films[0].pk}"]')
    video = tile.locator("video")
    tile.hover()
    plays(video)
    assert video.evaluate("video => video.muted")
    page.mouse.move(0, 0)
    page.wait_for_function(RESTS, arg=video.element_handle())
    assert {url.rpartition("/")[2] for url in asked if url.endswith(".mp4")} == {
        films[0].rendition_key.rpartition("/")[2]
    }


@pytest.mark.parametrize("calm", [False, True])
def test_a_resting_finger_plays_and_a_tap_opens(
    calm: bool, browser: Browser, live_server: Any, films: list[Creation]
) -> None:
    context = profile(
        browser, width=PHONE, base_url=live_server.url, reduced_motion="reduce" if calm else "no-preference"
    )
    faults: list[str] = []
    page = watched(context, faults)
    page.goto("/soho/alice")
    link = page.locator(f'[data-post="{films[0].pk}"] [data-open]')
    video = link.locator("video")
    box = link.bounding_box()
    assert box
    point = {"x": box["x"] + box["width"] / 2, "y": box["y"] + box["height"] / 2}
    finger = context.new_cdp_session(page)
    finger.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [point]})
    if calm:
        page.wait_for_timeout(600)
        assert video.evaluate("video => video.paused && !video.src")
    else:
        plays(video)
        finger.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
        page.wait_for_function(RESTS, arg=video.element_handle())
        expect(page.locator("#viewer")).not_to_be_visible()
        link.tap()
        expect(page.locator("#viewer")).to_be_visible()
    assert faults == []
    context.close()


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_the_smallest_screen_holds_the_longest_profile(
    theme: str, browser: Browser, live_server: Any, bob: User, photo: Path
) -> None:
    User.objects.filter(pk=bob.pk).update(username="a-very-long-username.of.thirty")
    bob.refresh_from_db()
    actions.set_bio(bob, "مرحبا بالعالم https://example.com/" + "x" * 150 + "\n" + "w" * 100)
    actions.set_avatar(bob, photo)
    make_posts(bob, 2)
    from tests.web.test_accessibility import faults

    client = Client()
    client.force_login(bob)
    context = profile(browser, width=320, theme=theme, base_url=live_server.url)
    page = context.new_page()
    page.goto(f"/soho/{bob.username}")
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    assert faults(page, "signed out") == []
    sign_in(context, client, live_server.url)
    for path in (f"/soho/{bob.username}", "/settings"):
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, path
        assert faults(page, path) == []
    context.close()

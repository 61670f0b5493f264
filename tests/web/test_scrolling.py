"""The feed as it moves: what plays, what is heard, what is fetched; asked of the films themselves."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Browser, Locator, Page, expect

from soho.accounts.models import User
from soho.creations.models import Creation
from soho.creations.objects import storage
from tests.journeys.steps import plays
from tests.media.clips import make_clip
from tests.support.browser import PHONE, profile, watched
from tests.web.conftest import make_posts, picture, sign_in

RESTS = "video => video.paused"


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two seconds with sound."""
    path = tmp_path_factory.mktemp("clips") / "clip.mp4"
    make_clip(path, size=(90, 160))
    return path


@pytest.fixture
def posts(alice: User, clip: Path, tmp_path: Path) -> list[Creation]:
    """Eight films, newest first, each with its light version."""
    made = make_posts(alice, 8)
    for post in made:
        post.rendition_key = post.media_key.replace(".mp4", "_feed.mp4")
        post.save(update_fields=["rendition_key"])
        for key in (post.media_key, post.rendition_key):
            storage().put(key, clip, "video/mp4")
        picture(post, tmp_path)
    return made


def card(page: Page, post: Creation) -> Locator:
    return page.locator(f'[data-feed] [data-post="{post.pk}"]')


def film(page: Page, post: Creation) -> Locator:
    return card(page, post).locator("video")


def rests(video: Locator) -> None:
    video.page.wait_for_function(RESTS, arg=video.element_handle())


def is_heard(page: Page, post: Creation, *others: Creation) -> None:
    """This one alone has its sound on."""
    page.wait_for_function(
        "heard => [...document.querySelectorAll('.post-card video')].filter(v => !v.muted).length === 1"
        " && !document.querySelector(`[data-post='${heard}'] video`).muted",
        arg=str(post.pk),
    )
    plays(film(page, post))


def test_what_is_half_in_view_plays_silently_and_what_is_not_rests(page: Page, posts: list[Creation]) -> None:
    page.set_viewport_size({"width": 700, "height": 800})
    page.goto("/soho/explore")
    plays(film(page, posts[0]))
    assert film(page, posts[0]).evaluate("v => v.muted && v.loop && v.playsInline")
    assert film(page, posts[3]).evaluate(RESTS)
    # When somebody scrolls on, it rests and another plays; and back again.
    card(page, posts[3]).scroll_into_view_if_needed()
    film(page, posts[3]).evaluate("video => video.scrollIntoView({ block: 'center' })")
    plays(film(page, posts[3]))
    rests(film(page, posts[0]))
    film(page, posts[0]).evaluate("video => video.scrollIntoView({ block: 'center' })")
    plays(film(page, posts[0]))
    rests(film(page, posts[3]))


def test_only_light_versions_near_the_screen_are_fetched(page: Page, posts: list[Creation]) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.set_viewport_size({"width": 700, "height": 700})
    page.goto("/soho/explore")
    plays(film(page, posts[0]))
    page.wait_for_timeout(500)
    films = [url for url in asked if url.endswith(".mp4")]
    assert films
    assert all(url.endswith("_feed.mp4") for url in films)  # what was made in full size is the viewer's
    far = [post for post in posts[3:] if any(str(post.pk) in url for url in films)]
    assert far == []


def test_who_does_not_scroll_fetches_what_is_seen_and_the_pictures_just_below(
    page: Page, posts: list[Creation]
) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.set_viewport_size({"width": 700, "height": 700})
    page.goto("/soho/explore")
    plays(film(page, posts[0]))
    page.wait_for_timeout(500)
    assert {url.split("/")[-1] for url in asked if url.endswith(".mp4")} == {f"{posts[0].pk}_feed.mp4"}
    pictures = [post for post in posts if any(f"{post.pk}_thumb.jpg" in url for url in asked)]
    assert pictures == posts[: len(pictures)]
    assert len(pictures) < 5
    # It is there in time for who scrolls on.
    last = card(page, posts[5]).locator("img")
    last.scroll_into_view_if_needed()
    page.wait_for_function("image => image.complete && image.naturalWidth > 0", arg=last.element_handle())


@pytest.mark.parametrize("wish", ["calm", "save data"])
def test_who_asked_for_calm_or_to_save_data_fetches_no_film(
    page: Page, posts: list[Creation], wish: str
) -> None:
    if wish == "calm":
        page.emulate_media(reduced_motion="reduce")
    else:
        page.add_init_script("Object.defineProperty(navigator, 'connection', { value: { saveData: true } })")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto("/soho/explore")
    expect(card(page, posts[0]).locator("img")).to_be_visible()
    page.mouse.wheel(0, 900)
    page.wait_for_timeout(500)
    assert not [url for url in asked if url.endswith(".mp4")]
    assert page.evaluate("[...document.querySelectorAll('video')].every(v => v.paused && !v.currentSrc)")


def test_sound_is_one_at_a_time_once_it_was_asked_for(page: Page, posts: list[Creation]) -> None:
    page.set_viewport_size({"width": 700, "height": 800})
    page.goto("/soho/explore")
    plays(film(page, posts[0]))
    assert page.evaluate("[...document.querySelectorAll('video')].every(v => v.muted)")
    button = card(page, posts[0]).get_by_role("button", name="Sound")
    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")
    is_heard(page, posts[0])
    # It goes along with the one in view, by keyboard too it can be ended.
    film(page, posts[1]).evaluate("video => video.scrollIntoView({ block: 'center' })")
    is_heard(page, posts[1])
    other = card(page, posts[1]).get_by_role("button", name="Sound")
    expect(other).to_have_attribute("aria-pressed", "true")
    expect(button).to_have_attribute("aria-pressed", "false")
    other.focus()
    page.keyboard.press("Enter")
    page.wait_for_function("[...document.querySelectorAll('.post-card video')].every(v => v.muted)")
    plays(film(page, posts[1]))
    # A click on it opened nothing.
    expect(page.get_by_role("dialog", name="Viewer")).to_be_hidden()


def test_the_viewer_by_keyboard(page: Page, posts: list[Creation]) -> None:
    page.goto("/soho/explore")
    card(page, posts[1]).locator("[data-open]").focus()
    page.keyboard.press("Enter")
    viewer = page.get_by_role("dialog", name="Viewer")
    shown = viewer.locator("video")
    plays(shown)
    assert shown.evaluate("video => !video.muted && video.controls")
    expect(page).to_have_url(re.compile(f"{posts[1].pk}$"))
    assert page.evaluate("[...document.querySelectorAll('[data-feed] video')].every(v => v.paused)")
    # m silences, and once more brings the sound back; space halts and goes on.
    page.keyboard.press("m")
    assert shown.evaluate("video => video.muted")
    page.keyboard.press("m")
    assert not shown.evaluate("video => video.muted")
    page.keyboard.press(" ")
    rests(shown)
    page.keyboard.press(" ")
    plays(shown)
    # Moving on pauses and rewinds what was playing.
    page.evaluate("window.left = document.querySelector('#viewer video')")
    for key, post in [("ArrowRight", 2), ("ArrowDown", 3), ("ArrowLeft", 2), ("ArrowUp", 1)]:
        page.keyboard.press(key)
        expect(page).to_have_url(re.compile(f"{posts[post].pk}$"))
        plays(viewer.locator("video"))
    assert page.evaluate("[window.left.paused, window.left.currentTime]") == [True, 0]
    # The focus stays inside; within a comment the keys write, and move nothing.
    field = viewer.get_by_label("Your comment")
    field.focus()
    page.keyboard.type("mmm l")
    page.keyboard.press("ArrowLeft")
    expect(field).to_have_value("mmm l")
    expect(page).to_have_url(re.compile(f"{posts[1].pk}$"))
    assert not viewer.locator("video").evaluate("video => video.muted")
    for _ in range(30):
        page.keyboard.press("Tab")
        assert page.evaluate(
            "document.activeElement === document.body || document.activeElement.closest('#viewer') !== null"
        )
    # Escape closes it, and the focus is back where it was.
    page.keyboard.press("Escape")
    expect(viewer).to_be_hidden()
    expect(card(page, posts[1]).locator("[data-open]")).to_be_focused()
    expect(page).to_have_url(re.compile("/soho/explore$"))


def test_the_viewers_address_opens_again_and_back_closes_it(page: Page, posts: list[Creation]) -> None:
    page.goto("/soho/explore")
    card(page, posts[0]).locator("[data-open]").click()
    viewer = page.get_by_role("dialog", name="Viewer")
    plays(viewer.locator("video"))
    address = page.url
    page.go_back()
    expect(viewer).to_be_hidden()
    plays(film(page, posts[0]))
    page.goto(address)
    expect(page.locator("main video")).to_be_visible()
    expect(page.get_by_text("Post 7")).to_be_visible()
    expect(page.get_by_text("Made with AI: Diorama")).to_be_visible()


def test_swipes_lead_on_and_down_closes(
    browser: Browser, live_server: Any, alice: User, posts: list[Creation]
) -> None:
    client = Client()
    client.force_login(alice)
    context = profile(browser, width=PHONE, base_url=live_server.url)
    sign_in(context, client, live_server.url)
    faults: list[str] = []
    page = watched(context, faults)
    page.goto("/soho/explore")
    plays(film(page, posts[0]))
    box = card(page, posts[0]).locator(".media").bounding_box()
    assert box
    page.touchscreen.tap(box["x"] + 150, box["y"] + 150)
    viewer = page.get_by_role("dialog", name="Viewer")
    plays(viewer.locator("video"))
    # While the picture grows, touches are the page's own and not the viewer's.
    expect(page.locator("html")).not_to_have_class(re.compile("growing"))
    finger = context.new_cdp_session(page)

    def swipe(x: int, y: int) -> None:
        start = {"x": 195, "y": 200}
        finger.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [start]})
        for part in (0.5, 1.0):
            point = {"x": start["x"] + x * part, "y": start["y"] + y * part}
            finger.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [point]})
        finger.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})

    for (x, y), post in [((-120, 0), 1), ((0, -120), 2), ((120, 0), 1)]:
        swipe(x, y)
        expect(page).to_have_url(re.compile(f"{posts[post].pk}$"))
        plays(viewer.locator("video"))
    swipe(0, 120)
    expect(viewer).to_be_hidden()
    context.close()
    assert faults == []

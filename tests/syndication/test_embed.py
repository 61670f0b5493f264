"""The player in a frame on somebody else's site: it plays there, says what it is, and knows nobody."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from playwright.sync_api import Browser, Frame, Locator, Page

from soho.accounts.models import User
from soho.creations.models import Creation
from soho.creations.objects import storage
from tests.media.clips import make_clip
from tests.support.browser import profile, watched
from tests.web.conftest import make, picture, sign_in


@pytest.fixture
def film(alice: User, tmp_path: Path) -> Creation:
    post = make(alice, caption="The light held.")
    clip = tmp_path / "clip.mp4"
    make_clip(clip, size=(90, 160))
    storage().put(post.media_key, clip, "video/mp4")
    picture(post, tmp_path)
    return post


@pytest.fixture
def elsewhere() -> Iterator[Any]:
    """Another site, whose page is whatever a story puts into `page`; its address is `url`."""

    class Site(BaseHTTPRequestHandler):
        page = b""

        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(type(self).page)

        def log_message(self, *args: Any) -> None:
            """Nothing to say."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    Site.url = f"http://127.0.0.1:{server.server_port}/"
    yield Site
    server.shutdown()
    server.server_close()
    thread.join()


def framed(page: Page, site: Any, address: str, size: str = 'width="320" height="520"') -> Frame:
    site.page = f'<!doctype html><title>Elsewhere</title><iframe src="{address}" {size}></iframe>'.encode()
    page.goto(site.url)
    handle = page.wait_for_selector("iframe")
    assert handle
    frame = handle.content_frame()
    assert frame
    return frame


def until(video: Locator, what: str) -> None:
    """Waits for it without any script of the page's own: they may be off."""
    for _ in range(200):
        if video.evaluate(f"video => {what}"):
            return
        video.page.wait_for_timeout(50)
    raise AssertionError(f"It never came to {what}.")


def begin(video: Locator) -> None:
    """Presses the button that the browser itself puts into every film with controls."""
    until(video, "video.readyState >= 2")
    box = video.bounding_box()
    assert box
    video.click(position={"x": 24, "y": box["height"] - 48})


def moves(video: Locator) -> None:
    until(video, "!video.paused && video.currentTime > 0 && video.videoWidth > 0")


def test_it_plays_on_another_site_with_nobody_known(
    live_server: Any, browser: Browser, film: Creation, elsewhere: Any, alice: User
) -> None:
    # Given a browser in which Alice is signed in to Soho.
    client = Client()
    client.force_login(alice)
    context = profile(browser)
    sign_in(context, client, live_server.url)
    faults: list[str] = []
    page = watched(context, faults)
    answers: list[Any] = []
    page.on("response", lambda answer: answers.append(answer) if "/embed/" in answer.url else None)

    frame = framed(page, elsewhere, f"{live_server.url}/embed/{film.pk}")
    video = frame.locator("video")
    begin(video)
    moves(video)

    assert frame.get_by_text("Made with AI: Diorama").is_visible()
    link = frame.get_by_role("link", name="alice")
    assert str(link.get_attribute("href")).endswith(f"/soho/alice/{film.pk}")
    (answer,) = answers
    assert "set-cookie" not in answer.headers
    assert "cookie" not in answer.headers.get("vary", "").lower()
    assert faults == []
    context.close()


def test_it_plays_without_scripts(live_server: Any, browser: Browser, film: Creation, elsewhere: Any) -> None:
    context = profile(browser, java_script_enabled=False)
    page = context.new_page()
    frame = framed(page, elsewhere, f"{live_server.url}/embed/{film.pk}")
    video = frame.locator("video")
    begin(video)
    moves(video)
    context.close()


def test_nothing_else_may_be_framed(
    live_server: Any, browser: Browser, film: Creation, elsewhere: Any
) -> None:
    context = profile(browser)
    page = context.new_page()
    for path in ("/soho/explore", f"/soho/alice/{film.pk}", "/accounts/login/"):
        frame = framed(page, elsewhere, f"{live_server.url}{path}")
        page.wait_for_timeout(200)
        assert frame.locator("main").count() == 0, path
    context.close()


@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize("kind", ["video", "image"])
def test_it_has_no_fault_and_fits(
    kind: str, theme: str, live_server: Any, browser: Browser, alice: User
) -> None:
    name = "a-very-long-username.of.thirty"
    post = make(alice, media_type=kind, username=name, model="a-model-with-a-name-of-unusual-length-and-more")
    for width in (200, 320, 1280):
        context = profile(browser, width=width, theme=theme)
        page = context.new_page()
        page.goto(f"{live_server.url}/embed/{post.pk}")
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
        assert page.evaluate("document.documentElement.scrollHeight - innerHeight") <= 0
        assert page.get_by_text("Made with AI").bounding_box()
        if width != 200:
            assert Axe().run(page).response["violations"] == []
        context.close()


def test_it_is_small_closed_to_scripts_and_for_published_posts_only(
    stranger: Client, alice: User, django_assert_num_queries: Any
) -> None:
    post, draft = make(alice, caption="<script>alert(1)</script>"), make(alice, "draft")
    with django_assert_num_queries(1):
        answer = stranger.get(f"/embed/{post.pk}")
    policy = answer["Content-Security-Policy"]
    assert "frame-ancestors *" in policy
    assert "script-src 'none'" in policy
    assert "default-src 'none'" in policy
    assert "X-Frame-Options" not in answer
    assert answer["Cache-Control"] == "public, max-age=300"
    assert not answer.cookies
    assert "Cookie" not in answer.get("Vary", "")  # everybody's page is the same
    html = answer.content.decode()
    assert len(html) < 4_000
    assert "<script" not in html
    assert 'name="robots" content="noindex, indexifembedded"' in html
    assert f'<link rel="canonical" href="https://soho.example/soho/alice/{post.pk}">' in html
    signed_in = Client()
    signed_in.force_login(alice)
    assert signed_in.get(f"/embed/{post.pk}").content == answer.content
    for person in (stranger, signed_in):
        assert person.get(f"/embed/{draft.pk}").status_code == 404
    for path in ("/soho/explore", f"/embed/{draft.pk}"):
        refused = stranger.get(path)
        assert "frame-ancestors 'none'" in refused["Content-Security-Policy"]
        assert refused["X-Frame-Options"] == "DENY"

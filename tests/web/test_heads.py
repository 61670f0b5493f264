"""What machines read of a page: its address, its preview, what they may visit; and who made what it shows."""

import re
from typing import Any

import pytest
from django.test import Client

from soho.accounts.models import User
from tests.web.conftest import MARKUP, make

BASE = "https://soho.example"


@pytest.fixture(autouse=True)
def address(settings: Any) -> None:
    settings.BASE_URL = BASE


def meta(html: str) -> dict[str, str]:
    return dict(re.findall(r'<meta property="([^"]+)" content="([^"]*)">', html))


def canonical(html: str) -> str | None:
    found = re.search(r'<link rel="canonical" href="([^"]+)">', html)
    return found[1] if found else None


def test_a_video_is_previewed_by_its_picture_and_itself(reader: Client, alice: User) -> None:
    post = make(alice, caption="The light held.")
    html = reader.get(f"/soho/alice/{post.pk}").content.decode()
    said = meta(html)
    assert canonical(html) == said["og:url"] == f"{BASE}/soho/alice/{post.pk}"
    assert said["og:title"] == "The light held. by alice"
    assert said["og:type"] == "video.other"
    assert said["og:image"] == f"{BASE}/media/{post.thumbnail_key}"
    assert said["og:image:alt"] == post.prompt
    assert said["og:video"] == f"{BASE}/media/{post.media_key}"
    assert (said["og:video:width"], said["og:video:height"]) == ("1080", "1920")


def test_an_image_is_previewed_without_a_video_and_markup_is_text(reader: Client, alice: User) -> None:
    post = make(alice, media_type="image", caption=MARKUP)
    said = meta(reader.get(f"/soho/alice/{post.pk}").content.decode())
    assert said["og:type"] == "article"
    assert "og:video" not in said
    assert said["og:title"].startswith("&lt;img src=x")


def test_public_media_elsewhere_keep_their_own_address(reader: Client, alice: User, settings: Any) -> None:
    settings.R2_PUBLIC_URL = "https://media.example"
    post = make(alice)
    said = meta(reader.get(f"/soho/alice/{post.pk}").content.decode())
    assert said["og:image"] == f"https://media.example/{post.thumbnail_key}"


def test_a_profile_is_previewed_by_its_newest_post(reader: Client, alice: User) -> None:
    html = reader.get("/soho/alice").content.decode()
    assert "og:image" not in meta(html)
    post = make(alice)
    html = reader.get("/soho/alice?cursor=").content.decode()
    said = meta(html)
    assert canonical(html) == said["og:url"] == f"{BASE}/soho/alice"
    assert said["og:image"] == f"{BASE}/media/{post.thumbnail_key}"
    assert (said["og:type"], said["profile:username"]) == ("profile", "alice")


def test_what_is_ones_own_is_not_for_search(as_alice: Client, reader: Client, alice: User) -> None:
    draft = make(alice, "draft")
    for path in ("/soho/alice?tab=drafts", f"/creations/{draft.pk}/delete"):
        html = as_alice.get(path).content.decode()
        assert '<meta name="robots" content="noindex">' in html
        assert "og:" not in html
    rules = reader.get("/robots.txt")
    assert rules["Content-Type"].startswith("text/plain")
    lines = rules.content.decode().splitlines()
    assert "User-agent: *" in lines
    for path in ("/settings", "/api", "/admin"):
        assert f"Disallow: {path}" in lines
    assert "Allow: /soho/" in lines
    assert "Disallow: /" not in lines
    assert not any("media" in line for line in lines)


def test_every_post_says_that_a_machine_made_it_and_which(
    reader: Client, as_alice: Client, alice: User
) -> None:
    post = make(alice)
    gone = make(alice, model="a-model-of-old")
    for path, name in (("/soho/explore", "Diorama"), (f"/soho/alice/{post.pk}", "Diorama")):
        assert f"Made with AI: {name}" in as_alice.get(path).content.decode()
    assert "Made with AI: a-model-of-old" in reader.get(f"/soho/alice/{gone.pk}").content.decode()
    assert 'data-model="Diorama"' in reader.get("/soho/alice").content.decode()


def test_what_was_made_in_full_size_is_fetched_by_the_viewer_alone(reader: Client, alice: User) -> None:
    wide = make(alice, media_type="image", width=1920, height=1080)
    light = make(alice, rendition_key="videos/light_480.mp4")
    heavy = make(alice)
    for path in ("/soho/explore", "/soho/alice"):
        html = reader.get(path).content.decode()
        assert f'<img src="/media/{wide.thumbnail_key}"' in html
        assert 'data-src="/media/videos/light_480.mp4"' in html
        for post in (wide, light, heavy):
            # Named for the viewer, and nothing that a browser fetches by itself or that plays in the feed.
            assert f'data-media-url="/media/{post.media_key}"' in html
            assert f'src="/media/{post.media_key}"' not in html
        assert "srcset" not in html

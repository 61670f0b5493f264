"""oEmbed: what other sites are told when somebody links to a post."""

import json
import re
from html import unescape
from typing import Any

import pytest
from django.test import Client

from soho.accounts.models import User
from tests.syndication.conftest import BASE
from tests.web.conftest import MARKUP, make


def ask(client: Client, url: str, **more: Any) -> Any:
    return client.get("/oembed", {"url": url, **more})


def test_a_video_is_a_frame_with_the_player(
    stranger: Client, alice: User, django_assert_num_queries: Any
) -> None:
    post = make(alice, caption="The light held.")
    address = f"{BASE}/soho/alice/{post.pk}"
    with django_assert_num_queries(1):
        answer = ask(stranger, address)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/json"
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert not answer.cookies
    said = answer.json()
    assert (said["version"], said["type"], said["provider_name"]) == ("1.0", "video", "Soho")
    assert said["title"] == "The light held. · Made with AI: Diorama"
    assert (said["author_name"], said["author_url"]) == ("alice", f"{BASE}/soho/alice")
    assert said["thumbnail_url"] == f"{BASE}/media/{post.thumbnail_key}"
    assert (said["thumbnail_width"], said["thumbnail_height"]) == (640, 1138)
    frame = re.search(r'<iframe src="([^"]+)" width="(\d+)" height="(\d+)"', said["html"])
    assert frame
    assert frame[1] == f"{BASE}/embed/{post.pk}"
    assert (int(frame[2]), int(frame[3])) == (said["width"], said["height"])
    # The page names the very address.
    html = stranger.get(f"/soho/alice/{post.pk}").content.decode()
    found = re.search(r'<link rel="alternate" type="application/json\+oembed"[^>]*href="([^"]+)">', html)
    assert found
    assert stranger.get(unescape(found[1]).removeprefix(BASE)).json() == said
    # The player's own address is as good.
    assert ask(stranger, f"{BASE}/embed/{post.pk}").json() == said


@pytest.mark.parametrize(("width", "height"), [(300, 200), (200, 1000), (1, 1), (5000, 5000), (None, 90)])
@pytest.mark.parametrize("kind", ["video", "image"])
def test_it_is_no_larger_than_asked(
    kind: str, width: int | None, height: int | None, stranger: Client, alice: User
) -> None:
    post = make(alice, media_type=kind)
    limits = {"maxwidth": width, "maxheight": height}
    said = ask(
        stranger, f"{BASE}/soho/alice/{post.pk}", **{k: v for k, v in limits.items() if v is not None}
    ).json()
    assert 0 < said["width"] <= (width or 10_000)
    bar = 44 if kind == "video" else 0
    assert bar < said["height"] <= max(height or 10_000, bar + 1)
    if said["width"] > 30:
        assert abs(said["width"] / (said["height"] - bar) - 9 / 16) < 0.02


def test_an_image_is_a_photo(stranger: Client, alice: User) -> None:
    post = make(alice, media_type="image")
    address = f"{BASE}/soho/alice/{post.pk}"
    said = ask(stranger, address).json()
    assert (said["type"], said["width"], said["height"]) == ("photo", 1080, 1920)
    assert said["url"] == f"{BASE}/media/{post.media_key}"
    assert "html" not in said
    assert "Made with AI: Diorama" in said["title"]
    # A small one is the thumbnail.
    assert ask(stranger, address, maxwidth=400).json()["url"] == f"{BASE}/media/{post.thumbnail_key}"


def test_what_is_not_ours_or_not_published_is_not_found(stranger: Client, alice: User) -> None:
    post, draft = make(alice), make(alice, "draft")
    for url in (
        f"{BASE}/soho/alice/{draft.pk}",
        f"{BASE}/soho/alice",
        f"{BASE}/soho/alice/01a20244-24ef-72b4-ac88-b7cfc4643862",
        f"https://elsewhere.example/soho/alice/{post.pk}",
        f"{BASE}.evil.example/soho/alice/{post.pk}",
        f"https://soho.example@evil.example/soho/alice/{post.pk}",
        f"javascript://soho.example/soho/alice/{post.pk}",
        f"/soho/alice/{post.pk}",
        "",
        "https://[",
        "x" * 5000,
    ):
        assert ask(stranger, url).status_code == 404, url
    address = f"{BASE}/soho/alice/{post.pk}"
    assert ask(stranger, address, format="xml").status_code == 501
    for bad in ("-1", "0", "a", "", "9" * 400, "²"):
        assert ask(stranger, address, maxwidth=bad).status_code == 400, bad


def test_markup_stays_text_in_the_frame_and_in_structured_data(stranger: Client, alice: User) -> None:
    post = make(alice, caption=f"{MARKUP}</script>", prompt=f'"{MARKUP}')
    html = ask(stranger, f"{BASE}/soho/alice/{post.pk}").json()["html"]
    assert html.count("<") == 2  # the frame and its end
    page = stranger.get(f"/soho/alice/{post.pk}").content.decode()
    (block,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.S)
    assert "<" not in block
    said = json.loads(block)
    assert (said["@type"], said["duration"]) == ("VideoObject", "PT8.000S")
    assert said["name"].startswith("<img src=x")
    assert said["embedUrl"] == f"{BASE}/embed/{post.pk}"
    assert said["contentUrl"] == f"{BASE}/media/{post.media_key}"
    assert said["creditText"] == "Made with AI: Diorama"


def test_player_cards_name_the_player(stranger: Client, alice: User) -> None:
    post, still = make(alice), make(alice, media_type="image")

    def card(creation: Any) -> dict[str, str]:
        html = stranger.get(f"/soho/alice/{creation.pk}").content.decode()
        return dict(re.findall(r'<meta name="twitter:([^"]+)" content="([^"]*)">', html))

    film = card(post)
    assert (film["card"], film["player"]) == ("player", f"{BASE}/embed/{post.pk}")
    assert int(film["player:height"]) > int(film["player:width"]) > 0
    assert film["image"] == f"{BASE}/media/{post.thumbnail_key}"
    assert "Made with AI: Diorama" in film["description"]
    picture = card(still)
    assert picture["card"] == "summary_large_image"
    assert "player" not in picture

"""The sitemap: an index, pages of a bounded size, an entry for each post."""

from datetime import timedelta
from typing import Any
from xml.etree import ElementTree as Xml

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from soho import cursors
from soho.accounts.models import User
from soho.syndication import queries
from tests.syndication.conftest import BASE
from tests.web.conftest import MARKUP, NOON, make

NS = {
    "s": "http://www.sitemaps.org/schemas/sitemap/0.9",
    "v": "http://www.google.com/schemas/sitemap-video/1.1",
    "i": "http://www.google.com/schemas/sitemap-image/1.1",
}


def pages(client: Client) -> list[str]:
    """The paths that the index names."""
    answer = client.get("/sitemap.xml")
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/xml; charset=utf-8"
    root = Xml.fromstring(answer.content)
    assert root.tag == f"{{{NS['s']}}}sitemapindex"
    return [str(loc.text).removeprefix(BASE) for loc in root.findall("s:sitemap/s:loc", NS)]


def urls(client: Client, path: str) -> list[Xml.Element]:
    answer = client.get(path)
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "public, max-age=3600"
    root = Xml.fromstring(answer.content)
    assert root.tag == f"{{{NS['s']}}}urlset"
    return root.findall("s:url", NS)


def told(url: Xml.Element, name: str) -> str | None:
    return url.findtext(name, namespaces=NS)


def test_robots_are_told_where_it_is(stranger: Client) -> None:
    lines = stranger.get("/robots.txt").content.decode().splitlines()
    assert f"Sitemap: {BASE}/sitemap.xml" in lines
    assert "Disallow: /embed" not in lines


def test_each_post_has_an_entry_that_says_what_it_is(stranger: Client, alice: User) -> None:
    film = make(alice, caption=MARKUP + "\ufffe", duration=7.6)
    still = make(alice, media_type="image", published_at=NOON + timedelta(hours=1))
    bare = make(alice, thumbnail_key="", published_at=NOON + timedelta(hours=2))
    make(alice, "draft")

    (path,) = pages(stranger)
    explore, video, image, without = urls(stranger, path)

    assert told(explore, "s:loc") == f"{BASE}/soho/explore"
    assert told(video, "s:loc") == f"{BASE}/soho/alice/{film.pk}"
    assert told(video, "s:lastmod") == "2026-03-14T12:00:00+00:00"
    assert told(video, "v:video/v:thumbnail_loc") == f"{BASE}/media/{film.thumbnail_key}"
    assert str(told(video, "v:video/v:title")).startswith("<img src=x")
    assert "Made with AI: Diorama" in str(told(video, "v:video/v:description"))
    assert told(video, "v:video/v:content_loc") == f"{BASE}/media/{film.media_key}"
    assert told(video, "v:video/v:player_loc") == f"{BASE}/embed/{film.pk}"
    assert told(video, "v:video/v:duration") == "8"
    assert told(video, "v:video/v:publication_date") == "2026-03-14T12:00:00+00:00"
    # In the order that the schema of video entries asks for.
    (entry,) = video.findall("v:video", NS)
    order = ["thumbnail_loc", "title", "description", "content_loc", "player_loc", "duration"]
    assert [child.tag.partition("}")[2] for child in entry][:6] == order
    assert told(image, "i:image/i:loc") == f"{BASE}/media/{still.media_key}"
    assert image.find("v:video", NS) is None
    assert told(without, "s:loc") == f"{BASE}/soho/alice/{bare.pk}"
    assert without.find("v:video", NS) is None  # an entry needs a picture


def test_long_texts_are_cut_to_what_the_schema_takes(stranger: Client, alice: User) -> None:
    make(alice, prompt="word " * 2000)
    (path,) = pages(stranger)
    _, url = urls(stranger, path)
    assert len(str(told(url, "v:video/v:title"))) <= 101
    assert len(str(told(url, "v:video/v:description"))) <= 2048


def test_pages_are_bounded_and_hold_each_post_once(
    stranger: Client, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "URLS", 4)
    posts = [str(make(alice, published_at=NOON + timedelta(minutes=n // 2)).pk) for n in range(10)]

    def listed() -> list[str]:
        found = [urls(stranger, path) for path in pages(stranger)]
        assert all(len(page) <= 5 for page in found)
        return [str(told(url, "s:loc")).rpartition("/")[2] for page in found for url in page][1:]

    assert len(pages(stranger)) == 3
    assert sorted(listed()) == sorted(posts)
    # What comes later is on the last page or a new one; the others stay as they are.
    before = pages(stranger)
    posts += [str(make(alice, published_at=NOON + timedelta(days=1, minutes=n)).pk) for n in range(3)]
    assert pages(stranger)[:3] == before
    assert len(pages(stranger)) == 4
    assert sorted(listed()) == sorted(posts)


def test_a_page_that_the_index_does_not_name_is_none(stranger: Client, alice: User) -> None:
    post = make(alice)
    for start in ("none", cursors.encode(NOON, post.pk), "../settings"):
        assert stranger.get(f"/sitemap/{start}.xml").status_code == 404


def test_it_walks_the_feeds_own_index(stranger: Client, alice: User, django_assert_num_queries: Any) -> None:
    make(alice)
    with django_assert_num_queries(1):
        (path,) = pages(stranger)
    with django_assert_num_queries(2):  # whether there is one page more, and the page
        urls(stranger, path)
    with CaptureQueriesContext(connection) as seen:
        urls(stranger, path)
    with connection.cursor() as cursor:
        # Whatever size the planner believes the table to have, the index can answer in its own order.
        cursor.execute(
            "SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off; SET LOCAL enable_sort = off"
        )
        for query in seen.captured_queries:
            cursor.execute(f"EXPLAIN {query['sql']}")
            plan = "\n".join(row[0] for row in cursor.fetchall())
            assert "creations_feed" in plan
            assert "Sort" not in plan

"""Atom and JSON feeds, read as feed readers read them."""

from datetime import timedelta
from typing import Any

import feedparser
import jsonschema
import pytest
from django.test import Client

from soho.accounts.models import User
from soho.creations import actions
from soho.creations.models import Creation
from soho.profiles.actions import set_bio
from tests.syndication.conftest import BASE
from tests.web.conftest import MARKUP, NOON, make

# JSON Feed 1.1, https://www.jsonfeed.org/version/1.1/: what it requires, and the types of what we use.
_URL = {"type": "string", "pattern": "^https?://"}
_PERSON = {
    "type": "object",
    "minProperties": 1,
    "properties": {"name": {"type": "string"}, "url": _URL, "avatar": _URL},
    "additionalProperties": False,
}
_ATTACHMENT = {
    "type": "object",
    "required": ["url", "mime_type"],
    "properties": {
        "url": _URL,
        "mime_type": {"type": "string", "pattern": "^[a-z]+/[a-z0-9.+-]+$"},
        "size_in_bytes": {"type": "integer", "minimum": 1},
        "duration_in_seconds": {"type": "number", "exclusiveMinimum": 0},
    },
    "additionalProperties": False,
}
JSON_FEED = {
    "type": "object",
    "required": ["version", "title", "items"],
    "properties": {
        "version": {"const": "https://jsonfeed.org/version/1.1"},
        "home_page_url": _URL,
        "feed_url": _URL,
        "next_url": _URL,
        "icon": _URL,
        "favicon": _URL,
        "authors": {"type": "array", "items": _PERSON},
        "items": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["id", "content_html"],
                "properties": {
                    "id": {"type": "string", "pattern": "^urn:uuid:"},
                    "url": _URL,
                    "image": _URL,
                    "date_published": {"type": "string", "format": "date-time"},
                    "authors": {"type": "array", "items": _PERSON},
                    "tags": {"type": "array", "items": {"type": "string"}},
                    "attachments": {"type": "array", "items": _ATTACHMENT},
                },
            },
        },
    },
}


def film(user: User, **facts: Any) -> Creation:
    return make(user, content_type="video/mp4", size_bytes=4_321, **facts)


def atom(client: Client, path: str) -> Any:
    answer = client.get(path)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/atom+xml; charset=utf-8"
    read = feedparser.parse(answer.content)
    assert not read.bozo, read.get("bozo_exception")
    assert read.version == "atom10"
    return read


def json(client: Client, path: str) -> Any:
    answer = client.get(path)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/feed+json; charset=utf-8"
    checker = jsonschema.Draft202012Validator(JSON_FEED, format_checker=jsonschema.FormatChecker())
    checker.validate(answer.json())
    return answer.json()


def test_a_reader_learns_all_of_a_post(stranger: Client, alice: User) -> None:
    post = film(alice, caption="The light held. #Dusk")
    still = make(
        alice, media_type="image", content_type="image/jpeg", size_bytes=99, published_at=NOON - timedelta(1)
    )

    read = atom(stranger, "/soho/alice/feed.atom")

    assert (read.feed.id, read.feed.title) == (f"{BASE}/soho/alice", "alice on Soho")
    assert read.feed.updated == "2026-03-14T12:00:00.000Z"
    first, second = read.entries
    assert first.id == f"urn:uuid:{post.pk}"
    assert first.link == f"{BASE}/soho/alice/{post.pk}"
    assert first.title == "The light held. #Dusk"
    assert (first.author, first.author_detail.href) == ("alice", f"{BASE}/soho/alice")
    assert first.published == first.updated == "2026-03-14T12:00:00.000Z"
    assert [tag.term for tag in first.tags] == ["dusk"]
    (enclosure,) = first.enclosures
    assert enclosure == {
        "href": f"{BASE}/media/{post.media_key}",
        "type": "video/mp4",
        "length": "4321",
    }
    (media,) = first.media_content
    assert (media["duration"], media["medium"], media["type"]) == ("8.000", "video", "video/mp4")
    assert first.media_thumbnail[0]["url"] == f"{BASE}/media/{post.thumbnail_key}"
    assert "Made with AI: Diorama" in first.content[0].value
    assert second.enclosures[0].type == "image/jpeg"
    assert "duration" not in second.media_content[0]
    assert second.id == f"urn:uuid:{still.pk}"

    told = json(stranger, "/soho/alice/feed.json")
    one, other = told["items"]
    assert (one["id"], one["url"], one["tags"]) == (first.id, first.link, ["dusk"])
    assert one["attachments"] == [
        {
            "url": enclosure["href"],
            "mime_type": "video/mp4",
            "size_in_bytes": 4321,
            "duration_in_seconds": 8.0,
        }
    ]
    assert one["_soho"]["ai_generated"] is True
    assert "Made with AI: Diorama" in one["content_html"]
    assert "duration_in_seconds" not in other["attachments"][0]


def test_markup_and_odd_signs_are_text(stranger: Client, alice: User) -> None:
    film(alice, caption=f"{MARKUP}]]>\ufffe ✨ مرحبا", prompt="<script>alert(1)</script>\uffff")
    set_bio(alice, "<b>Bold</b> & more")

    read = atom(stranger, "/soho/alice/feed.atom")
    told = json(stranger, "/soho/alice/feed.json")

    assert read.feed.subtitle == told["description"] == "<b>Bold</b> & more"
    assert "مرحبا" in read.entries[0].title
    for html in (read.entries[0].content[0].value, told["items"][0]["content_html"]):
        assert "<script" not in html
        assert "onerror" not in html or "&lt;img" in html
    raw = stranger.get("/soho/alice/feed.atom").content
    assert b"<script" not in raw
    assert b"&amp;lt;img" in raw  # HTML's escaping inside XML's


@pytest.mark.parametrize("kind", ["atom", "json"])
def test_only_what_is_published_and_only_theirs(kind: str, stranger: Client, alice: User, bob: User) -> None:
    mine, his = film(alice, caption="#dusk"), film(bob, caption="#dawn")
    make(alice, "draft", caption="#dusk")
    tagged = make(alice, "draft", content_type="video/mp4", hold=None)
    actions.publish(alice.pk, tagged.pk, caption="Under a #Dusk sky")

    def ids(path: str) -> set[str]:
        read = stranger.get(f"{path}.{kind}")
        assert read.status_code == 200
        found = feedparser.parse(read.content).entries if kind == "atom" else read.json()["items"]
        return {one["id"].removeprefix("urn:uuid:") for one in found}

    everybody = {str(one.pk) for one in (mine, his, tagged)}
    assert ids("/soho/explore/feed") == everybody
    assert ids("/soho/alice/feed") == everybody - {str(his.pk)}
    assert ids("/soho/tags/dusk/feed") == {str(tagged.pk)}
    assert ids("/soho/tags/nothing/feed") == set()
    actions.unpublish(alice.pk, tagged.pk)
    assert ids("/soho/tags/dusk/feed") == set()
    for path in ("/soho/nobody/feed", "/soho/tags/!/feed"):
        assert stranger.get(f"{path}.{kind}").status_code == 404
    assert stranger.get(f"/soho/alice/feed.{kind}?cursor=none").status_code == 404
    assert stranger.get(f"/soho/ALICE/feed.{kind}")["Location"] == f"/soho/alice/feed.{kind}"


def test_older_posts_are_a_page_further(stranger: Client, alice: User) -> None:
    posts = [film(alice, published_at=NOON + timedelta(minutes=n)) for n in range(32)]
    expected = [f"urn:uuid:{post.pk}" for post in reversed(posts)]

    first = atom(stranger, "/soho/explore/feed.atom")
    (following,) = [link.href for link in first.feed.links if link.rel == "next"]
    second = atom(stranger, following.removeprefix(BASE))
    assert [entry.id for entry in (*first.entries, *second.entries)] == expected
    assert not [link for link in second.feed.links if link.rel == "next"]

    told = json(stranger, "/soho/explore/feed.json")
    rest = json(stranger, told["next_url"].removeprefix(BASE))
    assert [item["id"] for item in (*told["items"], *rest["items"])] == expected
    assert "next_url" not in rest


@pytest.mark.parametrize("path", ["/soho/alice/feed.atom", "/soho/explore/feed.json"])
def test_who_has_it_already_is_told_so(
    path: str, stranger: Client, alice: User, django_assert_num_queries: Any
) -> None:
    post = film(alice)
    whose = 1 if "alice" in path else 0
    with django_assert_num_queries(2 + whose):  # the page, and the files of its posts
        answer = stranger.get(path)
    assert answer["Cache-Control"] == "public, max-age=300"
    assert "Cookie" not in answer.get("Vary", "")
    assert not answer.cookies
    assert answer["Last-Modified"] == "Sat, 14 Mar 2026 12:00:00 GMT"
    for asked in ({"If-None-Match": answer["ETag"]}, {"If-Modified-Since": answer["Last-Modified"]}):
        again = stranger.get(path, headers=asked)
        assert (again.status_code, again.content) == (304, b"")
    Creation.objects.filter(pk=post.pk).update(caption="Another word")
    assert stranger.get(path, headers={"If-None-Match": answer["ETag"]}).status_code == 200


def test_an_empty_feed_is_a_feed(stranger: Client, alice: User) -> None:
    assert atom(stranger, "/soho/explore/feed.atom").entries == []
    assert json(stranger, "/soho/alice/feed.json")["items"] == []


def test_pages_name_their_feeds(stranger: Client, alice: User) -> None:
    draft = make(alice, "draft", hold=None)
    actions.publish(alice.pk, draft.pk, caption="#dusk")
    for page, feed in (
        ("/soho/explore", "/soho/explore/feed"),
        ("/soho/alice", "/soho/alice/feed"),
        ("/soho/tags/dusk", "/soho/tags/dusk/feed"),
        (f"/soho/alice/{draft.pk}", "/soho/alice/feed"),
    ):
        html = stranger.get(page).content.decode()
        for kind, suffix in (("application/atom+xml", "atom"), ("application/feed+json", "json")):
            assert f'<link rel="alternate" type="{kind}" title="' in html
            assert f'href="{feed}.{suffix}">' in html, page
            assert stranger.get(f"{feed}.{suffix}").status_code == 200

"""Feeds for readers: Atom (RFC 4287, with the media entries of Media RSS) and JSON Feed 1.1."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree as Xml

import orjson
from markupsafe import Markup, escape

from soho.syndication import addresses
from soho.syndication.queries import File
from soho.syndication.words import label, title_of
from soho.syndication.xml import child, document

ATOM = "application/atom+xml; charset=utf-8"
JSON = "application/feed+json; charset=utf-8"
BEGINNING = "1970-01-01T00:00:00.000Z"

_NAMESPACES = {"xmlns": "http://www.w3.org/2005/Atom", "xmlns:media": "http://search.yahoo.com/mrss/"}
_PICTURE = Markup('<p><a href="{0}"><img src="{1}" alt="{2}"></a></p>')


@dataclass(frozen=True, slots=True)
class Feed:
    """A page of posts, newest first, and where it is. All addresses are whole.

    `files` says of each post (by its id) what its media is; `author` is whose posts they all are, if one's.
    """

    title: str
    about: str
    page: str
    here: str
    older: str | None
    posts: list[dict[str, Any]]
    files: Mapping[str, File]
    author: str | None = None
    avatar: str | None = None
    icon: str | None = None

    @property
    def updated(self) -> str:
        """When the newest post was published (RFC 3339)."""
        return str(self.posts[0]["publishedAt"]) if self.posts else BEGINNING


def atom(feed: Feed) -> bytes:
    """The feed as Atom."""
    root = Xml.Element("feed", _NAMESPACES)
    child(root, "id", feed.page)
    child(root, "title", feed.title)
    child(root, "subtitle", feed.about)
    child(root, "updated", feed.updated)
    child(root, "link", rel="self", href=feed.here, type="application/atom+xml")
    child(root, "link", rel="alternate", href=feed.page, type="text/html")
    if feed.older:
        child(root, "link", rel="next", href=feed.older, type="application/atom+xml")
    child(root, "generator", "Soho")
    if feed.icon:
        child(root, "icon", feed.icon)
    if feed.avatar:
        child(root, "logo", feed.avatar)
    if feed.author:
        _author(root, feed.author)
    for post in feed.posts:
        _entry(root, post, feed.files[post["creationId"]])
    return document(root)


def json_feed(feed: Feed) -> bytes:
    """The feed as JSON Feed."""
    said = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed.title,
        "description": feed.about,
        "home_page_url": feed.page,
        "feed_url": feed.here,
        "next_url": feed.older,
        "icon": feed.avatar,
        "favicon": feed.icon,
        "authors": [_person(feed.author, feed.avatar)] if feed.author else None,
        "items": [_item(post, feed.files[post["creationId"]]) for post in feed.posts],
    }
    return orjson.dumps({name: value for name, value in said.items() if value is not None})


def _entry(root: Xml.Element, post: dict[str, Any], file: File) -> None:
    entry = child(root, "entry")
    child(entry, "id", f"urn:uuid:{post['creationId']}")
    child(entry, "title", _title(post))
    child(entry, "published", post["publishedAt"])
    child(entry, "updated", post["publishedAt"])
    child(entry, "link", rel="alternate", href=addresses.of_post(post), type="text/html")
    size = None if file.size_bytes is None else str(file.size_bytes)
    media = addresses.absolute(post["mediaUrl"])
    child(entry, "link", rel="enclosure", href=media, type=file.content_type or None, length=size)
    _author(entry, post["username"])
    for tag in post["tags"]:
        child(entry, "category", term=tag, scheme=addresses.absolute("/soho/tags/"), label=f"#{tag}")
    child(entry, "content", _content(post), type="html")
    group = child(entry, "media:group")
    child(group, "media:title", _title(post), type="plain")
    content = child(group, "media:content", url=media, medium=post["mediaType"], fileSize=size)
    for name, value in (
        ("type", file.content_type),
        ("duration", post["duration"] and f"{post['duration']:.3f}"),
        ("width", post["width"]),
        ("height", post["height"]),
    ):
        if value:
            content.set(name, str(value))
    if picture := addresses.picture_of(post):
        child(group, "media:thumbnail", url=picture)
    child(group, "media:credit", label(post), role="production")


def _author(parent: Xml.Element, username: str) -> None:
    author = child(parent, "author")
    child(author, "name", username)
    child(author, "uri", addresses.of_person(username))


def _item(post: dict[str, Any], file: File) -> dict[str, Any]:
    attachment = {
        "url": addresses.absolute(post["mediaUrl"]),
        "mime_type": file.content_type,
        "size_in_bytes": file.size_bytes,
        "duration_in_seconds": post["duration"],
    }
    item = {
        "id": f"urn:uuid:{post['creationId']}",
        "url": addresses.of_post(post),
        "title": _title(post),
        "content_html": _content(post),
        "image": addresses.picture_of(post),
        "date_published": post["publishedAt"],
        "authors": [_person(post["username"], post["avatarUrl"])],
        "tags": post["tags"] or None,
        "attachments": [{name: value for name, value in attachment.items() if value is not None}],
        "_soho": {
            "about": addresses.absolute("/api/docs"),
            "ai_generated": True,
            "model": post["model"],
            "prompt": post["prompt"],
        },
    }
    return {name: value for name, value in item.items() if value is not None}


def _person(username: str, avatar: str | None) -> dict[str, str]:
    said = {"name": username, "url": addresses.of_person(username)}
    return said | {"avatar": addresses.absolute(avatar)} if avatar else said


def _title(post: dict[str, Any]) -> str:
    return title_of(post["caption"] or post["prompt"], 100)


def _content(post: dict[str, Any]) -> str:
    """The post as HTML: its picture, what was said of it, what made it."""
    picture = addresses.picture_of(post)
    said = Markup("")
    if picture:
        said += _PICTURE.format(addresses.of_post(post), picture, title_of(post["prompt"], 140))
    if post["caption"]:
        said += Markup("<p>{}</p>").format(escape(post["caption"]).replace("\n", Markup("<br>")))
    return str(said + Markup("<p>{}</p>").format(label(post)))

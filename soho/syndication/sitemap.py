"""Sitemaps (https://sitemaps.org) with the video and image entries that search engines read beside them."""

from collections.abc import Iterable
from xml.etree import ElementTree as Xml

from django.conf import settings
from django.urls import reverse

from soho.creations.links import object_url
from soho.syndication.addresses import absolute, of_person
from soho.syndication.queries import Entry
from soho.syndication.words import label, title_of
from soho.syndication.xml import child, document

_SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
_VIDEO = "http://www.google.com/schemas/sitemap-video/1.1"
_IMAGE = "http://www.google.com/schemas/sitemap-image/1.1"


def index(starts: Iterable[str]) -> bytes:
    """The index that names each page."""
    root = Xml.Element("sitemapindex", {"xmlns": _SITEMAP})
    for start in starts:
        child(child(root, "sitemap"), "loc", f"{settings.BASE_URL}{reverse('sitemap_page', args=[start])}")
    return document(root)


def page(entries: Iterable[Entry], *, first: bool) -> bytes:
    """A page of posts; the first one names the feed, too."""
    root = Xml.Element("urlset", {"xmlns": _SITEMAP, "xmlns:video": _VIDEO, "xmlns:image": _IMAGE})
    if first:
        child(child(root, "url"), "loc", absolute(reverse("explore")))
    for entry in entries:
        url = child(root, "url")
        child(url, "loc", absolute(reverse("post", args=[entry.username, entry.id])))
        child(url, "lastmod", entry.published_at.isoformat(timespec="seconds"))
        (_video if entry.media_type == "video" else _image)(url, entry)
    return document(root)


def _video(url: Xml.Element, entry: Entry) -> None:
    still = entry.thumbnail_key or entry.poster_key
    if not still:  # an entry without a picture is none
        return
    video = child(url, "video:video")
    child(video, "video:thumbnail_loc", _media(still))
    child(video, "video:title", title_of(entry.caption or entry.prompt, 100))
    child(video, "video:description", _described(entry))
    child(video, "video:content_loc", _media(entry.media_key))
    child(video, "video:player_loc", absolute(reverse("embed", args=[entry.id])))
    if entry.duration:
        child(video, "video:duration", str(min(28_800, max(1, round(entry.duration)))))
    child(video, "video:publication_date", entry.published_at.isoformat(timespec="seconds"))
    child(video, "video:uploader", entry.username, info=of_person(entry.username))


def _image(url: Xml.Element, entry: Entry) -> None:
    child(child(url, "image:image"), "image:loc", _media(entry.media_key))


def _described(entry: Entry) -> str:
    made = {"model": entry.model, "madeBy": entry.made_by}
    said = f" ({label(made)})"
    return f"{(entry.caption or entry.prompt)[: 2048 - len(said)]}{said}"


def _media(key: str) -> str:
    return absolute(object_url(key, published=True) or "")

"""What is read of us elsewhere: feeds, frames, oEmbed, sitemaps. None of it knows who asks."""

from collections.abc import Callable
from datetime import datetime
from hashlib import blake2b
from typing import Any, Literal
from urllib.parse import urlencode
from uuid import UUID

from csp.constants import NONE
from csp.decorators import csp_replace
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.http import http_date
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_safe

from soho.accounts import queries as people
from soho.creations import captions
from soho.creations.links import avatar_url
from soho.cursors import BadCursor
from soho.feed import queries as feed
from soho.syndication import addresses, feeds, oembed, queries, sitemap

PAGE = 30
FEED_SECONDS = 300
SITEMAP_SECONDS = 3600
LONGEST_ADDRESS = 2_000
FRAMED = {"frame-ancestors": ["*"], "script-src": [NONE], "connect-src": [NONE]}

Kind = Literal["atom", "json"]


def _shared(response: HttpResponse, seconds: int) -> HttpResponse:
    """`response`, which is the same for everybody, for caches to keep that long."""
    response["Cache-Control"] = f"public, max-age={seconds}"
    return response


def _feed(
    request: HttpRequest, kind: Kind, read: Callable[[str | None], feed.Page], page: str, **facts: Any
) -> HttpResponse:
    """A page of posts as a feed, or 304 for who has it already. Raises Http404 for a bad cursor."""
    try:
        posts = read(request.GET.get("cursor") or None)
    except BadCursor as error:
        raise Http404 from error
    here = addresses.absolute(request.path)
    made = feeds.Feed(
        page=page,
        here=here,
        older=f"{here}?{urlencode({'cursor': posts.next})}" if posts.next else None,
        posts=posts.items,
        files=queries.files(one["creationId"] for one in posts.items),
        icon=addresses.absolute(static("soho/art/icon-192.png")),
        **facts,
    )
    body = feeds.atom(made) if kind == "atom" else feeds.json_feed(made)
    response = _shared(
        HttpResponse(body, content_type=feeds.ATOM if kind == "atom" else feeds.JSON), FEED_SECONDS
    )
    response["Access-Control-Allow-Origin"] = "*"
    etag = f'"{blake2b(body, digest_size=16).hexdigest()}"'
    updated = int(datetime.fromisoformat(made.updated).timestamp())
    response["ETag"], response["Last-Modified"] = etag, http_date(updated)
    answer: HttpResponse = get_conditional_response(request, etag, updated, response) or response
    return answer


@require_safe
def explore_feed(request: HttpRequest, kind: Kind) -> HttpResponse:
    """Everybody's posts."""
    return _feed(
        request,
        kind,
        lambda cursor: feed.explore(None, cursor, PAGE),
        addresses.absolute(reverse("explore")),
        title="Soho",
        about="AI video and images that people made and published here.",
    )


@require_safe
def person_feed(request: HttpRequest, username: str, kind: Kind) -> HttpResponse:
    """One person's posts. Raises Http404 for nobody."""
    person = people.profile(username)
    if person is None:
        raise Http404
    if username != person.username:
        return redirect(f"person_{kind}", person.username)
    avatar = avatar_url(person.pk, person.avatar, 256)
    return _feed(
        request,
        kind,
        lambda cursor: feed.profile(person.username, None, cursor, PAGE),
        addresses.of_person(person.username),
        title=f"{person.username} on Soho",
        about=person.bio or f"What {person.username} has published on Soho.",
        author=person.username,
        avatar=addresses.absolute(avatar) if avatar else None,
    )


@require_safe
def tag_feed(request: HttpRequest, tag: str, kind: Kind) -> HttpResponse:
    """The posts with a tag. Raises Http404 for what cannot be a tag."""
    folded = captions.fold(tag)
    if folded is None:
        raise Http404
    if folded != tag:
        return redirect(f"tag_{kind}", folded)
    return _feed(
        request,
        kind,
        lambda cursor: feed.tagged(folded, None, cursor, PAGE),
        addresses.of_tag(folded),
        title=f"#{folded} on Soho",
        about=f"Posts on Soho with #{folded}.",
    )


@require_safe
@xframe_options_exempt
@csp_replace(FRAMED)  # type: ignore[arg-type]  # its types know no view that takes more than the request
def embed(request: HttpRequest, creation_id: UUID) -> HttpResponse:
    """A post to put into a frame on any site. Raises Http404 when it is not published.

    It is rendered without the request, so it can know nobody: no session is read and no cookie set.
    """
    found = feed.post(creation_id, None)
    if found is None:
        raise Http404
    page = render_to_string("pages/embed.html", {"c": found, "address": addresses.of_post(found)})
    return _shared(HttpResponse(page), FEED_SECONDS)


@require_safe
def oembed_door(request: HttpRequest) -> HttpResponse:
    """oEmbed: `?url=` of a post, `maxwidth`, `maxheight` (pixels), `format=json`.

    404 for what is no published post of ours, 501 for another format, 400 for a maximum that is no number.
    """
    if request.GET.get("format", "json") != "json":
        return HttpResponse("Only format=json is offered.\n", status=501, content_type="text/plain")
    limits: list[int | None] = []
    for name in ("maxwidth", "maxheight"):
        text = request.GET.get(name)
        if text is not None and not (text.isascii() and text.isdigit() and 0 < int(text[:9]) < 10**8):
            message = f"{name} must be a number of pixels.\n"
            return HttpResponse(message, status=400, content_type="text/plain")
        limits.append(int(text) if text else None)
    creation_id = addresses.post_at(request.GET.get("url", "")[:LONGEST_ADDRESS])
    found = feed.post(creation_id, None) if creation_id else None
    if found is None:
        return HttpResponse("There is no such post.\n", status=404, content_type="text/plain")
    response = _shared(JsonResponse(oembed.describe(found, *limits)), FEED_SECONDS)
    response["Access-Control-Allow-Origin"] = "*"
    return response


@require_safe
def sitemap_index(request: HttpRequest) -> HttpResponse:
    """The pages of the sitemap."""
    return _xml(sitemap.index(queries.sitemap_starts()))


@require_safe
def sitemap_page(request: HttpRequest, start: str) -> HttpResponse:
    """Up to some thousand posts. Raises Http404 for a page that the index does not name."""
    starts = queries.sitemap_starts()
    if start not in starts:
        raise Http404
    return _xml(sitemap.page(queries.sitemap_entries(start), first=start == starts[0]))


def _xml(body: bytes) -> HttpResponse:
    return _shared(HttpResponse(body, content_type="application/xml; charset=utf-8"), SITEMAP_SECONDS)

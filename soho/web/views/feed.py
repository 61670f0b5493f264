"""Pages that anyone may read: the feed, what is found in it, a person's posts, one post."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from soho.accounts import queries as people
from soho.creations import captions
from soho.cursors import BadCursor
from soho.feed import front_page, search
from soho.feed import queries as feed
from soho.problems.refusals import InvalidField
from soho.profiles import queries as profiles
from soho.web.views import workbench

PAGE = 24


def _cursor(request: HttpRequest) -> str | None:
    return request.GET.get("cursor") or None


def wants_fragment(request: HttpRequest, name: str) -> bool:
    """Whether a script asks for a part of the page only (js/api.js)."""
    return request.headers.get("X-Fragment") == name


def _older(path: str, cursor: str | None, **more: str) -> str | None:
    return f"{path}?{urlencode({**more, 'cursor': cursor})}" if cursor else None


def _wall(
    request: HttpRequest,
    page: feed.Page,
    template: str,
    *,
    emptiness: tuple[str, str, str] | None = None,
    follow_on: dict[str, str] | None = None,
    **context: Any,
) -> HttpResponse:
    """A page of cards, or for a script the cards alone.

    `follow_on` is the query that the next page repeats; `emptiness` is title, words and icon of a page
    without posts (None: those of the feed itself).
    """
    context |= {
        "feed": page,
        "next_href": _older(request.path, page.next, **(follow_on or {})),
        "continued": _cursor(request) is not None,
        "emptiness": emptiness,
    }
    part = wants_fragment(request, "feed")
    return varied(render(request, "pages/explore-cards.html" if part else template, context))


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Where one begins: making, when signed in; looking, when not."""
    return redirect("create" if request.user.is_authenticated else "explore")


@require_safe
def explore(request: HttpRequest) -> HttpResponse:
    """The feed, newest first or (`?sort=top`) by score, also signed out."""
    top = request.GET.get("sort") == "top"
    try:
        page = (feed.top if top else feed.explore)(request.user.pk, _cursor(request), PAGE)
    except BadCursor as error:
        raise Http404 from error
    hung, more = ("top", {"sort": "top"}) if top else ("new", {})
    response = _wall(request, page, "pages/explore.html", hung=hung, follow_on=more)
    if front_page.is_asked_for(request):
        front_page.share(response)
    return response


@require_safe
@never_cache
@login_required
def following(request: HttpRequest) -> HttpResponse:
    """The posts of those one follows, newest first."""
    assert request.user.pk is not None
    try:
        page = feed.followed(request.user.pk, _cursor(request), PAGE)
    except BadCursor as error:
        raise Http404 from error
    empty = (
        "Nobody's posts yet",
        "Follow people on their pages. What they publish hangs here.",
        "users",
    )
    return _wall(request, page, "pages/explore.html", hung="following", emptiness=empty)


@require_safe
def tag(request: HttpRequest, tag: str) -> HttpResponse:
    """The posts with a tag, newest first. Raises Http404 for what cannot be a tag."""
    folded = captions.fold(tag)
    if folded is None:
        raise Http404
    if folded != tag:
        return redirect("tag", folded)
    try:
        page = feed.tagged(folded, request.user.pk, _cursor(request), PAGE)
    except BadCursor as error:
        raise Http404 from error
    empty = ("Nothing here yet", f"Write #{folded} in a caption, and the post hangs here.", "hash")
    found = {
        "heading": f"#{folded}",
        "about": "",
        "q": f"#{folded}",
        "indexed": bool(page.items),
        "tag": folded,
    }
    return _found(request, page, found, empty)


@require_safe
def find(request: HttpRequest) -> HttpResponse:
    """Posts and people by `?q=`; without it, the field to write it in."""
    q = request.GET.get("q", "").strip()
    found: dict[str, Any] = {"heading": f"Search: {q[:60]}" if q else "Search", "q": q[: search.MAX_QUERY]}
    page, status = feed.Page([], None), 200
    try:
        page = search.posts(search.read(q), request.user.pk, _cursor(request), PAGE)
        found["people"] = search.people(q) if q and not _cursor(request) else []
    except BadCursor as error:
        raise Http404 from error
    except InvalidField as refusal:
        found["error"], status = str(refusal), refusal.status
    if found.get("people"):
        empty = (
            "No posts found",
            "People are above. For posts, try fewer or other words, or a #tag.",
            "search",
        )
    elif q:
        empty = ("Nothing found", "Try fewer or other words, a #tag, or the beginning of a name.", "search")
    else:
        empty = (
            "Find something to watch",
            "Words of a prompt or caption, #tags, @names. Accents make no difference.",
            "search",
        )
    response = _found(request, page, found | {"searching": True}, empty, q=q)
    response.status_code = status
    return response


@require_safe
def remixes(request: HttpRequest, username: str, creation_id: UUID) -> HttpResponse:
    """What was made from a post, newest first. Raises Http404 when that is not published."""
    origin = feed.post(creation_id, None)
    if origin is None:
        raise Http404
    if origin["username"] != username:
        return redirect("remixes", origin["username"], creation_id)
    try:
        page = feed.remixes(creation_id, request.user.pk, _cursor(request), PAGE)
    except BadCursor as error:
        raise Http404 from error
    found = {
        "heading": "Remixes",
        "about": f"Made from a post by {username}",
        "about_href": reverse("post", args=[username, creation_id]),
    }
    empty = ("No remixes yet", "Make another like it, and it hangs here once it is published.", "git-fork")
    return _found(request, page, found, empty)


def _found(
    request: HttpRequest, page: feed.Page, found: dict[str, Any], empty: tuple[str, str, str], **more: str
) -> HttpResponse:
    usual = {"about": "", "about_href": "", "q": "", "people": [], "error": "", "searching": False, "tag": ""}
    context = {"indexed": False, **usual, **found}
    return _wall(request, page, "pages/found.html", emptiness=empty, follow_on=more, **context)


@require_safe
@never_cache
def profile(request: HttpRequest, username: str) -> HttpResponse:
    """A person's posts; to themselves also their drafts (`?tab=drafts`). Raises Http404 for nobody."""
    person = people.profile(username)
    if person is None:
        raise Http404
    if username != person.username:
        return redirect("profile", person.username)
    path = reverse("profile", args=[person.username])
    mine = request.user.pk == person.pk
    tab = "drafts" if mine and request.GET.get("tab") == "drafts" else "posts"
    context: dict[str, Any] = {
        "person": person,
        "mine": mine,
        "tab": tab,
        "continued": _cursor(request) is not None,
    }
    try:
        if tab == "drafts":
            context |= workbench.drafts_of(request, person.pk, path, PAGE)
            if wants_fragment(request, "drafts"):
                return varied(render(request, "pages/drafts.html", context))
        posts = feed.profile(
            person.username, request.user.pk, None if tab == "drafts" else _cursor(request), PAGE
        )
    except (BadCursor, InvalidField) as error:
        raise Http404 from error
    context |= {"posts": posts, "next_href": _older(path, posts.next)}
    if tab == "drafts":
        context["continued"] = False
    if wants_fragment(request, "feed"):
        return varied(render(request, "pages/profile-grid.html", context))
    context["shown"] = profiles.profile_json(person, request.user.pk)
    return varied(render(request, "pages/profile.html", context))


def varied(response: HttpResponse) -> HttpResponse:
    """`response`, kept apart by caches from what scripts ask for at the same address."""
    response["Vary"] = ", ".join(filter(None, [response.get("Vary"), "X-Fragment"]))
    return response

"""Pages that anyone may read: the feed, a person's posts, one post."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from soho.accounts import queries as people
from soho.cursors import BadCursor
from soho.feed import front_page
from soho.feed import queries as feed
from soho.problems.refusals import InvalidField
from soho.web.views import workbench

PAGE = 24


def _cursor(request: HttpRequest) -> str | None:
    return request.GET.get("cursor") or None


def _wants_fragment(request: HttpRequest, name: str) -> bool:
    """Whether a script asks for a part of the page only (js/fetching.js)."""
    return request.headers.get("X-Fragment") == name


def _older(path: str, cursor: str | None, **more: str) -> str | None:
    return f"{path}?{urlencode({**more, 'cursor': cursor})}" if cursor else None


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Where one begins: making, when signed in; looking, when not."""
    return redirect("create" if request.user.is_authenticated else "explore")


@require_safe
def explore(request: HttpRequest) -> HttpResponse:
    """The feed, newest first, also signed out."""
    try:
        page = feed.explore(request.user.pk, _cursor(request), PAGE)
    except BadCursor as error:
        raise Http404 from error
    context = {
        "feed": page,
        "next_href": _older(reverse("explore"), page.next),
        "continued": _cursor(request) is not None,
    }
    if _wants_fragment(request, "feed"):
        return _varied(render(request, "pages/explore-cards.html", context))
    response = _varied(render(request, "pages/explore.html", context))
    if front_page.is_asked_for(request):
        front_page.share(response)
    return response


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
            if _wants_fragment(request, "drafts"):
                return _varied(render(request, "pages/drafts.html", context))
        posts = feed.profile(
            person.username, request.user.pk, None if tab == "drafts" else _cursor(request), PAGE
        )
    except (BadCursor, InvalidField) as error:
        raise Http404 from error
    context |= {"posts": posts, "next_href": _older(path, posts.next)}
    if tab == "drafts":
        context["continued"] = False
    part = _wants_fragment(request, "feed")
    return _varied(render(request, "pages/profile-grid.html" if part else "pages/profile.html", context))


@require_safe
def post(request: HttpRequest, username: str, creation_id: UUID) -> HttpResponse:
    """One published creation on its own page. Raises Http404 for anything else."""
    found = feed.post(creation_id, request.user.pk)
    if found is None:
        raise Http404
    if found["username"] != username:
        return redirect("post", found["username"], creation_id)
    return render(request, "pages/post.html", {"c": found, "mine": found["userId"] == str(request.user.pk)})


def _varied(response: HttpResponse) -> HttpResponse:
    response["Vary"] = ", ".join(filter(None, [response.get("Vary"), "X-Fragment"]))
    return response

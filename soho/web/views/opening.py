"""The operator's first page: a new room need not be empty. For everybody else there is no such page."""

from collections.abc import Callable
from functools import wraps

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from soho.accounts.models import User
from soho.house import actions, queries
from soho.problems.refusals import Refusal

View = Callable[[HttpRequest], HttpResponse]


def operators_only(view: View) -> View:
    """The view, for operators; everybody else who is signed in gets Http404."""

    @never_cache
    @login_required
    @wraps(view)
    def guarded(request: HttpRequest) -> HttpResponse:
        assert isinstance(request.user, User)
        if not request.user.is_staff:
            raise Http404
        return view(request)

    return guarded


@require_safe
@operators_only
def opening(request: HttpRequest) -> HttpResponse:
    """Offers to fill the feed with eight posts of the house, shows how far they are, and takes them away.

    js/opening.js asks for the fragment alone while they are being made.
    """
    part = request.headers.get("X-Fragment") == "opening"
    page = "pages/opening-posts.html" if part else "pages/opening.html"
    return render(request, page, {"filling": queries.filling()})


@require_POST
@operators_only
def fill(request: HttpRequest) -> HttpResponse:
    """Starts what is missing of the eight."""
    return _done(request, actions.fill)


@require_POST
@operators_only
def clear(request: HttpRequest) -> HttpResponse:
    """Takes all of them away."""
    return _done(request, actions.clear, said="The house's posts are gone.")


def _done(request: HttpRequest, verb: Callable[[], int], said: str = "") -> HttpResponse:
    try:
        verb()
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        if said:
            messages.success(request, said)
    return redirect("opening")

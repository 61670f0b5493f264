"""What one can do with what is one's own, by plain forms:

publish, schedule, unpublish, delete, retry, cancel. The pages' scripts do the same over the API, without
leaving the page. Many at once: soho/web/views/batches.py.
"""

import re
from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from soho.accounts.models import User
from soho.creations import actions, queries
from soho.problems.refusals import InvalidField, NotFound, Refusal

ASKED_OR_DONE = ("GET", "HEAD", "POST")
# What <input type="datetime-local"> sends. It says no zone; on these pages it is UTC.
_LOCAL_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?", re.ASCII)

Act = Callable[[HttpRequest, UUID, UUID], object]
View = Callable[[HttpRequest, UUID], HttpResponse]


def me(request: HttpRequest) -> User:
    """Who is signed in."""
    assert isinstance(request.user, User)
    return request.user


def my_drafts(request: HttpRequest) -> str:
    """The address of the reader's own drafts."""
    return f"{reverse('profile', args=[me(request).username])}?tab=drafts"


def utc(text: str) -> str:
    """A form's time, which is meant in UTC, as RFC 3339; anything else as it is, to be refused in words."""
    if not _LOCAL_TIME.fullmatch(text):
        return text
    return f"{text}{'' if text.count(':') == 2 else ':00'}Z"


def undoable(creation_ids: list[UUID]) -> str:
    """The tags of a message that offers to undo a deletion (layouts/base.html)."""
    return " ".join(["undo", *map(str, creation_ids)])


def asking(request: HttpRequest, refusal: InvalidField | None) -> dict[str, Any]:
    """What every page that asks knows:

    the way back, the time in UTC, what was sent, and by the name of its field why it cannot be.
    """
    errors = {refusal.field: str(refusal)} if refusal else {}
    return {
        "back": my_drafts(request),
        "now": f"{timezone.now():%H:%M}",
        "sent": request.POST,
        "errors": errors,
    }


def _ask(
    request: HttpRequest, verb: str, creation_id: UUID, refusal: InvalidField | None = None
) -> HttpResponse:
    """The question before `verb`, with what was written and why it cannot be, if so.

    Raises Http404 for what is not the reader's.
    """
    creation = queries.mine(me(request).pk, creation_id)
    if creation is None:
        raise Http404
    context = {"verb": verb, "c": creation, **asking(request, refusal)}
    return render(request, "pages/ask.html", context, status=422 if refusal else 200)


def _door(verb: str, act: Act, done: str, *, asks: bool = True, undo: bool = False, to: str = "") -> View:
    """The page that does `verb`: a POST does it, once; a GET asks first.

    What needs no question (a GET comes here after signing in on the way) only leads to the drafts. Refusals
    are said there; a bad field is said where it was written. Raises Http404 for what is not the reader's.
    """

    def view(request: HttpRequest, creation_id: UUID) -> HttpResponse:
        if request.method != "POST":
            return _ask(request, verb, creation_id) if asks else redirect(my_drafts(request))
        try:
            act(request, me(request).pk, creation_id)
        except InvalidField as refusal:
            return _ask(request, verb, creation_id, refusal)
        except NotFound as refusal:
            raise Http404 from refusal
        except Refusal as refusal:
            messages.error(request, str(refusal))
            return redirect(my_drafts(request))
        messages.success(request, done, extra_tags=undoable([creation_id]) if undo else "")
        return redirect(to, me(request).username, creation_id) if to else redirect(my_drafts(request))

    return require_http_methods(ASKED_OR_DONE)(never_cache(login_required(view)))


publish = _door(
    "publish",
    lambda request, user, one: actions.publish(user, one, caption=request.POST.get("caption", "")),
    "Published. It is at the top of Explore.",
    to="post",
)
schedule = _door(
    "schedule",
    lambda request, user, one: actions.schedule(
        user, one, utc(request.POST.get("publish_at", "")), caption=request.POST.get("caption", "")
    ),
    "Scheduled. It goes out by itself.",
)
unschedule = _door(
    "unschedule",
    lambda request, user, one: actions.unschedule(user, one),
    "Taken off its schedule. It stays a draft until you publish it.",
    asks=False,
)
unpublish = _door(
    "unpublish",
    lambda request, user, one: actions.unpublish(user, one),
    "Unpublished. It is among your drafts again.",
)
delete = _door("delete", lambda request, user, one: actions.delete(user, one), "Deleted.", undo=True)
edit = _door(
    "edit",
    lambda request, user, one: actions.retry(user, one, prompt=request.POST.get("prompt", "")),
    "Trying again with the new prompt.",
)
retry = _door("retry", lambda request, user, one: actions.retry(user, one), "Trying again.", asks=False)
cancel = _door(
    "cancel",
    lambda request, user, one: actions.cancel(user, one),
    "Cancelled. Its tokens are back.",
    asks=False,
)

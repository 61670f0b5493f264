"""What one can do with what is one's own, by plain forms: publish, unpublish, delete, retry, cancel.

The pages' scripts do the same over the API, without leaving the page.
"""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from soho.accounts.models import User
from soho.creations import actions, queries
from soho.problems.refusals import InvalidField, NotFound, Refusal

ASKED_OR_DONE = ("GET", "HEAD", "POST")


def _me(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user


def my_drafts(request: HttpRequest) -> str:
    """The address of the reader's own drafts."""
    return f"{reverse('profile', args=[_me(request).username])}?tab=drafts"


def _ask(request: HttpRequest, verb: str, creation_id: UUID, **more: Any) -> HttpResponse:
    """The question before `verb`. Raises Http404 for what is not the reader's."""
    creation = queries.mine(_me(request).pk, creation_id)
    if creation is None:
        raise Http404
    context = {"verb": verb, "c": creation, "back": my_drafts(request), "error": "", "caption": "", **more}
    return render(request, "pages/ask.html", context, status=422 if context["error"] else 200)


def _answered(request: HttpRequest, done: str, refusal: Refusal | None = None) -> HttpResponse:
    """Back to the drafts, with a word on what was done or why it was refused. Raises Http404 for NotFound."""
    if isinstance(refusal, NotFound):
        raise Http404 from refusal
    if refusal is not None:
        messages.error(request, str(refusal))
    else:
        messages.success(request, done)
    return redirect(my_drafts(request))


@require_http_methods(ASKED_OR_DONE)
@never_cache
@login_required
def publish(request: HttpRequest, creation_id: UUID) -> HttpResponse:
    """Asks for a caption; puts the draft into the feed and shows it there."""
    if request.method != "POST":
        return _ask(request, "publish", creation_id)
    caption = request.POST.get("caption", "")
    try:
        actions.publish(_me(request).pk, creation_id, caption=caption)
    except InvalidField as refusal:
        return _ask(request, "publish", creation_id, error=str(refusal), caption=caption)
    except Refusal as refusal:
        return _answered(request, "", refusal)
    messages.success(request, "Published. It is at the top of Explore.")
    return redirect("post", _me(request).username, creation_id)


@require_http_methods(ASKED_OR_DONE)
@never_cache
@login_required
def unpublish(request: HttpRequest, creation_id: UUID) -> HttpResponse:
    """Asks first; takes the post out of the feed."""
    if request.method != "POST":
        return _ask(request, "unpublish", creation_id)
    try:
        actions.unpublish(_me(request).pk, creation_id)
    except Refusal as refusal:
        return _answered(request, "", refusal)
    return _answered(request, "Unpublished. It is among your drafts again.")


@require_http_methods(ASKED_OR_DONE)
@never_cache
@login_required
def delete(request: HttpRequest, creation_id: UUID) -> HttpResponse:
    """Asks first; then it is gone."""
    if request.method != "POST":
        return _ask(request, "delete", creation_id)
    try:
        actions.delete(_me(request).pk, creation_id)
    except Refusal as refusal:
        return _answered(request, "", refusal)
    return _answered(request, "Deleted.")


@require_http_methods(ASKED_OR_DONE)
@never_cache
@login_required
def retry(request: HttpRequest, creation_id: UUID) -> HttpResponse:
    """Queues a failed creation again. Asking (after signing in on the way here) only leads to the drafts."""
    if request.method != "POST":
        return redirect(my_drafts(request))
    try:
        actions.retry(_me(request).pk, creation_id)
    except Refusal as refusal:
        return _answered(request, "", refusal)
    return _answered(request, "Trying again.")


@require_http_methods(ASKED_OR_DONE)
@never_cache
@login_required
def cancel(request: HttpRequest, creation_id: UUID) -> HttpResponse:
    """Stops what is not made yet. Asking (after signing in on the way here) only leads to the drafts."""
    if request.method != "POST":
        return redirect(my_drafts(request))
    try:
        actions.cancel(_me(request).pk, creation_id)
    except Refusal as refusal:
        return _answered(request, "", refusal)
    return _answered(request, "Cancelled. Its tokens are back.")

"""The same done to many drafts, by the checkboxes on the page: publish, schedule, delete, download, undo."""

from collections.abc import Callable, Sequence
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from soho.creations import archive, batches, queries
from soho.creations.api_batches import as_response, downloads
from soho.creations.batches import Result
from soho.problems.refusals import InvalidField, Refusal
from soho.web import words
from soho.web.views.drafts import ASKED_OR_DONE, asking, me, my_drafts, undoable, utc

Act = Callable[[HttpRequest, UUID, list[UUID]], list[Result]]

# What is done, and the word for its having been done.
VERBS: dict[str, tuple[Act, str]] = {
    "publish": (
        lambda request, user, ids: batches.publish(user, ids, caption=request.POST.get("caption") or None),
        "published",
    ),
    "schedule": (
        lambda request, user, ids: batches.schedule(
            user,
            ids,
            utc(request.POST.get("publish_at", "")),
            caption=request.POST.get("caption") or None,
        ),
        "scheduled",
    ),
    "delete": (lambda request, user, ids: batches.delete(user, ids), "deleted"),
    "restore": (lambda request, user, ids: batches.restore(user, ids), "brought back"),
}
MOST_TOLD = 5


@require_http_methods(ASKED_OR_DONE)
@never_cache
@login_required
def batch(request: HttpRequest) -> HttpResponseBase:
    """Does `do` to the creations `id`, after asking; an undo and a download need no question."""
    if request.method != "POST":
        return redirect(my_drafts(request))
    verb = request.POST.get("do", "")
    try:
        chosen = batches.within_limit([UUID(one) for one in request.POST.getlist("id")])
        if verb == "download":
            return _download(request, chosen)
        if verb not in VERBS:
            raise Http404
        if verb != "restore" and "sure" not in request.POST:
            return _ask(request, verb, chosen)
        try:
            _told(request, verb, VERBS[verb][0](request, me(request).pk, chosen))
        except InvalidField as refusal:
            return _ask(request, verb, chosen, refusal)
    except ValueError as error:
        raise Http404 from error
    except Refusal as refusal:
        messages.error(request, str(refusal))
    return redirect(my_drafts(request))


def _download(request: HttpRequest, chosen: Sequence[UUID]) -> HttpResponseBase:
    if not downloads.allow_request(request):
        messages.error(request, "That was the twelfth download within a minute. Try again shortly.")
        return redirect(my_drafts(request))
    return as_response(archive.pack(me(request).pk, chosen))


def _ask(
    request: HttpRequest, verb: str, chosen: Sequence[UUID], refusal: InvalidField | None = None
) -> HttpResponseBase:
    """The question before `verb`. Raises Http404 when none of them is the reader's."""
    found = queries.chosen(me(request).pk, chosen)
    if not found:
        raise Http404
    context = {"verb": verb, "chosen": found, **asking(request, refusal)}
    return render(request, "pages/ask-many.html", context, status=422 if refusal else 200)


def _told(request: HttpRequest, verb: str, results: Sequence[Result]) -> None:
    """Says what was done, and of each that could not be, why."""
    done = [one.creation_id for one in results if one.problem is None]
    if done:
        tags = undoable(done) if verb == "delete" else ""
        messages.success(request, f"{len(done)} {VERBS[verb][1]}.", extra_tags=tags)
    refused = [one for one in results if one.problem is not None]
    titles = {
        one["creationId"]: words.title_of(one["prompt"], 48)
        for one in (queries.chosen(me(request).pk, [one.creation_id for one in refused]) if refused else [])
    }
    for one in refused[:MOST_TOLD]:
        title = titles.get(str(one.creation_id))
        detail = one.problem["detail"] if one.problem else ""
        messages.error(request, f"“{title}”: {detail}" if title else detail)
    if len(refused) > MOST_TOLD:
        messages.error(request, f"And {len(refused) - MOST_TOLD} more could not be {VERBS[verb][1]}.")

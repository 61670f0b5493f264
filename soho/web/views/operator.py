"""The operator's desk. For everybody else, signed in or not, there are no such pages."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from soho.accounts.models import User
from soho.operator import actions, failures, money, queries, work
from soho.problems.refusals import InvalidField, NotFound, Refusal
from soho.providers import circuit, health, registry
from soho.web import words
from soho.web.views.drafts import ASKED_OR_DONE, me

View = Callable[..., HttpResponse]


def operators_only(view: View) -> View:
    """The view, for operators; Http404 for everybody else, who need not know that it is there."""

    @never_cache
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **named: Any) -> HttpResponse:
        if not (isinstance(request.user, User) and request.user.is_staff):
            raise Http404
        return view(request, *args, **named)

    return guarded


@require_safe
@operators_only
def desk(request: HttpRequest) -> HttpResponse:
    """What waits, who works, what went wrong, how the models are, and what it came to.

    js/operator.js asks for the fragment alone, every few seconds.
    """
    part = request.headers.get("X-Fragment") == "operator"
    periods = money.sums()
    known = health.states()
    context = {
        "queues": work.queues(),
        "leases": work.leases(),
        "workers": work.workers(),
        "failures": failures.latest(),
        "groups": failures.of_a_day(),
        "models": [(one, known[one.name]) for one in registry.offered()],
        "circuits": [(one, circuit.state(one)) for one in circuit.known()],
        "periods": periods,
        "movements": money.MOVEMENTS,
        "money_models": money.models(periods),
        "may_rerun": actions.may_rerun(me(request)),
    }
    return render(request, "pages/operator-desk.html" if part else "pages/operator.html", context)


@require_safe
@operators_only
def find(request: HttpRequest) -> HttpResponse:
    """One creation by its id, or a person's newest by their name."""
    asked = request.GET.get("q", "").strip()[:100]
    try:
        return redirect("operator_file", UUID(asked))
    except ValueError:
        found = queries.latest_of(asked) if asked else []
    return render(request, "pages/operator-find.html", {"asked": asked, "found": found})


@require_safe
@operators_only
def file(request: HttpRequest, creation_id: UUID) -> HttpResponse:
    """All there is on one creation, and what can be done about it. Raises Http404."""
    return render(request, "pages/operator-file.html", _file(request, creation_id))


def _file(request: HttpRequest, creation_id: UUID) -> dict[str, Any]:
    found = queries.file_on(creation_id)
    if found is None:
        raise Http404
    return {
        "file": found,
        "may_refund": found.can_be_refunded and actions.may_refund(me(request)),
        "may_rerun": found.can_be_rerun and actions.may_rerun(me(request)),
    }


@require_http_methods(ASKED_OR_DONE)
@operators_only
def refund(request: HttpRequest, creation_id: UUID) -> HttpResponse:
    """Asks for a reason, and gives back what a creation cost. Raises Http404 for who may not grant tokens."""
    if not actions.may_refund(me(request)):
        raise Http404
    wrong: InvalidField | None = None
    if request.method == "POST":
        try:
            given = actions.refund(me(request), creation_id, request.POST.get("reason", ""))
        except InvalidField as error:
            wrong = error
        except Refusal as refusal:
            messages.error(request, str(refusal))
            return redirect("operator_file", creation_id)
        else:
            messages.success(request, f"Refunded: {words.tokens(given)}.")
            return redirect("operator_file", creation_id)
    return _asked(request, creation_id, "refund", wrong)


@require_http_methods(ASKED_OR_DONE)
@operators_only
def rerun(request: HttpRequest, creation_id: UUID) -> HttpResponse:
    """Asks, and has a failed creation made again for nothing. Raises Http404 for who may not change one."""
    if not actions.may_rerun(me(request)):
        raise Http404
    if request.method != "POST":
        return _asked(request, creation_id, "rerun")
    try:
        actions.rerun(me(request), creation_id)
    except NotFound as refusal:
        raise Http404 from refusal
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "It is in the queue again, on the house.")
    return redirect("operator_file", creation_id)


def _asked(
    request: HttpRequest, creation_id: UUID, verb: str, wrong: InvalidField | None = None
) -> HttpResponse:
    context = {
        **_file(request, creation_id),
        "verb": verb,
        "wrong": str(wrong) if wrong else "",
        "sent": request.POST.get("reason", ""),
        "longest": actions.MAX_REASON,
    }
    return render(request, "pages/operator-ask.html", context, status=422 if wrong else 200)

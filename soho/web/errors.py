"""Pages for what went wrong: what happened and what to do next.

Calls of the API get a problem document (RFC 9457) instead.
"""

import logging

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template import TemplateDoesNotExist
from django.template.loader import render_to_string
from jinja2 import TemplateError

log = logging.getLogger(__name__)

WORDS = {
    400: (
        "bad_request",
        "That request made no sense",
        "The address or the form was not one this site understands. Nothing was changed.",
    ),
    403: ("forbidden", "This one is not for you", "You do not have access to this page."),
    404: ("not_found", "Nothing is showing here", "The page was moved, deleted, or never existed."),
    500: (
        "internal_error",
        "The projector jammed",
        "Something broke on our side, and it is written in the log. Nothing was charged for it.",
    ),
}


def _answer(request: HttpRequest, status: int, code: str, title: str, detail: str) -> HttpResponse:
    if request.path.startswith("/api/"):
        from soho.problems.documents import problem

        return problem(status, code, title, detail)
    try:
        return render(
            request, "pages/error.html", {"status": status, "title": title, "detail": detail}, status=status
        )
    except (TemplateError, TemplateDoesNotExist):
        log.exception("The error page itself could not be rendered for %s", request.path)
        return HttpResponse(f"{title}. {detail}\n", status=status, content_type="text/plain; charset=utf-8")


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400."""
    return _answer(request, 400, *WORDS[400])


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403."""
    return _answer(request, 403, *WORDS[403])


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404."""
    return _answer(request, 404, *WORDS[404])


def server_error(request: HttpRequest) -> HttpResponse:
    """500. Reads nothing from the database: it may be the very thing that is down."""
    if request.path.startswith("/api/"):
        return _answer(request, 500, *WORDS[500])
    _, title, detail = WORDS[500]
    try:
        page = {
            "status": 500,
            "title": title,
            "detail": detail,
            "user": AnonymousUser(),
            "balance": None,
            "path": request.path,
            "messages": tuple,
        }
        return HttpResponse(render_to_string("pages/error.html", page), status=500)
    except Exception:  # the last boundary there is
        log.exception("The error page itself could not be rendered")
        return HttpResponse(f"{title}. {detail}\n", status=500, content_type="text/plain; charset=utf-8")


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 for a form or call without a valid CSRF token (settings.CSRF_FAILURE_VIEW)."""
    log.warning("CSRF refused %s: %s", request.path, reason)
    return _answer(
        request,
        403,
        "csrf",
        "This page waited too long",
        "For your safety it has to be loaded afresh before it can send. Go back, reload, and try again.",
    )

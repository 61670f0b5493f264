"""Errors as RFC 9457 problem documents: `type`, `title`, `status`, `detail`, and a stable `code`."""

from typing import Any

import structlog
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from soho.problems.refusals import Refusal

log = structlog.get_logger(__name__)

CONTENT_TYPE = "application/problem+json"

_HTTP_ERRORS = {
    400: ("malformed", "Malformed request"),
    401: ("unauthenticated", "Sign in first"),
    403: ("forbidden", "Forbidden"),
    404: ("not_found", "Not found"),
    405: ("method_not_allowed", "Method not allowed"),
    413: ("too_large", "Request too large"),
    429: ("too_many_requests", "Too many requests"),
}


def problem(status: int, code: str, title: str, detail: str, **more: Any) -> JsonResponse:
    """A problem document. `more` are further members, such as `balance`."""
    body = {
        "type": f"/problems/{code}",
        "title": title,
        "status": status,
        "detail": detail,
        "code": code,
        **more,
    }
    return JsonResponse(body, status=status, content_type=CONTENT_TYPE)


def described(refusal: Refusal) -> dict[str, Any]:
    """A refusal as the body of a problem document, for answers that tell of several."""
    return {
        "type": f"/problems/{refusal.code}",
        "title": refusal.title,
        "status": refusal.status,
        "detail": str(refusal),
        "code": refusal.code,
        **refusal.extra,
    }


def for_status(status: int, detail: str) -> JsonResponse:
    """The problem document of a plain HTTP status."""
    code, title = _HTTP_ERRORS.get(status, ("error", "Error"))
    return problem(status, code, title, detail)


def install(api: NinjaAPI) -> None:
    """Makes every error of `api` a problem document."""
    api.add_exception_handler(Refusal, _refusal)
    api.add_exception_handler(ValidationError, _validation)
    api.add_exception_handler(AuthenticationError, _authentication)
    api.add_exception_handler(HttpError, _http)
    api.add_exception_handler(
        Http404, lambda request, error: for_status(404, "There is nothing at this address.")
    )


def _refusal(request: HttpRequest, error: Refusal | type[Refusal]) -> HttpResponse:
    assert isinstance(error, Refusal)
    answer = problem(error.status, error.code, error.title, str(error), **error.extra)
    if "retryAfter" in error.extra:
        answer["Retry-After"] = str(error.extra["retryAfter"])
    return answer


def _validation(request: HttpRequest, error: ValidationError | type[ValidationError]) -> HttpResponse:
    assert isinstance(error, ValidationError)
    errors = [{"field": _field(one["loc"]), "message": _sentence(one)} for one in error.errors]
    detail = " ".join(f"{one['field']}: {one['message']}" for one in errors)[:1000]
    return problem(422, "invalid", "Invalid input", detail, errors=errors)


def _authentication(request: HttpRequest, error: Any) -> HttpResponse:
    return for_status(401, "Sign in, or send an API key as `Authorization: Bearer ...`.")


def _http(request: HttpRequest, error: HttpError | type[HttpError]) -> HttpResponse:
    assert isinstance(error, HttpError)
    if error.status_code == 403 and "CSRF" in str(error):
        return problem(
            403,
            "csrf",
            "Forged or stale request",
            "The CSRF token is missing or wrong. Reload the page and try again.",
        )
    if error.status_code == 400:
        return for_status(400, "The request body is not valid JSON.")
    return for_status(error.status_code, str(error))


def _field(location: tuple[Any, ...]) -> str:
    # ninja puts where it looked in front, and for a body the name of the view's parameter too.
    where, *names = map(str, location)
    return ".".join(names[1:] if where == "body" else names) or "body"


def _sentence(error: dict[str, Any]) -> str:
    message = str(error.get("msg", "is not valid")).removeprefix("Value error, ")
    return message if message.endswith(".") else f"{message}."

"""A middleware that gives every request an id, and its span where traces are on (soho/tracing.py)."""

from collections.abc import Callable

import structlog
from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from soho import tracing, trail

HEADER = "X-Request-ID"


def identified(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Binds the id to every line that is logged meanwhile, and answers it as `X-Request-ID`.

    A proxy's own id (and its `traceparent`) is taken only where SOHO_BEHIND_PROXY vouches for the proxy.
    """

    def middleware(request: HttpRequest) -> HttpResponseBase:
        given = request.headers.get(HEADER, "") if settings.BEHIND_PROXY else ""
        request_id = given if trail.sound(given) else trail.new_request_id()
        # By hand, which takes a third of `bound_contextvars`'s time: of a copied front page that shows.
        bound = structlog.contextvars.bind_contextvars(request_id=request_id)
        try:
            response = _traced(request, request_id) if tracing.is_on() else get_response(request)
        finally:
            structlog.contextvars.reset_contextvars(**bound)
        response.headers[HEADER] = request_id
        return response

    def _traced(request: HttpRequest, request_id: str) -> HttpResponseBase:
        parent = request.headers.get("traceparent", "") if settings.BEHIND_PROXY else ""
        facts = {"http.request.method": request.method or "", "soho.request_id": request_id}
        with tracing.span("web request", parent=parent, kind="server", facts=facts) as span:
            response = get_response(request)
            match = request.resolver_match
            # The route, never the address: addresses hold names, and some hold secrets.
            if match is not None and match.route:
                span.update(f"{request.method} /{match.route}", facts={"http.route": f"/{match.route}"})
            span.update(facts={"http.response.status_code": response.status_code})
            if response.status_code >= 500:
                span.fail(str(response.status_code))
        return response

    return middleware

"""A middleware that measures every request, those too that the front page's copy answers."""

import time
from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from soho import measures

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


def measured(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Observes how long the answer took to begin, by route: its name, never its address."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        began = time.perf_counter()
        response = get_response(request)
        match = request.resolver_match
        # A page from the front page's copy, or a static file, never reached a route.
        route = match.view_name if match else "copied" if response.status_code < 400 else "none"
        method = request.method if request.method in _METHODS else "other"
        measures.REQUESTS.labels(route, method, response.status_code).observe(time.perf_counter() - began)
        return response

    return middleware

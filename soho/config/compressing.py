"""Pages and answers travel compressed. Media never: it is compressed already, and is read in ranges."""

import re
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware

from soho.feed.front_page import SHARED

_TEXT: Final = re.compile(r"(text/|application/([a-z.+-]*json|[a-z.+-]*xml|manifest)\b)")


class Compressing(GZipMiddleware):
    """Middleware. Gzips text in whole answers, for those who accept it.

    Django adds some random bytes to each, so that its length tells nobody who can make a reader ask for
    chosen words what else the page says (BREACH). Front pages are compressed once for everybody, where they
    are kept (soho/feed/front_page.py); static files when they are collected.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """`response` itself, or the same compressed."""
        if not isinstance(response, HttpResponse) or not _TEXT.match(response.get("Content-Type", "")):
            return response
        if response.get("Cache-Control") == SHARED:
            return response
        compressed: HttpResponseBase = super().process_response(request, response)
        return compressed

"""Pages and answers travel compressed. Media never: it is compressed already, and is read in ranges."""

import gzip
import io
import re
import secrets
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import patch_vary_headers
from django.utils.deprecation import MiddlewareMixin

from soho.feed.front_page import SHARED

_TEXT: Final = re.compile(r"(text/|application/([a-z.+-]*json|[a-z.+-]*xml|manifest)\b)")


_ACCEPTED: Final = re.compile(r"\bgzip\b")
# A page is compressed for one reader, so its processor time counts: level 3 takes 0.4 of the time of level 6,
# which Django's own middleware has built in, and makes a sixth more bytes of a page of the feed.
LEVEL: Final = 3
LEAST: Final = 200  # bytes: nothing is gained below
MOST_PADDING: Final = 100


class Compressing(MiddlewareMixin):
    """Middleware. Gzips text in whole answers, for those who accept it.

    As Django's GZipMiddleware does, it adds some random bytes to each, as a name in the header, so that its
    length tells nobody who can make a reader ask for chosen words what else the page says (BREACH). Front
    pages are compressed once for everybody, where they are kept (soho/feed/front_page.py); static files when
    they are collected.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """`response` itself, or the same compressed."""
        if not isinstance(response, HttpResponse) or not _TEXT.match(response.get("Content-Type", "")):
            return response
        if response.get("Cache-Control") == SHARED or response.has_header("Content-Encoding"):
            return response
        content = response.content
        if len(content) < LEAST:
            return response
        patch_vary_headers(response, ["Accept-Encoding"])
        if not _ACCEPTED.search(request.META.get("HTTP_ACCEPT_ENCODING", "")):
            return response
        compressed = _compressed(content)
        if len(compressed) >= len(content):
            return response
        response.content = compressed
        response.headers["Content-Length"] = str(len(compressed))
        response.headers["Content-Encoding"] = "gzip"
        # Other bytes of the same meaning: a strong tag becomes a weak one (RFC 9110, section 8.8.1).
        if response.get("ETag", "").startswith('"'):
            response.headers["ETag"] = f"W/{response['ETag']}"
        return response


def _compressed(content: bytes) -> bytes:
    made = io.BytesIO()
    padding = "a" * secrets.randbelow(MOST_PADDING)
    with gzip.GzipFile(filename=padding, mode="wb", compresslevel=LEVEL, fileobj=made, mtime=0) as file:
        file.write(content)
    return made.getvalue()

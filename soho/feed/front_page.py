"""The page that all who are signed out see first, made once a second and handed to everybody meanwhile.

`FrontPage` stands before every other middleware. In each process it keeps for a second what the site
answered; so a post that is published, unpublished or deleted shows there within two seconds, or within three
behind a shared cache, which may keep it one second more (`s-maxage`). Whoever is signed in, sends a key, or
carries any cookie but the CSRF token's never meets it. A copy is compressed once, not for each reader.
"""

import gzip
import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import blake2b
from http import HTTPStatus
from typing import Final, TypeGuard

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.http.response import HttpResponseBase
from django.utils.cache import patch_vary_headers

PATHS: Final = frozenset({"/api/feed", "/soho/explore"})
SHARED: Final = "public, s-maxage=1, max-age=0"

FRESH_SECONDS = 1.0  # how long a copy is handed out,
GRACE_SECONDS = 1.0  # how much longer while one request is busy making the next,
WAIT_SECONDS = 2.0  # and how long a request waits for that one before it makes a page for itself
# A copy belongs to the name the site was reached under. There are few, but a stranger chooses the header.
MOST_PLACES = 32


def is_asked_for(request: HttpRequest) -> bool:
    """Whether this is a request for a front page by one who is signed out and brings nothing of their own."""
    meta = request.META
    return (
        meta["REQUEST_METHOD"] == "GET"
        and meta["PATH_INFO"] in PATHS
        and not meta.get("QUERY_STRING")
        and "HTTP_AUTHORIZATION" not in meta
        and "HTTP_X_FRAGMENT" not in meta  # a script's request for a part of the page
        and _only_csrf(meta.get("HTTP_COOKIE", ""))
    )


def share(response: HttpResponse) -> None:
    """Lets caches keep `response`. For views, when `is_asked_for` and nothing in it is one person's."""
    response.headers["Cache-Control"] = SHARED
    patch_vary_headers(response, ["Cookie", "Authorization"])


_ACCEPTS_GZIP: Final = re.compile(r"\bgzip\b")


@dataclass(frozen=True, slots=True)
class _Copy:
    """A page as it was answered. Never changed: one thread may hand it out while another replaces it."""

    content: bytes
    gzipped: bytes
    headers: dict[str, str]
    digest: str
    made: float

    def is_younger_than(self, seconds: float) -> bool:
        return time.monotonic() - self.made < seconds


class _Place:
    """Where the copy of one page lies, and the lock of whoever makes it anew."""

    __slots__ = ("busy", "copy")

    def __init__(self) -> None:
        self.busy = threading.Lock()
        self.copy: _Copy | None = None

    def copy_younger_than(self, seconds: float) -> _Copy | None:
        copy = self.copy
        return copy if copy is not None and copy.is_younger_than(seconds) else None


class FrontPage:
    """Middleware. Answers front pages from its copies, and 304 where the reader has the same copy already.

    One request at a time makes a copy anew. Meanwhile the others get the old one a moment longer; where
    there is none they wait for the new one, but not for ever: a page that cannot be made must hold up nobody.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response
        self._places: dict[tuple[str | None, ...], _Place] = {}

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.META["PATH_INFO"] not in PATHS or not is_asked_for(request):
            return self._get_response(request)
        place = self._place_of(request)
        if copy := place.copy_younger_than(FRESH_SECONDS):
            return _answer(request, copy)
        if not place.busy.acquire(blocking=False):
            if copy := place.copy_younger_than(FRESH_SECONDS + GRACE_SECONDS):
                return _answer(request, copy)
            if not place.busy.acquire(timeout=WAIT_SECONDS):
                return self._get_response(request)
        try:
            # Somebody else may have made it while this request waited.
            if copy := place.copy_younger_than(FRESH_SECONDS):
                return _answer(request, copy)
            return self._make(request, place)
        finally:
            place.busy.release()

    def _make(self, request: HttpRequest, place: _Place) -> HttpResponseBase:
        asked = time.monotonic()  # the age counts from before the database is read
        response = self._get_response(request)
        if not _may_be_kept(response):
            return response
        patch_vary_headers(response, ["Accept-Encoding"])
        content = response.content
        digest = blake2b(content, digest_size=16).hexdigest()
        # Nothing in it is one person's, so its length may be known: no random bytes here.
        place.copy = _Copy(content, gzip.compress(content, 6, mtime=0), dict(response.headers), digest, asked)
        return _answer(request, place.copy)

    def _place_of(self, request: HttpRequest) -> _Place:
        meta = request.META
        key = (
            meta["PATH_INFO"],
            meta.get("HTTP_HOST"),
            meta.get("HTTP_X_FORWARDED_PROTO"),
            meta.get("wsgi.url_scheme"),
        )
        place = self._places.get(key)
        if place is None:
            if len(self._places) >= MOST_PLACES:
                self._places.clear()
            place = self._places.setdefault(key, _Place())
        return place


def _may_be_kept(response: HttpResponseBase) -> TypeGuard[HttpResponse]:
    return (
        isinstance(response, HttpResponse)
        and response.status_code == HTTPStatus.OK
        and response.headers.get("Cache-Control") == SHARED
        and not response.cookies
    )


def _answer(request: HttpRequest, copy: _Copy) -> HttpResponse:
    headers = dict(copy.headers)
    content = copy.content
    headers["ETag"] = f'"{copy.digest}"'
    if _ACCEPTS_GZIP.search(request.META.get("HTTP_ACCEPT_ENCODING", "")):
        content = copy.gzipped
        # Other bytes need another tag.
        headers |= {"ETag": f'"{copy.digest}-gzip"', "Content-Encoding": "gzip"}
    if copy.digest in request.META.get("HTTP_IF_NONE_MATCH", ""):
        kept = {name: value for name, value in headers.items() if name in {"ETag", "Cache-Control", "Vary"}}
        return HttpResponseNotModified(headers=kept)
    headers["Content-Length"] = str(len(content))
    return HttpResponse(content, headers=headers)


def _only_csrf(cookies: str) -> bool:
    return not cookies or all(
        cookie.partition("=")[0].strip() == settings.CSRF_COOKIE_NAME for cookie in cookies.split(";")
    )

"""Answering a browser from a storage:

ranges, conditions and types as RFC 9110 has them (sections 13 and 14).
"""

import re
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime

from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseNotAllowed,
    StreamingHttpResponse,
)

from soho.storage.contract import ObjectMissingError, ObjectStat, Storage
from soho.storage.keys import InvalidKeyError

_RANGE = re.compile(r"bytes=[ \t]*(\d{0,18})-(\d{0,18})[ \t]*", re.ASCII | re.IGNORECASE)


def object_response(
    request: HttpRequest, storage: Storage, key: str, *, cache_control: str
) -> HttpResponseBase:
    """Answer a GET or HEAD for the object `key`: 200, 206, 304, 404, 405 or 416.

    One byte range is honoured; several are answered with the whole object, as a server may. Conditions are
    If-None-Match, else If-Modified-Since, and If-Range. The bytes are streamed; nothing is guessed about the
    type.
    """
    if request.method not in ("GET", "HEAD"):
        return HttpResponseNotAllowed(["GET", "HEAD"])
    try:
        found = storage.stat(key)
    except InvalidKeyError:
        found = None
    if found is None:
        return _missing()
    headers = {
        "ETag": f'"{found.etag}"',
        "Last-Modified": format_datetime(found.modified.astimezone(UTC), usegmt=True),
        "Accept-Ranges": "bytes",
        "Cache-Control": cache_control,
        "X-Content-Type-Options": "nosniff",
    }
    if _is_unchanged(request, found):
        unchanged = HttpResponse(status=304, headers=headers)
        del unchanged["Content-Type"]
        return unchanged
    try:
        wanted = _wanted_range(request, found)
    except _UnsatisfiableError:
        return HttpResponse(status=416, headers=headers | {"Content-Range": f"bytes */{found.size}"})
    start, length = wanted or (0, found.size)
    headers |= {"Content-Type": found.content_type, "Content-Length": str(length)}
    if wanted:
        headers["Content-Range"] = f"bytes {start}-{start + length - 1}/{found.size}"
    status = 206 if wanted else 200
    if request.method == "HEAD":
        return HttpResponse(status=status, headers=headers)
    try:
        return StreamingHttpResponse(storage.open(key, start, length), status=status, headers=headers)
    except ObjectMissingError:  # deleted between the two questions
        return _missing()


def _missing() -> HttpResponse:
    return HttpResponse("There is nothing here.", status=404, content_type="text/plain; charset=utf-8")


def _is_unchanged(request: HttpRequest, found: ObjectStat) -> bool:
    tags = request.headers.get("If-None-Match")
    if tags is not None:
        known = [tag.strip().removeprefix("W/") for tag in tags.split(",")]
        return "*" in known or f'"{found.etag}"' in known
    since = _date(request.headers.get("If-Modified-Since"))
    return since is not None and found.modified.replace(microsecond=0) <= since


class _UnsatisfiableError(Exception):
    """The object has no byte in the range asked for."""


def _wanted_range(request: HttpRequest, found: ObjectStat) -> tuple[int, int] | None:
    """Return the first byte and the number of bytes asked for, or None for the whole object."""
    match = _RANGE.fullmatch(request.headers.get("Range", ""))
    if match is None or request.method != "GET" or not _range_still_holds(request, found):
        return None  # no range, several, or one that is not understood
    first, last = (int(text) if text else None for text in match.groups())
    if first is None:
        if last is None:
            return None
        first, last = max(0, found.size - last), found.size - 1 if last else -1
    elif last is None:
        last = found.size - 1
    elif last < first:
        return None  # says nothing, so the RFC has it ignored
    last = min(last, found.size - 1)
    if first > last:
        raise _UnsatisfiableError
    return first, last - first + 1


def _range_still_holds(request: HttpRequest, found: ObjectStat) -> bool:
    condition = request.headers.get("If-Range")
    if condition is None:
        return True
    if condition.startswith(('"', "W/")):
        return condition == f'"{found.etag}"'
    # Only a date that is a full second older than now is strong enough to tell two contents apart.
    date = _date(condition)
    settled = datetime.now(UTC) - found.modified > timedelta(seconds=1)
    return date is not None and settled and found.modified.replace(microsecond=0) == date


def _date(text: str | None) -> datetime | None:
    try:
        date = parsedate_to_datetime(text) if text else None
    except (ValueError, IndexError, OverflowError):
        return None
    return date.replace(tzinfo=UTC) if date is not None and date.tzinfo is None else date

"""What a browser gets: whole films and parts of them, from either storage."""

import os
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path

import pytest
from django.http import HttpResponseBase, StreamingHttpResponse
from django.test import RequestFactory

from soho.storage import LocalConfig, Storage, storage_from
from soho.storage.serve import object_response

KEY = "videos/alice/1.mp4"
FILM = b"0123456789"


@pytest.fixture
def served(storage: Storage, file_of: Callable[[bytes], Path]) -> Storage:
    """A storage with a film of ten bytes in it."""
    storage.put(KEY, file_of(FILM), "video/mp4")
    return storage


def ask(storage: Storage, key: str = KEY, method: str = "GET", **headers: str) -> HttpResponseBase:
    request = RequestFactory().generic(
        method, "/media/x", headers={k.replace("_", "-"): v for k, v in headers.items()}
    )
    return object_response(request, storage, key, cache_control="private, max-age=60")


def body(answer: HttpResponseBase) -> bytes:
    if isinstance(answer, StreamingHttpResponse):
        return b"".join(answer)
    return answer.content


def test_the_whole_film(served: Storage) -> None:
    answer = ask(served)
    assert (answer.status_code, body(answer)) == (200, FILM)
    assert answer["Content-Type"] == "video/mp4"
    assert answer["Content-Length"] == "10"
    assert answer["Accept-Ranges"] == "bytes"
    assert answer["Cache-Control"] == "private, max-age=60"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["ETag"].startswith('"')
    assert answer["Last-Modified"].endswith("GMT")
    assert "Content-Range" not in answer


@pytest.mark.parametrize(
    ("asked", "content_range", "expected"),
    [
        ("bytes=0-1", "bytes 0-1/10", b"01"),  # what Safari asks first
        ("bytes=0-", "bytes 0-9/10", FILM),
        ("bytes=0-9", "bytes 0-9/10", FILM),
        ("bytes=3-5", "bytes 3-5/10", b"345"),
        ("bytes=8-", "bytes 8-9/10", b"89"),
        ("bytes=9-9", "bytes 9-9/10", b"9"),
        ("bytes=5-999999999999", "bytes 5-9/10", b"56789"),
        ("bytes=-3", "bytes 7-9/10", b"789"),
        ("bytes=-99", "bytes 0-9/10", FILM),
        ("BYTES=3-5", "bytes 3-5/10", b"345"),
    ],
)
def test_a_part_of_it(served: Storage, asked: str, content_range: str, expected: bytes) -> None:
    answer = ask(served, Range=asked)
    assert (answer.status_code, body(answer)) == (206, expected)
    assert answer["Content-Range"] == content_range
    assert answer["Content-Length"] == str(len(expected))


@pytest.mark.parametrize("asked", ["bytes=10-", "bytes=10-20", "bytes=99-", "bytes=-0"])
def test_a_part_that_is_not_there(served: Storage, asked: str) -> None:
    answer = ask(served, Range=asked)
    assert (answer.status_code, body(answer)) == (416, b"")
    assert answer["Content-Range"] == "bytes */10"


@pytest.mark.parametrize(
    "asked",
    [
        "bytes=0-1,4-5",
        "bytes=5-3",
        "bytes=-",
        "bytes=a-b",
        "bytes=1-2-3",
        "lines=1-2",
        "bytes",
        "",
        "bytes=٣-٥",
        "bytes=" + "9" * 40 + "-",
    ],
)
def test_what_is_no_single_range_brings_the_whole(served: Storage, asked: str) -> None:
    answer = ask(served, Range=asked)
    assert (answer.status_code, body(answer)) == (200, FILM)


def test_head_says_everything_but_the_bytes(served: Storage) -> None:
    whole, head = ask(served), ask(served, method="HEAD", Range="bytes=0-1")
    assert (head.status_code, body(head)) == (200, b"")
    assert dict(head.headers) == dict(whole.headers)


def test_what_is_known_already_is_not_sent_again(served: Storage) -> None:
    first = ask(served)
    etag, date = first["ETag"], first["Last-Modified"]
    for headers in (
        {"If_None_Match": etag},
        {"If_None_Match": f'"other", W/{etag}'},
        {"If_None_Match": "*"},
        {"If_Modified_Since": date},
        {"If_None_Match": etag, "Range": "bytes=0-1"},
    ):
        answer = ask(served, **headers)
        assert (answer.status_code, body(answer)) == (304, b""), headers
        assert answer["ETag"] == etag
        assert "Content-Type" not in answer
    for headers in (
        {"If_None_Match": '"other"'},
        {"If_None_Match": '"other"', "If_Modified_Since": date},  # the tag decides
        {"If_Modified_Since": "Mon, 01 Jan 2001 00:00:00 GMT"},
        {"If_Modified_Since": "yesterday"},
    ):
        assert ask(served, **headers).status_code == 200, headers


def test_a_part_is_sent_only_of_the_film_that_was_meant(served: Storage) -> None:
    etag = ask(served)["ETag"]
    assert ask(served, Range="bytes=0-1", If_Range=etag).status_code == 206
    assert ask(served, Range="bytes=0-1", If_Range='"other"').status_code == 200
    assert ask(served, Range="bytes=0-1", If_Range=f"W/{etag}").status_code == 200
    assert ask(served, Range="bytes=0-1", If_Range="Mon, 01 Jan 2001 00:00:00 GMT").status_code == 200
    assert ask(served, Range="bytes=0-1", If_Range="rubbish").status_code == 200


def test_a_film_replaced_has_another_etag(served: Storage, file_of: Callable[[bytes], Path]) -> None:
    etag = ask(served)["ETag"]
    served.put(KEY, file_of(b"9876543210"), "video/mp4")
    answer = ask(served, Range="bytes=5-", If_Range=etag)
    assert (answer.status_code, body(answer)) == (200, b"9876543210")


def test_a_date_that_is_old_enough_is_as_good_as_a_tag(
    local_folder: Path, file_of: Callable[[bytes], Path]
) -> None:
    storage = storage_from(LocalConfig(local_folder))
    storage.put(KEY, file_of(FILM), "video/mp4")
    os.utime(local_folder / KEY, (1_700_000_000.5, 1_700_000_000.5))
    date = format_datetime(datetime.fromtimestamp(1_700_000_000, UTC), usegmt=True)
    assert ask(storage, Range="bytes=0-1", If_Range=date).status_code == 206
    assert ask(storage, If_Modified_Since=date).status_code == 304


@pytest.mark.parametrize(
    "key",
    ["videos/alice/2.mp4", "../secret.txt", "/etc/passwd", "videos/%2e%2e/x.mp4", "videos/a\x00.mp4", ""],
)
def test_what_is_not_there_is_404_whatever_it_is_called(served: Storage, key: str) -> None:
    answer = ask(served, key)
    assert answer.status_code == 404
    assert answer["Content-Type"].startswith("text/plain")


def test_only_reading_is_allowed(served: Storage) -> None:
    answer = ask(served, method="POST")
    assert (answer.status_code, answer["Allow"]) == (405, "GET, HEAD")


def test_an_empty_object_has_no_part(storage: Storage, file_of: Callable[[bytes], Path]) -> None:
    storage.put("checks/empty.txt", file_of(b""), "text/plain; charset=utf-8")
    assert body(ask(storage, "checks/empty.txt")) == b""
    assert ask(storage, "checks/empty.txt", Range="bytes=0-").status_code == 416


def test_a_large_film_is_streamed_in_pieces(storage: Storage, file_of: Callable[[bytes], Path]) -> None:
    storage.put(KEY, file_of(bytes(3_000_000)), "video/mp4")
    answer = ask(storage)
    assert isinstance(answer, StreamingHttpResponse)
    assert max(len(piece) for piece in answer) <= 128 * 1024

"""The signed-out front page: one copy for everybody, two seconds old at most."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext

from soho.accounts.actions import create_api_key
from soho.accounts.models import User
from soho.creations.actions import publish, unpublish
from soho.creations.models import Status
from soho.feed import front_page
from soho.feed.front_page import FrontPage, share
from tests.feed.conftest import make

Count = Callable[[int], CaptureQueriesContext]


def seen(client: Client) -> list[str]:
    return [one["creationId"] for one in client.get("/api/feed").json()["creations"]]


def within_two_seconds(holds: Callable[[], bool]) -> bool:
    until = time.monotonic() + 2.0
    while time.monotonic() < until:
        if holds():
            return True
        time.sleep(0.05)
    return holds()


def test_the_second_visitor_gets_the_first_ones_copy(
    client: Client, alice: User, django_assert_num_queries: Count
) -> None:
    make(alice)
    first = client.get("/api/feed")
    with django_assert_num_queries(0):
        second = client.get("/api/feed")

    assert second.content == first.content
    # But for its own request's id, the copy is the page.
    assert first.headers.pop("X-Request-ID") != second.headers.pop("X-Request-ID")
    assert dict(second.headers) == dict(first.headers)
    assert first.headers["Cache-Control"] == "public, s-maxage=1, max-age=0"
    assert {"Cookie", "Authorization"} <= {name.strip() for name in first.headers["Vary"].split(",")}
    assert first.headers["X-Content-Type-Options"] == "nosniff"  # the copy keeps what other middleware said
    assert first.headers["Content-Length"] == str(len(first.content))


def test_who_has_the_copy_already_is_told_so_without_a_body(client: Client, alice: User) -> None:
    make(alice)
    etag = client.get("/api/feed").headers["ETag"]
    for asked in (etag, f'"other", {etag}', f"W/{etag}"):
        again = client.get("/api/feed", headers={"If-None-Match": asked})
        assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", etag)
    assert client.get("/api/feed", headers={"If-None-Match": '"other"'}).status_code == 200


def test_another_page_has_another_tag(client: Client, alice: User) -> None:
    before = client.get("/api/feed").headers["ETag"]
    make(alice)
    assert within_two_seconds(lambda: client.get("/api/feed").headers["ETag"] != before)


def test_publishing_unpublishing_and_deleting_show_within_two_seconds(client: Client, alice: User) -> None:
    post = make(alice, status=Status.DRAFT, published_at=None)
    assert seen(client) == []

    publish(alice.pk, post.pk)
    assert within_two_seconds(lambda: seen(client) == [str(post.pk)])
    unpublish(alice.pk, post.pk)
    assert within_two_seconds(lambda: seen(client) == [])
    publish(alice.pk, post.pk)
    assert within_two_seconds(lambda: seen(client) == [str(post.pk)])
    post.delete()
    assert within_two_seconds(lambda: seen(client) == [])


def test_whoever_is_somebody_never_meets_the_copy(client: Client, alice: User, bob: User) -> None:
    assert seen(client) == []
    _, key = create_api_key(bob, "script")
    post = make(alice)

    # The stranger's copy is a moment old and still empty; these see the post at once.
    with_key = client.get("/api/feed", headers={"Authorization": f"Bearer {key}"})
    client.cookies["theme"] = "dark"
    with_cookie = client.get("/api/feed")
    client.cookies.clear()
    client.force_login(bob)
    with_session = client.get("/api/feed")

    for answer in (with_key, with_cookie, with_session):
        assert [one["creationId"] for one in answer.json()["creations"]] == [str(post.pk)]
        assert answer.headers["Cache-Control"] == "private, no-store"
        assert "ETag" not in answer.headers


def test_nobody_gets_what_was_made_for_somebody(client: Client, alice: User, bob: User) -> None:
    client.force_login(bob)
    client.get("/api/feed")
    client.logout()
    client.cookies.clear()
    assert client.get("/api/feed").headers["Cache-Control"] == "public, s-maxage=1, max-age=0"


def test_other_pages_and_other_words_are_not_kept(client: Client, alice: User) -> None:
    for address in ("/api/feed?limit=3", "/api/users/alice/creations"):
        assert "ETag" not in client.get(address).headers
    assert client.post("/api/feed").status_code == 405


def test_a_part_of_the_page_is_no_copy_of_the_whole(client: Client, alice: User) -> None:
    whole = client.get("/soho/explore")
    part = client.get("/soho/explore", headers={"X-Fragment": "feed"})
    assert "ETag" in whole.headers
    assert "ETag" not in part.headers
    assert len(part.content) < len(whole.content)


def test_the_page_of_the_feed_is_kept_as_its_json_is(
    client: Client, alice: User, django_assert_num_queries: Count
) -> None:
    post = make(alice, caption="Evening light over the ridge")
    first = client.get("/soho/explore")
    with django_assert_num_queries(0):
        second = client.get("/soho/explore")
    assert second.content == first.content
    assert str(post.pk) in first.content.decode()
    assert "Content-Security-Policy" in second.headers


def test_a_csrf_token_does_not_make_anyone_somebody(client: Client, db: None) -> None:
    client.cookies["csrftoken"] = "t" * 32
    assert "ETag" in client.get("/api/feed").headers


def ask(**more: str) -> HttpRequest:
    return RequestFactory().get("/api/feed", **more)


def page(content: bytes = b"page") -> HttpResponse:
    response = HttpResponse(content)
    share(response)
    return response


@pytest.mark.parametrize("spoil", ["status", "cookie", "private"])
def test_what_is_not_for_everybody_is_not_kept(spoil: str) -> None:
    made = 0

    def site(request: HttpRequest) -> HttpResponseBase:
        nonlocal made
        made += 1
        response = page()
        if spoil == "status":
            response.status_code = 500
        elif spoil == "cookie":
            response.set_cookie("flavour", "oat")
        else:
            response.headers["Cache-Control"] = "private, no-store"
        return response

    door = FrontPage(site)
    for _ in range(3):
        assert "ETag" not in door(ask()).headers
    assert made == 3


def test_each_name_of_the_site_has_its_own_copy() -> None:
    door = FrontPage(lambda request: page(request.META["HTTP_HOST"].encode()))
    answers = [door(ask(HTTP_HOST=name)) for name in ("a.example", "b.example", "a.example")]
    assert [getattr(answer, "content", None) for answer in answers] == [
        b"a.example",
        b"b.example",
        b"a.example",
    ]


def test_a_thousand_invented_names_do_not_fill_the_memory() -> None:
    door = FrontPage(lambda request: page())
    for n in range(1000):
        door(ask(HTTP_HOST=f"{n}.example"))
    assert len(door._places) <= front_page.MOST_PLACES


def test_a_crowd_at_a_cold_start_makes_one_page() -> None:
    made: list[float] = []

    def slow_site(request: HttpRequest) -> HttpResponseBase:
        made.append(time.monotonic())
        time.sleep(0.3)
        return page()

    door = FrontPage(slow_site)
    with ThreadPoolExecutor(8) as crowd:
        answers = list(crowd.map(lambda _: door(ask()), range(8)))

    assert len(made) == 1
    assert {getattr(answer, "content", None) for answer in answers} == {b"page"}


def test_while_one_makes_the_new_page_the_others_get_the_old_one_at_once() -> None:
    slow, working = threading.Event(), threading.Event()
    contents = iter([b"old", b"new"])

    def site(request: HttpRequest) -> HttpResponseBase:
        content = next(contents)
        if content == b"new":
            working.set()
            assert slow.wait(5)
        return page(content)

    def content() -> bytes:
        response = door(ask())
        assert isinstance(response, HttpResponse)
        return response.content

    door = FrontPage(site)
    assert content() == b"old"
    time.sleep(front_page.FRESH_SECONDS + 0.05)
    with ThreadPoolExecutor(1) as one:
        newcomer = one.submit(content)
        assert working.wait(5)
        assert content() == b"old"
        slow.set()
        assert newcomer.result(5) == b"new"
    assert content() == b"new"


def test_a_page_that_cannot_be_made_holds_nobody_up_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(front_page, "WAIT_SECONDS", 0.1)
    stuck, entered = threading.Event(), threading.Event()

    def site(request: HttpRequest) -> HttpResponseBase:
        if not entered.is_set():
            entered.set()
            assert stuck.wait(5)
        return page()

    door = FrontPage(site)
    with ThreadPoolExecutor(1) as one:
        first = one.submit(door, ask())
        assert entered.wait(5)
        began = time.monotonic()
        assert door(ask()).status_code == 200
        assert time.monotonic() - began < 1
        stuck.set()
        assert first.result(5).status_code == 200

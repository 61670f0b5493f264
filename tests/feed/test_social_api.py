"""Tags, search, Following, Top, follow, comments and remixes over HTTP, shaped as their own document says."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import jsonschema
import pytest
from django.test import Client
from django.test.utils import CaptureQueriesContext

from soho.accounts.models import User
from soho.config.api import api
from soho.creations import actions
from soho.creations.models import Creation, Status
from soho.feed import pace
from soho.feed.models import Comment, Follow
from soho.feed.pace import Pace
from tests.feed.conftest import make
from tests.feed.test_api import forbid_more, ids, signed_in

Count = Callable[[int], CaptureQueriesContext]

NOBODYS = "01900000-0000-7000-8000-000000000000"  # an id that nothing has


def publish(user: User, caption: str, **facts: Any) -> Creation:
    draft = make(user, status=Status.DRAFT, published_at=None, **facts)
    return actions.publish(user.pk, draft.pk, caption=caption)


@pytest.fixture
def room(alice: User, bob: User) -> Creation:
    """Alice's post, which bob remixed, and below which both talk."""
    post = publish(alice, "Evening #light with @bob")
    publish(bob, "After @alice #light", remix_of=post)
    client = signed_in(bob)
    said = client.post(
        f"/api/generate/video/{post.pk}/comments", {"text": "Hello @alice"}, content_type="application/json"
    ).json()["comment"]
    signed_in(alice).post(
        f"/api/generate/video/{post.pk}/comments",
        {"text": "Hello", "parentId": said["commentId"]},
        content_type="application/json",
    )
    client.post("/api/users/alice/follow")
    return post


def test_every_answer_has_its_documents_shape(room: Creation, bob: User) -> None:
    client, document = signed_in(bob), api.get_openapi_schema()
    first = Comment.objects.filter(parent=None).get()
    here = f"/api/generate/video/{room.pk}"
    for method, address, path in [
        ("get", "/api/feed?sort=top", "/feed"),
        ("get", "/api/feed/following", "/feed/following"),
        ("get", "/api/tags/Light/creations", "/tags/{tag}/creations"),
        ("get", "/api/search?q=al", "/search"),
        ("get", "/api/search?q=%23light", "/search"),
        ("get", f"{here}/remixes", "/generate/video/{creation_id}/remixes"),
        ("get", f"{here}/comments", "/generate/video/{creation_id}/comments"),
        ("get", f"/api/comments/{first.pk}/replies", "/comments/{comment_id}/replies"),
        ("post", f"{here}/comments", "/generate/video/{creation_id}/comments"),
        ("post", "/api/users/alice/follow", "/users/{username}/follow"),
        ("delete", "/api/users/alice/follow", "/users/{username}/follow"),
    ]:
        more: dict[str, Any] = (
            {"data": {"text": "Again"}, "content_type": "application/json"} if "comments" in path else {}
        )
        answer = getattr(client, method)(address, **(more if method == "post" else {}))
        operation = document["paths"][f"/api{path}"][method]
        schema = operation["responses"][answer.status_code]["content"]["application/json"]["schema"]
        jsonschema.validate(
            answer.json(),
            {**forbid_more(schema), "components": forbid_more(document["components"])},
            format_checker=jsonschema.FormatChecker(),
        )


def test_everybody_reads_and_only_people_write(client: Client, room: Creation, alice: User) -> None:
    here = f"/api/generate/video/{room.pk}"
    light = client.get("/api/tags/LIGHT/creations")
    assert len(ids(light)) == 2
    assert ids(client.get("/api/search", {"q": "#light @alice"})) == [str(room.pk)]
    assert client.get("/api/search", {"q": "ali"}).json()["people"] == [
        {"username": "alice", "avatarUrl": None}
    ]
    assert ids(client.get(f"{here}/remixes")) == [ids(light)[0]]
    (said,) = client.get(f"{here}/comments").json()["comments"]
    assert (said["text"], said["mentions"], said["deletableByMe"]) == ("Hello @alice", ["alice"], False)
    assert [one["text"] for one in said["replies"]] == ["Hello"]
    assert client.get("/api/feed").json()["creations"][1]["commentCount"] == 2
    for method, address in [
        ("get", "/api/feed/following"),
        ("post", f"{here}/comments"),
        ("post", "/api/users/alice/follow"),
        ("delete", "/api/users/alice/follow"),
        ("delete", f"/api/comments/{said['commentId']}"),
    ]:
        answer = getattr(client, method)(address)
        assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated"), address
    assert Follow.objects.count() == 1
    assert Comment.objects.count() == 2


def test_following_is_what_those_one_follows_publish(alice: User, bob: User, charlie: User) -> None:
    hers, his = publish(alice, "hers"), publish(charlie, "his")
    client = signed_in(bob)
    assert ids(client.get("/api/feed/following")) == []
    assert client.post("/api/users/alice/follow").json() == {
        "followerCount": 1,
        "followingCount": 0,
        "followedByMe": True,
    }
    assert ids(client.get("/api/feed/following")) == [str(hers.pk)]
    client.post("/api/users/charlie/follow")
    first = client.get("/api/feed/following", {"limit": 1})
    second = client.get("/api/feed/following", {"limit": 1, "cursor": first.json()["nextCursor"]})
    assert ids(first) + ids(second) == [str(his.pk), str(hers.pk)]
    assert second.json()["nextCursor"] is None
    client.delete("/api/users/alice/follow")
    assert ids(client.get("/api/feed/following")) == [str(his.pk)]


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "field"),
    [
        ("get", "/api/feed?sort=best", None, 422, "sort"),
        ("get", "/api/feed?sort=top&cursor=x", None, 422, "cursor"),
        ("get", "/api/feed/following?cursor=x", None, 422, "cursor"),
        ("get", "/api/tags/light/creations?cursor=x", None, 422, "cursor"),
        ("get", "/api/tags/1/creations", None, 404, None),
        ("get", "/api/tags/a%00b/creations", None, 404, None),
        ("get", "/api/search", None, 422, "q"),
        ("get", f"/api/search?q={'x' * 201}", None, 422, "q"),
        ("get", "/api/search?q=a%00b", None, 422, "q"),
        ("get", "/api/search?q=light&cursor=x", None, 422, "cursor"),
        ("get", "{post}/comments?cursor=x", None, 422, "cursor"),
        ("get", "{post}/comments?limit=51", None, 422, "limit"),
        ("get", "{post}/remixes?cursor=x", None, 422, "cursor"),
        ("post", "{post}/comments", {"text": ""}, 422, "text"),
        ("post", "{post}/comments", {"text": "x" * 1001}, 422, "text"),
        ("post", "{post}/comments", {"text": "x", "parentId": "no id"}, 422, "parentId"),
        ("post", "{post}/comments", {"text": "x", "parentId": str(uuid4())}, 422, "parentId"),
        ("post", "{post}/comments", {"text": "x", "more": 1}, 422, "more"),
        ("post", f"/api/generate/video/{NOBODYS}/comments", {"text": "x"}, 404, None),
        ("get", f"/api/generate/video/{NOBODYS}/comments", None, 404, None),
        ("get", f"/api/generate/video/{NOBODYS}/remixes", None, 404, None),
        ("get", f"/api/comments/{NOBODYS}/replies", None, 404, None),
        ("delete", f"/api/comments/{NOBODYS}", None, 404, None),
        ("delete", "/api/comments/no-id", None, 404, None),
        ("post", "/api/users/nobody/follow", None, 404, None),
        ("post", "/api/users/bob/follow", None, 422, "username"),
        ("post", "/api/generate/video", {"prompt": "x", "remixOf": "no id"}, 422, "remixOf"),
        ("post", "/api/generate/video", {"prompt": "x", "remixOf": str(uuid4())}, 422, "remixOf"),
    ],
)
def test_bad_input_names_its_field_and_changes_nothing(
    room: Creation, bob: User, method: str, path: str, body: Any, status: int, field: str | None
) -> None:
    address = path.replace("{post}", f"/api/generate/video/{room.pk}")
    more: dict[str, Any] = {"data": body, "content_type": "application/json"} if body is not None else {}
    answer = getattr(signed_in(bob), method)(address, **more)
    assert answer.status_code == status
    assert answer.headers["Content-Type"] == "application/problem+json"
    if field:
        assert [error["field"] for error in answer.json()["errors"]] == [field]
    assert (Comment.objects.count(), Follow.objects.count(), Creation.objects.count()) == (2, 1, 2)


def test_a_remix_over_http_is_told_apart_from_the_same_wish_without_one(room: Creation, bob: User) -> None:
    client = signed_in(bob)

    def ask(**more: str) -> Any:
        return client.post(
            "/api/generate/video",
            {"prompt": "Another like it", **more},
            content_type="application/json",
            headers={"Idempotency-Key": "one"},
        )

    started = ask(remixOf=str(room.pk))
    assert ask(remixOf=str(room.pk)).json() == started.json()
    assert (ask().status_code, ask().json()["code"]) == (422, "idempotency_mismatch")
    mine = client.get(f"/api/generate/video/{started.json()['creationId']}").json()["creation"]
    assert mine["remixOf"] == str(room.pk)


def test_a_comment_goes_with_its_author_or_the_posts_owner(
    room: Creation, alice: User, bob: User, charlie: User
) -> None:
    first = Comment.objects.filter(parent=None).get()
    assert signed_in(charlie).delete(f"/api/comments/{first.pk}").status_code == 404
    assert signed_in(alice).delete(f"/api/comments/{first.pk}").status_code == 204
    assert signed_in(bob).delete(f"/api/comments/{first.pk}").status_code == 404
    assert Comment.objects.count() == 0


def test_too_many_are_told_how_long_to_wait(
    room: Creation, bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pace, "COMMENTS", (Pace("comments of a story", 0, 60),))
    answer = signed_in(bob).post(
        f"/api/generate/video/{room.pk}/comments", {"text": "Hi"}, content_type="application/json"
    )
    assert (answer.status_code, answer.json()["code"]) == (429, "too_many_requests")
    assert answer.headers["Retry-After"] == "60"


def test_what_comes_from_another_site_is_refused(room: Creation, bob: User) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(bob)
    first = Comment.objects.filter(parent=None).get()
    for method, address in [
        ("post", f"/api/generate/video/{room.pk}/comments"),
        ("delete", f"/api/comments/{first.pk}"),
        ("delete", "/api/users/alice/follow"),
    ]:
        assert getattr(strict, method)(address).status_code == 403
    assert (Comment.objects.count(), Follow.objects.count()) == (2, 1)


def test_pages_are_one_query_and_the_person_two_more(
    client: Client, room: Creation, bob: User, django_assert_num_queries: Count
) -> None:
    friend = signed_in(bob)
    for reader, address, count in [
        (client, "/api/feed?sort=top", 1),
        (client, "/api/tags/light/creations", 1),
        (client, f"/api/generate/video/{room.pk}/remixes", 1),
        (client, f"/api/generate/video/{room.pk}/comments", 2),  # and the first answers
        (friend, "/api/feed/following", 3),
    ]:
        with django_assert_num_queries(count, info=address):
            assert reader.get(address).status_code == 200


def test_the_front_page_is_the_newest_alone(client: Client, room: Creation) -> None:
    client.get("/api/feed")
    answer = client.get("/api/feed?sort=top")
    assert answer.headers["Cache-Control"] == "private, no-store"

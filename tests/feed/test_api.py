"""The feed over HTTP: open to all for reading, to people for liking, and shaped as its own document says."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import jsonschema
import pytest
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from soho.accounts.actions import create_api_key
from soho.accounts.models import User
from soho.config.api import api
from soho.creations.models import Creation, Status
from soho.feed.actions import like
from tests.feed.conftest import make, make_series

Count = Callable[[int], CaptureQueriesContext]


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def ids(answer: Any) -> list[str]:
    return [one["creationId"] for one in answer.json()["creations"]]


def test_everybody_reads_page_after_page(client: Client, alice: User) -> None:
    expected = make_series(alice, 7)

    first = client.get("/api/feed", {"limit": 4})
    last = client.get("/api/feed", {"limit": 4, "cursor": first.json()["nextCursor"]})

    assert first.headers["Content-Type"] == "application/json"
    assert ids(first) + ids(last) == expected
    assert last.json()["nextCursor"] is None


def test_a_profile_is_open_too(client: Client, alice: User, bob: User) -> None:
    hers = make_series(alice, 3)
    make(bob)
    assert ids(client.get("/api/users/alice/creations")) == hers


def test_somebody_without_posts_is_not_nobody(client: Client, charlie: User) -> None:
    assert client.get("/api/users/charlie/creations").json() == {"creations": [], "nextCursor": None}
    nobody = client.get("/api/users/nobody/creations")
    assert (nobody.status_code, nobody.json()["code"]) == (404, "not_found")


def test_what_i_like_is_marked_for_me_by_session_and_by_key(client: Client, alice: User, bob: User) -> None:
    post = make(alice)
    like(bob, post.pk)
    _, key = create_api_key(bob, "script")

    def liked(answer: Any) -> bool:
        (item,) = answer.json()["creations"]
        return bool(item["likedByMe"])

    assert liked(signed_in(bob).get("/api/feed"))
    assert liked(signed_in(bob).get("/api/users/alice/creations"))
    assert liked(client.get("/api/feed", headers={"Authorization": f"Bearer {key}"}))
    assert not liked(signed_in(alice).get("/api/feed"))
    assert not liked(client.get("/api/feed"))


def test_a_wrong_key_is_told_so_and_not_taken_for_a_stranger(client: Client, alice: User) -> None:
    answer = client.get("/api/feed", headers={"Authorization": "Bearer soho_wrong"})
    assert (answer.status_code, answer.json()["code"]) == (401, "invalid_key")


@pytest.mark.parametrize("path", ["/api/feed", "/api/users/alice/creations"])
@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"cursor": "x"}, "cursor"),
        ({"cursor": ""}, "cursor"),
        ({"cursor": "f" + "_" * 31}, "cursor"),
        ({"cursor": "A" * 500}, "cursor"),
        ({"limit": "0"}, "limit"),
        ({"limit": "101"}, "limit"),
        ({"limit": "many"}, "limit"),
    ],
)
def test_bad_input_names_its_field(
    client: Client, alice: User, path: str, query: dict[str, str], field: str
) -> None:
    answer = client.get(path, query)
    assert answer.status_code == 422
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert [error["field"] for error in answer.json()["errors"]] == [field]


@given(cursor=st.text(max_size=60) | st.binary(min_size=24, max_size=24).map(lambda data: data.hex()))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_cursor_whatever_brings_the_feed_down(client: Client, db: None, cursor: str) -> None:
    assert client.get("/api/feed", {"cursor": cursor}).status_code in {200, 422}


@pytest.mark.parametrize("name", ["%00", "a%00b", "..", "%F0%9F%8E%AC", "x" * 150, "%ff"])
def test_no_name_whatever_brings_a_profile_down(client: Client, db: None, name: str) -> None:
    assert client.get(f"/api/users/{name}/creations").status_code == 404


def test_liking_and_taking_it_back(alice: User, bob: User) -> None:
    post = make(alice)
    address = f"/api/generate/video/{post.pk}/like"
    client = signed_in(bob)

    for _ in range(2):
        assert client.post(address).json() == {"likeCount": 1, "likedByMe": True}
    for _ in range(2):
        assert client.delete(address).json() == {"likeCount": 0, "likedByMe": False}


def test_a_like_needs_somebody_and_something(client: Client, alice: User, bob: User) -> None:
    draft = make(alice, status=Status.DRAFT)
    assert client.post(f"/api/generate/video/{make(alice).pk}/like").status_code == 401
    for wanted in (draft.pk, uuid4(), "no-id", "%00"):
        answer = signed_in(bob).post(f"/api/generate/video/{wanted}/like")
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_a_like_from_another_site_is_refused(alice: User, bob: User) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(bob)
    post = make(alice)
    assert strict.post(f"/api/generate/video/{post.pk}/like").status_code == 403
    assert Creation.objects.get(pk=post.pk).like_count == 0


def test_a_page_is_one_query_and_the_person_two_more(
    client: Client, alice: User, bob: User, django_assert_num_queries: Count
) -> None:
    make_series(alice, 30)
    with django_assert_num_queries(1):
        client.get("/api/feed")
    with django_assert_num_queries(1):
        client.get("/api/users/alice/creations")
    friend = signed_in(bob)
    with django_assert_num_queries(3):  # the session, the person, the page
        friend.get("/api/feed")


def test_the_answers_have_the_documents_shape(alice: User, bob: User) -> None:
    make(alice, caption="Evening light", rendition_key="videos/a_480.mp4", placeholder="3OcRJYB4")
    make(alice, media_type="image", duration=None)
    client = signed_in(bob)
    document = api.get_openapi_schema()

    def check(answer: Any, method: str, path: str) -> None:
        operation = document["paths"][f"/api{path}"][method]
        schema = operation["responses"][answer.status_code]["content"]["application/json"]["schema"]
        jsonschema.validate(
            answer.json(),
            {**forbid_more(schema), "components": forbid_more(document["components"])},
            format_checker=jsonschema.FormatChecker(),
        )

    check(client.get("/api/feed"), "get", "/feed")
    check(client.get("/api/users/alice/creations"), "get", "/users/{username}/creations")
    post = client.get("/api/feed").json()["creations"][0]["creationId"]
    check(client.post(f"/api/generate/video/{post}/like"), "post", "/generate/video/{creation_id}/like")
    check(client.delete(f"/api/generate/video/{post}/like"), "delete", "/generate/video/{creation_id}/like")


def forbid_more(schema: Any) -> Any:
    """The same schema, but a member that it does not name is an error: what we answer is what we document."""
    if isinstance(schema, list):
        return [forbid_more(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    closed = {name: forbid_more(value) for name, value in schema.items()}
    if schema.get("type") == "object" and "properties" in schema:
        closed |= {"additionalProperties": False, "required": list(schema["properties"])}
    return closed

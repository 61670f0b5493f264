"""Profiles by the API: everybody reads them, each changes their own."""

from typing import Any

import pytest
from django.test import Client

from soho.accounts.models import User
from soho.feed import actions as feed
from soho.feed import follows
from soho.profiles import queries
from soho.web.captions import introduced
from tests.web.conftest import make


def patch(client: Client, body: Any) -> Any:
    return client.patch("/api/me/profile", body, content_type="application/json")


def test_everybody_reads_what_somebody_shows(
    as_bob: Client, alice: User, bob: User, django_assert_num_queries: Any
) -> None:
    posts = [make(alice) for _ in range(3)]
    make(alice, "draft")
    for post in posts[:2]:
        feed.like(bob, post.pk)
    follows.follow(bob, "alice")

    with django_assert_num_queries(3):  # who, what their posts come to, followers
        said = Client().get("/api/users/ALICE").json()["user"]

    assert said == {
        "userId": str(alice.pk),
        "username": "alice",
        "bio": "",
        "avatarUrl": None,
        "avatarLargeUrl": None,
        "createdAt": said["createdAt"],
        "postCount": 3,
        "likeCount": 2,
        "followerCount": 1,
        "followingCount": 0,
        "followedByMe": False,
    }
    assert as_bob.get("/api/users/alice").json()["user"]["followedByMe"] is True
    html = as_bob.get("/soho/alice").content.decode()
    for words in ("<b>3</b> posts", "<b>2</b> likes", "</b> follower<"):
        assert words in html


def test_nobody_and_people_who_are_switched_off_are_not_found(alice: User) -> None:
    User.objects.filter(pk=alice.pk).update(is_active=False)
    for name in ("alice", "nobody", "%00", "x" * 300):
        assert Client().get(f"/api/users/{name}").status_code == 404


def test_a_bio_is_changed_and_bounded(as_alice: Client, alice: User, bob: User) -> None:
    answer = patch(as_alice, {"bio": "  Light,\r\nmostly. ✨ "})
    assert answer.json()["user"]["bio"] == "Light,\nmostly. ✨"
    assert patch(as_alice, {"bio": "x" * 300}).status_code == 200
    for bad in ("x" * 301, "nul\0", "a\n" * 6 + "b", "\x1b[31m"):
        refused = patch(as_alice, {"bio": bad})
        assert refused.status_code == 422
        assert refused.json()["errors"][0]["field"] == "bio"
    for bad_body in ({}, {"bio": None}, {"bio": 1}, {"bio": "x", "username": "operator"}):
        assert patch(as_alice, bad_body).status_code == 422
    alice.refresh_from_db()
    assert alice.bio == "x" * 300
    assert (bob.bio, alice.username) == ("", "alice")
    assert patch(as_alice, {"bio": ""}).json()["user"]["bio"] == ""


def test_only_who_is_signed_in_changes_anything(alice: User) -> None:
    strict = Client(enforce_csrf_checks=True)
    assert patch(strict, {"bio": "x"}).status_code == 401
    strict.force_login(alice)
    assert patch(strict, {"bio": "x"}).status_code == 403
    assert strict.post("/settings/profile", {"bio": "x"}).status_code == 403
    alice.refresh_from_db()
    assert alice.bio == ""


def test_the_form_says_what_is_wrong_and_keeps_what_is_right(as_alice: Client, alice: User) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    upload = SimpleUploadedFile("me.png", b"<svg/>", "image/png")
    answer = as_alice.post("/settings/profile", {"bio": "Kept", "avatar": upload})
    assert answer.status_code == 422
    assert "Choose a still picture" in answer.content.decode()
    alice.refresh_from_db()
    assert alice.bio == "Kept"
    long = as_alice.post("/settings/profile", {"bio": "y" * 301})
    assert long.status_code == 422
    assert "y" * 301 in long.content.decode()


def test_a_form_that_is_far_too_large_is_read_by_nobody(
    as_alice: Client, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.core.files import uploadhandler
    from django.core.files.uploadedfile import SimpleUploadedFile

    def kept(*args: Any) -> None:
        raise AssertionError("It was kept.")

    for handler in (uploadhandler.MemoryFileUploadHandler, uploadhandler.TemporaryFileUploadHandler):
        monkeypatch.setattr(handler, "receive_data_chunk", kept)
    upload = SimpleUploadedFile("me.png", bytes(6 * 1024 * 1024), "image/png")
    answer = as_alice.post("/settings/profile", {"bio": "Not read", "avatar": upload})
    assert answer.status_code == 422
    assert "at most 5 MB" in answer.content.decode()
    alice.refresh_from_db()
    assert (alice.bio, alice.avatar) == ("", None)


def test_of_many_posts_the_figures_are_kept_a_minute(
    alice: User, monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: Any
) -> None:
    monkeypatch.setattr(queries, "MOST_COUNTED", 2)
    for _ in range(4):
        make(alice, like_count=5)
    with django_assert_num_queries(2):
        assert queries.totals(alice.pk) == queries.Totals(4, 20)
    with django_assert_num_queries(1):
        assert queries.totals(alice.pk) == queries.Totals(4, 20)


@pytest.mark.parametrize(
    ("bio", "html"),
    [
        ("<b>&", "&lt;b&gt;&amp;"),
        ("javascript:alert(1) ftp://x data:text/html,x", "javascript:alert(1) ftp://x data:text/html,x"),
        (
            'http://a.example/"onclick=alert(1)',
            '<a class="in-text" href="http://a.example/" rel="nofollow ugc noopener">a.example/</a>'
            "&#34;onclick=alert(1)",
        ),
        (
            "(https://a.example/b).",
            '(<a class="in-text" href="https://a.example/b" rel="nofollow ugc noopener">a.example/b</a>).',
        ),
        (
            "https://a.example/@bob",
            '<a class="in-text" href="https://a.example/@bob" rel="nofollow ugc noopener">a.example/@bob</a>',
        ),
        ("hi @bob", 'hi <a class="in-text" href="/soho/bob">@bob</a>'),
    ],
)
def test_a_bio_is_text_with_links_that_pass_on_nothing(bio: str, html: str) -> None:
    assert str(introduced(bio)) == html

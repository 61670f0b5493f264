"""The pages as the server sends them: who sees what, at how many queries, with nothing but text in them."""

import re
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from soho.accounts.models import User
from tests.web.conftest import MARKUP, make, make_posts, one_of_each

PUBLIC = ["/soho/explore", "/soho/alice", "/accounts/login/", "/accounts/signup/", "/api/docs"]
PRIVATE = ["/create", "/settings", "/settings/receipts", "/accounts/password/change/"]


@pytest.mark.parametrize("path", PUBLIC)
def test_signed_out_reads_what_is_public(path: str, reader: Client, alice: User) -> None:
    answer = reader.get(path)
    assert answer.status_code == 200
    assert b"<title>" in answer.content
    assert b'lang="en"' in answer.content


@pytest.mark.parametrize("path", PRIVATE)
def test_signed_out_is_asked_to_sign_in_and_comes_back(path: str, reader: Client) -> None:
    answer = reader.get(path)
    assert answer.status_code == 302
    assert answer["Location"] == f"/accounts/login/?next={path}"


def test_home_leads_to_making_or_to_looking(reader: Client, as_alice: Client) -> None:
    assert reader.get("/")["Location"] == "/soho/explore"
    assert as_alice.get("/")["Location"] == "/create"


@pytest.mark.parametrize("path", [*PUBLIC, *PRIVATE, "/soho/alice?tab=drafts", "/nowhere"])
def test_policy_allows_nothing_inline_and_pages_hold_nothing_inline(
    path: str, as_alice: Client, alice: User
) -> None:
    one_of_each(alice)
    answer = as_alice.get(path)
    policy = answer["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "style-src 'self'" in policy
    assert "unsafe" not in policy
    html = answer.content.decode()
    assert not re.search(r"<script(?![^>]*\ssrc=)(?! type=\"application/ld\+json\">)", html)
    assert "<style" not in html
    assert not re.search(r"<[^>]+\s(?:style|on[a-z]+)=", html)


def test_queries_of_each_page_are_few_and_the_same_however_much_there_is(
    as_alice: Client, reader: Client, alice: User, django_assert_num_queries: object
) -> None:
    newest = make_posts(alice, 30)[0].pk
    for _ in range(5):
        one_of_each(alice)
    expected = {
        (reader, "/soho/explore"): 1,  # the feed
        (as_alice, "/soho/explore"): 4,  # session, person, feed, balance
        (reader, "/soho/alice"): 4,  # whose page, posts, what they come to, followers
        (as_alice, "/soho/alice"): 7,  # session, person, and balance
        (as_alice, "/soho/alice?tab=drafts"): 9,  # and drafts, and how many of each state and kind
        (as_alice, "/soho/alice?tab=drafts&state=ready&kind=video"): 9,
        (reader, "/soho/explore?sort=top"): 1,
        (reader, "/soho/tags/light"): 1,
        (reader, "/soho/search"): 0,
        (reader, "/soho/search?q=light"): 5,  # a savepoint and its end, patience, posts, people
        (as_alice, "/soho/following"): 4,
        (reader, f"/soho/alice/{newest}"): 4,  # post, lineage, comments, followers
        (as_alice, f"/soho/alice/{newest}"): 6,  # session, person, post, lineage, comments, balance
        (reader, f"/soho/alice/{newest}/remixes"): 2,
        (
            as_alice,
            "/create",
        ): 6,  # session, person, balance, how models are and how long they take, own last prompts
        (as_alice, "/settings"): 4,  # and keys
        (as_alice, "/settings/receipts"): 4,
    }
    for (client, path), queries in expected.items():
        with django_assert_num_queries(queries, info=path):
            assert client.get(path).status_code == 200
    with django_assert_num_queries(5):
        as_alice.get("/soho/alice?tab=drafts", headers={"X-Fragment": "drafts"})


def test_markup_in_prompt_caption_and_name_is_text(as_alice: Client, reader: Client, alice: User) -> None:
    post = make(alice, prompt=MARKUP, caption=MARKUP)
    make(alice, "draft", prompt=MARKUP)
    make(alice, "failed", error_message=MARKUP)
    for client in (as_alice, reader):
        for path in ("/soho/explore", "/soho/alice", "/soho/alice?tab=drafts", f"/soho/alice/{post.pk}"):
            html = client.get(path).content.decode()
            assert "<img src=x" not in html
            assert "&lt;img src=x" in html
    assert "<b>" not in reader.get("/soho/%3Cb%3Ebold").content.decode().replace("<b data-balance", "")
    assert "&lt;script&gt;" in as_alice.get("/create?prompt=%3Cscript%3Ealert(1)").content.decode()


def test_drafts_are_nobody_elses(as_alice: Client, as_bob: Client, reader: Client, alice: User) -> None:
    secret = make(alice, "draft", prompt="Only mine")
    assert b"Only mine" in as_alice.get("/soho/alice?tab=drafts").content
    for client in (as_bob, reader):
        answer = client.get("/soho/alice?tab=drafts")
        assert answer.status_code == 200
        assert b"Only mine" not in answer.content
        assert b'aria-label="My page"' not in answer.content
        assert (
            b"data-drafts"
            not in client.get("/soho/alice?tab=drafts", headers={"X-Fragment": "drafts"}).content
        )
        assert client.get(f"/soho/alice/{secret.pk}").status_code == 404
    assert as_alice.get(f"/soho/alice/{secret.pk}").status_code == 404  # a permalink is of what is published


def test_each_draft_shows_its_state_and_what_can_be_done(as_alice: Client, alice: User) -> None:
    made = one_of_each(alice)
    html = as_alice.get("/soho/alice?tab=drafts").content.decode()
    cards = {
        match[2]: match[0]
        for match in re.finditer(
            r'<article class="draft-card state-(\w+)".*?data-draft="([^"]+)".*?</article>', html, re.S
        )
    }
    shows = {
        "pending": ["⏳", "Pending", 'data-action="cancel"'],
        "processing": [
            "⚙️",
            "Processing",
            "50",
            "Painting frame 96 of 192",
            'value="50"',
            'data-action="cancel"',
        ],
        "draft": ["✅", "Ready", "_thumb.jpg", 'data-action="publish"', 'data-action="delete"'],
        "failed": [
            "❌",
            "Failed",
            "The model did not answer.",
            "costs nothing more",
            'data-action="retry"',
            'data-action="delete"',
        ],
    }
    for status, words in shows.items():
        for word in words:
            assert word in cards[str(made[status].pk)], (status, word)
    assert str(made["published"].pk) not in cards


def test_names_are_one_person_in_any_case(reader: Client, alice: User) -> None:
    assert reader.get("/soho/Alice")["Location"] == "/soho/alice"
    assert reader.get("/soho/nobody").status_code == 404


def test_a_post_has_one_address(reader: Client, alice: User, bob: User) -> None:
    post = make(alice)
    assert reader.get(f"/soho/alice/{post.pk}").status_code == 200
    assert reader.get(f"/soho/bob/{post.pk}")["Location"] == f"/soho/alice/{post.pk}"
    assert reader.get(f"/soho/alice/{uuid4()}").status_code == 404


def test_older_posts_are_a_link_away_without_scripts(reader: Client, alice: User) -> None:
    posts = [str(one.pk) for one in make_posts(alice, 60)]
    for path in ("/soho/explore", "/soho/alice"):
        seen: list[str] = []
        here: str | None = path
        while here:
            html = reader.get(here).content.decode()
            seen += re.findall(r'data-post="([^"]+)"', html)
            link = re.search(r'<a class="button quiet" href="([^"]+)" rel="next"', html)
            here = link[1] if link else None
        assert seen == posts


def test_older_drafts_are_a_link_away(as_alice: Client, alice: User) -> None:
    drafts = [str(make(alice, "draft").pk) for _ in range(30)][::-1]
    first = as_alice.get("/soho/alice?tab=drafts").content.decode()
    link = re.search(r'href="([^"]+)" rel="next"', first)
    assert link
    second = as_alice.get(link[1].replace("&amp;", "&")).content.decode()
    assert re.findall(r'data-draft="([^"]+)"', first + second) == drafts


@pytest.mark.parametrize(
    "path",
    [
        "/soho/explore?cursor=x",
        "/soho/alice?cursor=x",
        "/soho/alice?tab=drafts&cursor=x",
        "/settings/receipts?cursor=x",
    ],
)
def test_a_cursor_that_is_none_leads_nowhere(path: str, as_alice: Client) -> None:
    assert as_alice.get(path).status_code == 404


def test_empty_rooms_teach(as_alice: Client, as_bob: Client) -> None:
    drafts = as_alice.get("/soho/alice?tab=drafts").content.decode()
    assert drafts.count(f'href="{reverse("create")}?prompt=') == 3
    assert "Create the first post" in as_bob.get("/soho/explore").content.decode()


def test_create_is_filled_in_by_its_address(as_alice: Client) -> None:
    html = as_alice.get("/create?kind=image&prompt=Fog%20over%20a%20lake").content.decode()
    assert "Describe your image" in html
    assert "Generate Image" in html
    assert ">Fog over a lake</textarea>" in html
    assert re.search(r'value="image"[^>]*checked', html)


def test_the_front_page_is_shared_only_while_signed_out(as_alice: Client, alice: User) -> None:
    assert Client().get("/soho/explore")["Cache-Control"].startswith("public")
    assert "public" not in as_alice.get("/soho/explore").get("Cache-Control", "")
    assert "no-store" in as_alice.get("/soho/alice?tab=drafts")["Cache-Control"]

"""Tags, search, Following, comments, follow and remixes as pages: plain links and forms, nothing but text."""

import re
from typing import Any

import pytest
from django.test import Client
from django.utils.html import escape

from soho.accounts.models import User
from soho.creations import actions
from soho.creations.models import Creation
from soho.feed import pace
from soho.feed.comments import comment
from soho.feed.models import Comment, Follow
from soho.feed.pace import Pace
from soho.ids import new_id
from tests.web.conftest import MARKUP, make, make_posts


def publish(user: User, caption: str, **facts: Any) -> Creation:
    return actions.publish(user.pk, make(user, "draft", **facts).pk, caption=caption)


def text(client: Client, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status, path
    return answer.content.decode()


def posts_of(html: str) -> list[str]:
    return re.findall(r'data-post="([^"]+)"', html)


def test_a_captions_tags_and_names_are_links_wherever_it_is_shown(reader: Client, alice: User) -> None:
    post = publish(alice, "Light #Été & @Bob <b>#x1</b> #<script>")
    for path in ("/soho/explore", "/soho/alice", f"/soho/alice/{post.pk}", "/soho/tags/%C3%A9t%C3%A9"):
        html = text(reader, path)
        assert '<a class="in-text" href="/soho/tags/%C3%A9t%C3%A9">#Été</a> &amp; ' in html, path
        assert '<a class="in-text" href="/soho/bob">@Bob</a> &lt;b&gt;' in html
        assert "<script>" not in html


def test_a_tag_has_one_address(reader: Client, alice: User) -> None:
    post = publish(alice, "#Sunset")
    assert reader.get("/soho/tags/SunSet")["Location"] == "/soho/tags/sunset"
    html = text(reader, "/soho/tags/sunset")
    assert posts_of(html) == [str(post.pk)]
    assert 'rel="canonical"' in html
    empty = text(reader, "/soho/tags/nobody_wrote_it")
    assert "Write #nobody_wrote_it in a caption" in empty
    assert 'content="noindex"' in empty
    for bad in ("1", "a-b", "x" * 51, "%00"):
        text(reader, f"/soho/tags/{bad}", 404)


@pytest.mark.parametrize("where", ["/soho/tags/sunset", "/soho/search?q=Sunset", "/soho/explore?sort=top"])
def test_older_ones_are_a_link_away(where: str, reader: Client, alice: User) -> None:
    made = {str(publish(alice, f"{n} #sunset").pk) for n in range(30)}
    seen: list[str] = []
    here: str | None = where
    while here:
        html = text(reader, here)
        seen += posts_of(html)
        link = re.search(r'<a class="button quiet" href="([^"]+)" rel="next"', html)
        here = link[1].replace("&amp;", "&") if link else None
    assert len(seen) == 30
    assert set(seen) == made


def test_people_who_are_found_show_their_faces(
    reader: Client, alice: User, django_assert_num_queries: Any
) -> None:
    User.objects.filter(pk=alice.pk).update(avatar=new_id())
    for n in range(7):
        User.objects.create_user(f"al-{n}", avatar=new_id() if n % 2 else None)
    with django_assert_num_queries(5):  # a savepoint and its end, patience, posts, people
        html = text(reader, "/soho/search?q=al")
    people = html[html.index('class="people"') : html.index("</ul>", html.index('class="people"'))]
    assert people.count('<a class="post-author"') == 8
    assert people.count("<img ") == 4
    alice.refresh_from_db()
    assert f'src="/media/avatars/{alice.pk}/{alice.avatar}_64.webp"' in people
    assert "Nothing found" not in html
    found = reader.get("/api/search?q=alice").json()["people"]
    assert found == [{"username": "alice", "avatarUrl": f"/media/avatars/{alice.pk}/{alice.avatar}_64.webp"}]


def test_searching_needs_no_script(reader: Client, alice: User, bob: User) -> None:
    post = publish(alice, "A ferry")
    assert 'action="/soho/search"' in text(reader, "/soho/explore")
    html = text(reader, "/soho/search?q=ferry")
    assert posts_of(html) == [str(post.pk)]
    assert 'value="ferry"' in html
    assert '<a class="post-author" href="/soho/alice">' in text(reader, "/soho/search?q=%40al")
    assert "Nothing found" in text(reader, "/soho/search?q=submarine")
    assert "Find something to watch" in text(reader, "/soho/search")
    assert "<b>" not in text(reader, "/soho/search?q=%3Cb%3Ebold").replace("<b data-balance", "")
    assert "Keep the search to 200" in text(reader, f"/soho/search?q={'x' * 201}", 422)
    text(reader, "/soho/search?q=ferry&cursor=x", 404)


def test_following_is_for_people(as_bob: Client, reader: Client, alice: User, bob: User) -> None:
    post = publish(alice, "Hers")
    assert reader.get("/soho/following")["Location"] == "/accounts/login/?next=/soho/following"
    assert "Nobody&#39;s posts yet" in text(as_bob, "/soho/following")
    # When bob follows alice by the form on her page,
    assert 'action="/people/alice/follow"' in text(as_bob, "/soho/alice")
    answer = as_bob.post("/people/alice/follow", {"next": "/soho/alice"})
    assert answer["Location"] == "/soho/alice"
    # then her posts are there, her page says so, and the form now stops it.
    assert posts_of(text(as_bob, "/soho/following")) == [str(post.pk)]
    html = text(as_bob, "/soho/alice")
    assert 'action="/people/alice/unfollow"' in html
    assert re.search(r'data-follower-count="alice">1</b> follower<', html)
    as_bob.post("/people/alice/unfollow")
    assert not Follow.objects.exists()


def test_following_leads_nowhere_else_and_needs_the_forms_token(
    as_bob: Client, alice: User, bob: User
) -> None:
    for back in ("https://evil.example/", "//evil.example", ""):
        assert as_bob.post("/people/alice/follow", {"next": back})["Location"] == "/soho/alice"
    assert as_bob.get("/people/alice/follow").status_code == 405
    assert as_bob.post("/people/nobody/follow").status_code == 404
    as_bob.post("/people/bob/follow")
    assert "This is you" in text(as_bob, "/soho/bob")
    forger = Client(enforce_csrf_checks=True)
    forger.force_login(bob)
    assert forger.post("/people/alice/unfollow").status_code == 403
    assert Follow.objects.count() == 1


def test_commenting_answering_and_deleting_by_plain_forms(
    as_bob: Client, as_alice: Client, reader: Client, alice: User
) -> None:
    post = publish(alice, "Hers")
    here = f"/soho/alice/{post.pk}"
    assert "to comment" in text(reader, here)
    say = f"/creations/{post.pk}/comment"
    # Bob says something and alice answers.
    first = as_bob.post(say, {"text": f"Hello @alice {MARKUP}"})["Location"]
    said = Comment.objects.get()
    assert first == f"{here}#c-{said.pk}"
    asked = text(as_alice, f"{here}?reply={said.pk}")
    assert "Replying to <b data-to>bob</b>" in asked
    assert f'name="parent" value="{said.pk}"' in asked
    answer = as_alice.post(say, {"text": "Hello", "parent": str(said.pk)})["Location"]
    assert answer.startswith(f"{here}?thread={said.pk}#c-")
    html = text(reader, here)
    assert f'Hello <a class="in-text" href="/soho/alice">@alice</a> {escape(MARKUP)}' in html
    assert "<img src=x" not in html
    assert "data-delete-comment" not in html
    assert 'Comments <span class="figures" data-comment-count>2</span>' in html
    assert re.search(r'<span class="figures" data-comment-count>2</span>', text(reader, "/soho/explore"))
    # It is asked before it is deleted, and gone with its answer.
    delete = f"/comments/{said.pk}/delete"
    assert "It and the answers to it will be gone." in text(as_bob, delete)
    assert Comment.objects.count() == 2
    assert as_bob.post(delete)["Location"] == f"{here}#comments"
    assert Comment.objects.count() == 0
    assert "Nobody has said anything yet." in text(reader, here)


def test_what_is_refused_is_kept_and_said(
    as_bob: Client, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    post = publish(alice, "Hers")
    answer = as_bob.post(f"/creations/{post.pk}/comment", {"text": "x" * 1001})
    assert answer.status_code == 422
    html = answer.content.decode()
    assert "Keep the comment to 1,000 characters" in html
    assert "x" * 1000 in html
    assert 'aria-invalid="true"' in html
    monkeypatch.setattr(pace, "COMMENTS", (Pace("comments of the page", 0, 60),))
    assert as_bob.post(f"/creations/{post.pk}/comment", {"text": "x"}).status_code == 429


def test_what_is_not_ones_own_cannot_be_deleted(
    as_bob: Client, reader: Client, alice: User, charlie: User
) -> None:
    post = publish(alice, "Hers")
    said = comment(charlie, post.pk, "Mine")
    delete = f"/comments/{said['commentId']}/delete"
    text(as_bob, delete, 404)
    assert as_bob.post(delete).status_code == 404
    assert reader.post(delete)["Location"].startswith("/accounts/login/")
    draft = make(alice, "draft")
    assert as_bob.post(f"/creations/{draft.pk}/comment", {"text": "x"}).status_code == 404
    assert Comment.objects.count() == 1


def test_older_comments_and_whole_threads_are_a_link_away(
    reader: Client, alice: User, bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pace, "COMMENTS", (Pace("comments", 1000, 60),))
    post = publish(alice, "Hers")
    here = f"/soho/alice/{post.pk}"
    ids = [comment(bob, post.pk, f"{n}")["commentId"] for n in range(25)]
    thread = Comment.objects.get(pk=ids[0])
    answers = [comment(alice, post.pk, f"{n}", thread.pk)["commentId"] for n in range(25)]

    def shown(path: str) -> tuple[list[str], str | None]:
        html = text(reader, path)
        link = re.search(r'href="([^"]+)" data-more-comments', html)
        return re.findall(r'data-comment="([^"]+)"', html), link[1].replace("&amp;", "&") if link else None

    first, more = shown(here)
    assert more
    second, none = shown(more)
    assert first + second == [*ids[::-1], *answers[:3]]
    assert none is None
    assert "All 25 replies" in text(reader, more)
    first, more = shown(f"{here}?thread={thread.pk}")
    assert more
    second, none = shown(more)
    assert first + second == [ids[0], *answers[:20], ids[0], *answers[20:]]
    for bad in ("comments=x", f"thread={answers[0]}", f"thread={post.pk}"):
        text(reader, f"{here}?{bad}", 404)


def test_a_script_gets_the_talk_or_one_comment_alone(as_bob: Client, alice: User, bob: User) -> None:
    post, other = publish(alice, "Hers"), publish(alice, "Another")
    said = comment(bob, post.pk, "Hello")
    here = f"/soho/alice/{post.pk}"
    talk = as_bob.get(here, headers={"X-Fragment": "talk"})
    assert "X-Fragment" in talk["Vary"]
    assert "<html" not in talk.content.decode()
    assert said["commentId"] in talk.content.decode()
    one = as_bob.get(f"{here}?comment={said['commentId']}", headers={"X-Fragment": "comment"})
    assert "data-talk" not in one.content.decode()
    assert "Hello" in one.content.decode()
    for bad in (f"/soho/alice/{other.pk}?comment={said['commentId']}", here, f"{here}?comment=x"):
        assert as_bob.get(bad, headers={"X-Fragment": "comment"}).status_code == 404


def test_a_remix_is_filled_in_made_and_shown_on_both(as_bob: Client, reader: Client, alice: User) -> None:
    post = publish(
        alice, "Hers", prompt="A ferry <b>", duration=4.02, width=1080, height=1080, aspect_ratio="1:1"
    )
    here = f"/soho/alice/{post.pk}"
    assert f'href="/create?remix={post.pk}"' in text(reader, here)
    assert reader.get(f"/create?remix={post.pk}")["Location"].endswith(f"%3Fremix%3D{post.pk}")
    html = text(as_bob, f"/create?remix={post.pk}")
    assert ">A ferry &lt;b&gt;</textarea>" in html
    assert f'name="remix" value="{post.pk}"' in html
    assert "the post by @alice" in html
    for field, value in (("aspectRatio", "1:1"), ("duration", "4"), ("model-video", "diorama")):
        assert re.search(rf'name="{field}" value="{value}"[^>]*checked', html), field
    # When bob starts it, changed a little, it remembers; the form chose its shape.
    form = {
        "kind": "video",
        "prompt": "A ferry at night",
        "once": "p",
        "remix": str(post.pk),
        "aspectRatio": "1:1",
    }
    as_bob.post("/create", form)
    remix = Creation.objects.get(prompt="A ferry at night")
    assert (remix.remix_of_id, remix.aspect_ratio) == (post.pk, "1:1")
    Creation.objects.filter(pk=remix.pk).update(status="draft", hold=None, media_key="videos/x.mp4")
    actions.publish(remix.user_id, remix.pk)
    assert f'<a href="{here}">Remixed from @alice</a>' in text(reader, f"/soho/bob/{remix.pk}")
    assert f'<a href="{here}/remixes">1 remix</a>' in text(reader, here)
    assert posts_of(text(reader, f"{here}/remixes")) == [str(remix.pk)]
    # When the origin goes, the remix stays.
    actions.delete(alice.pk, post.pk)
    assert "Remixed from" not in text(reader, f"/soho/bob/{remix.pk}")
    text(reader, f"{here}/remixes", 404)


def test_nothing_of_anothers_draft_is_filled_in(as_bob: Client, alice: User) -> None:
    secret = make(alice, "draft", prompt="Only mine")
    for remix in (secret.pk, "x", "", "\0"):
        html = text(as_bob, f"/create?remix={remix}")
        assert "Only mine" not in html
        assert 'name="remix"' not in html
    answer = as_bob.post("/create", {"kind": "video", "prompt": "x", "once": "p", "remix": str(secret.pk)})
    assert answer.status_code == 422
    assert "There is no such post to make another like" in answer.content.decode()


def test_the_label_is_on_every_kind_of_page(reader: Client, alice: User) -> None:
    post = publish(alice, "#light")
    make_posts(alice, 2)
    for path in (
        "/soho/explore",
        "/soho/explore?sort=top",
        "/soho/tags/light",
        "/soho/search?q=%23light",
        f"/soho/alice/{post.pk}",
    ):
        html = text(reader, path)
        assert html.count("Made with AI: Diorama") >= len(set(posts_of(html))), path

"""Comments, follows and remixes with scripts: without leaving the page, by mouse, touch and keyboard."""

from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Browser, Page, expect

from soho.accounts.models import User
from soho.creations import actions
from soho.creations.models import MAX_CAPTION, Creation
from soho.feed import pace
from soho.feed.comments import comment
from soho.feed.models import Comment, Follow
from soho.feed.pace import Pace
from tests.support.browser import profile, tab_to, watched
from tests.web.conftest import make, sign_in

RTL = "غروب الشمس فوق الجبال #غروب"
EMOJI = "👩🏽‍🚀🎬🏳️‍🌈" * 60
WORD = "a" * 900


def publish(user: User, caption: str, **facts: Any) -> Creation:
    return actions.publish(user.pk, make(user, "draft", **facts).pk, caption=caption)


def test_a_talk_in_the_viewer(page: Page, alice: User, bob: User) -> None:
    post = publish(bob, "Fog over #lakes with @alice")
    comment(bob, post.pk, "What do you think?")
    page.goto("/soho/explore")
    card = page.locator(f'[data-feed] [data-post="{post.pk}"]')
    page.locator("[data-open]").click()
    viewer = page.get_by_role("dialog", name="Viewer")
    expect(viewer.get_by_text("What do you think?")).to_be_visible()
    # The caption is the page's own, links and all.
    expect(viewer.get_by_role("link", name="#lakes")).to_have_attribute("href", "/soho/tags/lakes")
    expect(viewer.get_by_role("link", name="Make another like this")).to_have_attribute(
        "href", f"/create?remix={post.pk}"
    )
    # Alice answers, and says something of her own with Ctrl and Enter.
    viewer.get_by_role("link", name="Reply to bob").click()
    field = viewer.get_by_label("Your comment")
    expect(field).to_be_focused()
    expect(viewer.get_by_text("Replying to bob")).to_be_visible()
    field.fill("<b>Lovely</b> @bob")
    viewer.get_by_role("button", name="Comment").click()
    expect(viewer.locator("[data-replies] .comment-text")).to_have_text("<b>Lovely</b> @bob")
    expect(viewer.get_by_text("Replying to")).to_be_hidden()
    field.fill("On its own")
    field.press("Control+Enter")
    expect(viewer.locator("[data-comments] > li").first).to_contain_text("On its own")
    expect(card.locator("[data-comment-count]")).to_have_text("3")
    assert list(Comment.objects.order_by("id").values_list("text", "parent__text")) == [
        ("What do you think?", None),
        ("<b>Lovely</b> @bob", "What do you think?"),
        ("On its own", None),
    ]
    # She deletes hers; bob's is not hers to delete.
    expect(viewer.get_by_role("link", name="Delete the comment by bob")).to_have_count(0)
    viewer.get_by_role("link", name="Delete the comment by alice").first.click()
    page.get_by_role("alertdialog").get_by_role("button", name="Delete").click()
    expect(viewer.get_by_text("On its own")).to_have_count(0)
    expect(card.locator("[data-comment-count]")).to_have_text("2")
    expect(viewer).to_be_visible()
    assert Comment.objects.count() == 2


def test_follow_stands_in_the_viewer_as_on_the_card_of_its_author(page: Page, alice: User, bob: User) -> None:
    publish(bob, "Of bob's")
    publish(alice, "My own")
    page.goto("/soho/explore")
    viewer = page.get_by_role("dialog", name="Viewer")
    # Nobody follows themselves,
    page.locator("[data-open]").first.click()
    expect(viewer.locator("[data-talk]")).to_be_visible()
    expect(viewer.locator("[data-follow]")).to_have_count(0)
    # and with the next post comes the button of its author.
    page.keyboard.press("ArrowRight")
    button = viewer.get_by_role("button", name="Follow bob")
    button.click()
    expect(viewer.get_by_role("button", name="Following bob")).to_be_visible()
    expect(viewer).to_be_visible()
    page.keyboard.press("ArrowLeft")
    expect(viewer.locator("[data-follow]")).to_have_count(0)
    page.keyboard.press("ArrowRight")
    expect(viewer.get_by_role("button", name="Following bob")).to_be_visible()
    assert Follow.objects.filter(follower=alice, followed=bob).exists()


def test_a_comment_that_is_refused_stays_and_says_why(
    page: Page, bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    post = publish(bob, "Fog")
    page.goto(f"/soho/bob/{post.pk}")
    monkeypatch.setattr(pace, "COMMENTS", (Pace("comments of hers", 0, 60),))
    field = page.get_by_label("Your comment")
    field.fill("Once more")
    page.get_by_role("button", name="Comment").click()
    expect(page.get_by_role("alert").filter(has_text="Wait a moment")).to_be_visible()
    expect(field).to_have_value("Once more")
    expect(field).to_be_focused()


def test_threads_open_and_older_ones_come_where_one_reads(
    page: Page, alice: User, bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pace, "COMMENTS", (Pace("comments", 1000, 60),))
    post = publish(bob, "Fog")
    for n in range(24):
        thread = comment(bob, post.pk, f"Comment {n}")
    for n in range(23):
        comment(alice, post.pk, f"Answer {n}", Comment.objects.get(pk=thread["commentId"]).pk)
    page.goto(f"/soho/bob/{post.pk}")
    page.evaluate("window.stayed = true")
    page.get_by_role("link", name="All 23 replies").click()
    expect(page.locator("[data-replies] > li")).to_have_count(23 - 3)
    page.get_by_role("link", name="More replies").click()
    expect(page.locator("[data-replies] > li")).to_have_count(23)
    expect(page.get_by_role("link", name="More replies")).to_have_count(0)
    page.get_by_role("link", name="Older comments").click()
    expect(page.locator("[data-comments] > li")).to_have_count(24)
    expect(page.get_by_text("Comment 0", exact=True)).to_be_visible()
    assert page.evaluate("window.stayed") is True


def test_following_answers_at_once_and_goes_back_when_it_is_refused(
    page: Page, bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    page.goto("/soho/bob")
    button = page.locator("[data-follow] button")
    tab_to(page, "[data-follow] button")
    page.keyboard.press("Enter")
    expect(button).to_have_accessible_name("Following bob, press to stop")
    expect(page.locator("[data-follower-count]")).to_have_text("1")
    page.reload()
    expect(button).to_have_text("Following bob, press to stop")
    assert Follow.objects.count() == 1
    button.click()
    expect(page.locator("[data-follower-count]")).to_have_text("0")
    monkeypatch.setattr(pace, "FOLLOWS", (Pace("follows of hers", 0, 60),))
    button.click()
    expect(page.get_by_role("alert").filter(has_text="Wait a moment")).to_be_visible()
    expect(button).to_have_accessible_name("Follow bob")
    assert Follow.objects.count() == 0


def test_a_remix_keeps_its_shape_and_length_until_the_form_is_emptied(page: Page, bob: User) -> None:
    post = publish(bob, "Fog", prompt="A ferry", aspect_ratio="1:1", duration=4.02)
    page.goto(f"/create?remix={post.pk}")
    assert page.locator("#prompt").input_value() == "A ferry"
    assert page.evaluate("document.querySelector('[name=aspectRatio]:checked').value") == "1:1"
    assert page.evaluate("document.querySelector('[name=duration]:checked').value") == "4"
    sent: list[Any] = []
    page.on(
        "request", lambda request: sent.append(request.post_data_json) if request.method == "POST" else None
    )
    page.get_by_role("button", name="Generate Video").click()
    expect(page.get_by_role("heading", name="Video is Generating! 🎬")).to_be_visible()
    (wish,) = sent
    assert (wish["remixOf"], wish["aspectRatio"], wish["duration"]) == (str(post.pk), "1:1", 4)
    assert Creation.objects.get(remix_of=post).prompt == "A ferry"
    page.locator("[data-making=video]").get_by_role("button", name="Create Another").click()
    expect(page.get_by_text("Another like")).to_be_hidden()
    assert page.locator("[name=remix]").count() == 0


def test_searching_by_keyboard(page: Page, bob: User) -> None:
    publish(bob, "Fog over the lake")
    publish(bob, "Snow")
    page.goto("/soho/explore")
    tab_to(page, "input[type=search]")
    page.keyboard.type("fog")
    page.keyboard.press("Enter")
    page.wait_for_url("**/soho/search?q=fog")
    expect(page.locator("[data-post]")).to_have_count(1)


def test_whatever_people_write_fits_the_smallest_screen(
    browser: Browser, live_server: Any, bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """320 px wide, which is also what 200% zoom leaves of 640."""
    monkeypatch.setattr(pace, "COMMENTS", (Pace("comments", 1000, 60),))
    longest = User.objects.create_user("a" * 30)
    tag = "t" * 50
    captions = [
        RTL,
        EMOJI,
        f"#{tag} @{longest.username} {WORD}",
        ("word " * 500)[:MAX_CAPTION],
        "x" * MAX_CAPTION,
    ]
    posts = [publish(longest, caption, prompt=WORD, like_count=0) for caption in captions]
    Creation.objects.update(like_count=1_234_567, comment_count=98_765)
    remix = publish(longest, "", remix_of=posts[0], prompt=EMOJI)
    for text in (RTL, EMOJI[:900], WORD, "a\nb\n\nc"):
        said = comment(longest, posts[0].pk, text)
    comment(longest, posts[0].pk, WORD, Comment.objects.get(pk=said["commentId"]).pk)
    client = Client()
    client.force_login(bob)
    context = profile(browser, width=320, base_url=live_server.url)
    sign_in(context, client, live_server.url)
    faults: list[str] = []
    page = watched(context, faults)
    paths = [f"/soho/{longest.username}/{post.pk}" for post in [*posts, remix]]
    paths += [f"/soho/{longest.username}/{posts[0].pk}?reply={said['commentId']}", f"/soho/tags/{tag}"]
    paths += ["/soho/explore", "/soho/explore?sort=top", "/soho/following", f"/soho/{longest.username}"]
    paths += ["/soho/search", f"/soho/search?q={'a' * 30}", f"/create?remix={posts[2].pk}"]
    paths += [f"/soho/{longest.username}/{posts[0].pk}/remixes"]
    for path in paths:
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, path
    page.goto("/soho/explore")
    page.locator("[data-open]").last.click()
    viewer = page.get_by_role("dialog", name="Viewer")
    expect(viewer.locator("[data-talk]")).to_be_visible()
    assert viewer.evaluate("viewer => viewer.querySelector('.viewer-side').scrollWidth") <= 320
    # Arabic is read from the right.
    assert viewer.locator("[data-viewer-caption]").evaluate("p => getComputedStyle(p).direction") == "rtl"
    context.close()
    assert faults == []

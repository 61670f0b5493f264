"""Everything one can do with what is one's own works by plain forms, without any script."""

import re
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from playwright.sync_api import Browser, expect

from soho.accounts.models import User
from soho.creations.models import MAX_CAPTION, Creation
from soho.feed.models import Like
from soho.ids import new_id
from soho.ledger import actions as ledger
from soho.ledger import queries as books
from tests.support.browser import profile
from tests.web.conftest import MARKUP, make, sign_in

DRAFTS = "/soho/alice?tab=drafts"
WISH = {"kind": "video", "prompt": "Fog over a lake", "once": "a page"}


def said(client: Client, path: str = DRAFTS) -> str:
    """What the page says in its toasts."""
    return " ".join(
        re.findall(r'<div class="toast[^>]*><span>(.*?)</span>', client.get(path).content.decode())
    )


def test_publishing_asks_for_a_caption_and_shows_the_post(as_alice: Client, alice: User) -> None:
    draft = make(alice, "draft")
    here = f"/creations/{draft.pk}/publish"
    assert 'name="caption"' in as_alice.get(here).content.decode()
    answer = as_alice.post(here, {"caption": MARKUP})
    assert answer["Location"] == f"/soho/alice/{draft.pk}"
    draft.refresh_from_db()
    assert (draft.status, draft.caption) == ("published", MARKUP)
    page = as_alice.get(answer["Location"]).content.decode()
    assert "Published. It is at the top of Explore." in page
    assert "<img src=x" not in page


def test_a_caption_too_long_is_kept_and_said(as_alice: Client, alice: User) -> None:
    draft = make(alice, "draft")
    answer = as_alice.post(f"/creations/{draft.pk}/publish", {"caption": "x" * (MAX_CAPTION + 1)})
    assert answer.status_code == 422
    html = answer.content.decode()
    assert 'aria-describedby="caption-error"' in html
    assert "x" * MAX_CAPTION in html
    draft.refresh_from_db()
    assert draft.status == "draft"


def test_unpublishing_and_deleting_ask_first(as_alice: Client, alice: User, bob: User) -> None:
    # Given a post that bob likes.
    post = make(alice, like_count=1)
    Like.objects.create(creation=post, user=bob)
    assert "Its likes are lost" in as_alice.get(f"/creations/{post.pk}/unpublish").content.decode()
    post.refresh_from_db()
    assert post.status == "published"

    # When alice says yes, it is a draft without likes.
    assert as_alice.post(f"/creations/{post.pk}/unpublish")["Location"] == DRAFTS
    post.refresh_from_db()
    assert (post.status, post.like_count, Like.objects.count()) == ("draft", 0, 0)
    assert "Unpublished" in said(as_alice)

    # Asking to delete deletes nothing; saying yes does.
    assert "Delete this?" in as_alice.get(f"/creations/{post.pk}/delete").content.decode()
    assert Creation.objects.filter(pk=post.pk).exists()
    assert as_alice.post(f"/creations/{post.pk}/delete")["Location"] == DRAFTS
    assert Creation.objects.get(pk=post.pk).status == "deleted"
    html = as_alice.get(DRAFTS).content.decode()
    assert "Deleted." in html
    assert f'<input type="hidden" name="id" value="{post.pk}">' in html
    assert as_alice.get(f"/soho/alice/{post.pk}").status_code == 404

    # And for ten seconds the message takes it back.
    as_alice.post("/creations/batch", {"do": "restore", "id": [str(post.pk)]})
    assert "1 brought back." in said(as_alice)
    post.refresh_from_db()
    assert post.status == "draft"


def test_retry_and_cancel_are_one_press(as_alice: Client, alice: User) -> None:
    failed = make(alice, "failed", error_message="The model did not answer.")
    hold = ledger.hold(alice.pk, 10, reason="Video", key="hold:1", subject=failed.pk)
    Creation.objects.filter(pk=failed.pk).update(hold=getattr(hold, "id", hold))
    html = as_alice.get(DRAFTS).content.decode()
    assert f'<form method="post" action="/creations/{failed.pk}/retry">' in html
    # A question where there is none leads to the drafts and does nothing.
    assert as_alice.get(f"/creations/{failed.pk}/retry")["Location"] == DRAFTS
    failed.refresh_from_db()
    assert failed.status == "failed"

    assert as_alice.post(f"/creations/{failed.pk}/retry")["Location"] == DRAFTS
    failed.refresh_from_db()
    assert failed.status == "pending"
    assert books.balance(alice.pk).available == 40

    assert (
        f'<form method="post" action="/creations/{failed.pk}/cancel">'
        in as_alice.get(DRAFTS).content.decode()
    )
    as_alice.post(f"/creations/{failed.pk}/cancel")
    failed.refresh_from_db()
    assert failed.status == "failed"
    assert books.balance(alice.pk).available == 50
    assert "Its tokens are back" in said(as_alice)


@pytest.mark.parametrize(
    "verb", ["publish", "schedule", "unschedule", "unpublish", "delete", "retry", "edit", "cancel"]
)
def test_verbs_are_the_owners_and_need_the_forms_token(
    verb: str, as_bob: Client, reader: Client, alice: User
) -> None:
    creation = make(alice, "draft")
    here = f"/creations/{creation.pk}/{verb}"
    assert as_bob.post(here).status_code == 404
    assert reader.post(here)["Location"] == f"/accounts/login/?next={here}"
    forger = Client(enforce_csrf_checks=True)
    forger.force_login(alice)
    assert forger.post(here).status_code == 403
    creation.refresh_from_db()
    assert creation.status == "draft"
    owner = Client()
    owner.force_login(alice)
    assert owner.post(f"/creations/{uuid4()}/{verb}").status_code == 404


@pytest.mark.parametrize(
    ("verb", "status"),
    [
        ("publish", "processing"),
        ("unpublish", "draft"),
        ("delete", "pending"),
        ("retry", "draft"),
        ("unschedule", "failed"),
        ("cancel", "draft"),
    ],
)
def test_what_cannot_be_done_now_is_said_and_changes_nothing(
    verb: str, status: str, as_alice: Client, alice: User
) -> None:
    creation = make(alice, status)
    assert as_alice.post(f"/creations/{creation.pk}/{verb}")["Location"] == DRAFTS
    assert "cannot" in said(as_alice)
    creation.refresh_from_db()
    assert creation.status == status


def test_making_by_the_form_starts_once_and_leads_to_the_drafts(as_alice: Client, alice: User) -> None:
    for _ in range(2):  # a second press of the same page
        assert as_alice.post("/create", WISH)["Location"] == DRAFTS
    creation = Creation.objects.get()
    assert (creation.media_type, creation.prompt, creation.status) == ("video", "Fog over a lake", "pending")
    assert books.balance(alice.pk).available == 40
    assert "Video is Generating! 🎬" in said(as_alice)
    # The same page, filled in anew, is another wish.
    as_alice.post(
        "/create", WISH | {"kind": "image", "model-image": "diorama", "aspectRatio": "16:9", "seed": "7"}
    )
    image = Creation.objects.get(media_type="image")
    assert (image.aspect_ratio, image.seed, image.requested_seconds) == ("16:9", 7, None)


@pytest.mark.parametrize(
    ("change", "status", "words"),
    [
        ({"prompt": "  "}, 422, "Write a prompt first."),
        ({"seed": "seven"}, 422, "Write a whole number"),
        ({"seed": "9" * 5000}, 422, "Write a whole number"),
        ({"seed": "4294967296"}, 422, "Use a whole number from 0"),
        ({"aspectRatio": "5:1"}, 422, "makes 9:16"),
        ({"duration": "nan"}, 422, "seconds"),
        ({"duration": "long"}, 422, "Write a number."),
        ({"kind": "opera"}, 422, "Choose image or video."),
        ({"model-video": "gone"}, 422, "There is no model of that name"),
        ({"once": "\0"}, 302, ""),
    ],
)
def test_a_wish_that_cannot_be_granted_comes_back_with_its_reason(
    change: dict[str, str], status: int, words: str, as_alice: Client
) -> None:
    answer = as_alice.post("/create", WISH | change)
    assert answer.status_code == status
    html = answer.content.decode()
    assert words in html
    if status == 422:
        assert not Creation.objects.exists()
        if "prompt" not in change:
            assert ">Fog over a lake</textarea>" in html


def test_too_few_tokens_start_nothing(as_alice: Client, alice: User) -> None:
    ledger.hold(alice.pk, 46, reason="Videos", key="hold:2", subject=new_id())
    answer = as_alice.post("/create", WISH)
    assert answer.status_code == 402
    assert "This costs 10 tokens and you have 4." in answer.content.decode()
    assert not Creation.objects.exists()


def test_a_person_without_scripts_makes_and_publishes(
    browser: Browser, live_server: Any, alice: User
) -> None:
    client = Client()
    client.force_login(alice)
    draft = make(alice, "draft")
    context = profile(browser, base_url=live_server.url, java_script_enabled=False)
    sign_in(context, client, live_server.url)
    page = context.new_page()
    # She starts a video and cancels it.
    page.goto("/create")
    page.get_by_label("Describe your video").fill("A long film")
    page.get_by_role("button", name="Generate Video").click()
    expect(page).to_have_url(f"{live_server.url}{DRAFTS}")
    expect(page.get_by_text("Video is Generating! 🎬")).to_be_visible()
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_text("Cancelled. Its tokens are back.")).to_be_visible()
    # She publishes a draft with a caption, and takes it back by the menu on its page.
    page.locator(f'[data-draft="{draft.pk}"]').get_by_role("button", name="Publish").click()
    page.get_by_label("Caption").fill("By hand")
    page.get_by_role("button", name="Publish").click()
    expect(page).to_have_url(f"{live_server.url}/soho/alice/{draft.pk}")
    expect(page.get_by_text("By hand")).to_be_visible()
    page.get_by_role("button", name="More about your post").click()
    page.get_by_role("link", name="Unpublish").click()
    page.get_by_role("button", name="Unpublish").click()
    expect(page.get_by_text("It is among your drafts again.")).to_be_visible()
    context.close()

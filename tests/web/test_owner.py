"""What an owner can do with a post, in Chromium: by mouse and keyboard, on the wall and on its own page."""

from playwright.sync_api import Page, expect

from soho.accounts.models import User
from soho.creations.models import Creation
from tests.support.browser import tab_to
from tests.web.conftest import make, make_posts


def test_unpublishing_from_the_viewer_says_what_is_lost_and_the_card_leaves(page: Page, alice: User) -> None:
    # Given two posts of hers, the newer one liked by twelve.
    older, newer = make_posts(alice, 2)[::-1]
    Creation.objects.filter(pk=newer.pk).update(like_count=12)
    page.goto("/soho/explore")
    page.locator(f'[data-post="{newer.pk}"] [data-open]').click()
    viewer = page.get_by_role("dialog", name="Viewer")

    # When she opens the menu, Escape closes it and not the viewer, and the focus is back at its button.
    button = viewer.get_by_role("button", name="More about your post")
    button.click()
    expect(viewer.get_by_role("link", name="Unpublish")).to_be_visible()
    page.keyboard.press("Escape")
    expect(viewer.get_by_role("link", name="Unpublish")).to_be_hidden()
    expect(viewer).to_be_visible()
    expect(button).to_be_focused()

    # When she is asked and says no, all stays.
    button.click()
    viewer.get_by_role("link", name="Unpublish").click()
    question = page.get_by_role("alertdialog", name="Take this out of the feed?")
    expect(question).to_contain_text("Its 12 likes are lost.")
    question.get_by_role("button", name="Keep it").click()
    expect(viewer).to_be_visible()

    # When she says yes, the viewer closes, the card leaves, and the focus goes to the next one.
    button.click()
    viewer.get_by_role("link", name="Unpublish").click()
    question.get_by_role("button", name="Unpublish").click()
    expect(viewer).to_be_hidden()
    expect(page.locator(f'[data-post="{newer.pk}"]')).to_have_count(0)
    expect(page.get_by_role("status").filter(has_text="Unpublished")).to_be_visible()
    expect(page.locator(f'[data-post="{older.pk}"] [data-open]')).to_be_focused()
    page.wait_for_url("**/soho/explore")
    newer.refresh_from_db()
    assert (newer.status, newer.like_count) == ("draft", 0)
    page.get_by_role("link", name="See your drafts").click()
    expect(page.locator(f'[data-draft="{newer.pk}"]')).to_be_visible()


def test_deleting_by_keyboard_on_the_posts_own_page(page: Page, alice: User) -> None:
    post = make(alice)
    page.goto(f"/soho/alice/{post.pk}")
    tab_to(page, "[data-owner] > button")
    page.keyboard.press("Enter")
    tab_to(page, "[data-own=delete]", most=3)
    page.keyboard.press("Enter")
    question = page.get_by_role("alertdialog", name="Delete this?")
    expect(question.get_by_role("button", name="Keep it")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/soho/alice?tab=drafts")
    expect(page.get_by_role("status").filter(has_text="Deleted")).to_be_visible()
    assert Creation.objects.get(pk=post.pk).status == "deleted"
    # It is said once.
    page.reload()
    expect(page.get_by_role("status").filter(has_text="Deleted")).to_have_count(0)


def test_deleting_from_ones_own_grid(page: Page, alice: User) -> None:
    post = make(alice)
    page.goto("/soho/alice")
    page.locator(".tile [data-open]").click()
    page.locator("#viewer [data-owner] > button").click()
    page.locator("#viewer [data-own=delete]").click()
    page.locator("#delete-dialog [type=submit]").click()
    expect(page.locator(".tile")).to_have_count(0)
    assert Creation.objects.get(pk=post.pk).status == "deleted"


def test_what_was_unpublished_elsewhere_is_said(page: Page, alice: User) -> None:
    post = make(alice)
    page.goto("/soho/explore")
    page.locator("[data-open]").click()
    Creation.objects.filter(pk=post.pk).update(status="draft", published_at=None)
    page.locator("#viewer [data-owner] > button").click()
    page.locator("#viewer [data-own=unpublish]").click()
    page.locator("#unpublish-dialog [type=submit]").click()
    # The words come to the front of the viewer, where they can be read and dismissed.
    toast = page.get_by_role("alert").filter(has_text="cannot")
    expect(toast).to_be_visible()
    toast.get_by_role("button", name="Dismiss").click()
    expect(toast).to_have_count(0)


def test_nobody_gets_the_menu_on_anothers_post(page: Page, alice: User, bob: User) -> None:
    make(bob, caption="Bob's")
    make(alice, caption="Alice's")
    page.goto("/soho/explore")
    page.locator('[data-username="bob"] [data-open]').click()
    viewer = page.get_by_role("dialog", name="Viewer")
    expect(viewer.get_by_text("Bob's")).to_be_visible()
    expect(viewer.get_by_role("button", name="More about your post")).to_be_hidden()
    page.keyboard.press(
        "ArrowRight"
        if page.locator("[data-post]").first.get_attribute("data-username") == "bob"
        else "ArrowLeft"
    )
    expect(viewer.get_by_role("button", name="More about your post")).to_be_visible()
    page.goto("/soho/bob")
    expect(page.locator("#viewer [data-owner]")).to_have_count(0)
    page.goto(f"/soho/bob/{Creation.objects.get(username='bob').pk}")
    expect(page.locator("[data-owner]")).to_have_count(0)

"""Journey 1: from a prompt to a published video."""

from playwright.sync_api import Page, expect

from tests.journeys.steps import MAKING_MS, PROMPT, is_a_picture, join, plays, shows_balance
from tests.support.browser import tab_to


def test_by_mouse(page: Page) -> None:
    # Given somebody who has just joined, with 50 tokens.
    join(page, "alice")

    # When she asks for a video of the usual length,
    page.locator("label.type-card.video").click()
    expect(page.get_by_role("radio", name="Video 10 tokens")).to_be_checked()
    page.get_by_label("Describe your video").fill(PROMPT)
    page.get_by_role("button", name="Generate Video").click()

    # then the page stays, says so, and ten tokens are gone at once.
    expect(page.get_by_role("heading", name="Video is Generating! 🎬")).to_be_visible()
    shows_balance(page, 40)
    expect(page).to_have_url(f"{page.url.split('/create')[0]}/create")

    # "Create Another" gives a fresh form.
    page.locator("[data-making=video]").get_by_role("button", name="Create Another").click()
    expect(page.get_by_label("Describe your video")).to_have_value("")
    expect(page.get_by_role("heading", name="Video is Generating! 🎬")).to_be_hidden()

    # Among her drafts she sees it waiting or in the making, and, without a reload, ready, with its picture.
    page.locator("header").get_by_role("link", name="My Drafts").click()
    card = page.locator("[data-draft]")
    expect(card).to_have_count(1)
    expect(card).to_have_attribute("data-status", "processing", timeout=MAKING_MS)
    expect(card.get_by_role("progressbar")).to_be_visible()
    page.evaluate("window.stayed = true")
    expect(card).to_have_attribute("data-status", "draft", timeout=MAKING_MS)
    assert page.evaluate("window.stayed") is True
    expect(page.locator("[data-announce]")).to_contain_text("is ready")
    is_a_picture(card.locator("img"))

    # When she publishes it with a caption, it leaves the drafts,
    card.get_by_role("button", name="Publish").click()
    dialog = page.get_by_role("dialog", name="Publish to Explore")
    dialog.get_by_label("Caption").fill("The light held for eleven minutes.")
    dialog.get_by_role("button", name="Publish").click()
    expect(card).to_have_count(0)
    expect(page.locator(".tile")).to_have_count(1)

    # and it is at the top of the feed, playing by itself, silent.
    page.get_by_role("link", name="See it in Explore").click()
    post = page.locator("[data-post]").first
    expect(post).to_contain_text("The light held for eleven minutes.")
    expect(post).to_contain_text("alice")
    is_a_picture(post.locator("img"))
    plays(post.locator("video"))
    assert post.locator("video").evaluate("video => video.muted && video.loop") is True

    # The viewer plays it with sound and controls, and closes with Escape.
    post.locator("[data-open]").click()
    viewer = page.get_by_role("dialog", name="Viewer")
    shown = viewer.locator("video")
    plays(shown)
    assert shown.evaluate("video => video.controls && !video.muted") is True
    page.keyboard.press("Escape")
    expect(viewer).to_be_hidden()
    shows_balance(page, 40)


def test_by_keyboard(page: Page) -> None:
    # Given somebody who has just joined and never touches a mouse from here on.
    join(page, "bob")
    press = page.keyboard.press

    # When he chooses the shortest length and starts with Ctrl and Enter,
    tab_to(page, "input[name=kind]")
    press("ArrowLeft")
    expect(page.get_by_role("button", name="Generate Image")).to_be_visible()
    press("ArrowRight")
    expect(page.get_by_role("button", name="Generate Video")).to_be_visible()
    tab_to(page, "summary")
    press("Enter")
    tab_to(page, "input[name=duration]")
    press("Home")
    while page.locator("input[name=duration]:checked").input_value() != "4":
        press("ArrowLeft")
    for _ in range(40):
        press("Shift+Tab")
        if page.evaluate("document.activeElement.id === 'prompt'"):
            break
    page.keyboard.type(PROMPT)
    press("Control+Enter")

    # then the status section has the focus, and the next stop is the way to his drafts.
    expect(page.locator("[data-making=video]")).to_be_focused()
    shows_balance(page, 40)
    tab_to(page, "[data-making=video] a", most=2)
    press("Enter")

    # The card becomes ready by itself. He publishes it,
    card = page.locator("[data-draft]")
    expect(card).to_have_attribute("data-status", "draft", timeout=MAKING_MS)
    is_a_picture(card.locator("img"))
    tab_to(page, "[data-action=publish]")
    press("Enter")
    expect(page.get_by_role("textbox", name="Caption")).to_be_focused()
    page.keyboard.type("By hand")
    press("Tab")
    press("Tab")
    press("Enter")
    expect(card).to_have_count(0)

    # and finds it first in the feed, where Enter opens it and Escape brings him back to it.
    page.goto("/soho/explore")
    post = page.locator("[data-post]").first
    expect(post).to_contain_text("By hand")
    plays(post.locator("video"))
    tab_to(page, "[data-open]")
    press("Enter")
    viewer = page.get_by_role("dialog", name="Viewer")
    plays(viewer.locator("video"))
    press("Escape")
    expect(viewer).to_be_hidden()
    expect(post.locator("[data-open]")).to_be_focused()

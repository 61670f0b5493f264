"""Journey 2: an image in place, shared at once."""

from playwright.sync_api import Page, expect

from tests.journeys.steps import MAKING_MS, PROMPT, is_a_picture, join, shows_balance
from tests.support.browser import tab_to


def test_by_mouse(page: Page) -> None:
    # Given somebody who has just joined,
    join(page, "charlie")

    # when she asks for an image,
    page.locator("label.type-card.image").click()
    page.get_by_label("Describe your image").fill(PROMPT)
    page.get_by_role("button", name="Generate Image").click()

    # then it appears in place, for one token,
    image = page.locator("[data-making=image] img")
    expect(image).to_be_visible(timeout=MAKING_MS)
    is_a_picture(image)
    shows_balance(page, 49)

    # and sharing it with a caption leads to the feed, where it is first.
    page.get_by_label("Caption").fill("Harbour, before the ferry.")
    page.get_by_role("button", name="Share to Explore").click()
    page.wait_for_url("**/soho/explore")
    post = page.locator("[data-post]").first
    expect(post).to_contain_text("Harbour, before the ferry.")
    is_a_picture(post.locator("img"))


def test_by_keyboard(page: Page) -> None:
    # Given somebody without a mouse,
    join(page, "dora")
    press = page.keyboard.press

    # when he chooses Image with an arrow key and starts it with Enter on the button,
    tab_to(page, "input[name=kind]")
    press("ArrowLeft")
    tab_to(page, "#prompt", most=2)
    page.keyboard.type(PROMPT)
    tab_to(page, "[data-go]")
    press("Enter")

    # then the caption has the focus as soon as the image is there,
    expect(page.get_by_label("Caption")).to_be_focused(timeout=MAKING_MS)
    is_a_picture(page.locator("[data-making=image] img"))
    page.keyboard.type("Two keys and a picture")
    press("Tab")
    expect(page.get_by_role("button", name="Share to Explore")).to_be_focused()
    press("Enter")

    # and it is first in the feed.
    page.wait_for_url("**/soho/explore")
    post = page.locator("[data-post]").first
    expect(post).to_contain_text("Two keys and a picture")
    tab_to(page, "[data-open]")
    press("Enter")
    is_a_picture(page.get_by_role("dialog", name="Viewer").locator("img"))

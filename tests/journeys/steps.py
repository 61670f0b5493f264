"""What journeys have in common: coming in, and seeing that something is really there."""

from playwright.sync_api import Locator, Page, expect

PASSWORD = "between the acts 7"
PROMPT = "A sunset over mountains with vibrant colors"
MAKING_MS = 120_000


def join(page: Page, username: str) -> None:
    """Signs up with the mouse."""
    page.goto("/soho/explore")
    page.locator("header").get_by_role("link", name="Join").click()
    page.get_by_label("Username").fill(username)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Join").click()
    expect(page).to_have_url(f"{page.url.split('/create')[0]}/create")
    shows_balance(page, 50)


def shows_balance(page: Page, tokens: int) -> None:
    """Every badge on the page says so."""
    for badge in page.locator("[data-balance]").all():
        expect(badge).to_have_text(str(tokens))


def is_a_picture(image: Locator) -> None:
    """The image came, was decoded, and has pixels."""
    image.scroll_into_view_if_needed()
    image.page.wait_for_function(
        "image => image.complete && image.naturalWidth > 0", arg=image.element_handle()
    )


def plays(video: Locator) -> None:
    """The video moves: it is not paused, and its time goes on."""
    page, handle = video.page, video.element_handle()
    page.wait_for_function(
        "video => !video.paused && video.currentTime > 0 && video.videoWidth > 0", arg=handle
    )
    before = video.evaluate("video => video.currentTime")
    page.wait_for_function("([video, before]) => video.currentTime !== before", arg=[handle, before])

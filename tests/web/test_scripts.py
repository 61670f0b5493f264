"""What the pages' scripts do, in Chromium, on a server without a worker: the rows are changed here."""

import base64
import io
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, Page, expect

from soho.accounts.models import User
from soho.creations.models import Creation
from soho.ledger import actions as ledger
from soho.media.thumbhash import thumbhash
from tests.support.browser import profile
from tests.web.conftest import make, make_posts, picture, update


def test_drafts_change_by_themselves_and_keep_the_focus(page: Page, alice: User) -> None:
    # Given a draft in the making with the focus on its button, and one that is ready.
    making = make(alice, "processing", progress=0.1, progress_note="Painting frame 10 of 96")
    make(alice, "draft", prompt="Another one")
    page.goto("/soho/alice?tab=drafts")
    card = page.locator(f'[data-draft="{making.pk}"]')
    card.get_by_role("button", name="Cancel").focus()
    page.evaluate("id => { window.seen = document.querySelector(`[data-draft='${id}']`) }", str(making.pk))

    # When it moves on, the same card says so, and the focus stays.
    update(making, progress=0.5, progress_note="Painting frame 48 of 96")
    expect(card.locator("[data-part=note]")).to_have_text("Painting frame 48 of 96")
    expect(card.get_by_role("progressbar")).to_have_attribute("value", "50")
    assert page.evaluate("window.seen.isConnected && window.seen.contains(document.activeElement)") is True

    # When it becomes ready, a new card takes its place, focus and all, and a screen reader hears of it.
    stem = f"videos/{alice.pk}/{making.pk}"
    update(making, status="draft", media_key=f"{stem}.mp4", thumbnail_key=f"{stem}_thumb.jpg", duration=4.0)
    expect(card).to_have_attribute("data-status", "draft")
    expect(card.get_by_role("button", name="Publish")).to_be_focused()
    expect(page.locator("[data-announce]")).to_contain_text(
        "Video “A sunset over mountains with vibrant colors” is ready"
    )

    # When one is deleted elsewhere, it goes.
    making.delete()
    page.locator("[data-refresh]").click()
    expect(card).to_have_count(0)


def test_deleting_asks_first_and_gives_held_tokens_back(page: Page, alice: User) -> None:
    # Given a failed video that still holds its ten tokens.
    failed = make(alice, "failed", error_message="The model did not answer.")
    hold = ledger.hold(alice.pk, 10, reason="Video", key="hold:1", subject=failed.pk)
    update(failed, hold=getattr(hold, "id", hold))
    page.goto("/soho/alice?tab=drafts")
    badge = page.locator(".site-header [data-balance]")
    expect(badge).to_have_text("40")
    card = page.locator("[data-draft]")

    # When she says no, nothing happens.
    card.get_by_role("button", name="Delete").click()
    dialog = page.get_by_role("alertdialog")
    expect(dialog).to_contain_text("You get 10 tokens back")
    expect(dialog.get_by_role("button", name="Keep it")).to_be_focused()
    page.keyboard.press("Escape")
    expect(card.get_by_role("button", name="Delete")).to_be_focused()
    assert Creation.objects.filter(pk=failed.pk).exists()

    # When she says yes, it is gone and the tokens are back.
    card.get_by_role("button", name="Delete").click()
    dialog.get_by_role("button", name="Delete").click()
    expect(card).to_have_count(0)
    expect(badge).to_have_text("50")
    expect(page.get_by_text("Nothing in the making")).to_be_visible()


def test_publishing_says_inside_the_dialog_why_it_cannot(page: Page, alice: User) -> None:
    draft = make(alice, "draft")
    page.goto("/soho/alice?tab=drafts")
    page.get_by_role("button", name="Publish").click()
    dialog = page.get_by_role("dialog", name="Publish to Explore")
    dialog.get_by_label("Caption").fill("Twelve chars")
    expect(dialog.get_by_text("12 / 2,200")).to_be_visible()
    # Published meanwhile on her phone.
    update(draft, status="published", published_at=draft.created_at)
    dialog.get_by_role("button", name="Publish").click()
    expect(dialog.get_by_role("alert")).not_to_be_empty()
    expect(dialog).to_be_visible()


def test_too_few_tokens_say_how_many_and_what_else(page: Page, alice: User) -> None:
    ledger.hold(alice.pk, 46, reason="Videos", key="hold:2", subject=None)
    page.goto("/create")
    page.get_by_label("Describe your video").fill("A long film")
    page.get_by_role("button", name="Generate Video").click()
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("This costs 10 tokens and you have 4. Nothing was started.")
    expect(page.locator(".site-header [data-balance]")).to_have_text("4")
    alert.get_by_role("button", name="Make an image instead").click()
    expect(page.get_by_role("button", name="Generate Image")).to_be_visible()
    expect(page.get_by_label("Describe your image")).to_have_value("A long film")


def test_an_empty_prompt_and_a_bad_seed_are_said_at_their_fields(page: Page) -> None:
    page.goto("/create")
    page.get_by_label("Describe your video").fill("   ")
    page.get_by_role("button", name="Generate Video").click()
    expect(page.locator("#prompt-error")).to_have_text("Write a prompt first.")
    expect(page.locator("#prompt")).to_be_focused()
    page.get_by_label("Describe your video").fill("Fog")
    page.locator("summary").click()
    page.get_by_label("Seed").fill("4294967296")
    page.get_by_role("button", name="Generate Video").click()
    expect(page.locator("#seed-error")).not_to_be_empty()
    expect(page.locator("#prompt-error")).to_be_hidden()


def test_older_posts_come_by_themselves_and_only_once(page: Page, alice: User) -> None:
    posts = [str(one.pk) for one in make_posts(alice, 60)]
    page.goto("/soho/explore")
    expect(page.locator("[data-post]")).to_have_count(24)
    for _ in range(40):
        page.mouse.wheel(0, 4000)
        page.wait_for_timeout(80)
    expect(page.locator("[data-post]")).to_have_count(60)
    assert page.locator("[data-post]").evaluate_all("all => all.map(card => card.dataset.post)") == posts
    expect(page.locator("[data-older]")).to_have_count(0)


def test_the_viewer_moves_by_arrows_and_swipes_and_keeps_the_address(
    page: Page, alice: User, tmp_path: Any
) -> None:
    posts = [make(alice, media_type="image", caption=f"Still {n}") for n in range(3)]
    for post in posts:
        update(post, media_key=post.thumbnail_key)
        picture(post, tmp_path)
    page.goto("/soho/explore")
    page.locator("[data-open]").first.click()
    viewer = page.get_by_role("dialog", name="Viewer")
    first = page.locator("[data-post]").first.get_attribute("data-post")
    expect(page).to_have_url(f"{page.url.split('/soho/')[0]}/soho/alice/{first}")
    shown = viewer.locator("[data-viewer-caption]")
    captions = page.locator("[data-feed] [data-caption]").all_inner_texts()

    page.keyboard.press("ArrowRight")
    expect(shown).to_have_text(captions[1])
    page.keyboard.press("ArrowLeft")
    expect(shown).to_have_text(captions[0])
    page.keyboard.press("ArrowLeft")
    expect(shown).to_have_text(captions[0])
    swipe = """([dx, dy]) => {
        const stage = document.querySelector('[data-viewer-stage]');
        const finger = { pointerType: 'touch', isPrimary: true, pointerId: 7, bubbles: true };
        const at = (type, x, y) =>
            stage.dispatchEvent(new PointerEvent(type, { ...finger, clientX: x, clientY: y }));
        at('pointerdown', 300, 300);
        at('pointerup', 300 + dx, 300 + dy);
    }"""
    page.evaluate(swipe, [-120, 10])
    expect(shown).to_have_text(captions[1])
    page.evaluate(swipe, [120, 10])
    expect(shown).to_have_text(captions[0])
    page.evaluate(swipe, [-20, 5])
    expect(shown).to_have_text(captions[0])

    # Back closes it, as does Escape.
    page.go_back()
    expect(viewer).to_be_hidden()
    expect(page).to_have_url(f"{page.url.split('/soho/')[0]}/soho/explore")
    page.locator("[data-open]").first.click()
    expect(viewer).to_be_visible()
    page.keyboard.press("Escape")
    expect(viewer).to_be_hidden()
    page.wait_for_url("**/soho/explore")


def test_a_like_is_shown_at_once_and_kept(page: Page, alice: User) -> None:
    make(alice)
    page.goto("/soho/explore")
    like = page.get_by_role("button", name="Like")
    like.click()
    expect(like).to_have_attribute("aria-pressed", "true")
    expect(like).to_contain_text("1")
    page.reload()
    expect(like).to_have_attribute("aria-pressed", "true")
    like.click()
    expect(like).to_contain_text("0")


def test_placeholders_are_read_as_they_were_written(page: Page) -> None:
    # Given pictures whose corners differ, in several shapes, hashed by the engine.
    for width, height in ((90, 160), (160, 90), (100, 100)):
        image = Image.new("RGB", (width, height), (30, 40, 90))
        image.paste((220, 120, 60), (0, height // 2, width, height))
        png = io.BytesIO()
        image.save(png, "PNG")
        text = thumbhash(image)

        # When the page decodes the hash,
        page.goto("/accounts/logout/")
        script = """async (hash) => {
            const { decode, averageColour } = await import('/static/soho/js/thumbhash.js');
            const bytes = Uint8Array.from(atob(hash), (character) => character.charCodeAt(0));
            const { width, height, pixels } = decode(bytes);
            const at = (x, y) => [...pixels.slice((y * width + x) * 4, (y * width + x) * 4 + 3)];
            return { width, height, average: averageColour(bytes),
                     top: at(width >> 1, height >> 3), bottom: at(width >> 1, (height * 7) >> 3) }; }"""
        decoded = page.evaluate(script, text)

        # then shape and colours are near those of the picture.
        assert abs(decoded["width"] / decoded["height"] - width / height) < 0.15
        assert len(base64.b64decode(text)) < 40
        for name, colour in (("top", (30, 40, 90)), ("bottom", (220, 120, 60)), ("average", (125, 80, 75))):
            assert all(abs(a - b) < 45 for a, b in zip(decoded[name], colour, strict=True)), (
                name,
                decoded[name],
            )


def test_nothing_moves_by_itself_for_those_who_asked_for_calm(
    browser: Browser, live_server: Any, alice: User
) -> None:
    make(alice, rendition_key="videos/alice/light_feed.mp4")
    context = profile(browser, base_url=live_server.url, reduced_motion="reduce")
    page = context.new_page()
    page.goto("/soho/explore?calm")
    page.wait_for_timeout(600)
    assert page.locator("video").get_attribute("src") is None
    context.close()


def test_the_core_reads_without_scripts(browser: Browser, live_server: Any, alice: User) -> None:
    post = make(alice, caption="Read me")
    context = profile(browser, base_url=live_server.url, java_script_enabled=False)
    page = context.new_page()
    page.goto("/soho/explore?plain")
    page.get_by_role("link", name="Open").first.click()
    expect(page).to_have_url(f"{live_server.url}/soho/alice/{post.pk}")
    expect(page.locator("video[controls]")).to_be_visible()
    expect(page.get_by_text("Read me")).to_be_visible()
    context.close()

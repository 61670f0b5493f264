"""The create page in Chromium: what it costs, a free sketch, own prompts, a reload that loses nothing."""

from typing import Any
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.test import Client
from playwright.sync_api import Page, Route, expect
from pytest_django import Settings

from soho.accounts.models import User
from soho.creations.models import Creation
from soho.ledger import actions as ledger
from soho.providers import registry
from tests.journeys.steps import plays, shows_balance
from tests.web.conftest import MARKUP, make, picture, update

PROMPT = "A castle on a hill at sunset with a unicycle"


@pytest.fixture(autouse=True)
def nothing_was_asked_before() -> None:
    """The rate limits count anew."""
    cache.clear()


def write(page: Page, prompt: str) -> None:
    page.get_by_label("Describe your").fill(prompt)


def test_a_sketch_plays_in_place_for_nothing(page: Page, alice: User) -> None:
    # Given a prompt with a word that cannot be drawn, and a shape,
    page.goto("/create")
    write(page, PROMPT)
    page.locator("summary").click()
    page.locator('label.chip:has([name=aspectRatio][value="16:9"])').click()
    # when she asks for a sketch,
    page.get_by_role("button", name="Preview it free").click()
    # then it plays in place, silent, in that shape, and says what it is and what it leaves out.
    box = page.locator("[data-preview-box]")
    film = box.locator("video")
    expect(film).to_be_visible(timeout=30_000)
    plays(film)
    assert film.evaluate("film => film.muted && film.loop && film.videoWidth === 640") is True
    expect(box).to_contain_text("A quick sketch by the built-in renderer.")
    expect(box).to_contain_text("cannot be drawn: unicycle")
    # It cost nothing, and with its seed the very scene can be made.
    shows_balance(page, 50)
    box.get_by_role("button", name="Keep this seed").click()
    seed = page.get_by_label("Seed").input_value()
    page.get_by_role("button", name="Generate Video").click()
    expect(page.get_by_role("heading", name="Video is Generating! 🎬")).to_be_visible()
    made = Creation.objects.get()
    assert (made.seed, made.aspect_ratio) == (int(seed), "16:9")


def test_for_another_model_the_sketch_says_that_it_is_not_its_work(page: Page, settings: Settings) -> None:
    settings.PROVIDERS = ["tests.support.rehearsal"]
    registry.providers.cache_clear()
    try:
        page.goto("/create")
        write(page, "A quiet lake")
        page.get_by_role("button", name="Preview it free").click()
        box = page.locator("[data-preview-box]")
        expect(box).to_contain_text(
            "A sketch by the built-in renderer; Rehearsal will make its own.", timeout=30_000
        )
        expect(box.get_by_role("button", name="Keep this seed")).to_be_hidden()
        box.get_by_role("button", name="Close").click()
        expect(box).to_be_hidden()
        expect(page.get_by_role("button", name="Preview it free")).to_be_focused()
    finally:
        registry.providers.cache_clear()


def test_a_busy_house_is_asked_once_more_and_then_says_so(page: Page) -> None:
    asked: list[str] = []

    def busy(route: Route) -> None:
        asked.append(route.request.url)
        route.fulfill(status=503, json={"code": "busy", "detail": "Too many previews are being drawn."})

    page.clock.install()  # so that nobody waits for the second question
    page.route("**/api/preview", busy)
    page.goto("/create")
    write(page, "A quiet lake")
    with page.expect_response("**/api/preview"):
        page.get_by_role("button", name="Preview it free").click()
    page.clock.run_for(3000)
    expect(page.locator("[data-preview-box]")).to_contain_text("Too many previews", timeout=15_000)
    expect(page.locator("[data-preview-box] video")).to_be_hidden()
    assert len(asked) == 2


def test_what_is_left_is_said_before_and_the_balance_follows(page: Page) -> None:
    page.goto("/create")
    cost = page.locator("[data-cost]")
    expect(cost).to_have_text("Costs 10 tokens, 40 left after")
    page.locator("label.type-card.image").click()
    expect(cost).to_have_text("Costs 1 token, 49 left after")
    page.locator("label.type-card.video").click()
    write(page, "A quiet lake")
    page.get_by_role("button", name="Generate Video").click()
    expect(page.locator(".site-header [data-balance]")).to_have_text("40")
    page.locator("[data-making=video]").get_by_role("button", name="Create Another").click()
    expect(cost).to_have_text("Costs 10 tokens, 30 left after")


def test_too_few_tokens_are_told_before_anything_is_pressed(
    page: Page, alice: User, as_alice: Client, settings: Settings
) -> None:
    ledger.hold(alice.pk, 46, reason="Videos", key="hold:2", subject=None)
    page.goto("/create")
    few = page.locator("[data-too-few]")
    expect(few).to_contain_text(
        "This costs 10 tokens and you have 4. Whoever runs this site can give you more."
    )
    expect(few).to_contain_text("An image costs 1 token. A preview costs nothing.")
    expect(page.locator("[data-cost]")).to_have_text("Costs 10 tokens")
    page.locator("label.type-card.image").click()
    expect(few).to_be_hidden()
    expect(page.locator("[data-cost]")).to_have_text("Costs 1 token, 3 left after")


def test_somebody_new_begins_with_three_prompts_of_which_one_tap_fills(page: Page) -> None:
    page.goto("/create")
    ideas = page.locator("[data-idea]")
    expect(ideas).to_have_count(3)
    page.evaluate("() => { window.stayed = true; }")
    ideas.nth(1).click()
    expect(page.get_by_label("Describe your video")).to_have_value(
        ideas.nth(1).get_attribute("data-idea") or "?"
    )
    expect(page.get_by_label("Describe your video")).to_be_focused()
    assert page.evaluate("() => window.stayed") is True


def test_own_prompts_come_again_with_their_settings(page: Page, alice: User, bob: User) -> None:
    # Given wishes of hers in every state, one of them twice, and one of somebody else's,
    make(alice, prompt="An old lighthouse", aspect_ratio="16:9", duration=4.0, username="alice")
    make(alice, "pending", prompt="A quiet lake")
    make(alice, "draft", prompt="A quiet lake")
    make(alice, "failed", prompt=MARKUP)
    make(bob, prompt="A secret of Bob's")
    page.goto("/create")
    page.get_by_text("Your prompts").click()
    items = page.locator(".idea-list a")
    expect(items).to_have_count(3)
    expect(items.first).to_contain_text("<b>bold</b>")
    expect(page.locator(".idea-list")).not_to_contain_text("secret")
    # when she takes one, then the form holds it with its shape and length, and another seed will be drawn.
    items.filter(has_text="lighthouse").click()
    expect(page.get_by_label("Describe your video")).to_have_value("An old lighthouse")
    page.locator(".more summary").click()
    expect(page.locator("[name=aspectRatio]:checked")).to_have_value("16:9")
    expect(page.locator("[name=duration]:checked")).to_have_value("4")
    expect(page.get_by_label("Seed")).to_have_value("")


def test_nobody_elses_creation_fills_the_form(as_alice: Client, bob: User) -> None:
    secret = make(bob, "draft", prompt="Only Bob's")
    for wish in (secret.pk, uuid4(), "x", "\x00"):
        answer = as_alice.get("/create", {"again": wish})
        assert answer.status_code == 200
        assert "Only Bob" not in answer.content.decode()


def test_a_reload_during_generation_comes_back_to_it(page: Page, alice: User) -> None:
    # Given a video in the making,
    page.goto("/create")
    write(page, "A quiet lake")
    page.get_by_role("button", name="Generate Video").click()
    heading = page.get_by_role("heading", name="Video is Generating! 🎬")
    expect(heading).to_be_visible()
    video = Creation.objects.get()
    update(video, status="processing", progress=0.5, progress_note="Painting frame 96 of 192")
    # when the page is loaded again, then it says so again, and where the video is by now,
    page.reload()
    expect(heading).to_be_visible()
    expect(page.locator("[data-making-prompt]")).to_have_text("A quiet lake")
    expect(page.locator("[data-making=video]")).to_contain_text("Painting frame 96 of 192")
    expect(page.locator("[data-make]")).to_be_hidden()
    # and it hears when it is ready, also across another reload.
    update(video, status="draft", media_key="videos/x.mp4", hold=None)
    expect(page.get_by_role("heading", name="Your video is ready ✅")).to_be_visible()
    page.reload()
    expect(page.get_by_role("heading", name="Your video is ready ✅")).to_be_visible()
    # Who comes anew, or asks for another one, has the form; nothing was started twice.
    page.get_by_role("button", name="Create Another").click()
    page.reload()
    expect(page.locator("[data-make]")).to_be_visible()
    expect(page.locator("[data-making=video]")).to_be_hidden()
    assert Creation.objects.count() == 1
    shows_balance(page, 40)


def test_an_answer_that_was_lost_is_asked_for_again_and_nothing_starts_twice(page: Page, alice: User) -> None:
    """Given the video was started but the answer never came, then a reload finds that very video."""

    def lose(route: Route) -> None:
        route.fetch()
        route.abort()

    page.route("**/api/generate/video", lose, times=1)
    page.goto("/create")
    write(page, "A quiet lake")
    page.get_by_role("button", name="Generate Video").click()
    expect(page.get_by_role("alert")).to_contain_text("Soho cannot be reached")
    assert Creation.objects.count() == 1
    page.reload()
    expect(page.get_by_role("heading", name="Video is Generating! 🎬")).to_be_visible()
    assert Creation.objects.count() == 1
    shows_balance(page, 40)


def test_an_image_is_there_again_after_a_reload(
    page: Page, alice: User, settings: Settings, tmp_path: Any
) -> None:
    settings.IMAGE_WAIT_SECONDS = 0.05
    page.goto("/create?kind=image")
    write(page, "A quiet lake")
    page.get_by_role("button", name="Generate Image").click()
    expect(page.locator("[data-making=image]")).to_contain_text("This one takes a little longer.")
    image = Creation.objects.get()
    update(
        image, status="draft", media_key=f"images/{alice.pk}/{image.pk}_thumb.jpg",
        thumbnail_key=f"images/{alice.pk}/{image.pk}_thumb.jpg", hold=None, width=90, height=160,
    )  # fmt: skip
    image.refresh_from_db()
    picture(image, tmp_path)
    page.reload()
    expect(page.locator("[data-making=image] img")).to_be_visible()
    expect(page.get_by_role("button", name="Share to Explore")).to_be_visible()
    assert Creation.objects.count() == 1


def test_a_wish_of_somebody_else_in_this_tab_is_not_sent(page: Page, alice: User) -> None:
    """Given the tab still holds a wish of the person before, then nothing starts for the one who is here."""
    page.goto("/create")
    page.evaluate(
        """() => sessionStorage.setItem("wish", JSON.stringify({ username: "bob", kind: "video", key: "k",
        body: { prompt: "Bob's" }, at: Date.now() }))"""
    )
    page.reload()
    expect(page.locator("[data-make]")).to_be_visible()
    page.evaluate(
        """() => sessionStorage.setItem("wish", JSON.stringify({ username: "alice", kind: "video", key: "k",
        body: { prompt: "Last week" }, at: Date.now() - 7 * 86400e3 }))"""
    )
    page.reload()
    expect(page.locator("[data-make]")).to_be_visible()
    assert not Creation.objects.exists()

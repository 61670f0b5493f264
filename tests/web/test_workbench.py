"""The drafts page as a workbench, in Chromium: by mouse, by keyboard, and by touch."""

import io
import json
import zipfile
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Browser, Locator, Page, expect

from soho.accounts.models import User
from soho.creations import clock
from soho.creations.models import Creation
from soho.creations.objects import storage
from tests.media.clips import make_clip, moving
from tests.support.browser import PHONE, profile, tab_to, watched
from tests.web.conftest import make, sign_in, update
from tests.web.workbench import DRAFTS, box, card, five, ids, selected, statuses


@pytest.fixture
def abroad(browser: Browser, live_server: Any, alice: User) -> Iterator[Page]:
    """Alice's browser in New York."""
    client = Client()
    client.force_login(alice)
    context = profile(browser, base_url=live_server.url, timezone_id="America/New_York")
    sign_in(context, client, live_server.url)
    faults: list[str] = []
    yield watched(context, faults)
    context.close()
    assert faults == []


@pytest.fixture
def phone(browser: Browser, live_server: Any, alice: User) -> Iterator[Page]:
    client = Client()
    client.force_login(alice)
    context = profile(browser, width=PHONE, base_url=live_server.url)
    sign_in(context, client, live_server.url)
    faults: list[str] = []
    yield watched(context, faults)
    context.close()
    assert faults == []


def test_many_are_selected_by_mouse_and_deleted_and_brought_back(page: Page, alice: User) -> None:
    # Given five drafts, nothing selected, no bar.
    drafts = five(alice)
    page.goto(DRAFTS)
    bar = page.get_by_role("form", name="What to do with the selected drafts")
    expect(bar).to_be_hidden()

    # When alice clicks the second and shift-clicks the fourth, the three are selected,
    box(page, drafts[1]).click()
    box(page, drafts[3]).click(modifiers=["Shift"])
    assert selected(page) == ids(drafts[1:4])
    expect(bar).to_contain_text("3 selected")
    # and a click beside a card's buttons takes one back.
    card(page, drafts[2]).locator(".draft-prompt").click()
    assert selected(page) == [str(drafts[1].pk), str(drafts[3].pk)]

    # When she deletes them, after a question, they go, and the figures go down.
    bar.get_by_role("button", name="Delete").click()
    question = page.get_by_role("alertdialog", name="Delete this?")
    expect(question).to_contain_text("2 drafts")
    question.get_by_role("button", name="Delete").click()
    expect(page.locator("[data-draft]")).to_have_count(3)
    expect(page.get_by_role("link", name="All 3")).to_be_visible()
    expect(bar).to_be_hidden()
    assert statuses(drafts) == ["draft", "deleted", "draft", "deleted", "draft"]

    # When she undoes it, they are back in their places without a reload.
    page.evaluate("window.stayed = true")
    page.get_by_role("status").filter(has_text="2 drafts deleted").get_by_role("button", name="Undo").click()
    expect(page.locator("[data-draft]")).to_have_count(5)
    assert page.locator("[data-draft]").evaluate_all("all => all.map((one) => one.dataset.draft)") == ids(
        drafts
    )
    assert page.evaluate("window.stayed") is True
    assert statuses(drafts) == ["draft"] * 5


def test_all_of_it_by_keyboard(page: Page, alice: User) -> None:
    drafts = five(alice)
    page.goto(DRAFTS)
    press = page.keyboard.press
    tab_to(page, "[data-select]")
    # Space and x toggle; Shift with the arrows extends; Ctrl and A takes all; Escape none.
    press("Space")
    assert selected(page) == ids(drafts[:1])
    press("x")
    assert selected(page) == []
    press("ArrowDown")
    press("x")
    press("Shift+ArrowDown")
    press("Shift+ArrowRight")
    assert selected(page) == ids(drafts[1:4])
    expect(page.locator("[data-announce]")).to_contain_text("3 selected")
    press("Escape")
    assert selected(page) == []
    press("Control+a")
    assert selected(page) == ids(drafts)
    press("Escape")
    # x also works from a button on the card, and Ctrl and A in a text field is the field's own.
    tab_to(page, "[data-action=publish]")
    press("x")
    assert len(selected(page)) == 1
    tab_to(page, "[data-batch] [value=publish]")
    press("Enter")
    expect(page.get_by_role("textbox", name="Caption")).to_be_focused()
    page.keyboard.type("By hand")
    press("Control+a")
    assert len(selected(page)) == 1
    press("Tab")
    press("Tab")
    press("Enter")
    expect(page.locator("[data-draft]")).to_have_count(4)
    expect(page.locator(".tile")).to_have_count(1)
    assert list(Creation.objects.filter(status="published").values_list("caption", flat=True)) == ["By hand"]


def test_by_touch_and_what_could_not_be_done_is_said_of_each(phone: Page, alice: User) -> None:
    # Given two drafts and a failed one.
    failed = make(alice, "failed", prompt="A failed one", error_message="No.")
    drafts = [make(alice, "draft", prompt=f"Scene {number}") for number in range(2)]
    phone.goto(DRAFTS)
    # When all are chosen by touch and published,
    for creation in (failed, *drafts):
        box(phone, creation).tap()
    bar = phone.get_by_role("form", name="What to do with the selected drafts")
    expect(bar).to_be_in_viewport(ratio=1)
    bar.get_by_role("button", name="Publish").tap()
    phone.get_by_role("dialog", name="Publish to Explore").get_by_role("button", name="Publish").tap()
    # then the drafts are posts, and the failed one says why it is not, and stays selected.
    results = phone.locator("[data-results]")
    expect(results).to_contain_text("2 drafts published. 1 draft could not be published:")
    expect(results).to_contain_text("“A failed one”: This creation cannot be published while it is failed.")
    expect(results).to_be_focused()
    assert selected(phone) == [str(failed.pk)]
    results.get_by_role("button", name="Understood").tap()
    expect(results).to_be_hidden()
    assert statuses([failed, *drafts]) == ["failed", "published", "published"]


def test_a_time_is_chosen_in_ones_own_zone_and_shown_in_both(abroad: Page, alice: User) -> None:
    draft = make(alice, "draft")
    abroad.goto(DRAFTS)
    day = (timezone.now() + timedelta(days=40)).date()
    there = datetime.fromisoformat(f"{day}T21:30")
    # When alice, in New York, schedules it for half past nine in the evening,
    card(abroad, draft).get_by_role("button", name="Schedule").click()
    dialog = abroad.get_by_role("dialog", name="Publish it later")
    expect(dialog.get_by_label("Your time America/New_York")).to_be_focused()
    dialog.get_by_label("Your time").fill(f"{day}T21:30")
    expect(dialog.locator("[data-both]")).to_contain_text("21:30")
    expect(dialog.locator("[data-both]")).to_contain_text("UTC")
    dialog.get_by_label("Caption").fill("At night")
    dialog.get_by_role("button", name="Schedule").click()
    # then it is kept as that moment in UTC, and the card says both.
    when = card(abroad, draft).locator("time[data-local]")
    expect(when).to_contain_text("21:30")
    draft.refresh_from_db()
    assert draft.publish_at is not None
    hours = (draft.publish_at.replace(tzinfo=None) - there).total_seconds() / 3600
    assert hours in (4, 5)  # summer or winter there
    expect(when).to_contain_text(f"{draft.publish_at:%H:%M} UTC")
    assert draft.caption == "At night"

    # When she changes it, the dialog holds what was; a time that is over is refused inside it.
    card(abroad, draft).get_by_role("button", name="Change time").click()
    expect(dialog.get_by_label("Your time")).to_have_value(f"{day}T21:30")
    expect(dialog.get_by_label("Caption")).to_have_value("At night")
    dialog.get_by_label("Your time").fill("2020-01-01T12:00")
    dialog.get_by_role("button", name="Schedule").click()
    expect(dialog.get_by_role("alert")).to_have_text("Choose a time in the future; this one is over.")
    dialog.get_by_role("button", name="Take it off").click()
    expect(when).to_have_count(0)
    draft.refresh_from_db()
    assert (draft.publish_at, draft.caption, draft.status) == (None, "", "draft")


def test_the_prompt_is_edited_before_a_retry(page: Page, alice: User) -> None:
    failed = make(alice, "failed", prompt="A storm", error_message="No.", tokens=0)
    page.goto(DRAFTS)
    card(page, failed).get_by_role("button", name="Edit prompt").click()
    dialog = page.get_by_role("dialog", name="Edit the prompt")
    expect(dialog.get_by_label("Prompt")).to_have_value("A storm")
    dialog.get_by_label("Prompt").fill(" ")
    dialog.get_by_role("button", name="Try again").click()
    expect(dialog.get_by_role("alert")).to_have_text("Write a prompt first.")
    dialog.get_by_label("Prompt").fill("A calm")
    dialog.get_by_role("button", name="Try again").click()
    expect(card(page, failed)).to_have_attribute("data-status", "pending")
    failed.refresh_from_db()
    assert (failed.prompt, failed.status) == ("A calm", "pending")


def test_what_is_selected_stays_so_while_the_list_moves(page: Page, alice: User) -> None:
    drafts = five(alice)
    page.goto(DRAFTS)
    box(page, drafts[1]).check()
    box(page, drafts[2]).check()
    # Elsewhere one gets a time, one is deleted, and a new one comes.
    Creation.objects.filter(pk=drafts[1].pk).update(publish_at=timezone.now() + timedelta(days=1))
    Creation.objects.filter(pk=drafts[2].pk).delete()
    make(alice, "draft")
    page.get_by_role("link", name="Refresh").click()
    expect(card(page, drafts[1]).locator("time[data-local]")).to_be_visible()
    assert selected(page) == [str(drafts[1].pk)]
    expect(page.locator("[data-batch-count]")).to_have_text("1 selected")


def test_what_goes_out_by_itself_leaves_the_drafts_and_hangs_below(page: Page, alice: User) -> None:
    draft = make(alice, "draft", publish_at=timezone.now() + timedelta(hours=1))
    page.goto(DRAFTS)
    expect(card(page, draft)).to_be_visible()
    # Its time comes while the page is open, and a worker publishes it.
    page.evaluate("document.querySelector('[data-draft]').dataset.publishAt = '2020-01-01T00:00:00Z'")
    Creation.objects.filter(pk=draft.pk).update(publish_at=timezone.now() - timedelta(seconds=1))
    assert clock.publish_due() == 1
    page.get_by_role("link", name="Refresh").click()
    expect(card(page, draft)).to_have_count(0)
    expect(page.get_by_role("status").filter(has_text="is out")).to_be_visible()
    expect(page.locator(".tile")).to_have_count(1)


def test_the_download_holds_what_was_chosen(page: Page, alice: User, tmp_path: Path) -> None:
    drafts = five(alice)
    clip = tmp_path / "clip.mp4"
    make_clip(clip, moving, seconds=0.5)
    storage().put(drafts[0].media_key, clip, "video/mp4")
    page.goto(DRAFTS)
    box(page, drafts[0]).check()
    with page.expect_download() as started:
        page.locator("[data-batch]").get_by_role("button", name="Download").click()
    with zipfile.ZipFile(io.BytesIO(started.value.path().read_bytes())) as found:
        manifest = json.loads(found.read("manifest.json"))
        assert found.read(manifest["creations"][0]["file"]) == clip.read_bytes()
    expect(page).to_have_url(page.url)


def playing(video: Locator) -> None:
    handle = video.element_handle()
    video.page.wait_for_function("one => !one.paused && one.currentTime > 0", arg=handle)


def test_a_draft_plays_under_the_pointer_and_under_a_resting_finger(
    page: Page, phone: Page, alice: User, tmp_path: Path
) -> None:
    draft = make(alice, "draft")
    update(draft, rendition_key=draft.media_key.replace(".mp4", "_feed.mp4"))
    draft.refresh_from_db()
    clip = tmp_path / "clip.mp4"
    make_clip(clip, moving, seconds=2)
    storage().put(draft.rendition_key, clip, "video/mp4")
    page.goto(DRAFTS)
    video = card(page, draft).locator("video")
    card(page, draft).locator(".draft-open").hover()
    playing(video)
    page.mouse.move(0, 0)
    page.wait_for_function("one => one.paused && one.currentTime === 0", arg=video.element_handle())

    phone.goto(DRAFTS)
    held = card(phone, draft).locator("video")
    area = card(phone, draft).locator(".draft-open").bounding_box()
    assert area
    touch = phone.context.new_cdp_session(phone)
    point = {"x": area["x"] + area["width"] / 2, "y": area["y"] + area["height"] * 0.7}
    touch.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [point]})
    playing(held)
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    phone.wait_for_function("one => one.paused", arg=held.element_handle())
    expect(phone.get_by_role("dialog", name="Viewer")).to_be_hidden()

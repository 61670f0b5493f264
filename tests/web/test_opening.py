"""The operator's first page in Chromium: from an empty feed to posts that appear by themselves, and back."""

import pytest
from playwright.sync_api import Page, expect
from pytest_django import Settings

from soho.accounts.models import User
from soho.creations.models import Creation
from soho.generation import queue
from soho.generation.run import work_once
from soho.house import actions
from tests.web.conftest import update


@pytest.fixture(autouse=True)
def small(settings: Settings) -> None:
    settings.DIORAMA_PERCENT = 10


def test_posts_appear_as_they_are_made_and_go_with_one_button(page: Page, alice: User) -> None:
    # Given an operator in an empty house,
    User.objects.filter(pk=alice.pk).update(is_staff=True)
    page.goto("/house")
    tiles = page.locator(".house-post")
    expect(tiles).to_have_count(8)
    # when she has the feed filled,
    page.get_by_role("button", name="Fill the feed").click()
    expect(page.get_by_role("heading", name="Hanging the feed")).to_be_visible()
    page.evaluate("() => { window.stayed = true; }")
    # then what is being made shows how far it is, and what is made hangs there, without a reload.
    claimed = queue.claim("video", worker="a test")
    assert claimed
    queue.heartbeat(claimed.creation_id, claimed.fence, progress=0.5, note="Painting frame 72 of 144")
    making = page.locator('.house-post[data-status="processing"]')
    expect(making).to_contain_text("Painting frame 72 of 144")
    expect(making.get_by_role("progressbar")).to_have_attribute("value", "50")
    assert work_once("image", worker="a test")
    assert actions.publish_ready() == 1
    expect(page.get_by_role("status").filter(has_text="1 of 8 are in the feed")).to_be_visible()
    hung = page.locator('.house-post[data-status="published"] img')
    expect(hung).to_be_visible()
    page.wait_for_function("image => image.complete && image.naturalWidth > 0", arg=hung.element_handle())
    # When nothing changes any more, then the page says how it ended.
    update_all = Creation.objects.exclude(status="published")
    for one in update_all:
        update(one, status="failed", error_message="The machine is out of paint.")
    expect(page.get_by_role("heading", name="Not all of them hang")).to_be_visible()
    expect(page.get_by_role("button", name="Make the missing ones")).to_be_visible()
    assert page.evaluate("() => window.stayed") is True
    # One button, and the room is empty again.
    page.get_by_role("button", name="Remove them again").click()
    expect(page.get_by_role("button", name="Fill the feed")).to_be_visible()
    assert not Creation.objects.exists()

"""The workbench's plain pages: filters, forms without scripts, what is refused, and small screens."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, expect

from soho.accounts.models import User
from soho.creations.models import Creation
from soho.creations.shape import timestamp
from tests.support.browser import profile
from tests.web.conftest import make, one_of_each, sign_in
from tests.web.workbench import DRAFTS, box, card, five, statuses


def test_filters_are_links_with_figures(as_alice: Client, alice: User) -> None:
    made = one_of_each(alice)
    make(alice, "draft", media_type="image")
    make(alice, "draft", publish_at=timezone.now() + timedelta(days=1))

    def shown(query: str) -> tuple[set[str], str]:
        html = as_alice.get(f"{DRAFTS}{query}").content.decode()
        return {part.split('"')[0] for part in html.split('data-draft="')[1:]}, html

    everything, html = shown("")
    assert len(everything) == 6
    for state, count in (("", 6), ("making", 2), ("ready", 2), ("scheduled", 1), ("failed", 1)):
        assert f'data-count="state-{state}">{count}</span>' in html
        assert len(shown(f"&state={state}")[0]) == count
    for kind, count in (("", 6), ("video", 5), ("image", 1)):
        assert f'data-count="kind-{kind}">{count}</span>' in html
        assert len(shown(f"&kind={kind}")[0]) == count
    # The figures of one row are of what the other has chosen.
    assert 'data-count="state-scheduled">0</span>' in shown("&kind=image")[1]
    assert shown("&state=failed")[0] == {str(made["failed"].pk)}
    assert len(shown("&state=ready&kind=image")[0]) == 1
    empty = shown("&state=scheduled&kind=image")[1]
    assert "Nothing has a time yet" in empty
    assert "Show all drafts" in empty
    assert as_alice.get(f"{DRAFTS}&state=lost").status_code == 404
    assert as_alice.get(f"{DRAFTS}&kind=opera").status_code == 404


def test_a_person_without_scripts_works_on_many(browser: Browser, live_server: Any, alice: User) -> None:
    client = Client()
    client.force_login(alice)
    drafts = five(alice)
    context: BrowserContext = profile(browser, base_url=live_server.url, java_script_enabled=False)
    sign_in(context, client, live_server.url)
    page = context.new_page()
    page.goto(DRAFTS)
    # She deletes two, is asked, and takes it back by the message's own button.
    for draft in drafts[:2]:
        box(page, draft).check()
    page.locator("[data-batch]").get_by_role("button", name="Delete").click()
    expect(page.get_by_role("heading", name="Delete these 2 drafts?")).to_be_visible()
    page.get_by_role("button", name="Delete").click()
    expect(page.locator("[data-draft]")).to_have_count(3)
    page.get_by_role("status").filter(has_text="2 deleted.").get_by_role("button", name="Undo").click()
    expect(page.locator("[data-draft]")).to_have_count(5)
    # She gives one a time, in UTC, and it is refused where she wrote it, then taken.
    card(page, drafts[0]).get_by_role("button", name="Schedule").click()
    page.get_by_label("Time, in UTC").fill("2020-01-01T12:00")
    page.get_by_role("button", name="Schedule").click()
    expect(page.get_by_text("Choose a time in the future; this one is over.")).to_be_visible()
    when = (timezone.now() + timedelta(days=9)).replace(second=0, microsecond=0)
    page.get_by_label("Time, in UTC").fill(f"{when:%Y-%m-%dT%H:%M}")
    page.get_by_label("Caption").fill("In nine days")
    page.get_by_role("button", name="Schedule").click()
    expect(card(page, drafts[0])).to_contain_text(f"{when:%H:%M} UTC")
    drafts[0].refresh_from_db()
    assert (timestamp(drafts[0].publish_at), drafts[0].caption) == (timestamp(when), "In nine days")
    # She publishes that one and another at once: each keeps its words.
    for draft in drafts[:2]:
        box(page, draft).check()
    page.locator("[data-batch]").get_by_role("button", name="Publish").click()
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_text("2 published.")).to_be_visible()
    assert list(
        Creation.objects.filter(status="published").order_by("-pk").values_list("caption", flat=True)
    ) == [
        "In nine days",
        "",
    ]
    # Nothing chosen is said, not done.
    page.locator("[data-batch]").get_by_role("button", name="Publish").click()
    expect(page.get_by_text("Choose at least one.")).to_be_visible()
    context.close()


def test_the_plain_form_is_the_owners_and_bounded(as_alice: Client, as_bob: Client, alice: User) -> None:
    draft = make(alice, "draft")
    mine = {"do": "delete", "sure": "yes", "id": [str(draft.pk)]}
    assert as_bob.post("/creations/batch", {**mine, "sure": ""}).status_code == 302
    assert as_bob.post("/creations/batch", {"do": "delete", "id": [str(draft.pk)]}).status_code == 404
    assert statuses([draft]) == ["draft"]
    assert as_alice.post("/creations/batch", {**mine, "do": "burn"}).status_code == 404
    assert as_alice.post("/creations/batch", {**mine, "id": ["x"]}).status_code == 404
    assert Client().post("/creations/batch", mine)["Location"].startswith("/accounts/login/")
    forger = Client(enforce_csrf_checks=True)
    forger.force_login(alice)
    assert forger.post("/creations/batch", mine).status_code == 403
    assert statuses([draft]) == ["draft"]


@pytest.mark.parametrize(
    ("verb", "status", "sent", "words"),
    [
        ("schedule", "draft", {"publish_at": "soon"}, "Write a time with its offset"),
        ("schedule", "draft", {"publish_at": "2020-01-01T12:00"}, "this one is over"),
        ("publish", "draft", {"caption": "x" * 2201}, "Keep the caption to 2,200"),
        ("edit", "failed", {"prompt": " "}, "Write a prompt first."),
    ],
)
def test_what_cannot_be_is_said_beside_its_field_and_what_was_written_stays(
    verb: str, status: str, sent: dict[str, str], words: str, as_alice: Client, alice: User
) -> None:
    creation = make(alice, status)
    for here, more in (
        (f"/creations/{creation.pk}/{verb}", {}),
        ("/creations/batch", {"do": verb, "sure": "yes", "id": [str(creation.pk)]}),
    ):
        if verb == "edit" and more:
            continue
        answer = as_alice.post(here, {**sent, **more})
        html = answer.content.decode()
        assert answer.status_code == 422
        assert words in html
        assert html.count('aria-invalid="true"') == 1
        assert next(iter(sent.values())) in html
    assert statuses([creation]) == [status]


@pytest.mark.parametrize(("width", "zoom"), [(320, 1.0), (640, 2.0)])
def test_nothing_is_wider_than_a_small_screen_or_a_large_zoom(
    width: int, zoom: float, browser: Browser, live_server: Any, alice: User
) -> None:
    one_of_each(alice)
    make(alice, "draft", prompt="Donaudampfschifffahrtsgesellschaftskapitänsmützenknopf" * 3)
    make(
        alice,
        "draft",
        prompt="شروق الشمس فوق الجبال 🌅 " * 9,
        publish_at=timezone.now() + timedelta(days=300),
    )
    client = Client()
    client.force_login(alice)
    # A zoom of 200 % is a screen of half as many pixels, each of two.
    context = browser.new_context(
        viewport={"width": int(width / zoom), "height": int(700 / zoom)},
        device_scale_factor=zoom,
        base_url=live_server.url,
    )
    sign_in(context, client, live_server.url)
    page = context.new_page()
    for path in (DRAFTS, f"{DRAFTS}&state=making"):
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, path
    page.goto(DRAFTS)
    page.locator("[data-select]").first.check()
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    page.locator("[data-batch] [value=schedule]").click()
    dialog = page.get_by_role("dialog", name="Publish it later")
    assert dialog.evaluate("one => one.scrollWidth - one.clientWidth") <= 0
    context.close()

"""axe-core finds nothing at all, on any page, on a phone and at a desk, by day and by night."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Browser

from soho.accounts.actions import create_user, operator_invitation
from soho.accounts.models import User
from soho.creations import actions
from soho.feed.comments import comment
from tests.conftest import PASSWORD
from tests.support.browser import DESK, PHONE, profile
from tests.web.conftest import make, one_of_each, sign_in

SIGNED_OUT = [
    "/soho/explore",
    "/soho/search?q=al",
    "/soho/tags/light",
    "/accounts/login/",
    "/accounts/signup/",
    "/nowhere",
]
SIGNED_IN = [
    "/soho/explore",
    "/soho/alice",
    "/soho/alice?tab=drafts",
    "/soho/alice?tab=drafts&state=scheduled&kind=image",
    "/soho/following",
    "/soho/explore?sort=top",
    "/soho/search",
    "/soho/search?q=still",
    "/soho/tags/light",
    "/soho/bob",
    "/create",
    "/create?kind=image",
    "/house",
    "/operator",
    "/settings",
    "/settings/receipts",
    "/accounts/password/change/",
    "/accounts/logout/",
    "/api/docs",
    "/styleguide",
]
# What opens on a page: how to open it, and what then to look at.
OPENED = [
    ("/create", "document.querySelector('.more').open = true", ".make"),
    (
        "/create",
        "document.querySelector('.ideas').open = true; document.querySelector('.preview').hidden = false",
        ".idea-list",
    ),
    ("/soho/alice?tab=drafts", "document.querySelector('[data-action=publish]').click()", "#publish-dialog"),
    ("/soho/alice?tab=drafts", "document.querySelector('[data-action=delete]').click()", "#delete-dialog"),
    (
        "/soho/alice?tab=drafts",
        "document.querySelector('[data-action=schedule]').click()",
        "#schedule-dialog",
    ),
    ("/soho/alice?tab=drafts", "document.querySelector('[data-action=edit]').click()", "#edit-dialog"),
    ("/soho/alice?tab=drafts", "document.querySelector('[data-select]').click()", "#batch"),
    ("/soho/explore", "document.querySelector('[data-open]').click()", "#viewer"),
    (
        "/soho/explore",
        "for (const part of ['[data-open]', '#viewer [popovertarget]']) document.querySelector(part).click()",
        "#owner-viewer",
    ),
    ("/settings", "document.querySelector('[data-queue-open]').click()", "#queue"),
    (
        "/soho/explore",
        "document.querySelector('[data-open]').click()",
        "#viewer [data-talk]",
    ),
    (
        "/soho/explore",
        "document.querySelector('[data-open]').click();document.getElementById('comment-dialog').showModal()",
        "#comment-dialog",
    ),
    ("/soho/alice", "document.getElementById('unpublish-dialog').showModal()", "#unpublish-dialog"),
]


def faults(page: Any, where: str) -> list[str]:
    """Every fault with its place. Swagger UI's inside is left to its makers."""
    found = Axe().run(page, context={"exclude": [["#api-docs"]]}).response["violations"]
    return [
        f"{where}: {fault['impact']} {fault['id']}: {node['html'][:160]} {node['failureSummary'][:200]}"
        for fault in found
        for node in fault["nodes"]
    ]


DRAWN_WIDTH = """() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(
    () => done(document.documentElement.scrollWidth))))"""


def too_wide(page: Any, where: str, width: int) -> list[str]:
    """Whether it must be scrolled sideways: as it is, and on the narrowest phone or at 200 % zoom."""
    found = []
    size = page.viewport_size
    for narrow in (width, 320 if width == PHONE else width // 2):
        page.set_viewport_size({**size, "width": narrow})
        needed = page.evaluate(DRAWN_WIDTH)
        if needed > narrow:
            found.append(f"{where}: needs {needed} px of {narrow}")
    page.set_viewport_size(size)
    return found


@pytest.mark.parametrize(
    ("width", "theme"), [(PHONE, "dark"), (PHONE, "light"), (DESK, "dark"), (DESK, "light")]
)
def test_no_page_has_a_fault(
    width: int, theme: str, live_server: Any, browser: Browser, alice: User, settings: Any
) -> None:
    settings.DEBUG = True  # for the styleguide
    User.objects.filter(pk=alice.pk).update(is_staff=True)  # for the house's posts
    made = one_of_each(alice)
    make(alice, "draft", publish_at=timezone.now() + timedelta(days=3), caption="At dawn")
    make(alice, media_type="image", caption="Onewordwithoutanend" * 12, prompt="Unending" * 40)
    still = make(alice, "draft", media_type="image")
    actions.publish(alice.pk, still.pk, caption="A still of @bob in the #light")
    create_user("bob", PASSWORD)
    said = comment(alice, still.pk, "Hello @bob")
    comment(alice, still.pk, "An answer", UUID(said["commentId"]))
    talk = [f"/soho/alice/{still.pk}", f"/soho/alice/{still.pk}?reply={said['commentId']}"]
    talk += [f"/comments/{said['commentId']}/delete", f"/create?remix={still.pk}"]
    post = f"/soho/alice/{made['published'].pk}"
    asking = [
        f"/creations/{made[status].pk}/{verb}"
        for status, verb in (
            ("draft", "publish"),
            ("draft", "schedule"),
            ("published", "unpublish"),
            ("failed", "delete"),
            ("failed", "edit"),
        )
    ]
    client = Client()
    client.force_login(alice)
    client.post("/settings/keys", {"name": "the cutting room"})
    welcome = operator_invitation()
    context = profile(browser, width=width, theme=theme, base_url=live_server.url, reduced_motion="reduce")
    page = context.new_page()
    found: list[str] = []
    for path in [*SIGNED_OUT, welcome]:
        page.goto(str(path))
        found += faults(page, f"signed out {path}")
    sign_in(context, client, live_server.url)
    for path in [*SIGNED_IN, post, *asking, *talk]:
        page.goto(path)
        found += faults(page, path)
        found += too_wide(page, path, width)
    menu = (post, "document.querySelector('[popovertarget=owner-post]').click()", "#owner-post")
    for path, script, place in [*OPENED, menu]:
        page.goto(path)
        page.evaluate(script)
        page.locator(place).wait_for()
        found += faults(page, f"{path} {place}")
    # The instrument itself works: it hears one wrong note.
    page.goto("/soho/explore")
    page.evaluate("document.body.append(document.createElement('img'))")
    assert any("image-alt" in fault for fault in faults(page, "with a bad picture"))
    context.close()
    assert found == []

"""What the stories of the drafts page share: its address, its cards, and what is selected."""

from playwright.sync_api import Locator, Page

from soho.accounts.models import User
from soho.creations.models import Creation
from tests.web.conftest import make

DRAFTS = "/soho/alice?tab=drafts"


def card(page: Page, creation: Creation) -> Locator:
    return page.locator(f'[data-draft="{creation.pk}"]')


def box(page: Page, creation: Creation) -> Locator:
    return card(page, creation).locator("[data-select]")


def selected(page: Page) -> list[str]:
    """The ids of what is selected, in the page's order."""
    found: list[str] = page.evaluate(
        "[...document.querySelectorAll('[data-select]:checked')].map((one) => one.value)"
    )
    return found


def five(user: User) -> list[Creation]:
    """Five drafts, as the page has them: newest first."""
    return [make(user, "draft", prompt=f"Scene {number}") for number in range(5)][::-1]


def ids(creations: list[Creation]) -> list[str]:
    return [str(one.pk) for one in creations]


def statuses(creations: list[Creation]) -> list[str]:
    rows = dict(Creation.objects.filter(pk__in=[one.pk for one in creations]).values_list("pk", "status"))
    return [rows[one.pk] for one in creations]

"""What the drafts page shows: the drafts of a state and a kind, and how many there are of each."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest

from soho.creations import queries

# The word in the address, and the word on the page.
STATES = (
    ("", "All"),
    ("making", "In the making"),
    ("ready", "Ready"),
    ("scheduled", "Scheduled"),
    ("failed", "Failed"),
)
KINDS = (("", "Both"), ("video", "Videos"), ("image", "Images"))


def drafts_of(request: HttpRequest, user_id: UUID, path: str, page: int) -> dict[str, Any]:
    """The context of pages/drafts.html: `page` drafts after the cursor, of `state` and `kind`, and filters.

    Raises InvalidField for a cursor, a state or a kind that is none.
    """
    cursor = request.GET.get("cursor") or None
    state, kind = request.GET.get("state", ""), request.GET.get("kind", "")
    shown = queries.drafts(user_id, cursor, page, state=state, kind=kind)
    counts = queries.draft_counts(user_id)

    def href(**changed: str | None) -> str:
        wanted = {"tab": "drafts", "state": state, "kind": kind, **changed}
        return f"{path}?{urlencode({name: value for name, value in wanted.items() if value})}"

    def count(of_state: str, of_kind: str) -> int:
        return sum(
            number
            for (a_state, a_kind), number in counts.items()
            if of_state in ("", a_state) and of_kind in ("", a_kind)
        )

    return {
        "drafts": shown,
        "older_than": cursor,
        "drafts_next": href(cursor=shown.next) if shown.next else None,
        "drafts_href": href(cursor=cursor),
        "state": state,
        "kind": kind,
        "all_href": href(state="", kind=""),
        "states": [
            {"name": name, "value": one, "href": href(state=one), "count": count(one, kind)}
            for one, name in STATES
        ],
        "kinds": [
            {"name": name, "value": one, "href": href(kind=one), "count": count(state, one)}
            for one, name in KINDS
        ],
    }

"""Reading creations: one's drafts and one's own single creation, as the API's JSON shape, one query each."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models.functions import Left
from django.utils import timezone

from soho.creations.models import Creation, Status
from soho.creations.shape import COLUMNS, creation_json
from soho.cursors import BadCursor, decode, encode
from soho.problems.refusals import InvalidField

PAGE = 24
SHOWN_OF_PROMPT = 300  # characters


@dataclass(frozen=True, slots=True)
class Page:
    """A page of creations in the API's shape, and the cursor of the next one, if there is one."""

    items: list[dict[str, Any]]
    next: str | None


def drafts(user_id: UUID, cursor: str | None = None, limit: int = PAGE) -> Page:
    """Everything of the person's that is not published, newest first.

    Raises InvalidField for a cursor that is none.
    """
    rows = Creation.objects.filter(user_id=user_id).exclude(status=Status.PUBLISHED)
    if cursor:
        try:
            (before,) = decode(cursor, UUID)
        except BadCursor as error:
            raise InvalidField("cursor", str(error)) from error
        rows = rows.filter(pk__lt=before)
    found = list(rows.order_by("-pk").values(*COLUMNS)[: limit + 1])
    now = timezone.now()
    return Page(
        items=[creation_json(row, now=now) for row in found[:limit]],
        next=encode(found[limit - 1]["id"]) if len(found) > limit else None,
    )


def mine(user_id: UUID, creation_id: UUID) -> dict[str, Any] | None:
    """One creation of the person's own in any status, or None."""
    row = Creation.objects.filter(pk=creation_id, user_id=user_id).values(*COLUMNS).first()
    return creation_json(row) if row else None


def recent_prompts(user_id: UUID, limit: int) -> list[dict[str, Any]]:
    """The person's own last wishes, newest first, each prompt and kind once: the `id` of the last creation
    that asked for it, its `media_type`, and at most 300 characters of its `prompt` as `text`. One query.
    """
    own = Creation.objects.filter(user_id=user_id).annotate(text=Left("prompt", SHOWN_OF_PROMPT))
    # Each half has an index that is walked from its end; together they would be sorted whole.
    unpublished = own.exclude(status=Status.PUBLISHED).order_by("-pk")
    published = own.filter(status=Status.PUBLISHED).order_by("-published_at", "-pk")
    halves = [half.values("id", "media_type", "text")[: 3 * limit] for half in (unpublished, published)]
    latest: dict[tuple[str, str], dict[str, Any]] = {}
    for row in halves[0].union(halves[1], all=True).order_by("-id"):
        latest.setdefault((row["text"], row["media_type"]), dict(row))
    return list(latest.values())[:limit]


def status_of(creation_id: UUID) -> str | None:
    """Where a creation stands; None when it is gone."""
    return Creation.objects.filter(pk=creation_id).values_list("status", flat=True).first()


def audience(creation_id: UUID, user_id: UUID | None) -> str | None:
    """Who may fetch a creation's media:

    `everyone` when it is published, `owner` when `user_id` owns it, else None.
    """
    row = Creation.objects.filter(pk=creation_id).values_list("status", "user_id").first()
    if row is None:
        return None
    status, owner = row
    if status == Status.PUBLISHED:
        return "everyone"
    return "owner" if owner == user_id else None

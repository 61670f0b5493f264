"""Reading creations: one's drafts and one's own single creation, as the API's JSON shape, one query each."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Left
from django.utils import timezone

from soho.creations.models import Creation, MediaType, Status
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


# How a person sorts drafts: what is in the making, ready, waiting for its time, or failed.
STATES = {
    "making": Q(status__in=[Status.PENDING, Status.PROCESSING]),
    "ready": Q(status=Status.DRAFT, publish_at__isnull=True),
    "scheduled": Q(status=Status.DRAFT, publish_at__isnull=False),
    "failed": Q(status=Status.FAILED),
}


def _drafts_of(user_id: UUID) -> QuerySet[Creation]:
    # In these words the partial index creations_drafts is found.
    return (
        Creation.objects.filter(user_id=user_id)
        .exclude(status=Status.PUBLISHED)
        .exclude(status=Status.DELETED)
    )


def drafts(
    user_id: UUID,
    cursor: str | None = None,
    limit: int = PAGE,
    *,
    state: str | None = None,
    kind: str | None = None,
) -> Page:
    """Everything of the person's that is not published, newest first; only of a state (`STATES`) or a kind.

    Raises InvalidField for a cursor, a state or a kind that is none.
    """
    rows = _drafts_of(user_id)
    if state:
        if state not in STATES:
            raise InvalidField("state", f"Choose one of {', '.join(STATES)}.")
        rows = rows.filter(STATES[state])
    if kind:
        if kind not in MediaType.values:
            raise InvalidField("mediaType", "Choose image or video.")
        rows = rows.filter(media_type=kind)
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


def draft_counts(user_id: UUID) -> dict[tuple[str, str], int]:
    """How many drafts the person has, by state (`STATES`) and kind; a pair that is not there counts none."""
    counts: dict[tuple[str, str], int] = {}
    rows = _drafts_of(user_id).values_list("media_type").order_by()
    found = rows.annotate(**{name: Count("pk", filter=which) for name, which in STATES.items()})
    for kind, *numbers in found:
        counts |= {(name, kind): number for name, number in zip(STATES, numbers, strict=True)}
    return counts


def chosen(user_id: UUID, creation_ids: Sequence[UUID]) -> list[dict[str, Any]]:
    """Those of `creation_ids` that are the person's own, in any status, in the order asked for.

    Besides the JSON shape each has `mediaKey`, the object that it was made as ("" before it is ready).
    """
    rows = Creation.objects.filter(pk__in=creation_ids, user_id=user_id).exclude(status=Status.DELETED)
    found = {row["id"]: row for row in rows.values(*COLUMNS)}
    return [
        {**creation_json(found[one]), "mediaKey": found[one]["media_key"]}
        for one in dict.fromkeys(creation_ids)
        if one in found
    ]


def mine(user_id: UUID, creation_id: UUID) -> dict[str, Any] | None:
    """One creation of the person's own in any status, or None."""
    rows = Creation.objects.filter(pk=creation_id, user_id=user_id).exclude(status=Status.DELETED)
    row = rows.values(*COLUMNS).first()
    return creation_json(row) if row else None


def recent_prompts(user_id: UUID, limit: int) -> list[dict[str, Any]]:
    """The person's own last wishes, newest first, each prompt and kind once: the `id` of the last creation
    that asked for it, its `media_type`, and at most 300 characters of its `prompt` as `text`. One query.
    """
    own = Creation.objects.filter(user_id=user_id).annotate(text=Left("prompt", SHOWN_OF_PROMPT))
    # Each half has an index that is walked from its end; together they would be sorted whole.
    unpublished = own.exclude(status=Status.PUBLISHED).exclude(status=Status.DELETED).order_by("-pk")
    published = own.filter(status=Status.PUBLISHED).order_by("-published_at", "-pk")
    halves = [half.values("id", "media_type", "text")[: 3 * limit] for half in (unpublished, published)]
    latest: dict[tuple[str, str], dict[str, Any]] = {}
    for row in halves[0].union(halves[1], all=True).order_by("-id"):
        latest.setdefault((row["text"], row["media_type"]), dict(row))
    return list(latest.values())[:limit]


def status_of(creation_id: UUID) -> str | None:
    """Where a creation stands; None when it is gone."""
    rows = Creation.objects.filter(pk=creation_id).exclude(status=Status.DELETED)
    return rows.values_list("status", flat=True).first()


def audience(creation_id: UUID, user_id: UUID | None) -> str | None:
    """Who may fetch a creation's media:

    `everyone` when it is published, `owner` when `user_id` owns it, else None.
    """
    rows = Creation.objects.filter(pk=creation_id).exclude(status=Status.DELETED)
    row = rows.values_list("status", "user_id").first()
    if row is None:
        return None
    status, owner = row
    if status == Status.PUBLISHED:
        return "everyone"
    return "owner" if owner == user_id else None

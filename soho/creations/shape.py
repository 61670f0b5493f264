"""The one JSON shape of a creation.

The API answers it, pages and fragments render it, tests hold it against the OpenAPI document.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from math import ceil, floor
from typing import Any

from soho.creations import captions
from soho.creations.links import avatar_url, object_url

# The columns that `creation_json` reads, for queries that go straight from rows to bytes.
COLUMNS = (
    "id",
    "media_type",
    "status",
    "prompt",
    "caption",
    "username",
    "user_id",
    "user__avatar",
    "media_key",
    "thumbnail_key",
    "rendition_key",
    "poster_key",
    "placeholder",
    "duration",
    "width",
    "height",
    "aspect_ratio",
    "seed",
    "progress",
    "progress_note",
    "processing_since",
    "expected_seconds",
    "error_code",
    "error_message",
    "error_retriable",
    "hold",
    "tokens",
    "model",
    "made_by",
    "like_count",
    "comment_count",
    "remix_of_id",
    "created_at",
    "published_at",
    "publish_at",
)


def timestamp(moment: datetime | None) -> str | None:
    """RFC 3339 in UTC with milliseconds, as `2026-11-22T08:15:30.123Z`."""
    return (
        moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z") if moment else None
    )


def creation_json(
    row: Mapping[str, Any], *, liked: bool = False, now: datetime | None = None
) -> dict[str, Any]:
    """A creation's row (at least `COLUMNS`) in the API's words. `liked`: whether the reader likes it."""
    published = row["status"] == "published"
    processing = row["status"] == "processing"
    failed = row["status"] == "failed"
    return {
        "creationId": str(row["id"]),
        "mediaType": row["media_type"],
        "status": row["status"],
        "prompt": row["prompt"],
        "caption": row["caption"],
        "username": row["username"],
        "userId": str(row["user_id"]),
        "avatarUrl": avatar_url(row["user_id"], row["user__avatar"]),
        "mediaUrl": object_url(row["media_key"], published=published),
        "thumbnailUrl": object_url(row["thumbnail_key"], published=published),
        "renditionUrl": object_url(row["rendition_key"], published=published),
        "posterUrl": object_url(row["poster_key"], published=published),
        "placeholder": row["placeholder"] or None,
        "duration": row["duration"],
        "width": row["width"],
        "height": row["height"],
        "aspectRatio": row["aspect_ratio"],
        "seed": row["seed"],
        "progress": round(row["progress"], 4) if processing else None,
        "progressNote": row["progress_note"] if processing else None,
        "etaSeconds": eta_seconds(row, now or datetime.now(UTC)) if processing else None,
        "etaRange": eta_range(row, now or datetime.now(UTC)) if processing else None,
        "error": _error(row) if failed else None,
        "tokens": row["tokens"],
        "model": row["model"],
        # Rows from before it was noted were made by what was asked for.
        "madeBy": (row["made_by"] or row["model"]) if published or row["status"] == "draft" else None,
        "likeCount": row["like_count"],
        "likedByMe": liked,
        "commentCount": row["comment_count"],
        "remixOf": str(row["remix_of_id"]) if row["remix_of_id"] else None,
        "tags": captions.tags(row["caption"]),
        "mentions": captions.mentions(row["caption"]),
        "createdAt": timestamp(row["created_at"]),
        "publishedAt": timestamp(row["published_at"]),
        "publishAt": timestamp(row["publish_at"]),
    }


def eta_seconds(row: Mapping[str, Any], now: datetime) -> int | None:
    """Whole seconds that the work is likely to take still; None when nothing honest can be said.

    Early on it rests on what the model usually takes, later on how fast this very attempt moves: the weight
    shifts with the progress.
    """
    by_pace, by_habit, done = _estimates(row, now)
    if by_pace is None or by_habit is None:
        one = by_habit if by_pace is None else by_pace
        return None if one is None else round(one)
    return round(done * by_pace + (1 - done) * by_habit)


def eta_range(row: Mapping[str, Any], now: datetime) -> list[int] | None:
    """The least and the most whole seconds that are likely left; None when nothing honest can be said.

    As wide as the two estimates of `eta_seconds` lie apart, and wider by 40% at the beginning, 10% at the
    end. Work that is slower than usual and shows no pace yet may take any time, so it has no range.
    """
    by_pace, by_habit, done = _estimates(row, now)
    said = [one for one in (by_pace, by_habit) if one is not None]
    if not said:
        return None
    doubt = 0.4 - 0.3 * done
    return [floor(min(said) * (1 - doubt)), ceil(max(said) * (1 + doubt))]


def _estimates(row: Mapping[str, Any], now: datetime) -> tuple[float | None, float | None, float]:
    """Seconds left by this attempt's own pace and by what the model usually takes; and how much is done."""
    done = float(row["progress"])
    if row["processing_since"] is None:
        return None, None, done
    elapsed = max(0.0, (now - row["processing_since"]).total_seconds())
    by_pace = elapsed / done * (1 - done) if done >= 0.03 else None
    left = (row["expected_seconds"] or 0.0) - elapsed
    # Past its usual time, what is usual says nothing any more.
    return by_pace, left if left > 0 else None, done


def _error(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "code": row["error_code"],
        "message": row["error_message"],
        "retriable": row["error_retriable"],
        # A failed creation keeps its hold, so a retry is already paid for; a cancelled one gave its tokens
        # back.
        "retryTokens": 0 if row["hold"] or not row["tokens"] else row["tokens"],
    }

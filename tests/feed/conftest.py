"""Posts to read and like."""

from datetime import UTC, datetime, timedelta
from typing import Any

from soho.accounts.models import User
from soho.creations.models import Creation
from soho.ids import new_id

NOON = datetime(2026, 3, 14, 12, 0, tzinfo=UTC)


def make(user: User, **facts: Any) -> Creation:
    """A creation whose media is there: published at noon, unless `facts` say otherwise."""
    creation_id = facts.pop("id", None) or new_id()
    kind = facts.pop("media_type", "video")
    folder = f"{kind}s/{user.pk}/{creation_id}"
    if facts.get("status") == "deleted":
        facts = {"deleted_at": NOON, "deleted_from": "published", **facts}
    return Creation.objects.create(
        **{
            "id": creation_id,
            "user": user,
            "media_type": kind,
            "status": "published",
            "prompt": "A sunset over mountains with vibrant colors",
            "model": "diorama",
            "aspect_ratio": "9:16",
            "seed": 7,
            "tokens": 10,
            "media_key": f"{folder}.mp4",
            "thumbnail_key": f"{folder}_thumb.jpg",
            "duration": 8.0,
            "width": 1080,
            "height": 1920,
            "username": user.username,
            "published_at": NOON,
            **facts,
        }
    )


def make_series(user: User, count: int, *, apart: timedelta = timedelta(minutes=1)) -> list[str]:
    """`count` posts, each `apart` later than the one before; answers their ids newest first."""
    made = [make(user, published_at=NOON + n * apart) for n in range(count)]
    return [str(one.pk) for one in reversed(made)]

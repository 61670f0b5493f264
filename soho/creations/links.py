"""Addresses of stored objects.

What is not published is only reachable through this site's own `/media/` door, which asks who is there. What
is published comes straight from `R2_PUBLIC_URL` where one is set.
"""

from urllib.parse import quote
from uuid import UUID

from django.conf import settings

from soho.storage.keys import avatar_key


def object_url(key: str, *, published: bool) -> str | None:
    """The address of the object `key`, or None when there is none."""
    if not key:
        return None
    base = settings.R2_PUBLIC_URL if published and settings.R2_PUBLIC_URL else "/media"
    return f"{base}/{quote(key)}"


def avatar_url(user_id: UUID | str, avatar: UUID | str | None, side: int = 64) -> str | None:
    """The address of a person's picture, `side` (64 or 256) pixels square; None when they have none."""
    return object_url(avatar_key(user_id, avatar, side), published=True) if avatar else None

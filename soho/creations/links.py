"""Addresses of stored objects.

What is not published is only reachable through this site's own `/media/` door, which asks who is there. What
is published comes straight from `R2_PUBLIC_URL` where one is set.
"""

from urllib.parse import quote

from django.conf import settings


def object_url(key: str, *, published: bool) -> str | None:
    """The address of the object `key`, or None when there is none."""
    if not key:
        return None
    base = settings.R2_PUBLIC_URL if published and settings.R2_PUBLIC_URL else "/media"
    return f"{base}/{quote(key)}"

"""Whole addresses, as those need who read us elsewhere."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.urls import Resolver404, resolve, reverse


def absolute(address: str) -> str:
    """An address of this site with its host (SOHO_BASE_URL); one that has a host already is kept."""
    return f"{settings.BASE_URL}{address}" if address.startswith("/") else address


def of_post(post: Mapping[str, Any]) -> str:
    """The page of a post (in the shape of `creation_json`)."""
    return absolute(reverse("post", args=[post["username"], post["creationId"]]))


def of_person(username: str) -> str:
    """The page of a person."""
    return absolute(reverse("profile", args=[username]))


def of_tag(tag: str) -> str:
    """The page of a folded tag."""
    return absolute(reverse("tag", args=[tag]))


def of_player(post: Mapping[str, Any]) -> str:
    """The page that other sites put into a frame."""
    return absolute(reverse("embed", args=[post["creationId"]]))


def picture_of(post: Mapping[str, Any]) -> str | None:
    """A still picture of a post: its thumbnail, its first frame, or the image itself."""
    found = post["thumbnailUrl"] or post["posterUrl"]
    if found is None and post["mediaType"] == "image":
        found = post["mediaUrl"]
    return absolute(found) if found else None


def post_at(address: str) -> UUID | None:
    """The id of the post whose page or player `address` would be on this site; None for anything else."""
    try:
        asked, ours = urlsplit(address), urlsplit(settings.BASE_URL)
        if asked.scheme not in {"http", "https"} or asked.netloc.lower() != ours.netloc.lower():
            return None
        match = resolve(asked.path)
    except (ValueError, Resolver404):
        return None
    if match.url_name not in {"post", "embed"}:
        return None
    creation_id: UUID = match.kwargs["creation_id"]
    return creation_id

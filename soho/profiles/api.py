"""The HTTP door to profiles: parse, call one verb, answer."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Router

from soho.accounts import queries as people
from soho.accounts.api_auth import person
from soho.accounts.models import User
from soho.feed.api import ANYBODY, viewer_id
from soho.media.avatar import MAX_BYTES
from soho.problems.refusals import InvalidField, NotFound
from soho.problems.schemas import Problem
from soho.profiles import actions, queries
from soho.profiles.schemas import ProfileAnswer, ProfileWish
from soho.profiles.uploads import file_of

router = Router(tags=["profiles"], by_alias=True)

CHANGED = {200: ProfileAnswer, 401: Problem, 403: Problem, 422: Problem}
_PICTURE = {
    "requestBody": {
        "required": True,
        "content": {
            kind: {"schema": {"type": "string", "format": "binary", "maxLength": MAX_BYTES}}
            for kind in ("image/png", "image/jpeg", "image/webp")
        },
    }
}


@router.get(
    "/users/{username}",
    auth=ANYBODY,
    response={200: ProfileAnswer, 401: Problem, 404: Problem},
    summary="A person",
)
def read(request: HttpRequest, username: str) -> Any:
    """How somebody shows themselves, and what their posts come to."""
    found = people.profile(username) if "\0" not in username else None
    if found is None:
        raise NotFound("There is nobody of that name.")
    return _answer(found, viewer_id(request))


@router.patch("/me/profile", response=CHANGED, summary="Change my bio")
def change(request: HttpRequest, wish: ProfileWish) -> Any:
    """I say this of myself."""
    actions.set_bio(person(request), wish.bio)
    return _mine(request)


@router.put(
    "/me/avatar", response={**CHANGED, 429: Problem}, openapi_extra=_PICTURE, summary="Change my picture"
)
def set_avatar(request: HttpRequest) -> Any:
    """The body is the picture itself: a still PNG, JPEG or WebP of at most 5 MB and 24 megapixels.

    Its middle square is kept, without its metadata.
    """
    length = request.headers.get("Content-Length", "")
    if length.isdigit() and int(length) > MAX_BYTES:
        raise InvalidField("avatar", actions.TOO_LARGE)
    with file_of(request) as path:
        actions.set_avatar(person(request), path)
    return _mine(request)


@router.delete(
    "/me/avatar", response={200: ProfileAnswer, 401: Problem, 403: Problem}, summary="Remove my picture"
)
def remove_avatar(request: HttpRequest) -> Any:
    """I am a letter again. Without a picture nothing changes."""
    actions.remove_avatar(person(request))
    return _mine(request)


def _mine(request: HttpRequest) -> dict[str, Any]:
    return _answer(person(request), person(request).pk)


def _answer(found: User, reader: UUID | None) -> dict[str, Any]:
    return {"user": queries.profile_json(found, reader)}

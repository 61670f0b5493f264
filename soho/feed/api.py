"""The HTTP door to the feed: parse, call one verb, answer. Pages go straight from rows to bytes."""

from typing import Annotated, Any
from uuid import UUID

import orjson
from django.http import HttpRequest, HttpResponse
from ninja import Query, Router
from pydantic import Field

from soho.accounts.api_auth import Bearer, Session
from soho.accounts.models import User
from soho.creations.schemas import CreationPage
from soho.cursors import BadCursor
from soho.feed import actions, front_page, queries
from soho.feed.queries import Page
from soho.feed.schemas import LikeOut
from soho.problems.refusals import InvalidField, NotFound
from soho.problems.schemas import Problem

router = Router(tags=["feed"], by_alias=True)


def signed_out(request: HttpRequest) -> bool:
    """Reading is for everybody. Only a key that is sent and wrong is refused, so that its owner learns."""
    return "Authorization" not in request.headers


ANYBODY: list[Any] = [Bearer(), Session(), signed_out]

Cursor = Annotated[str | None, Query(None, max_length=200, description="`nextCursor` of the page before.")]
Limit = Annotated[int, Query(queries.PAGE_SIZE, ge=1, le=100)]
CreationId = Annotated[str, Field(json_schema_extra={"format": "uuid"})]

READ = {200: CreationPage, 401: Problem, 422: Problem}
LIKED = {200: LikeOut, 401: Problem, 403: Problem, 404: Problem}


@router.get("/feed", auth=ANYBODY, response=READ, summary="Explore")
def explore(request: HttpRequest, cursor: Cursor, limit: Limit) -> HttpResponse:
    """Everybody's posts, newest first. The pages stay in step while new posts arrive."""
    try:
        page = queries.explore(_viewer_id(request), cursor, limit)
    except BadCursor as error:
        raise InvalidField("cursor", str(error)) from error
    response = _answer(page)
    if front_page.is_asked_for(request):
        front_page.share(response)
    return response


@router.get(
    "/users/{username}/creations", auth=ANYBODY, response={**READ, 404: Problem}, summary="One person's posts"
)
def profile(request: HttpRequest, username: str, cursor: Cursor, limit: Limit) -> HttpResponse:
    """What one person has published, newest first."""
    try:
        page = queries.profile(username, _viewer_id(request), cursor, limit)
    except BadCursor as error:
        raise InvalidField("cursor", str(error)) from error
    if not page.items and not queries.is_somebody(username):
        raise NotFound("There is nobody of that name.")
    return _answer(page)


@router.post("/generate/video/{creation_id}/like", response=LIKED, summary="Like")
def like(request: HttpRequest, creation_id: CreationId) -> Any:
    """I like this post. Saying so twice changes nothing."""
    return actions.like(_person(request), _id(creation_id))


@router.delete("/generate/video/{creation_id}/like", response=LIKED, summary="Take a like back")
def unlike(request: HttpRequest, creation_id: CreationId) -> Any:
    """I do not like this post any more. Without a like nothing changes."""
    return actions.unlike(_person(request), _id(creation_id))


def _answer(page: Page) -> HttpResponse:
    body = orjson.dumps({"creations": page.items, "nextCursor": page.next})
    return HttpResponse(
        body,
        content_type="application/json",
        headers={"Cache-Control": "private, no-store", "Vary": "Authorization"},
    )


def _person(request: HttpRequest) -> User:
    person: User = request.auth  # type: ignore[attr-defined]  # ninja sets what the sign-in answered
    return person


def _viewer_id(request: HttpRequest) -> UUID | None:
    person = _person(request)
    return person.pk if isinstance(person, User) else None


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise NotFound("There is no such post.") from error

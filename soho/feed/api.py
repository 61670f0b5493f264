"""The HTTP door to the feed: parse, call one verb, answer. Pages go straight from rows to bytes."""

from collections.abc import Callable
from typing import Annotated, Any, Literal
from uuid import UUID

import orjson
from django.http import HttpRequest, HttpResponse
from ninja import Query, Router
from pydantic import Field

from soho.accounts.api_auth import Bearer, Session
from soho.accounts.models import User
from soho.creations import captions
from soho.creations.schemas import CreationPage
from soho.cursors import BadCursor
from soho.feed import actions, follows, front_page, queries, search
from soho.feed.queries import Page
from soho.feed.schemas import LikeOut, SearchPage, StandingOut
from soho.problems.refusals import InvalidField, NotFound
from soho.problems.schemas import Problem

router = Router(tags=["feed"], by_alias=True)


def signed_out(request: HttpRequest) -> bool:
    """Reading is for everybody. Only a key that is sent and wrong is refused, so that its owner learns."""
    return "Authorization" not in request.headers


ANYBODY: list[Any] = [Bearer(), Session(), signed_out]

Cursor = Annotated[str | None, Query(None, max_length=200, description="`nextCursor` of the page before.")]
Limit = Annotated[int, Query(queries.PAGE_SIZE, ge=1, le=100)]
Sort = Annotated[
    Literal["new", "top"],
    Query("new", description="`top`: by time of publishing, plus a day for ten times the likes."),
]
CreationId = Annotated[str, Field(json_schema_extra={"format": "uuid"})]

READ = {200: CreationPage, 401: Problem, 422: Problem}
LIKED = {200: LikeOut, 401: Problem, 403: Problem, 404: Problem}
FOLLOWED = {
    200: StandingOut,
    401: Problem,
    403: Problem,
    404: Problem,
    409: Problem,
    422: Problem,
    429: Problem,
}


@router.get("/feed", auth=ANYBODY, response=READ, summary="Explore")
def explore(request: HttpRequest, cursor: Cursor, limit: Limit, sort: Sort) -> HttpResponse:
    """Everybody's posts, newest first or by score. Pages by time stay in step while new posts arrive."""
    read = queries.top if sort == "top" else queries.explore
    response = _answer(_read(lambda: read(viewer_id(request), cursor, limit)))
    if front_page.is_asked_for(request):
        front_page.share(response)
    return response


@router.get("/feed/following", response=READ, summary="Following")
def following(request: HttpRequest, cursor: Cursor, limit: Limit) -> HttpResponse:
    """The posts of those I follow, newest first."""
    return _answer(_read(lambda: queries.followed(me(request).pk, cursor, limit)))


@router.get(
    "/tags/{tag}/creations", auth=ANYBODY, response={**READ, 404: Problem}, summary="Posts with a tag"
)
def tagged(request: HttpRequest, tag: str, cursor: Cursor, limit: Limit) -> HttpResponse:
    """Posts whose captions have the tag, in any spelling of it, newest first. Without its #."""
    folded = captions.fold(tag)
    if folded is None:
        raise NotFound("That cannot be a tag.")
    return _answer(_read(lambda: queries.tagged(folded, viewer_id(request), cursor, limit)))


@router.get("/search", auth=ANYBODY, response={**READ, 200: SearchPage}, summary="Search")
def find(
    request: HttpRequest,
    q: Annotated[str, Query(..., max_length=search.MAX_QUERY, description="Words, #tags, @names.")],
    cursor: Cursor,
    limit: Limit,
) -> HttpResponse:
    """Posts by the words of caption and prompt, by #tag and @name; people by the beginning of their name.

    All of them must be there; "in quotes" as a phrase; `or` between two; `-` before one that must not.
    Accents and case make no difference.
    """
    query = search.read(q)
    page = _read(lambda: search.posts(query, viewer_id(request), cursor, limit))
    people = search.people(q) if cursor is None else []
    return _answer(page, people=[{"username": one.username, "avatarUrl": one.avatar_url} for one in people])


@router.get(
    "/users/{username}/creations", auth=ANYBODY, response={**READ, 404: Problem}, summary="One person's posts"
)
def profile(request: HttpRequest, username: str, cursor: Cursor, limit: Limit) -> HttpResponse:
    """What one person has published, newest first."""
    page = _read(lambda: queries.profile(username, viewer_id(request), cursor, limit))
    if not page.items and not queries.is_somebody(username):
        raise NotFound("There is nobody of that name.")
    return _answer(page)


@router.get(
    "/generate/video/{creation_id}/remixes",
    auth=ANYBODY,
    response={**READ, 404: Problem},
    summary="What was made from it",
)
def remixes(request: HttpRequest, creation_id: CreationId, cursor: Cursor, limit: Limit) -> HttpResponse:
    """The posts that were made from this one, newest first."""
    found = as_id(creation_id)
    page = _read(lambda: queries.remixes(found, viewer_id(request), cursor, limit))
    if not page.items and queries.post(found, None) is None:
        raise NotFound("There is no such post, or it is not published any more.")
    return _answer(page)


@router.post("/generate/video/{creation_id}/like", response=LIKED, summary="Like")
def like(request: HttpRequest, creation_id: CreationId) -> Any:
    """I like this post. Saying so twice changes nothing."""
    return actions.like(me(request), as_id(creation_id))


@router.delete("/generate/video/{creation_id}/like", response=LIKED, summary="Take a like back")
def unlike(request: HttpRequest, creation_id: CreationId) -> Any:
    """I do not like this post any more. Without a like nothing changes."""
    return actions.unlike(me(request), as_id(creation_id))


@router.post("/users/{username}/follow", response=FOLLOWED, summary="Follow")
def follow(request: HttpRequest, username: str) -> Any:
    """I follow this person. Saying so twice changes nothing."""
    return follows.follow(me(request), username)


@router.delete("/users/{username}/follow", response=FOLLOWED, summary="Unfollow")
def unfollow(request: HttpRequest, username: str) -> Any:
    """I do not follow this person any more. Without following them nothing changes."""
    return follows.unfollow(me(request), username)


def _read(page: Callable[[], Page]) -> Page:
    try:
        return page()
    except BadCursor as error:
        raise InvalidField("cursor", str(error)) from error


def _answer(page: Page, **more: Any) -> HttpResponse:
    return answer({"creations": page.items, "nextCursor": page.next, **more})


def answer(body: dict[str, Any]) -> HttpResponse:
    """`body` as JSON for this reader alone."""
    return HttpResponse(
        orjson.dumps(body),
        content_type="application/json",
        headers={"Cache-Control": "private, no-store", "Vary": "Authorization"},
    )


def me(request: HttpRequest) -> User:
    """Who is signed in."""
    person: User = request.auth  # type: ignore[attr-defined]  # ninja sets what the sign-in answered
    return person


def viewer_id(request: HttpRequest) -> UUID | None:
    """Who reads; None when signed out."""
    person = me(request)
    return person.pk if isinstance(person, User) else None


def as_id(text: str) -> UUID:
    """The id of a post or comment from an address. Raises NotFound for what is no id."""
    try:
        return UUID(text)
    except ValueError as error:
        raise NotFound("There is no such post.") from error

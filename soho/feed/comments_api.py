"""The HTTP door to comments."""

from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Status
from pydantic import Field

from soho.cursors import BadCursor
from soho.feed import comments, queries
from soho.feed.api import ANYBODY, CreationId, Cursor, answer, as_id, me, viewer_id
from soho.feed.schemas import CommentAnswer, CommentPage, CommentWish
from soho.problems.refusals import InvalidField, NotFound
from soho.problems.schemas import Problem

router = Router(tags=["feed"], by_alias=True)

Limit = Annotated[int, Query(comments.PAGE, ge=1, le=50)]
CommentId = Annotated[str, Field(json_schema_extra={"format": "uuid"})]

READ = {200: CommentPage, 401: Problem, 404: Problem, 422: Problem}
SAID = {200: CommentAnswer, **dict.fromkeys((400, 401, 403, 404, 422, 429), Problem)}


@router.get("/generate/video/{creation_id}/comments", auth=ANYBODY, response=READ, summary="Comments")
def of_post(request: HttpRequest, creation_id: CreationId, cursor: Cursor, limit: Limit) -> HttpResponse:
    """What people say below a post, newest first, each with its first answers."""
    found = as_id(creation_id)
    page = _page(lambda: comments.of_post(found, viewer_id(request), cursor, limit))
    if not page.items and queries.post(found, None) is None:
        raise NotFound("There is no such post, or it is not published any more.")
    return answer({"comments": page.items, "nextCursor": page.next})


@router.get("/comments/{comment_id}/replies", auth=ANYBODY, response=READ, summary="Answers to a comment")
def replies(request: HttpRequest, comment_id: CommentId, cursor: Cursor, limit: Limit) -> HttpResponse:
    """All answers to one comment, oldest first."""
    found = as_id(comment_id)
    page = _page(lambda: comments.replies(found, viewer_id(request), cursor, limit))
    if not page.items and comments.one(found, None) is None:
        raise NotFound("There is no such comment.")
    return answer({"comments": page.items, "nextCursor": page.next})


@router.post("/generate/video/{creation_id}/comments", response=SAID, summary="Comment")
def say(request: HttpRequest, creation_id: CreationId, wish: CommentWish) -> HttpResponse:
    """I say something below a post, or in answer to a comment. At most 12 times a minute."""
    said = comments.comment(me(request), as_id(creation_id), wish.text, _parent(wish.parent_id))
    return answer({"comment": said})


@router.delete(
    "/comments/{comment_id}",
    response={204: None, 401: Problem, 403: Problem, 404: Problem},
    summary="Delete a comment",
)
def delete(request: HttpRequest, comment_id: CommentId) -> Any:
    """Deletes a comment of mine, or one below a post of mine, with the answers to it."""
    comments.delete(me(request), as_id(comment_id))
    return Status(204, None)


def _page(read: Any) -> comments.Page:
    try:
        page: comments.Page = read()
    except BadCursor as error:
        raise InvalidField("cursor", str(error)) from error
    return page


def _parent(text: str | None) -> UUID | None:
    if not text:
        return None
    try:
        return UUID(text)
    except ValueError as error:
        raise InvalidField("parentId", "The comment that this answers is gone.") from error

"""The HTTP door to creations: parse, call one verb, answer."""

import json
import time
from typing import Annotated, Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from ninja import Header, Query, Router, Status
from pydantic import Field

from soho.accounts.api_auth import person
from soho.creations import actions, intake, lineage, once, queries
from soho.creations.intake import Order
from soho.creations.models import Status as CreationStatus
from soho.creations.schemas import (
    CreationAnswer,
    CreationPage,
    ImageAnswer,
    ImageWish,
    PublishWish,
    RetryWish,
    ScheduleWish,
    Started,
    VideoWish,
    Wish,
)
from soho.problems.documents import problem
from soho.problems.refusals import NotFound
from soho.problems.schemas import Problem

router = Router(tags=["creations"], by_alias=True)

Cursor = Annotated[str | None, Query(None, max_length=200, description="`nextCursor` of the page before.")]
Limit = Annotated[int, Query(queries.PAGE, ge=1, le=100)]
IdempotencyKeyHeader = Annotated[
    str | None,
    Header(
        None,
        alias="Idempotency-Key",
        min_length=1,
        max_length=255,
        description="Starts once, however often it is sent.",
    ),
]
State = Annotated[
    str | None,
    Query(None, max_length=20, description=f"Only those that are one of: {', '.join(queries.STATES)}."),
]
Kind = Annotated[str | None, Query(None, alias="mediaType", max_length=20, description="image or video.")]
Id = Annotated[str, Field(json_schema_extra={"format": "uuid"})]

DENIED = {401: Problem, 403: Problem}
ABOUT_ONE = {**DENIED, 404: Problem, 409: Problem}
TO_START = {**DENIED, 400: Problem, 402: Problem, 422: Problem, 503: Problem}

POLL_SECONDS = 0.12


def as_id(text: str) -> UUID:
    """A creation's id from an address. Raises NotFound for what is no id: there can be no such creation."""
    try:
        return UUID(text)
    except ValueError as error:
        raise NotFound() from error


@router.post("/generate/video", response={200: Started, **TO_START}, summary="Start a video")
def start_video(request: HttpRequest, wish: VideoWish, key: IdempotencyKeyHeader) -> dict[str, Any]:
    """Holds the price and queues the work. Follow it under drafts."""
    order = intake.order(
        "video",
        wish.prompt,
        model=wish.model,
        aspect_ratio=wish.aspect_ratio,
        seconds=wish.duration,
        seed=wish.seed,
    )
    creation_id = _start(request, order, key, wish)
    return {"creation_id": creation_id, "status": "pending"}


@router.post(
    "/image/generate",
    response={200: ImageAnswer, 202: Started, 502: Problem, 409: Problem, **TO_START},
    summary="Make an image",
)
def make_image(request: HttpRequest, wish: ImageWish, key: IdempotencyKeyHeader) -> Any:
    """Waits up to 30 seconds for the image.

    Past that it answers 202, and the image arrives among the drafts.
    """
    order = intake.order(
        "image", wish.prompt, model=wish.model, aspect_ratio=wish.aspect_ratio, seed=wish.seed
    )
    creation_id = _start(request, order, key, wish)
    image = _wait_for(person(request).pk, creation_id)
    if image is None:
        return problem(409, "gone", "No longer there", "This image was deleted while you waited for it.")
    if image["status"] in {CreationStatus.PENDING, CreationStatus.PROCESSING}:
        return Status(202, {"creation_id": creation_id, "status": "pending"})
    if image["status"] == CreationStatus.FAILED:
        error = image["error"]
        return problem(
            502, error["code"], "The image could not be made", error["message"], creationId=str(creation_id)
        )
    return {"image": {**image, "image_id": image["creationId"], "image_url": image["mediaUrl"]}}


@router.get("/generate/drafts", response={200: CreationPage, **DENIED, 422: Problem}, summary="My drafts")
def list_drafts(request: HttpRequest, cursor: Cursor, limit: Limit, state: State, kind: Kind) -> Any:
    """Everything of mine that is not published, newest first: pending, processing, draft and failed."""
    page = queries.drafts(person(request).pk, cursor, limit, state=state, kind=kind)
    return _json({"creations": page.items, "nextCursor": page.next})


@router.get(
    "/generate/video/{creation_id}",
    response={200: CreationAnswer, **DENIED, 404: Problem},
    summary="One of mine",
)
def show(request: HttpRequest, creation_id: Id) -> Any:
    """One creation of mine, image or video, in any status."""
    return _show(request, as_id(creation_id))


@router.post(
    "/generate/video/{creation_id}/publish",
    response={200: CreationAnswer, 400: Problem, 422: Problem, **ABOUT_ONE},
    summary="Publish",
)
def publish(request: HttpRequest, creation_id: Id, wish: PublishWish | None = None) -> Any:
    """Puts a draft at the top of the feed."""
    found = as_id(creation_id)
    actions.publish(person(request).pk, found, caption=wish.caption if wish else None)
    return _show(request, found)


@router.post(
    "/generate/video/{creation_id}/unpublish",
    response={200: CreationAnswer, **ABOUT_ONE},
    summary="Unpublish",
)
def unpublish(request: HttpRequest, creation_id: Id) -> Any:
    """Takes a post out of the feed; it is a draft again."""
    found = as_id(creation_id)
    actions.unpublish(person(request).pk, found)
    return _show(request, found)


@router.post(
    "/generate/video/{creation_id}/retry",
    response={200: CreationAnswer, 400: Problem, 402: Problem, 422: Problem, **ABOUT_ONE},
    summary="Retry",
)
def retry(
    request: HttpRequest, creation_id: Id, key: IdempotencyKeyHeader, wish: RetryWish | None = None
) -> Any:
    """Queues a failed creation again, with another prompt if you like.

    It costs nothing more, unless its tokens were given back (it was cancelled, or deleted and restored).
    """
    found, prompt = as_id(creation_id), wish.prompt if wish else None
    actions.retry(
        person(request).pk, found, prompt=prompt, idempotency=once.asked(key, "retry", found, prompt)
    )
    return _show(request, found)


@router.post(
    "/generate/video/{creation_id}/schedule",
    response={200: CreationAnswer, 400: Problem, 422: Problem, **ABOUT_ONE},
    summary="Schedule",
)
def schedule(request: HttpRequest, creation_id: Id, wish: ScheduleWish) -> Any:
    """Has a draft published by itself at `publishAt`, or at another time than before."""
    found = as_id(creation_id)
    actions.schedule(person(request).pk, found, wish.publish_at, caption=wish.caption)
    return _show(request, found)


@router.delete(
    "/generate/video/{creation_id}/schedule",
    response={200: CreationAnswer, **ABOUT_ONE},
    summary="Unschedule",
)
def unschedule(request: HttpRequest, creation_id: Id) -> Any:
    """Leaves a draft a draft; one that was not scheduled stays as it is."""
    found = as_id(creation_id)
    actions.unschedule(person(request).pk, found)
    return _show(request, found)


@router.post(
    "/generate/video/{creation_id}/restore",
    response={200: CreationAnswer, **DENIED, 404: Problem},
    summary="Undo a deletion",
)
def restore(request: HttpRequest, creation_id: Id) -> Any:
    """Brings back what was deleted in the last ten seconds, to where it was.

    The tokens of a failed one were given back and stay so: its `retryTokens` say what another try costs.
    """
    found = as_id(creation_id)
    actions.restore(person(request).pk, found)
    return _show(request, found)


@router.post(
    "/generate/video/{creation_id}/cancel", response={200: CreationAnswer, **ABOUT_ONE}, summary="Cancel"
)
def cancel(request: HttpRequest, creation_id: Id) -> Any:
    """Stops a creation that is not made yet and gives its tokens back."""
    found = as_id(creation_id)
    actions.cancel(person(request).pk, found)
    return _show(request, found)


@router.delete("/generate/video/{creation_id}", response={204: None, **ABOUT_ONE}, summary="Delete")
def delete(request: HttpRequest, creation_id: Id) -> Any:
    """Deletes a draft, a failed creation or a post, with its media. A failed one gives its tokens back.

    It is gone from everywhere at once; for ten seconds `restore` can undo it, then its row and its objects
    go.
    """
    actions.delete(person(request).pk, as_id(creation_id))
    return Status(204, None)


def _start(request: HttpRequest, order: Order, key: str | None, wish: Wish) -> UUID:
    parent = lineage.parent(wish.remix_of)
    idempotency = _idempotency(key, order.kind, wish)
    return actions.start(person(request), order, idempotency=idempotency, remix_of=parent)


def _show(request: HttpRequest, creation_id: UUID) -> HttpResponse:
    creation = queries.mine(person(request).pk, creation_id)
    if creation is None:
        raise NotFound()
    return _json({"creation": creation})


def _json(body: dict[str, Any]) -> HttpResponse:
    # Straight from rows to bytes: a test holds the shape against the OpenAPI document.
    return HttpResponse(
        json.dumps(body), content_type="application/json", headers={"Cache-Control": "private, no-store"}
    )


def _wait_for(user_id: UUID, creation_id: UUID) -> dict[str, Any] | None:
    """The image once it is made or has failed, or as it stands after `IMAGE_WAIT_SECONDS`;

    None when it is gone.
    """
    give_up = time.monotonic() + settings.IMAGE_WAIT_SECONDS
    while time.monotonic() < give_up:
        if queries.status_of(creation_id) not in {CreationStatus.PENDING, CreationStatus.PROCESSING}:
            break
        time.sleep(POLL_SECONDS)
    return queries.mine(user_id, creation_id)


def _idempotency(key: str | None, kind: str, wish: Wish) -> tuple[str, str] | None:
    # Prices and the model of those who name none may change between two equal requests; the request itself is
    # what must be the same.
    return once.asked(key, kind, wish.model_dump(mode="json"))

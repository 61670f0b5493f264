"""The HTTP door to doing the same to many creations: parse, call one verb, tell of each."""

from collections.abc import Sequence
from typing import Annotated, Any

from django.http import HttpRequest, StreamingHttpResponse
from ninja import Header, Router, Status
from ninja.throttling import AuthRateThrottle

from soho.accounts.api_auth import person
from soho.creations import archive, batches, once
from soho.creations.archive import Archive
from soho.creations.schemas import Batch, BatchAnswer, PublishBatch, ScheduleBatch
from soho.problems.schemas import Problem

router = Router(tags=["many at once"], by_alias=True)

IdempotencyKeyHeader = Annotated[
    str | None,
    Header(
        None,
        alias="Idempotency-Key",
        min_length=1,
        max_length=255,
        description="Done once, and answered the same, however often it is sent.",
    ),
]
ANSWERS = {
    200: BatchAnswer,
    207: BatchAnswer,
    **dict.fromkeys((400, 401, 403, 422), Problem),
}
PACKED: Any = {"content": {"application/zip": {"schema": {"type": "string", "format": "binary"}}}}


class Downloads(AuthRateThrottle):
    """Archives are read off the storage byte by byte: a person may have a few a minute."""

    scope = "downloads"

    def get_cache_key(self, request: HttpRequest) -> str:
        return f"throttle:{self.scope}:{request.user.pk}"


downloads = Downloads("12/m")


@router.post("/generate/batch/publish", response=ANSWERS, summary="Publish many")
def publish(request: HttpRequest, wish: PublishBatch, key: IdempotencyKeyHeader) -> Any:
    """Publishes drafts, the first of them topmost. 207 when some could not be; each has its own result."""
    asked = once.asked(key, "publish", wish.creation_ids, wish.caption)
    return _told(
        batches.publish(person(request).pk, wish.creation_ids, caption=wish.caption, idempotency=asked)
    )


@router.post("/generate/batch/schedule", response=ANSWERS, summary="Schedule many")
def schedule(request: HttpRequest, wish: ScheduleBatch, key: IdempotencyKeyHeader) -> Any:
    """Has drafts published at one time, or takes them off their schedule (`publishAt: null`)."""
    me, ids = person(request).pk, wish.creation_ids
    asked = once.asked(key, "schedule", ids, wish.publish_at, wish.caption)
    if wish.publish_at is None:
        return _told(batches.unschedule(me, ids, idempotency=asked))
    return _told(batches.schedule(me, ids, wish.publish_at, caption=wish.caption, idempotency=asked))


@router.post("/generate/batch/delete", response=ANSWERS, summary="Delete many")
def delete(request: HttpRequest, wish: Batch, key: IdempotencyKeyHeader) -> Any:
    """Deletes creations with their media. For ten seconds `restore` can undo it."""
    asked = once.asked(key, "delete", wish.creation_ids)
    return _told(batches.delete(person(request).pk, wish.creation_ids, idempotency=asked))


@router.post("/generate/batch/restore", response=ANSWERS, summary="Undo many deletions")
def restore(request: HttpRequest, wish: Batch, key: IdempotencyKeyHeader) -> Any:
    """Brings back what was deleted in the last ten seconds."""
    asked = once.asked(key, "restore", wish.creation_ids)
    return _told(batches.restore(person(request).pk, wish.creation_ids, idempotency=asked))


@router.post(
    "/generate/batch/zip",
    response=dict.fromkeys((400, 401, 403, 409, 413, 422, 429), Problem),
    openapi_extra={"responses": {200: {"description": "A ZIP, streamed", **PACKED}}},
    throttle=[downloads],
    summary="Download many",
)
def download(request: HttpRequest, wish: Batch) -> StreamingHttpResponse:
    """The media as one ZIP, with captions as texts and `manifest.json`, which also says what was left out.

    At most twelve times a minute for each person.
    """
    return as_response(archive.pack(person(request).pk, wish.creation_ids))


def as_response(packed: Archive) -> StreamingHttpResponse:
    """The archive as a download that is streamed."""
    return StreamingHttpResponse(
        packed.stream(),
        headers={
            "Content-Type": archive.CONTENT_TYPE,
            "Content-Length": str(packed.size),
            "Content-Disposition": f'attachment; filename="{packed.name}"',
            "Cache-Control": "private, no-store",
            "X-Content-Type-Options": "nosniff",
        },
    )


def _told(results: Sequence[batches.Result]) -> Status[dict[str, Any]]:
    failed = sum(one.problem is not None for one in results)
    answer = {
        "results": [
            {"creationId": one.creation_id, "status": one.status, "problem": one.problem} for one in results
        ],
        "succeeded": len(results) - failed,
        "failed": failed,
    }
    return Status(207 if failed else 200, answer)

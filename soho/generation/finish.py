"""From the provider's file to the draft: check, thumbnail, rendition, upload, completion."""

import time
from pathlib import Path

import structlog
from django.conf import settings

from soho import media, tracing
from soho.creations import outcomes
from soho.creations.objects import storage
from soho.creations.outcomes import Made
from soho.generation.heart import Heart
from soho.generation.queue import Claim
from soho.storage import keys, put_many

log = structlog.get_logger(__name__)

JPEG = "image/jpeg"
MP4 = "video/mp4"

Upload = tuple[str, Path, str]
"""Key, file, content type."""


def finish(claim: Claim, path: Path, folder: Path, heart: Heart) -> Made:
    """Stores what the provider made and completes the creation; answers what that is.

    Objects are written before the row points to them. Raises MediaError, StorageError, LeaseLost, HandBack.
    """
    heart.progress(0.98, "Checking and keeping it")
    results = folder / "results"
    results.mkdir()
    began = time.monotonic()
    with tracing.span("media", facts={"soho.kind": claim.kind}) as span:
        made, uploads = (_image if claim.kind == "image" else _video)(claim, path, results, heart)
        span.update(facts={"soho.bytes": made.size_bytes})
    log.info(
        "media.made",
        seconds=round(time.monotonic() - began, 3),
        duration=made.duration,
        width=made.width,
        height=made.height,
        bytes=made.size_bytes,
    )
    # Asked once more right before others can see something, so that a worker that slept past its lease
    # uploads nothing.
    heart.confirm()
    with tracing.span("upload", kind="client", facts={"soho.objects": len(uploads)}):
        put_many(storage(), uploads)
    for key, file, content_type in uploads:
        log.info("object.stored", key=key, bytes=file.stat().st_size, content_type=content_type)
    with tracing.span("complete"):
        outcomes.complete(claim.creation_id, claim.fence, made)
    log.info("creation.completed", media_key=made.media_key, made_by=made.made_by)
    return made


def _video(claim: Claim, path: Path, results: Path, heart: Heart) -> tuple[Made, list[Upload]]:
    result = media.process_video(
        path,
        results,
        expected_seconds=claim.seconds,
        max_bytes=settings.MAX_MEDIA_BYTES,
        checkpoint=heart.checkpoint,
    )
    owner = (claim.user_id, claim.creation_id)
    made = Made(
        made_by=claim.model,
        media_key=keys.video_key(*owner),
        thumbnail_key=keys.thumbnail_key(*owner),
        rendition_key=keys.rendition_key(*owner),
        poster_key=keys.poster_key(*owner),
        placeholder=result.placeholder,
        content_type=MP4,
        size_bytes=result.probe.size_bytes,
        duration=round(result.probe.duration, 3),
        width=result.probe.width,
        height=result.probe.height,
    )
    return made, [
        (made.media_key, result.media, MP4),
        (made.thumbnail_key, _thumbnail(result.thumbnail, result.thumbnail_error, results), JPEG),
        (made.rendition_key, result.rendition, MP4),
        (made.poster_key, result.poster, JPEG),
    ]


def _image(claim: Claim, path: Path, results: Path, heart: Heart) -> tuple[Made, list[Upload]]:
    result = media.process_image(path, results, max_bytes=settings.MAX_MEDIA_BYTES)
    heart.checkpoint()
    owner = (claim.user_id, claim.creation_id)
    made = Made(
        made_by=claim.model,
        media_key=keys.image_key(*owner, result.suffix),
        thumbnail_key=keys.thumbnail_key(*owner, folder="images"),
        rendition_key=keys.rendition_key(*owner, folder="images") if result.rendition else "",
        poster_key="",
        placeholder=result.placeholder,
        content_type=result.content_type,
        size_bytes=result.probe.size_bytes,
        duration=None,
        width=result.probe.width,
        height=result.probe.height,
    )
    uploads = [
        (made.media_key, result.media, result.content_type),
        (made.thumbnail_key, _thumbnail(result.thumbnail, result.thumbnail_error, results), JPEG),
    ]
    if result.rendition:
        uploads.append((made.rendition_key, result.rendition, JPEG))
    return made, uploads


def _thumbnail(made: Path | None, error: str | None, results: Path) -> Path:
    """The thumbnail, or a drawn placeholder: one that cannot be made is logged and stops nothing."""
    if made is not None:
        return made
    log.warning("thumbnail.failed", error=error)
    placeholder = results / "placeholder.jpg"
    media.placeholder_thumbnail(placeholder)
    return placeholder

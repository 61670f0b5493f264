"""What the API takes and gives, for checking requests and for the OpenAPI document."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import ConfigDict, Field
from pydantic.alias_generators import to_camel

from soho.creations.batches import MOST
from soho.creations.intake import MAX_SEED
from soho.creations.models import MAX_CAPTION, MAX_PROMPT
from soho.problems.schemas import Camel, Problem


class Wish(Camel):
    """What is asked of a model."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, extra="forbid", strict=True)

    prompt: Annotated[
        str,
        Field(
            description=f"What to make, 1 to {MAX_PROMPT:,} characters.", examples=["A sunset over mountains"]
        ),
    ]
    model: Annotated[
        str | None, Field(max_length=80, description="A name from /api/models; the default model without it.")
    ] = None
    aspect_ratio: Annotated[str | None, Field(max_length=5, examples=["9:16"])] = None
    seed: Annotated[
        int | None,
        Field(
            ge=0,
            le=MAX_SEED,
            description="The same seed and prompt give the same picture where the model can.",
        ),
    ] = None
    remix_of: Annotated[
        str | None,
        Field(
            max_length=36,
            description="The post (or creation of mine) that this is made from.",
            json_schema_extra={"format": "uuid"},
        ),
    ] = None


class VideoWish(Wish):
    """What is asked of a video model."""

    duration: Annotated[float | None, Field(description="Seconds; one of the model's clip lengths.")] = None


class ImageWish(Wish):
    """What is asked of an image model."""


class PublishWish(Camel):
    """What to say on publishing."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, extra="forbid", strict=True)

    caption: Annotated[str | None, Field(description=f"At most {MAX_CAPTION:,} characters.")] = None


class RetryWish(Camel):
    """What to ask instead."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, extra="forbid", strict=True)

    prompt: Annotated[
        str | None,
        Field(
            description=f"1 to {MAX_PROMPT:,} characters; the same prompt as before without it.",
            examples=["A calm sunset over mountains"],
        ),
    ] = None


PublishAt = Annotated[
    str,
    Field(
        description="RFC 3339 with an offset, in the future, within a year. Kept and answered in UTC.",
        examples=["2027-05-03T14:00:00+02:00"],
        max_length=40,
    ),
]


class ScheduleWish(PublishWish):
    """When to publish, and what to say then; without a caption a scheduled draft keeps the one it has."""

    publish_at: PublishAt


class Batch(Camel):
    """Creations of mine."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, extra="forbid", strict=True)

    creation_ids: Annotated[
        list[Annotated[UUID, Field(strict=False)]],
        Field(min_length=1, max_length=MOST, description=f"1 to {MOST}. One named twice counts once."),
    ]


class PublishBatch(Batch, PublishWish):
    """Drafts to publish; a caption is one for all."""


class ScheduleBatch(Batch, PublishWish):
    """Drafts to publish at a time, or (`publishAt: null`) no longer."""

    publish_at: PublishAt | None


class BatchResult(Camel):
    """What became of one: 200, or the status of its problem."""

    creation_id: UUID
    status: int
    problem: Problem | None


class BatchAnswer(Camel):
    """One result for each id, in the order asked for."""

    results: list[BatchResult]
    succeeded: int
    failed: int


class Started(Camel):
    """A creation was started; its tokens are held."""

    creation_id: UUID
    status: Literal["pending"]


class CreationError(Camel):
    """Why a creation failed, for a program (`code`) and a person (`message`), and what a retry would cost."""

    code: str
    message: str
    retriable: bool
    retry_tokens: int


class CreationOut(Camel):
    """A creation."""

    creation_id: UUID
    media_type: Literal["image", "video"]
    status: Literal["pending", "processing", "draft", "published", "failed"]
    prompt: str
    caption: str
    username: str
    user_id: UUID
    avatar_url: str | None
    media_url: str | None
    thumbnail_url: str | None
    rendition_url: Annotated[
        str | None,
        Field(description="A light version, for feeds: of a video, or of a still wider than its thumbnail."),
    ]
    poster_url: Annotated[str | None, Field(description="The first frame of the light version.")]
    placeholder: Annotated[str | None, Field(description="A ThumbHash, base64.")]
    duration: Annotated[float | None, Field(description="Seconds.")]
    width: int | None
    height: int | None
    aspect_ratio: str
    seed: int
    progress: Annotated[float | None, Field(ge=0, le=1, description="While processing.")]
    progress_note: str | None
    eta_seconds: int | None
    eta_range: Annotated[
        list[int] | None, Field(description="The least and the most seconds likely left, where one can tell.")
    ]
    error: CreationError | None
    tokens: int
    model: Annotated[str, Field(description="The model that was asked for.")]
    made_by: Annotated[
        str | None, Field(description="The model that made it: another than `model` where one took over.")
    ]
    like_count: int
    liked_by_me: bool
    comment_count: int
    remix_of: Annotated[UUID | None, Field(description="What it was made from, while that is there.")]
    tags: Annotated[list[str], Field(description="The caption's #tags, folded: one spelling each.")]
    mentions: Annotated[list[str], Field(description="The @names in the caption.")]
    created_at: datetime
    published_at: datetime | None
    publish_at: datetime | None


class CreationAnswer(Camel):
    """One creation."""

    creation: CreationOut


class CreationPage(Camel):
    """Creations, newest first; `nextCursor` gets the next page and is null on the last."""

    creations: list[CreationOut]
    next_cursor: str | None


class ImageOut(CreationOut):
    """An image that was made at once. `image_id` and `image_url` repeat `creationId` and `mediaUrl`."""

    image_id: Annotated[UUID, Field(alias="image_id")]
    image_url: Annotated[str, Field(alias="image_url")]


class ImageAnswer(Camel):
    """One image."""

    image: ImageOut

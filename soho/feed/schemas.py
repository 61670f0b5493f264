"""What the feed's API takes and gives, for checking requests and for the OpenAPI document."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import ConfigDict, Field
from pydantic.alias_generators import to_camel

from soho.creations.schemas import CreationOut
from soho.feed.models import MAX_COMMENT
from soho.problems.schemas import Camel


class LikeOut(Camel):
    """How many people like a post, and whether I do."""

    like_count: int
    liked_by_me: bool


class StandingOut(Camel):
    """How many people follow somebody, how many they follow, and whether I follow them."""

    follower_count: int
    following_count: int
    followed_by_me: bool


class PersonFound(Camel):
    """Somebody whose name begins with what was looked for."""

    username: str
    avatar_url: str | None


class SearchPage(Camel):
    """Posts that were found, newest first, and on the first page people; `nextCursor` gets the next page."""

    creations: list[CreationOut]
    people: list[PersonFound]
    next_cursor: str | None


class CommentWish(Camel):
    """What to say below a post."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, extra="forbid", strict=True)

    text: Annotated[str, Field(description=f"Plain text, 1 to {MAX_COMMENT:,} characters.")]
    parent_id: Annotated[
        str | None,
        Field(
            max_length=36,
            description="The comment that this answers. An answer to an answer joins its thread.",
            json_schema_extra={"format": "uuid"},
        ),
    ] = None


class CommentOut(Camel):
    """A comment. `replies` holds the first few answers of `replyCount`; the rest has pages of its own."""

    comment_id: UUID
    creation_id: UUID
    parent_id: UUID | None
    user_id: UUID
    username: str
    avatar_url: str | None
    text: str
    mentions: list[str]
    reply_count: int
    replies: list["CommentOut"]
    deletable_by_me: bool
    created_at: datetime


class CommentAnswer(Camel):
    """One comment."""

    comment: CommentOut


class CommentPage(Camel):
    """Comments; `nextCursor` gets the next page and is null on the last."""

    comments: list[CommentOut]
    next_cursor: str | None

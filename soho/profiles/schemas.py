"""What the API says of how somebody shows themselves."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import ConfigDict, Field
from pydantic.alias_generators import to_camel

from soho.problems.schemas import Camel
from soho.profiles.actions import MAX_BIO


class ProfileOut(Camel):
    """A person as everybody sees them. Without a picture both addresses are null."""

    user_id: UUID
    username: str
    bio: str
    avatar_url: Annotated[str | None, Field(description="WebP, 64 pixels square.")]
    avatar_large_url: Annotated[str | None, Field(description="WebP, 256 pixels square.")]
    created_at: datetime
    post_count: int
    like_count: Annotated[int, Field(description="Likes that their posts received.")]
    follower_count: int
    following_count: int
    followed_by_me: bool


class ProfileAnswer(Camel):
    """One person."""

    user: ProfileOut


class ProfileWish(Camel):
    """What to change of one's own profile."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, extra="forbid", strict=True)

    bio: Annotated[str, Field(description=f"Plain text of at most {MAX_BIO} characters; empty for none.")]

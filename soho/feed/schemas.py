"""What the feed's API gives, for the OpenAPI document."""

from soho.problems.schemas import Camel


class LikeOut(Camel):
    """How many people like a post, and whether I do."""

    like_count: int
    liked_by_me: bool

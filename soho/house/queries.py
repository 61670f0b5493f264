"""Reading how far the house's posts are."""

from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from soho.creations.models import Creation
from soho.creations.shape import COLUMNS, creation_json
from soho.house.account import HOUSE_ID
from soho.house.posts import POSTS, Post


@dataclass(frozen=True, slots=True)
class Standing:
    """One of the eight, and its creation in the API's shape; None while it was not asked for."""

    post: Post
    creation: dict[str, Any] | None

    @property
    def status(self) -> str:
        """The creation's status; `absent` without one."""
        return str(self.creation["status"]) if self.creation else "absent"


@dataclass(frozen=True, slots=True)
class Filling:
    """All eight, and what can be said of them together."""

    posts: list[Standing]

    def count(self, *statuses: str) -> int:
        """How many are in one of these statuses."""
        return sum(one.status in statuses for one in self.posts)

    @property
    def under_way(self) -> bool:
        """Whether something will still change by itself."""
        return self.count("pending", "processing", "draft") > 0

    @property
    def empty(self) -> bool:
        """Whether none of them was asked for."""
        return self.count("absent") == len(self.posts)

    @property
    def whole(self) -> bool:
        """Whether all of them are in the feed."""
        return self.count("published") == len(self.posts)


def filling() -> Filling:
    """How far the eight posts are. One query."""
    now = timezone.now()
    rows = Creation.objects.filter(user_id=HOUSE_ID).values(*COLUMNS)
    made = {row["prompt"]: creation_json(row, now=now) for row in rows}
    return Filling([Standing(post, made.get(post.prompt)) for post in POSTS])

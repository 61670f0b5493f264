"""How often one person may do what others have to bear."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.core.cache import cache

from soho.problems.refusals import Refusal


class TooOften(Refusal):
    """More often than anybody needs to."""

    status = 429
    code = "too_many_requests"
    title = "Too many requests"

    def __init__(self, what: str, seconds: int) -> None:
        super().__init__(f"That is a lot of {what} at once. Wait a moment and try again.")
        self.seconds = seconds

    @property
    def extra(self) -> dict[str, Any]:
        return {"retryAfter": self.seconds}


@dataclass(frozen=True, slots=True)
class Pace:
    """At most `most` of `what` in any window of `seconds`, for each person."""

    what: str
    most: int
    seconds: int

    def keep(self, user_id: UUID) -> None:
        """Counts one more. Raises TooOften past the limit."""
        key = f"pace:{self.what}:{self.seconds}:{user_id}"
        # One that is there already keeps its age: the window begins with the first.
        cache.add(key, 0, self.seconds)
        try:
            count = cache.incr(key)
        except ValueError:  # it ended in between: a new window
            cache.set(key, 1, self.seconds)
            count = 1
        if count > self.most:
            raise TooOften(self.what, self.seconds)


COMMENTS = (Pace("comments", 12, 60), Pace("comments", 150, 3600))
FOLLOWS = (Pace("follows", 60, 60), Pace("follows", 600, 3600))


def keep(paces: tuple[Pace, ...], user_id: UUID) -> None:
    """Counts one more against each. Raises TooOften."""
    for pace in paces:
        pace.keep(user_id)

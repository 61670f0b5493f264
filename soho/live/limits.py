"""How many streams there may be: in this process, of one person, and from one address of those who are signed
out.
"""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from django.conf import settings

from soho.live.refusals import DoorFull, TooMany

STRANGERS_SHARE = 0.8  # of all streams; the rest is kept for those who are signed in


class Limits:
    """Counts open streams. Used by one event loop, so nothing is locked."""

    def __init__(self) -> None:
        self._open: Counter[UUID | str] = Counter()
        self._strangers = 0

    @property
    def open(self) -> int:
        """Streams open now."""
        return self._open.total()

    @contextmanager
    def person(self, user_id: UUID) -> Iterator[None]:
        """A place for one stream of a person. Raises DoorFull, TooMany."""
        if self.open >= settings.LIVE_STREAMS:
            raise DoorFull
        with self._one(user_id, settings.LIVE_STREAMS_PER_PERSON, "You have"):
            yield

    @contextmanager
    def stranger(self, address: str) -> Iterator[None]:
        """A place for one stream about the feed. Raises DoorFull, TooMany."""
        if self.open >= settings.LIVE_STREAMS or self._strangers >= settings.LIVE_STREAMS * STRANGERS_SHARE:
            raise DoorFull
        with self._one(address, settings.LIVE_STREAMS_PER_ADDRESS, "Your network has"):
            self._strangers += 1
            try:
                yield
            finally:
                self._strangers -= 1

    @contextmanager
    def _one(self, whose: UUID | str, most: int, who_has: str) -> Iterator[None]:
        if self._open[whose] >= most:
            raise TooMany(who_has, most)
        self._open[whose] += 1
        try:
            yield
        finally:
            self._open[whose] -= 1
            if not self._open[whose]:
                del self._open[whose]

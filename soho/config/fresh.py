"""An answer that is costly to find, kept for a moment."""

import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Fresh(Generic[T]):
    """What `find` answers, asked anew when the last answer is older than `seconds`.

    Single flight: of many who ask at once in one process one finds out, and the others wait for its answer,
    so a flood costs what one question costs. An exception of `find` goes to who asked; the next asks anew.
    """

    def __init__(
        self, find: Callable[[], T], seconds: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._find = find
        self._seconds = seconds
        self._clock = clock
        self._lock = threading.Lock()
        self._found: tuple[float, T] | None = None

    def __call__(self) -> T:
        """The answer, at most `seconds` old."""
        with self._lock:
            if self._found is None or self._clock() - self._found[0] > self._seconds:
                found = self._find()
                # From its end on: whoever waited for a slow one is answered by it.
                self._found = self._clock(), found
            return self._found[1]

    def forget(self) -> None:
        """Has the next who asks find out anew."""
        with self._lock:
            self._found = None

"""One clock for all streams of a process: heartbeats, ends, and readers who take nothing.

Two timers a letter and reader would cost more than the letter itself. So a stream only notes when it began to
write, and one look a second at all of them does what is due; each happens up to a second late.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from soho.live.hub import Watcher

HEARTBEAT_SECONDS = 15.0
SLOW_SECONDS = 10.0  # a reader that takes nothing for so long is dropped
LOOK_SECONDS = 1.0


class SlowReader(Exception):
    """The reader has taken nothing for SLOW_SECONDS."""


class Stream:
    """What the clock knows of an open stream. Times are the event loop's."""

    __slots__ = ("_began", "_last", "end", "is_slow", "task", "watcher")

    def __init__(self, watcher: Watcher, task: "asyncio.Task[object]", end: float, now: float) -> None:
        self.watcher = watcher
        self.task = task
        self.end = end
        self.is_slow = False
        self._began: float | None = None
        self._last = now

    def writes(self, now: float) -> None:
        """Something is on its way to the reader."""
        self._began = self._last = now

    def wrote(self) -> None:
        """The reader, or the system on their behalf, has taken it."""
        self._began = None

    def look(self, now: float) -> None:
        """Does what is due: drops a reader who takes nothing, else lets a stream that is quiet or at its end
        say so.
        """
        if self._began is not None:
            if now - self._began >= SLOW_SECONDS and not self.is_slow:
                self.is_slow = True
                self.task.cancel()
        elif now >= self.end or now - self._last >= HEARTBEAT_SECONDS:
            self.watcher.nudge()


class Pulse:
    """The streams of a process, and their clock, which runs while there are any."""

    def __init__(self) -> None:
        self._streams: set[Stream] = set()
        self._beating: asyncio.TimerHandle | None = None

    @contextmanager
    def keeps(self, watcher: Watcher, seconds: float) -> Iterator[Stream]:
        """The calling task as a stream that lasts so long. Raises SlowReader out of the block."""
        loop, task = asyncio.get_running_loop(), asyncio.current_task()
        assert task is not None
        stream = Stream(watcher, task, loop.time() + seconds, loop.time())
        self._streams.add(stream)
        if self._beating is None:
            self._beating = loop.call_later(LOOK_SECONDS, self._look)
        try:
            yield stream
        except asyncio.CancelledError:
            # Somebody else's wish to end the task goes on, also when both came together.
            if stream.is_slow and task.uncancel() == 0:
                raise SlowReader from None
            raise
        finally:
            self._streams.discard(stream)

    def _look(self) -> None:
        loop = asyncio.get_running_loop()
        now = loop.time()
        for stream in self._streams:
            stream.look(now)
        self._beating = loop.call_later(LOOK_SECONDS, self._look) if self._streams else None

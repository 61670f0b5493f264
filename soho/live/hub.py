"""Who watches, and what each is still to be told.

A stream has a mailbox with one compartment for each subject: a newer letter about the same thing takes the
older one's place. So a reader who is slow misses steps in between, never where things stand, and what waits
for them is never more than their own few creations, the balance, and one line about the feed.
"""

import asyncio
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from soho.live.events import NOWHERE, Letter, Place, letter
from soho.live.queries import Changes, Credential, Row
from soho.live.shape import item

_UNKNOWN = object()
MOST_WAITING = 200  # subjects in one mailbox; a reader with more than that unread is dropped
RESTATED_SECONDS = 5  # how often the time left of what runs is told anew where nothing else changes


class Watcher:
    """One open stream and its mailbox."""

    __slots__ = ("_bell", "_letters", "closed", "heard_until")

    def __init__(self) -> None:
        self._letters: dict[str, Letter] = {}
        self._bell = asyncio.Event()
        self.closed = False
        # What the stream began with told all that was so until then; older letters would take it back.
        self.heard_until: datetime | None = None

    def put(self, subject: str, said: Letter) -> None:
        """Leaves a letter. The newest of its subject counts, and comes last."""
        if len(self._letters) >= MOST_WAITING and subject not in self._letters:
            self.close()
            return
        self._letters.pop(subject, None)
        self._letters[subject] = said
        self._bell.set()

    def close(self) -> None:
        """Ends the stream: its reader has gone, or may watch no longer."""
        self.closed = True
        self._bell.set()

    def nudge(self) -> None:
        """Has `take` answer, also when nothing waits."""
        self._bell.set()

    async def take(self) -> bytes:
        """All that waits, as soon as there is anything; nothing when nudged, or when the stream is closed."""
        await self._bell.wait()
        self._bell.clear()
        letters, self._letters = self._letters, {}
        until = self.heard_until
        return b"".join(one.frame for one in letters.values() if until is None or one.at >= until)


class MyWatcher(Watcher):
    """A stream of one's own things, opened with `credential`."""

    __slots__ = ("credential",)

    def __init__(self, credential: Credential) -> None:
        super().__init__()
        self.credential = credential


class FeedWatcher(Watcher):
    """A stream about the feed's head. `since` is the newest post its reader has on the page; None: as it is
    now.

    `heard` is the head that an earlier stream of the same page had told of already.
    """

    __slots__ = ("_heard", "_said", "since")

    def __init__(self, since: Place | None, heard: Place | None) -> None:
        super().__init__()
        self.since = since
        self._heard = heard
        self._said: tuple[int, Place] | None = None

    def is_news(self, count: int, newest: Place) -> bool:
        """Whether the reader must be told that so many posts are newer than theirs. Notes that they are."""
        said, self._said = self._said, (count, newest)
        if said is None:
            return count > 0 and newest != self._heard
        return said != self._said and (count > 0 or said[0] > 0)


class Hub:
    """All streams of this process, and what they were last told."""

    def __init__(self) -> None:
        self._mine: dict[str, set[MyWatcher]] = defaultdict(set)
        self._feed: set[FeedWatcher] = set()
        self._new_to_feed: list[FeedWatcher] = []
        self._posts: list[Place] = []
        self._told: dict[str, Any] = {}
        self.somebody = asyncio.Event()  # watches
        self.ready = asyncio.Event()  # it is known how things stand, so that only what changes then is told

    def join(self, watcher: Watcher) -> None:
        """A stream has opened."""
        if isinstance(watcher, MyWatcher):
            self._mine[str(watcher.credential.user_id)].add(watcher)
        elif isinstance(watcher, FeedWatcher):
            self._feed.add(watcher)
            self._new_to_feed.append(watcher)
        self.somebody.set()

    def leave(self, watcher: Watcher) -> None:
        """A stream has ended."""
        if isinstance(watcher, MyWatcher):
            whose = str(watcher.credential.user_id)
            self._mine[whose].discard(watcher)
            if not self._mine[whose]:
                del self._mine[whose]
        elif isinstance(watcher, FeedWatcher):
            self._feed.discard(watcher)
        if not self._mine and not self._feed:
            self.somebody.clear()
            self.ready.clear()
            self._told = {}

    @property
    def reads_feed(self) -> bool:
        """Whether anybody wants to know of new posts."""
        return bool(self._feed)

    def credentials(self) -> list[Credential]:
        """With what the streams of people were opened, each once."""
        return list({w.credential.mark: w.credential for mine in self._mine.values() for w in mine}.values())

    def dismiss(self, marks: Iterable[str]) -> None:
        """Ends the streams that were opened with these."""
        ended = set(marks)
        for watcher in [w for mine in self._mine.values() for w in mine if w.credential.mark in ended]:
            watcher.close()

    def tell(self, changes: Changes) -> None:
        """Tells everybody what is not as they were last told. The first time after a pause only notes it."""
        told: dict[str, Any] = {}
        for row in changes.items:
            self._tell_item(row, changes.at, told)
        for creation, whose in changes.gone:
            if self._is_news(creation, None, told):
                self._send(whose, creation, letter("gone", {"creationId": creation}, changes.at))
        for whose, available, held in changes.balances:
            if self._is_news(f"balance of {whose}", (available, held), told):
                data = {"available": available, "held": held}
                self._send(whose, "balance", letter("balance", data, changes.at))
        # What no longer changes is forgotten: memory follows what goes on, not what ever went on.
        self._told = told
        self.ready.set()
        if changes.posts is not None:
            self._tell_feed(changes.posts, changes.at)

    def _tell_item(self, row: Row, at: datetime, told: dict[str, Any]) -> None:
        moves = row["status"] == "processing"
        state = (tuple(row.values()), at.timestamp() // RESTATED_SECONDS if moves else None)
        if self._is_news(row["id"], state, told):
            whose = row["user_id"]
            if whose in self._mine:
                self._send(whose, row["id"], letter("creation", item(row, at), at))

    def _is_news(self, subject: str, state: Any, told: dict[str, Any]) -> bool:
        told[subject] = state
        return self.ready.is_set() and self._told.get(subject, _UNKNOWN) != state

    def _send(self, whose: str, subject: str, said: Letter) -> None:
        for watcher in self._mine.get(whose, ()):
            watcher.put(subject, said)

    def _tell_feed(self, posts: list[Place], at: datetime) -> None:
        watchers: Iterable[FeedWatcher] = self._new_to_feed
        if posts != self._posts:
            self._posts, watchers = posts, self._feed
        oldest_first = posts[::-1]
        newest = oldest_first[-1] if posts else NOWHERE
        letters: dict[int, Letter] = {}
        for watcher in watchers:
            if watcher.since is None:
                watcher.since = newest
            count = len(oldest_first) - bisect_right(oldest_first, watcher.since)
            if watcher.is_news(count, newest):
                if count not in letters:
                    letters[count] = letter("posts", {"count": count}, at, place=newest)
                watcher.put("posts", letters[count])
        self._new_to_feed = []

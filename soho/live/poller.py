"""The one reader of a process: what changed, once a tick, for all who watch; nothing while nobody does."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import TypeVar

import structlog
from django.conf import settings
from django.db import Error as DatabaseError
from django.db import connection

from soho.live import queries
from soho.live.hub import Hub

log = structlog.get_logger(__name__)

T = TypeVar("T")

STANDING_SECONDS = 1.0  # how often it is asked whether those who watch still may
LONGEST_PAUSE = 10.0  # between tries while the database does not answer


class Poller:
    """Reads with one database connection, kept in a thread of its own."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="live-poller")
        self._since: datetime | None = None
        self._asked = 0.0

    async def run(self) -> None:
        """Polls for ever. A database that does not answer is waited for; streams stay open meanwhile."""
        pause = settings.LIVE_TICK_SECONDS
        while True:
            if not self._hub.somebody.is_set():
                await self._hub.somebody.wait()
                # Nobody watched meanwhile, so nobody has missed anything.
                self._since = None
            try:
                await self._tick()
                pause = settings.LIVE_TICK_SECONDS
            except DatabaseError as error:
                log.warning("live.database", error=str(error).strip())
                await self._in_thread(connection.close)
                pause = min(pause * 2, LONGEST_PAUSE)
            except Exception:  # one bad row must not end everybody's events for good
                log.exception("live.tick", since=str(self._since))
                pause = min(pause * 2, LONGEST_PAUSE)
            await asyncio.sleep(pause)

    async def _tick(self) -> None:
        since, posts = self._since, self._hub.reads_feed
        found = await self._in_thread(lambda: queries.changes(since, posts=posts))
        self._since = found.at
        self._hub.tell(found)
        now = asyncio.get_running_loop().time()
        if now - self._asked >= STANDING_SECONDS and (credentials := self._hub.credentials()):
            self._asked = now
            self._hub.dismiss(await self._in_thread(lambda: queries.ended(credentials)))

    async def _in_thread(self, ask: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, ask)

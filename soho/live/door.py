"""The live door, an ASGI application of two streams: `/live/me` and `/live/feed`.

1. Refuse what is not for it: an unknown host, another site's page, nobody, too many. 2. Join the hub, then
read where things stand: what changes in between waits in the mailbox. 3. Tell, until the reader goes, is too
slow, may watch no longer, or the time is up; the browser comes back by itself with the id it heard last.
"""

import asyncio
import gc
import random
from collections.abc import Awaitable, Callable, Iterator, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from typing import Any, TypeVar
from urllib.parse import parse_qs
from uuid import UUID

import structlog
from django.conf import settings
from django.db import Error as DatabaseError
from django.db import connection

from soho.live import events, queries, who
from soho.live.hub import FeedWatcher, Hub, MyWatcher, Watcher
from soho.live.limits import Limits
from soho.live.poller import Poller
from soho.live.pulse import Pulse, SlowReader
from soho.live.refusals import BadSince, ForeignPage, NobodyKnown, NotHere, OnlyGet, Unavailable, UnknownHost
from soho.live.shape import item
from soho.problems.documents import CONTENT_TYPE, problem
from soho.problems.refusals import Refusal

log = structlog.get_logger(__name__)

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
T = TypeVar("T")
W = TypeVar("W", bound=Watcher)

READY_SECONDS = 5.0  # how long a stream waits for the poller's first look
RETRY_MILLISECONDS = (1000, 4000)  # spread, so that those who left together do not all come back together
_STREAM_HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store, no-transform"),
    (b"x-accel-buffering", b"no"),  # a proxy must pass events on as they come
    (b"x-content-type-options", b"nosniff"),
]


class Request:
    """What the door needs of a request."""

    def __init__(self, scope: Scope) -> None:
        self.method: str = scope["method"]
        self.path: str = scope["path"]
        self.headers = {
            name.decode("latin-1").lower(): text.decode("latin-1") for name, text in scope["headers"]
        }
        self.peer = str((scope.get("client") or ("unknown",))[0])
        self._query = parse_qs(scope.get("query_string", b"").decode("latin-1"), keep_blank_values=True)

    def named(self, name: str) -> str | None:
        """The text of a query parameter; None when it is not there."""
        return self._query[name][-1] if name in self._query else None

    @property
    def heard(self) -> str | None:
        """The id of the last event of an earlier stream: the browser's header, or `?after=` of a page that
        begins anew.
        """
        return self.headers.get("last-event-id") or self.named("after")


class Door:
    """The application. It polls as soon as somebody watches."""

    def __init__(self) -> None:
        self.hub = Hub()
        self.limits = Limits()
        self.poller = Poller(self.hub)
        self.pulse = Pulse()
        self._threads = ThreadPoolExecutor(4, thread_name_prefix="live")
        self._polling: asyncio.Task[None] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await _live_and_die(receive, send)
            return
        if scope["type"] != "http":
            return
        request = Request(scope)
        try:
            await self._answer(request, receive, send)
        except Refusal as refusal:
            await _refuse(request, refusal, send)
        except DatabaseError as error:
            log.warning("live.database", error=str(error).strip())
            await _refuse(request, Unavailable(), send)

    async def _answer(self, request: Request, receive: Receive, send: Send) -> None:
        if not who.is_known_host(request.headers):
            raise UnknownHost
        if request.method != "GET":
            raise OnlyGet
        if request.path == "/live/healthz":
            await _say_plainly(send, "ok\n")
            return
        if request.path not in {"/live/me", "/live/feed"}:
            raise NotHere
        if not who.is_own_origin(request.headers):
            raise ForeignPage
        self._wake()
        if request.path == "/live/me":
            await self._mine(request, receive, send)
        else:
            await self._feed(request, receive, send)

    async def _mine(self, request: Request, receive: Receive, send: Send) -> None:
        credential = await self._ask(lambda: who.person(request.headers))
        if credential is None:
            raise NobodyKnown
        with self.limits.person(credential.user_id), self._joined(MyWatcher(credential)) as watcher:
            after = events.moment_of(request.heard)
            await self._know_how_things_stand()
            begun = await self._ask(lambda: queries.beginning(credential.user_id, after))
            watcher.heard_until = begun.at
            first = events.letter("queue", _queue(begun), begun.at)
            await _stream(self.pulse, request, watcher, first.frame, receive, send)

    async def _feed(self, request: Request, receive: Receive, send: Send) -> None:
        watcher = FeedWatcher(_since(request), events.place_of(request.heard))
        with self.limits.stranger(who.address(request.headers, request.peer)), self._joined(watcher):
            await _stream(self.pulse, request, watcher, b"", receive, send)

    @contextmanager
    def _joined(self, watcher: W) -> Iterator[W]:
        self.hub.join(watcher)
        try:
            yield watcher
        finally:
            self.hub.leave(watcher)

    async def _know_how_things_stand(self) -> None:
        try:
            async with asyncio.timeout(READY_SECONDS):
                await self.hub.ready.wait()
        except TimeoutError:
            raise Unavailable from None

    def _wake(self) -> None:
        # Made here and not at the start: an event loop must be running.
        if self._polling is None:
            self._polling = asyncio.get_running_loop().create_task(self.poller.run())

    async def _ask(self, question: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(
            self._threads, partial(_with_connection, question)
        )


def _with_connection(question: Callable[[], T]) -> T:
    try:
        return question()
    finally:
        connection.close()  # back to the pool, or closed: no stream holds one


def _queue(begun: queries.Beginning) -> dict[str, Any]:
    return {
        "creations": [item(row, begun.at) for row in begun.items],
        "gone": begun.gone,
        "balance": {"available": begun.available, "held": begun.held},
    }


def _since(request: Request) -> events.Place | None:
    """`?since=TIME,ID` of the newest post on the page; empty for an empty feed. Raises BadSince."""
    text = request.named("since")
    if text is None:
        return events.place_of(request.heard)
    if not text:
        return events.NOWHERE
    written, _, identity = text[:100].partition(",")
    try:
        moment, post = datetime.fromisoformat(written), UUID(identity)
    except ValueError as error:
        raise BadSince from error
    if moment.tzinfo is None:
        raise BadSince
    return events.place(moment, post)


async def _stream(
    pulse: Pulse, request: Request, watcher: Watcher, first: bytes, receive: Receive, send: Send
) -> None:
    """Sends `first` and then what comes, until one of the reasons to end."""
    loop = asyncio.get_running_loop()
    leaving = loop.create_task(_left(receive))
    leaving.add_done_callback(lambda _: watcher.close())
    # A little less for some than for others, so that streams that began together do not end together.
    seconds = settings.LIVE_STREAM_SECONDS * random.uniform(0.9, 1.0)  # noqa: S311 - spreads load
    try:
        with pulse.keeps(watcher, seconds) as stream:
            await send(
                {"type": "http.response.start", "status": 200, "headers": _STREAM_HEADERS + _cors(request)}
            )
            said = events.opening(random.randint(*RETRY_MILLISECONDS)) + first  # noqa: S311 - the same
            while True:
                stream.writes(loop.time())
                await _body(send, said, more=True)
                stream.wrote()
                if watcher.closed or loop.time() >= stream.end:
                    break
                said = await watcher.take() or events.HEARTBEAT
            stream.writes(loop.time())
            await _body(send, b"", more=False)
    except SlowReader:
        log.info("live.slow_reader", path=request.path)
    finally:
        leaving.cancel()


async def _left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _body(send: Send, content: bytes, *, more: bool) -> None:
    await send({"type": "http.response.body", "body": content, "more_body": more})


def _cors(request: Request) -> list[tuple[bytes, bytes]]:
    """For the page at the web's port, which `is_own_origin` let through; for nobody else."""
    origin = request.headers.get("origin")
    if origin is None or not who.is_own_origin(request.headers):
        return [(b"vary", b"Origin")]
    return [
        (b"access-control-allow-origin", origin.encode("latin-1")),
        (b"access-control-allow-credentials", b"true"),
        (b"vary", b"Origin"),
    ]


async def _refuse(request: Request, refusal: Refusal, send: Send) -> None:
    answer = problem(refusal.status, refusal.code, refusal.title, str(refusal), **refusal.extra)
    headers = [(b"content-type", CONTENT_TYPE.encode()), (b"cache-control", b"no-store"), *_cors(request)]
    headers += [(name.encode(), text.encode()) for name, text in getattr(refusal, "headers", {}).items()]
    await send({"type": "http.response.start", "status": refusal.status, "headers": headers})
    await _body(send, answer.content, more=False)


async def _say_plainly(send: Send, text: str) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"cache-control", b"no-store")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await _body(send, text.encode(), more=False)


async def _live_and_die(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            # What is loaded stays, and streams are few objects that live long: looking for garbage among all
            # of them every few hundred letters would make readers wait for nothing.
            gc.collect()
            gc.freeze()
            gc.set_threshold(20_000, 20, 50)
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return

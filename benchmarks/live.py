"""The live door under 5,000 streams on one process, over loopback.

Half of them are people's own, each of another person with an API key; half are signed out and wait for new
posts. Measured are the memory a stream takes in the door, and how long after its commit an event is read: a
post, which goes to every reader of the feed, and the progress of two hundred creations, each to its own
person. Readers are one asyncio process; everything runs on this machine, so the readers' own work is in the
figures.
"""

import asyncio
import contextlib
import hashlib
import resource
import secrets
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from uuid import UUID

import psutil

from benchmarks.figures import Figure, Plot, Report, percentile, told
from benchmarks.ground import ground
from benchmarks.serving import free_port

STREAMS = 5000
MAKING = 200
ROUNDS = 10
STARTERS = 50  # streams that are being opened at the same time
# What is stated: the memory, and an event within a tick, the time to read it, and as much again.
MOST_KIB = 64.0
MOST_SECONDS = 1.5


@dataclass
class Reader:
    """One stream: when it read the event that it waits for."""

    read: asyncio.StreamReader
    write: asyncio.StreamWriter
    awaited: bytes = b"nothing yet"  # what the event holds that it waits for
    heard: float = 0.0
    arrived: asyncio.Event = field(default_factory=asyncio.Event)

    async def listen(self) -> None:
        """Notes the moment of the awaited event, until the stream ends."""
        while line := await self.read.readline():
            if self.awaited in line and not self.arrived.is_set():
                self.heard = time.perf_counter()
                self.arrived.set()


async def opened(port: int, path: str, key: str = "") -> Reader:
    """An open stream. Raises RuntimeError when it is refused."""
    read, write = await asyncio.open_connection("127.0.0.1", port, limit=8192)
    sign_in = f"Authorization: Bearer {key}\r\n" if key else ""
    write.write(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n{sign_in}\r\n".encode())
    status = await read.readline()
    if b" 200 " not in status:
        raise RuntimeError(f"{path} answered {status!r}")
    while (await read.readline()).strip():
        pass
    return Reader(read, write)


def people(count: int) -> list[tuple[UUID, str]]:
    """That many people with accounts and an API key each."""
    from soho.accounts.models import ApiKey, User
    from soho.ids import new_id
    from soho.ledger.models import Account

    users = [User(id=new_id(), username=f"maker{n}", password="!") for n in range(count)]
    User.objects.bulk_create(users)
    kinds = ("available", "held")
    Account.objects.bulk_create(
        [Account(kind=kind, user=user, balance=50) for user in users for kind in kinds]
    )
    keys = ["soho_" + secrets.token_urlsafe(32) for _ in users]
    ApiKey.objects.bulk_create(
        ApiKey(user=user, name="bench", prefix=key[:12], digest=hashlib.sha256(key.encode()).hexdigest())
        for user, key in zip(users, keys, strict=True)
    )
    return [(user.pk, key) for user, key in zip(users, keys, strict=True)]


def in_the_making(owners: list[UUID]) -> None:
    """A creation with a running attempt for each."""
    from soho.creations.models import Creation
    from soho.generation.models import Attempt

    made = Creation.objects.bulk_create(
        Creation(
            user_id=owner, media_type="video", status="processing", prompt="Fog", model="diorama",
            aspect_ratio="9:16", seed=1, tokens=10, fence=1,
        )
        for owner in owners
    )  # fmt: skip
    Attempt.objects.bulk_create(
        Attempt(creation=one, fence=1, worker="bench", provider="diorama") for one in made
    )


def move(progress: float) -> float:
    """All that is in the making moves; answers when that was committed."""
    from soho.creations.models import Creation

    Creation.objects.filter(status="processing").update(progress=progress, progress_note=f"Step {progress}")
    return time.perf_counter()


def publish(owner: UUID) -> float:
    """One post; answers when it was committed."""
    from django.utils import timezone

    from soho.creations.models import Creation

    Creation.objects.create(
        user_id=owner, media_type="image", status="published", prompt="Fog", model="diorama",
        aspect_ratio="1:1", seed=1, tokens=1, media_key="images/x.jpg",
        username="maker0", published_at=timezone.now(),
    )  # fmt: skip
    return time.perf_counter()


async def heard_by(readers: list[Reader], awaited: bytes, act: Callable[[], float]) -> list[float]:
    """Seconds from the commit of `act` until each has read what it awaits. Who never does counts as 30."""
    for reader in readers:
        reader.awaited = awaited
        reader.arrived.clear()
    committed = await asyncio.get_running_loop().run_in_executor(None, act)
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(30):
            await asyncio.gather(*(reader.arrived.wait() for reader in readers))
    return [reader.heard - committed if reader.arrived.is_set() else 30.0 for reader in readers]


async def watched(port: int, door: psutil.Process, streams: int) -> Report:
    """Opens all streams, tells them things, and closes them."""
    loop = asyncio.get_running_loop()
    owners = await loop.run_in_executor(None, people, streams // 2)
    making = [owner for owner, _ in owners[:MAKING]]
    await loop.run_in_executor(None, in_the_making, making)
    paths = [("/live/me", key) for _, key in owners] + [("/live/feed", "")] * (streams - len(owners))
    (await opened(port, "/live/feed")).write.close()
    before = memory(door)
    slots, begun = asyncio.Semaphore(STARTERS), time.perf_counter()

    async def one(path: str, key: str) -> Reader:
        async with slots:
            return await opened(port, path, key)

    readers = await asyncio.gather(*(one(path, key) for path, key in paths))
    took = time.perf_counter() - begun
    listening = [asyncio.create_task(reader.listen()) for reader in readers]
    await asyncio.sleep(3)
    held = (memory(door) - before) / len(readers) / 1024
    watching, feed = readers[:MAKING], readers[len(owners) :]
    moved, posted = [], []
    for n in range(1, ROUNDS + 1):
        moved += await heard_by(watching, b'"progress":%g,' % (n / 20), partial(move, n / 20))
        posted += await heard_by(feed, b'{"count":%d}' % n, partial(publish, making[0]))
        await asyncio.sleep(0.37)  # no multiple of a tick
    cpu = door.cpu_times()
    await asyncio.sleep(5)
    idle = (sum(door.cpu_times()[:2]) - sum(cpu[:2])) / 5
    alive = sum(not task.done() for task in listening)
    for task in listening:
        task.cancel()
    for reader in readers:
        reader.write.close()
    figures = [
        Figure(f"streams that were lost, of {streams:,}", streams - alive, "lost", 0),
        Figure("opening them all, 50 at a time", took, "s"),
        Figure("memory a stream", held, "KiB", MOST_KIB),
        Figure("progress, commit to reader, p50", percentile(moved, 0.5), "s"),
        Figure("progress, commit to reader, p95", percentile(moved, 0.95), "s", MOST_SECONDS),
        Figure(f"a post to {len(feed):,} readers, p50", percentile(posted, 0.5), "s"),
        Figure(f"a post to {len(feed):,} readers, p95", percentile(posted, 0.95), "s", MOST_SECONDS),
        Figure("the door's processor while nothing happens", idle * 100, "% of a core"),
    ]
    return Report(
        "live", f"The live door, {streams:,} streams on one process", figures, [_plot(moved, posted)]
    )


def _plot(moved: list[float], posted: list[float]) -> Plot:
    """How many had read it after so long."""
    shares = [0.05, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99]
    lines = {
        "progress, to its owner": [percentile(moved, one) for one in shares],
        "a post, to every reader": [percentile(posted, one) for one in shares],
        "stated for the 95th": [MOST_SECONDS for _ in shares],
    }
    title = "From the commit of an event to who reads it"
    return Plot("live", title, "share of the readings, %", "seconds", [one * 100 for one in shares], lines)


def memory(door: psutil.Process) -> int:
    """Bytes that are the process's own."""
    return int(door.memory_full_info().uss)


def measure(streams: int = STREAMS) -> Report:
    """The report: a door of its own, and so many streams to it."""
    room = 2 * streams + 512
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < room:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(room, hard), hard))
    port = free_port()
    limits = {"SOHO_LIVE_STREAMS": str(streams + 10), "SOHO_LIVE_STREAMS_PER_ADDRESS": str(streams)}
    with ground(SOHO_LIVE_PORT=str(port), SOHO_LIVE_URL=f":{port}", **limits):
        process = subprocess.Popen([sys.executable, "-m", "soho", "live"])
        try:
            return asyncio.run(watched(port, worker_of(process, port), streams))
        finally:
            process.terminate()
            process.wait(10)


def main(arguments: Sequence[str] | None = None) -> Report:
    """Measures and prints."""
    return told(lambda quick: measure(2 * MAKING if quick else STREAMS), arguments)


def worker_of(process: subprocess.Popen[bytes], port: int) -> psutil.Process:
    """The process that serves, once it does."""
    import socket

    until = time.monotonic() + 60
    while time.monotonic() < until and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except OSError:
            time.sleep(0.1)
        else:
            return max(
                psutil.Process(process.pid).children(recursive=True), key=lambda one: one.memory_info().rss
            )
    raise RuntimeError("the live door did not start")


if __name__ == "__main__":
    main()

"""What the door refuses, and how streams end."""

import asyncio
import socket
import time
from collections.abc import Callable, Coroutine, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

import pytest
from click.testing import CliRunner

from soho.accounts.models import User
from soho.cli.main import main
from soho.live import door as door_module
from soho.live import pulse as pulse_module
from soho.live.events import HEARTBEAT, letter
from soho.live.hub import MOST_WAITING, FeedWatcher, Hub, Watcher
from soho.live.pulse import Pulse
from soho.live.queries import Changes
from tests.live.conftest import Headers
from tests.support.live import LiveDoor, free_port, live_door

HeadersOf = Callable[[User], Headers]
T = TypeVar("T")


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Cookie": "sessionid=nonsense"},
        {"Authorization": "Bearer soho_x"},
        {"Authorization": "Basic eA=="},
    ],
)
def test_nobody_in_particular_has_no_stream_of_their_own(door: LiveDoor, headers: Headers) -> None:
    refused = door.ask("/live/me", **headers)
    assert refused.status == 401
    assert refused.headers["Content-Type"] == "application/problem+json"
    assert refused.problem()["code"] == "unauthenticated"


def test_a_bad_key_never_falls_through_to_the_session(
    door: LiveDoor, alice: User, session_of: HeadersOf
) -> None:
    assert door.ask("/live/me", **session_of(alice), Authorization="Bearer soho_x").status == 401


def test_only_this_sites_own_pages_may_listen(door: LiveDoor, alice: User, session_of: HeadersOf) -> None:
    # The page at the web's port, which is another origin, is let in, with its cookies.
    ours = f"http://localhost:{door.web_port}"
    reader = door.ask("/live/me", **session_of(alice), Origin=ours)
    assert reader.status == 200
    assert reader.headers["Access-Control-Allow-Origin"] == ours
    assert reader.headers["Access-Control-Allow-Credentials"] == "true"
    reader.close()
    # Others are not, not even those of another port or name of this machine.
    for foreign in (
        "http://evil.example",
        "http://localhost:3000",
        f"http://127.0.0.1:{door.web_port}",
        "null",
    ):
        refused = door.ask("/live/me", **session_of(alice), Origin=foreign)
        assert (refused.status, refused.problem()["code"]) == (403, "foreign_origin")
        assert "Access-Control-Allow-Origin" not in refused.headers
    refused = door.ask("/live/me", **session_of(alice), Sec_Fetch_Site="cross-site")
    assert refused.status == 403


def test_other_addresses_methods_and_hosts_are_refused_in_words(door: LiveDoor) -> None:
    assert door.ask("/live/other").problem()["code"] == "not_found"
    assert door.ask("/live/feed", Host="evil.example").status == 400
    with socket.create_connection(("127.0.0.1", door.port)) as raw:
        raw.sendall(
            b"POST /live/feed HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
        )
        assert raw.recv(4096).startswith(b"HTTP/1.1 405 ")


def test_a_health_check_asks_the_door(door: LiveDoor, monkeypatch: pytest.MonkeyPatch) -> None:
    from soho.config import settings

    monkeypatch.setattr(settings, "LIVE_PORT", door.port)
    assert CliRunner().invoke(main, ["probe", "live"]).exit_code == 0
    monkeypatch.setattr(settings, "LIVE_PORT", free_port())
    silent = CliRunner().invoke(main, ["probe", "live"])
    assert silent.exit_code == 1
    assert "The live door does not answer on port" in silent.stderr


def test_a_person_and_a_network_have_only_so_many_streams(
    transactional_db: None, alice: User, bob: User, key_of: HeadersOf
) -> None:
    limits = {
        "SOHO_LIVE_STREAMS_PER_PERSON": "2",
        "SOHO_LIVE_STREAMS_PER_ADDRESS": "1",
        "SOHO_LIVE_STREAMS": "4",
    }
    with live_door(**limits) as door:
        # Given a person with two streams, whoever opened them,
        headers = key_of(alice)
        first, second = door.ask("/live/me", **headers), door.ask("/live/me", **headers)
        assert first.next() is not None
        assert second.next() is not None

        # a third is refused, with what to do about it; another person is not in the way;
        refused = door.ask("/live/me", **headers)
        assert (refused.status, refused.headers["Retry-After"]) == (429, "60")
        said = refused.problem()
        assert (said["code"], said["limit"]) == ("too_many_streams", 2)
        bobs = door.ask("/live/me", **key_of(bob))
        assert bobs.status == 200

        # signed out, one a network; and then the house is full for everybody;
        stranger = door.ask("/live/feed?since=")
        assert stranger.status == 200
        full = door.ask("/live/me", **key_of(bob))
        assert (full.status, full.problem()["code"]) == (503, "live_full")

        # and a place is free again as soon as somebody goes.
        first.close()
        for _ in range(100):
            again = door.ask("/live/me", **headers)
            if again.status == 200:
                break
            time.sleep(0.05)
        assert again.next() is not None
        for reader in (again, second, bobs, stranger):
            reader.close()


def test_strangers_leave_room_for_those_who_are_signed_in(
    transactional_db: None, alice: User, key_of: HeadersOf
) -> None:
    with live_door(SOHO_LIVE_STREAMS="5") as door:
        strangers = [door.ask("/live/feed") for _ in range(4)]
        assert [one.status for one in strangers] == [200] * 4
        assert door.ask("/live/feed").problem()["code"] == "live_full"
        mine = door.ask("/live/me", **key_of(alice))
        assert mine.status == 200
        for reader in (*strangers, mine):
            reader.close()


def test_a_stream_ends_in_time_and_says_when_to_come_back(
    transactional_db: None, alice: User, key_of: HeadersOf
) -> None:
    with live_door(SOHO_LIVE_STREAM_SECONDS="1") as door:
        reader = door.ask("/live/me", **key_of(alice))
        assert reader.next().name == "queue"
        assert reader.next() is None
        assert 1000 <= reader.retry <= 4000


def in_a_loop(story: Coroutine[Any, Any, T]) -> T:
    """Runs it in a thread: Playwright has a loop of its own in this one."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, story).result()


def test_what_waits_for_a_slow_reader_is_bounded() -> None:
    async def story() -> None:
        slow, now = Watcher(), datetime.now(UTC)
        # A thousand letters about the same thing are one;
        for n in range(1000):
            slow.put("balance", letter("balance", {"available": n}, now))
        assert not slow.closed
        waiting = await slow.take()
        assert waiting.count(b"event: balance") == 1
        assert b'"available":999' in waiting
        # about ever more things, too many.
        for n in range(MOST_WAITING + 1):
            slow.put(f"creation {n}", letter("creation", {}, now))
        assert slow.closed

    in_a_loop(story())


class Reading:
    """A reader of a stream in this process, who stops taking anything after so many messages."""

    def __init__(self, most: int = 1000) -> None:
        self.taken: list[bytes] = []
        self._most = most
        self.watcher = FeedWatcher((NOW, UUID(int=0)), None)

    async def send(self, message: MutableMapping[str, Any]) -> None:
        if len(self.taken) == self._most:  # the server's own buffer is full, and the reader takes nothing
            await asyncio.Event().wait()
        self.taken.append(message.get("body", b""))

    async def receive(self) -> MutableMapping[str, Any]:
        await asyncio.Event().wait()
        return {}

    def begin(self, pulse: Pulse, hub: Hub) -> "asyncio.Task[None]":
        asked = door_module.Request({"method": "GET", "path": "/live/feed", "headers": []})
        hub.join(self.watcher)
        return asyncio.create_task(
            door_module._stream(pulse, asked, self.watcher, b"", self.receive, self.send)
        )


NOW = datetime.now(UTC)


def posted(count: int) -> Changes:
    """The feed with so many posts that nobody has heard of, newest first."""
    places = [(NOW + timedelta(seconds=n), UUID(int=n)) for n in range(count, 0, -1)]
    return Changes(at=NOW, items=[], gone=[], balances=[], posts=places)


async def settled() -> None:
    """Everything that can go on without time passing has gone on."""
    for _ in range(50):
        await asyncio.sleep(0)


def test_a_reader_who_takes_nothing_is_dropped_and_delays_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pulse_module, "LOOK_SECONDS", 0.05)
    monkeypatch.setattr(pulse_module, "SLOW_SECONDS", 3600.0)

    async def story() -> None:
        pulse, hub = Pulse(), Hub()
        # Given one who has joined first, took the opening, and takes nothing more; and others,
        slow, others = Reading(2), [Reading() for _ in range(20)]
        stuck, *going = [one.begin(pulse, hub) for one in (slow, *others)]
        await settled()
        for count in range(1, 6):
            hub.tell(posted(count))
            await settled()
        # then each of the others has heard every step in its order, though nothing of the first one's went,
        for other in others:
            told = b"".join(other.taken)
            counts = [int(part.split(b"}")[0]) for part in told.split(b'{"count":')[1:]]
            assert counts == [1, 2, 3, 4, 5]
        assert len(slow.taken) == 2
        assert not stuck.done()
        # and what waits for the slow one is the last step alone;
        assert len(slow.watcher._letters) == 1
        # until they are dropped, and nobody else is.
        monkeypatch.setattr(pulse_module, "SLOW_SECONDS", 0.0)
        async with asyncio.timeout(10):
            await stuck
        assert not any(one.done() for one in going)
        hub.tell(posted(6))
        await settled()
        assert all(b'{"count":6}' in other.taken[-1] for other in others)
        for one in going:
            one.cancel()
        await asyncio.gather(*going, return_exceptions=True)
        assert all(one.cancelled() for one in going)

    in_a_loop(story())


def test_a_quiet_stream_is_kept_alive_and_one_whose_time_is_up_ends(
    monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    monkeypatch.setattr(pulse_module, "LOOK_SECONDS", 0.01)
    monkeypatch.setattr(pulse_module, "HEARTBEAT_SECONDS", 0.02)

    async def story() -> None:
        pulse, hub, reader = Pulse(), Hub(), Reading()
        quiet = reader.begin(pulse, hub)
        async with asyncio.timeout(10):
            while reader.taken.count(HEARTBEAT) < 3:
                await asyncio.sleep(0.01)
        assert not quiet.done()
        quiet.cancel()
        await asyncio.gather(quiet, return_exceptions=True)

        settings.LIVE_STREAM_SECONDS = 0.05
        last = Reading()
        async with asyncio.timeout(10):
            await last.begin(pulse, hub)
        assert last.taken[-1] == b""

    in_a_loop(story())

"""What the door refuses, and how streams end."""

import asyncio
import socket
import time
from collections.abc import Callable, Coroutine, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any, TypeVar

import pytest
from click.testing import CliRunner

from soho.accounts.models import User
from soho.cli.main import main
from soho.live import door as door_module
from soho.live.events import letter
from soho.live.hub import MOST_WAITING, Watcher
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
        waiting = await slow.take(1)
        assert waiting.count(b"event: balance") == 1
        assert b'"available":999' in waiting
        # about ever more things, too many.
        for n in range(MOST_WAITING + 1):
            slow.put(f"creation {n}", letter("creation", {}, now))
        assert slow.closed

    in_a_loop(story())


def test_a_reader_who_takes_nothing_is_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(door_module, "SLOW_SECONDS", 0.05)
    asked = door_module.Request({"method": "GET", "path": "/live/me", "headers": []})

    async def story() -> list[str]:
        taken: list[str] = []

        async def send(message: MutableMapping[str, Any]) -> None:
            taken.append(message["type"])
            if len(taken) == 3:  # the server's own buffer is full, and its reader takes nothing
                await asyncio.Event().wait()

        async def receive() -> MutableMapping[str, Any]:
            await asyncio.Event().wait()
            return {}

        watcher = Watcher()
        watcher.put("balance", letter("balance", {}, datetime.now(UTC)))
        async with asyncio.timeout(10):
            await door_module._stream(asked, watcher, b"", receive, send)
        return taken

    assert in_a_loop(story()) == ["http.response.start", "http.response.body", "http.response.body"]

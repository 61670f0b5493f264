"""The live door under test: a real process, and readers with real sockets."""

import contextlib
import http.client
import json
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tests.support.engine import ROOT, environment

PATIENCE = 20.0


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class LiveDoor:
    """`soho live` on the test's database, for pages served at `web_port`."""

    def __init__(self, *, web_port: int = 8000, port: int | None = None, **settings: str) -> None:
        self.port = port or free_port()
        self.web_port = web_port
        self._env = environment(
            PORT=str(web_port),
            SOHO_LIVE_PORT=str(self.port),
            SOHO_LIVE_URL=f":{self.port}",
            SOHO_LIVE_TICK_SECONDS="0.1",
            **settings,
        )
        self.process: subprocess.Popen[bytes] | None = None

    def open(self) -> None:
        """Starts it and waits until it answers."""
        command = [sys.executable, "-m", "soho", "live"]
        self.process = subprocess.Popen(command, cwd=ROOT, env=self._env)
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            with contextlib.suppress(OSError), contextlib.closing(self.ask("/live/healthz")) as asked:
                if asked.status == 200:
                    return
            time.sleep(0.05)
        raise AssertionError("the live door did not open")

    def kill(self) -> None:
        """All of it is gone, mid-sentence."""
        assert self.process is not None
        import psutil

        for one in psutil.Process(self.process.pid).children(recursive=True):
            one.kill()
        self.process.kill()
        self.process.wait(10)
        self.process = None

    def close(self) -> None:
        """Asks it to stop, and sees that it does."""
        if self.process is not None:
            self.process.send_signal(signal.SIGTERM)
            assert self.process.wait(15) == 0
            self.process = None

    def let_go(self, reader: "Reader") -> None:
        """Closes a stream and gives the door the moment it needs to notice."""
        reader.close()
        time.sleep(0.3)

    def ask(self, path: str, **headers: str) -> "Reader":
        """Opens a stream, or whatever is answered instead. Underscores in names of headers are hyphens."""
        return Reader(self.port, path, {name.replace("_", "-"): text for name, text in headers.items()})


@contextlib.contextmanager
def live_door(**settings: Any) -> Iterator[LiveDoor]:
    """An open door, closed at the end."""
    door = LiveDoor(**settings)
    door.open()
    try:
        yield door
    finally:
        door.close()


@dataclass(frozen=True)
class Event:
    """One event of a stream, as a browser understands it."""

    name: str
    data: Any
    id: str


class Reader:
    """A connection that reads a stream line by line."""

    def __init__(self, port: int, path: str, headers: dict[str, str]) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        self._connection.request("GET", path, headers={"Host": f"localhost:{port}", **headers})
        self._answer = self._connection.getresponse()
        self.status = self._answer.status
        self.headers = self._answer.headers
        self.comments: list[str] = []
        self.retry: int | None = None

    def problem(self) -> dict[str, Any]:
        """The refusal, read to its end."""
        found: dict[str, Any] = json.loads(self._answer.read())
        return found

    def next(self) -> Event | None:
        """The next event; None when the stream has ended. Fails when nothing comes in time."""
        fields: dict[str, str] = {}
        deadline = time.monotonic() + PATIENCE
        while line := self._answer.readline().decode():
            line = line.rstrip("\n")
            if line.startswith(":"):
                self.comments.append(line)
                assert time.monotonic() < deadline, "nothing but heartbeats came"
            elif line.startswith("retry:"):
                self.retry = int(line[6:])
            elif line:
                name, _, text = line.partition(": ")
                fields[name] = text
            elif fields:
                return Event(fields["event"], json.loads(fields["data"]), fields["id"])
        return None

    def until(self, name: str, **data: Any) -> Event:
        """The next event of that name whose data hold these; others in between are passed over."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            event = self.next()
            assert event is not None, f"the stream ended before {name} {data}"
            if event.name == name and all(event.data.get(key) == value for key, value in data.items()):
                return event
        raise AssertionError(f"{name} {data} did not come")

    def close(self) -> None:
        self._answer.close()
        self._connection.close()

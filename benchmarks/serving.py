"""Granian with one worker and one thread, a client that asks without a pause, and the CPU that it costs."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from statistics import median
from typing import Any

import orjson
import psutil


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def cpu_seconds(process: psutil.Process) -> float:
    """User and system time of one process since it began: in nanoseconds on Linux, else in hundredths."""
    if sys.platform == "linux":
        # The process's own clock, as clock_getcpuclockid(3) names it.
        return time.clock_gettime((~process.pid << 3) | 2)
    return sum(process.cpu_times()[:2])


class Served:
    """A running server: ask it, and read what it has cost so far."""

    def __init__(self, process: subprocess.Popen[bytes], port: int) -> None:
        self._process = psutil.Process(process.pid)
        self.port = port
        self.connect()

    def connect(self) -> None:
        """Opens a new connection: Granian closes one that nobody has used for half a minute."""
        self._socket = socket.create_connection(("127.0.0.1", self.port))

    def cpu_seconds(self) -> float:
        """User and system time of the server and its worker since they began."""
        everyone = [self._process, *self._process.children(recursive=True)]
        return sum(cpu_seconds(one) for one in everyone)

    def get(self, path: str, headers: Mapping[str, str]) -> tuple[int, bytes]:
        """One request over the connection that stays open: status and body."""
        return self._ask("GET", path, headers, b"")

    def post(self, path: str, headers: Mapping[str, str], body: object) -> Any:
        """Sends `body` as JSON and answers what comes back, which must be a success."""
        data = orjson.dumps(body)
        status, answer = self._ask("POST", path, {**headers, "Content-Length": str(len(data))}, data)
        if status >= 300:
            raise RuntimeError(f"{path} answered {status}: {answer[:300]!r}")
        return orjson.loads(answer)

    def _ask(self, method: str, path: str, headers: Mapping[str, str], sent: bytes) -> tuple[int, bytes]:
        named = [f"{name}: {text}" for name, text in headers.items()]
        lines = [f"{method} {path} HTTP/1.1", "Host: localhost", *named, "", ""]
        self._socket.sendall("\r\n".join(lines).encode() + sent)
        data = b""
        while b"\r\n\r\n" not in data:
            data += self._more()
        head, _, body = data.partition(b"\r\n\r\n")
        status, length = int(head.split(b" ", 2)[1]), _length(head)
        if length is None:
            return status, self._read_chunks(body)
        while len(body) < length:
            body += self._more()
        return status, body

    def _read_chunks(self, body: bytes) -> bytes:
        while not body.endswith(b"0\r\n\r\n"):
            body += self._more()
        return body

    def _more(self) -> bytes:
        data = self._socket.recv(1 << 16)
        if not data:
            raise ConnectionError("The server closed the connection.")
        return data


def _length(head: bytes) -> int | None:
    for line in head.split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    return 0 if head.split(b" ", 2)[1] == b"304" else None


@contextmanager
def serving(
    target: str, *, interface: str = "wsgi", env: Mapping[str, str] | None = None
) -> Iterator[Served]:
    """`target` under Granian, with the settings that every subject of these benchmarks has."""
    port = free_port()
    threads = ["--blocking-threads", "1"] if interface == "wsgi" else []
    command = [sys.executable, "-m", "granian", target, "--interface", interface, "--port", str(port)]
    command += ["--workers", "1", "--runtime-threads", "1", "--no-ws", "--log-level", "error", *threads]
    process = subprocess.Popen(command, env={**os.environ, **(env or {})})
    try:
        _await(process, port)
        yield Served(process, port)
    finally:
        process.terminate()
        process.wait(10)


def _await(process: subprocess.Popen[bytes], port: int) -> None:
    until = time.monotonic() + 30
    while time.monotonic() < until and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError(f"Granian did not start (exit status {process.poll()}).")


@dataclass
class Subject:
    """Something to ask for, and what each round of asking cost, in CPU milliseconds a request."""

    name: str
    server: Served
    path: str
    headers: dict[str, str] = field(default_factory=dict)
    # A round should last a while: what costs little is asked for more often.
    times: int = 1
    rounds: list[float] = field(default_factory=list)
    # What passed meanwhile, in milliseconds a request: the client's own work and the waiting are in it.
    elapsed: list[float] = field(default_factory=list)

    @property
    def milliseconds(self) -> float:
        """The median round."""
        return median(self.rounds)

    @property
    def a_second(self) -> float:
        """Requests a second, one after another over one connection, in the median round."""
        return 1000 / median(self.elapsed)

    def ask(self, times: int) -> None:
        """Asks `times` times in a row, over one connection."""
        self.server.connect()
        for _ in range(times):
            status, body = self.server.get(self.path, self.headers)
            if status != 200:
                raise RuntimeError(f"{self.name}: {self.path} answered {status}: {body[:300]!r}")


def take_turns(subjects: Sequence[Subject], *, rounds: int, requests: int) -> None:
    """Asks every subject in turn, `rounds` times over, so that disturbances reach all alike."""
    for subject in subjects:
        subject.ask(requests // 4)
    for _ in range(rounds):
        for subject in subjects:
            before, began = subject.server.cpu_seconds(), time.perf_counter()
            subject.ask(requests * subject.times)
            passed, spent = time.perf_counter() - began, subject.server.cpu_seconds() - before
            subject.rounds.append(spent / (requests * subject.times) * 1000)
            subject.elapsed.append(passed / (requests * subject.times) * 1000)

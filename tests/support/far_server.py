"""A server that sells jobs, on a loopback socket, with a small protocol of its own.

POST /jobs {key, kind, seconds} -> {id}   GET /jobs?key=... -> {id}   GET /jobs/ID -> {state, progress, code}
POST /jobs/ID/cancel                      GET /jobs/ID/content -> the file
"""

import contextlib
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import parse_qs, urlsplit

from PIL import Image

from tests.media.clips import make_clip, moving
from tests.providers.scenarios import RETRY_AFTER, Scenario

KEY = "a-key-for-rehearsals"
LARGEST = 2 * 1024 * 1024
PRIVATE = "http://169.254.169.254/latest/meta-data"
SLOW_STEPS = 4


@dataclass
class FarJob:
    """A job that was taken."""

    id: str
    key: str
    kind: str
    seconds: float
    scenario: Scenario
    asked: int = 0
    fetched: int = 0
    cancelled: int = 0


@dataclass
class FarServer:
    """What the server has been told, and what it has seen."""

    scenario: Scenario = Scenario.SUCCESS
    finds_by_key: bool = True
    answers_polls: bool = True
    jobs: dict[str, FarJob] = field(default_factory=dict)
    submits: int = 0
    health_asked: int = 0
    keys_seen_elsewhere: int = 0
    address: str = ""
    lock: Any = field(default_factory=threading.Lock)

    @property
    def bought(self) -> int:
        return len(self.jobs)

    @property
    def cancelled(self) -> int:
        return sum(1 for job in self.jobs.values() if job.cancelled)

    def take(self, asked: dict[str, Any]) -> FarJob:
        with self.lock:
            job = FarJob(
                f"far-{len(self.jobs) + 1}",
                asked["key"],
                asked["kind"],
                asked.get("seconds") or 2.0,
                self.scenario,
            )
            self.jobs[job.id] = job
            return job

    def finish_all(self) -> None:
        """Jobs that run end well from now on."""
        for job in self.jobs.values():
            job.scenario = Scenario.SUCCESS


class _Door(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    far: FarServer

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        words = parts.path.strip("/").split("/")
        if not self._may_enter():
            return
        if words == ["health"]:
            self.far.health_asked += 1
            self._say(503 if self.far.scenario == Scenario.SERVER_ERROR else 200, {})
        elif words == ["jobs"]:
            self._find(parse_qs(parts.query).get("key", [""])[0])
        elif words[-1] == "content":
            self._content(self.far.jobs[words[1]])
        else:
            self._state(self.far.jobs[words[1]])

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if not self._may_enter():
            return
        words = self.path.strip("/").split("/")
        if words[-1] == "cancel":
            self.far.jobs[words[1]].cancelled += 1
            self._say(200, {})
        else:
            self._submit(json.loads(body))

    def _may_enter(self) -> bool:
        if self.headers.get("Authorization") == f"Bearer {KEY}":
            return True
        self._say(401, {"error": "wrong key"})
        return False

    def _submit(self, asked: dict[str, Any]) -> None:
        self.far.submits += 1
        match self.far.scenario:
            case Scenario.REFUSED:
                self._say(400, {"error": "moderated"})
            case Scenario.INVALID:
                self._say(422, {"error": "invalid"})
            case Scenario.RATE_LIMITED:
                self._say(429, {"error": "slow down"}, {"Retry-After": f"{RETRY_AFTER:g}"})
            case Scenario.SERVER_ERROR:
                self._say(503, {"error": "broken"})
            case Scenario.CUT_IN_SUBMIT:
                self.far.take(asked)
                self.close_connection = True
                self.connection.close()
            case _:
                self._say(200, {"id": self.far.take(asked).id})

    def _find(self, key: str) -> None:
        if not self.far.finds_by_key:
            self._say(501, {"error": "cannot tell"})
            return
        found = [job.id for job in self.far.jobs.values() if job.key == key]
        self._say(200, {"id": found[0] if found else None})

    def _state(self, job: FarJob) -> None:
        job.asked += 1
        if not self.far.answers_polls:
            self._say(503, {"error": "broken"})
            return
        steps = SLOW_STEPS if job.scenario == Scenario.SLOW else 1
        if job.scenario == Scenario.FAILS_LATER:
            self._say(200, {"state": "failed", "code": "broken"})
        elif job.scenario == Scenario.ENDLESS:
            self._say(200, {"state": "running", "progress": min(0.9, job.asked / 100)})
        elif job.asked < steps:
            self._say(200, {"state": "running", "progress": job.asked / steps})
        else:
            self._say(200, {"state": "done", "progress": 1.0})

    def _content(self, job: FarJob) -> None:
        job.fetched += 1
        content = _file(job.kind, job.seconds)
        match job.scenario:
            case Scenario.PRIVATE_REDIRECT:
                self._say(302, {}, {"Location": PRIVATE})
            case Scenario.TRUNCATED:
                self._send(content[: len(content) // 2], len(content))
                self.close_connection = True
            case Scenario.OVERSIZED:
                self._send(b"\0" * (LARGEST + 1), LARGEST + 1)
            case Scenario.WRONG_TYPE:
                page = b"<!doctype html><title>Sign in</title>"
                self._send(page, len(page))
            case _:
                self._send(content, len(content))

    def _send(self, content: bytes, length: int) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(length))
        self.end_headers()
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            self.wfile.write(content)

    def _say(self, status: int, body: dict[str, Any], headers: dict[str, str] | None = None) -> None:
        content = json.dumps(body).encode()
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Silent."""


_files: dict[tuple[str, float], bytes] = {}


def _file(kind: str, seconds: float) -> bytes:
    if (kind, seconds) not in _files:
        with TemporaryDirectory() as folder:
            if kind == "image":
                buffer = BytesIO()
                Image.linear_gradient("L").resize((180, 320)).convert("RGB").save(buffer, "PNG")
                _files[kind, seconds] = buffer.getvalue()
            else:
                path = Path(folder) / "clip.mp4"
                make_clip(path, moving, seconds=seconds)
                _files[kind, seconds] = path.read_bytes()
    return _files[kind, seconds]


@contextlib.contextmanager
def far_server() -> Iterator[FarServer]:
    """Runs one until the block ends."""
    far = FarServer()
    door = type("Door", (_Door,), {"far": far})
    server = ThreadingHTTPServer(("127.0.0.1", 0), door)
    server.daemon_threads = True
    far.address = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield far
    finally:
        server.shutdown()
        server.server_close()
        thread.join()

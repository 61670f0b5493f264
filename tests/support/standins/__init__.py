"""Servers that speak a model provider's protocol over a real socket, as its documentation describes it.

Each keeps jobs, writes down everything that it is asked, insists on the key, and plays what a test tells it
to: how a submit is answered, how many questions pass before a job is done, how it ends, and what its file
is.
"""

import ssl
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

import orjson

PIECE = 256
KEY = "sk-geheim-4f1c9a7e2b"


@dataclass
class Asked:
    """One request that came."""

    method: str
    path: str
    query: dict[str, list[str]]
    headers: dict[str, str]
    body: bytes

    @property
    def document(self) -> Any:
        return orjson.loads(self.body)


@dataclass
class Reply:
    """One answer.

    `cut` closes the connection instead; `missing` bytes are declared and never sent; `drip` seconds pass
    between pieces of the body.
    """

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    cut: bool = False
    missing: int = 0
    is_chunked: bool = False
    drip: float = 0.0


def document(content: object, status: int = 200, **headers: str) -> Reply:
    """An answer in JSON; `retry_after="7"` is the header Retry-After."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Reply(status, orjson.dumps(content), {"Content-Type": "application/json", **named})


CUT = Reply(cut=True)


@dataclass
class JobThere:
    """A job as the server knows it."""

    id: str
    told: dict[str, Any]
    asked: int = 0
    is_cancelled: bool = False


class StandIn:
    """What all of them share. A protocol overrides `answer` and `is_submit`."""

    needs_key_header = ("authorization", f"Bearer {KEY}")

    def __init__(self, clip: bytes, picture: bytes, *, tls: ssl.SSLContext | None = None) -> None:
        self.clip, self.picture = clip, picture
        self.asked: list[Asked] = []
        self.jobs: dict[str, JobThere] = {}
        # What a test tells it.
        self.steps = 0
        self.ending: Any = None
        self.submits: list[Reply] = []
        self.cuts_after_taking = False
        self.polls: list[Reply] = []
        self.file = Reply(200, clip, {"Content-Type": "video/mp4"})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        if tls:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    @property
    def port(self) -> int:
        return self._server.server_port

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)

    def answer(self, asked: Asked) -> Reply:
        """The protocol."""
        raise NotImplementedError

    def is_submit(self, asked: Asked) -> bool:
        """Whether a request costs money."""
        raise NotImplementedError

    @property
    def bought(self) -> int:
        """How many requests that cost money came."""
        return sum(map(self.is_submit, self.asked))

    def taken(self, told: dict[str, Any], identifier: str) -> JobThere:
        job = self.jobs[identifier] = JobThere(identifier, told)
        return job

    def submitted(self, made: Callable[[], Reply]) -> Reply:
        """Answers a submit: as the test says, or by making a job."""
        if self.submits:
            return self.submits.pop(0)
        reply = made()
        return CUT if self.cuts_after_taking else reply

    def reply_to(self, asked: Asked) -> Reply:
        self.asked.append(asked)
        if asked.path == "/files/picture.png":
            return Reply(200, self.picture, {"Content-Type": "image/png"})
        if asked.path.startswith("/files/"):
            return self.file
        name, value = self.needs_key_header
        if asked.headers.get(name) != value:
            return document({"error": {"message": "no such key"}, "detail": "no such key"}, 401)
        return self.answer(asked)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        stand_in = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def _any(self) -> None:
                parts = urlsplit(self.path)
                body = self.rfile.read(int(self.headers.get("content-length") or 0))
                headers = {name.lower(): value for name, value in self.headers.items()}
                asked = Asked(self.command, parts.path, parse_qs(parts.query), headers, body)
                reply = stand_in.reply_to(asked)
                if reply.cut:
                    self.close_connection = True
                    return
                self.send_response(reply.status)
                for name, value in reply.headers.items():
                    self.send_header(name, value)
                if reply.is_chunked:
                    self.send_header("Transfer-Encoding", "chunked")
                else:
                    self.send_header("Content-Length", str(len(reply.body) + reply.missing))
                self.end_headers()
                self._send(_chunks(reply.body) if reply.is_chunked else reply.body, reply.drip)
                if reply.missing:
                    self.close_connection = True

            def _send(self, body: bytes, drip: float) -> None:
                for start in range(0, len(body), PIECE if drip else len(body) or 1):
                    time.sleep(drip)
                    self.wfile.write(body[start : start + (PIECE if drip else len(body))])

            do_GET = do_POST = do_PUT = do_DELETE = _any

            def log_message(self, *_: object) -> None: ...

            def handle(self) -> None:
                try:
                    super().handle()
                except (ConnectionError, ssl.SSLError):
                    # The other side had enough of a body: that is what some stories are about.
                    self.close_connection = True

        return Handler


def _chunks(body: bytes) -> bytes:
    size = 16_384
    parts = [body[start : start + size] for start in range(0, len(body), size)]
    return b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"

"""HTTP as providers need it: every request sent exactly once, every answer capped, every fault told apart.

The question that decides about money is whether a request that failed may have arrived: `never_sent`
answers it for httpx and for the SDKs that are built on it.
"""

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import httpx
import orjson

from soho.providers.contract import ProviderError
from soho.providers.download import trust
from soho.providers.faults import Faults

MAX_ANSWER = 8 * 1024 * 1024
ASK_SECONDS = 20.0
SUBMIT_SECONDS = 60.0
CONNECT_SECONDS = 10.0

_BEFORE_SENDING = frozenset({"ConnectError", "ConnectTimeout", "PoolTimeout", "UnsupportedProtocol"})

T = TypeVar("T")


class TooLarge(Exception):
    """An answer is larger than anything that was asked for."""


class Counting:
    """The body of an answer, which ends in TooLarge when it passes `most` bytes."""

    def __init__(self, body: Any, most: int) -> None:
        self._body = body
        self._most = most

    def __iter__(self) -> Iterator[bytes]:
        received = 0
        for chunk in self._body:
            received += len(chunk)
            if received > self._most:
                raise TooLarge(f"an answer of more than {self._most:,} bytes")
            yield chunk

    def close(self) -> None:
        """Closes what it reads from."""
        self._body.close()


class Counted(Counting, httpx.SyncByteStream):
    """The same, for httpx."""


def capped(stream: Callable[[Any, int], Any], most: int) -> dict[str, list[Callable[[Any], None]]]:
    """Event hooks for a client (of httpx, or of one like it) that let no body grow past `most` bytes."""

    def cap(answer: Any) -> None:
        length = answer.headers.get("content-length", "")
        if length.isdecimal() and int(length) > most:
            raise TooLarge(f"an answer of {int(length):,} bytes; at most {most:,} are taken")
        answer.stream = stream(answer.stream, most)

    return {"response": [cap]}


class PerProcess(Generic[T]):
    """Something with open connections, made at its first use in each process: a fork must not share them."""

    def __init__(self, make: Callable[[], T]) -> None:
        self._make = make
        self._made: dict[int, T] = {}

    def __call__(self) -> T:
        found = self._made.get(os.getpid())
        if found is None:
            found = self._made[os.getpid()] = self._make()
        return found


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server answered."""

    status: int
    headers: httpx.Headers
    body: bytes

    @property
    def document(self) -> dict[str, Any]:
        """The body as a JSON object; an empty one when it is none."""
        try:
            found = orjson.loads(self.body)
        except orjson.JSONDecodeError:
            return {}
        return found if isinstance(found, dict) else {}


class Wire:
    """Speaks JSON with one server. `headers` carry the key: give it only addresses of that server."""

    def __init__(self, faults: Faults, headers: Mapping[str, str]) -> None:
        self._faults = faults
        self._client = PerProcess(
            lambda: httpx.Client(
                verify=trust(),
                headers={**headers, "Accept-Encoding": "identity"},
                timeout=httpx.Timeout(ASK_SECONDS, connect=CONNECT_SECONDS),
                event_hooks=capped(Counted, MAX_ANSWER),
                follow_redirects=False,
            )
        )

    def ask(self, method: str, url: str, **more: Any) -> Answer:
        """Sends a question that costs nothing. Raises `provider_down`."""
        return self._send(method, url, submitting=False, **more)

    def submit(self, url: str, document: Mapping[str, object], headers: Mapping[str, str]) -> Answer:
        """Sends something that costs money, once.

        Raises `provider_down` when it certainly did not arrive, `unknown_outcome` when it may have.
        """
        return self._send(
            "POST",
            url,
            submitting=True,
            content=orjson.dumps(document),
            headers={**headers, "Content-Type": "application/json"},
            timeout=httpx.Timeout(SUBMIT_SECONDS, connect=CONNECT_SECONDS),
        )

    def _send(self, method: str, url: str, *, submitting: bool, **more: Any) -> Answer:
        try:
            answer = self._client().request(method, url, **more)
        except (httpx.HTTPError, httpx.InvalidURL, TooLarge) as error:
            raise of_connection(self._faults, error, submitting=submitting) from error
        return Answer(answer.status_code, answer.headers, answer.content)


def of_connection(faults: Faults, error: BaseException, *, submitting: bool) -> ProviderError:
    """What it means that no answer came, or none that can be read."""
    said = " < ".join(type(one).__name__ for one in chain(error))
    if submitting and not never_sent(error):
        return faults.unknown_outcome(said)
    if any(isinstance(one, TooLarge) for one in chain(error)):
        return faults.bad_output(f"{said}: {error}", retriable=False)
    return faults.down(said)


def never_sent(error: BaseException) -> bool:
    """Whether a request failed before any of it was sent, so that it certainly bought nothing."""
    return any(type(one).__name__ in _BEFORE_SENDING for one in chain(error))


def chain(error: BaseException) -> Iterator[BaseException]:
    """An error and those that caused it, nearest first."""
    seen: BaseException | None = error
    for _ in range(10):
        if seen is None:
            return
        yield seen
        seen = seen.__cause__ or seen.__context__

"""Brings the result of a provider's job here, trusting neither the address nor the body.

An address comes from somebody else's answer, so it is fetched only if its host is one that the provider
declares and every address that the host resolves to is public; the connection goes to an address that was
checked (a second look-up could answer otherwise), and each redirect is judged the same way. Only HTTPS;
only the operator's own server, named by its origin, may be private and speak plain HTTP. No cookies, no
proxies, and a credential goes to the one origin it belongs to. A body is capped in size and time, must
arrive whole, and is what its bytes say it is.
"""

import ipaddress
import socket
import ssl
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import BinaryIO, Literal

import httpx

from soho.media.container import recognise
from soho.media.errors import MediaError
from soho.providers.contract import Kind

MAX_BYTES = 512 * 1024 * 1024
MAX_SECONDS = 300.0
MAX_REDIRECTS = 5
MAX_URL = 8_192
TRIES = 3
CONNECT_SECONDS = 10.0
SILENCE_SECONDS = 20.0
PORTS = {"https": 443, "http": 80}
SUFFIXES = {"mp4": ".mp4", "webm": ".webm", "png": ".png", "jpeg": ".jpg", "webp": ".webp"}

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Reason = Literal["refused", "gone", "too_large", "too_slow", "truncated", "wrong_type", "unreachable"]

_V4_SPECIAL = tuple(map(ipaddress.ip_network, ("192.0.0.0/24", "192.88.99.0/24")))
_V6_UNICAST = ipaddress.IPv6Network("2000::/3")
_V6_SPECIAL = tuple(map(ipaddress.ip_network, ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")))


class DownloadError(Exception):
    """A result that did not come.

    `reason`: `refused` (an address that is never fetched), `gone` (the server has it no more), `too_large`,
    `too_slow`, `truncated`, `wrong_type`, `unreachable` (may work later). Never holds the address's query,
    which may be signed.
    """

    def __init__(self, reason: Reason, what: str) -> None:
        super().__init__(f"result {reason}: {what}")
        self.reason: Reason = reason


@dataclass(frozen=True, slots=True)
class Source:
    """Where results may come from.

    `hosts`: names, exact (`cdn.example`) or with all below them (`.example`). `own`: the origin of a server
    that the operator named, such as `http://10.0.0.5:8000`; it alone may be private. `credentials`: headers
    for `credentials_for` (an origin) and nobody else.
    """

    hosts: tuple[str, ...] = ()
    own: str = ""
    credentials: Mapping[str, str] = field(default_factory=dict, repr=False)
    credentials_for: str = ""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one result may take, redirects and second tries included."""

    max_bytes: int = MAX_BYTES
    max_seconds: float = MAX_SECONDS


Resolve = Callable[[str, int], list[str]]


def resolve(host: str, port: int) -> list[str]:
    """Every address of `host`, in the system's order of preference. Raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(where[0]) for *_, where in found))


def is_public(address: Address) -> bool:
    """Whether an address belongs to the public Internet, whatever wraps it.

    Not public: private, loopback, link-local, shared (CGNAT), documentation, benchmark, multicast and
    reserved ranges (IANA's special-purpose registries), and IPv6 forms that carry an IPv4 address to
    somewhere else (6to4, Teredo, NAT64). An IPv4-mapped address is judged as the IPv4 address it is.
    """
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return is_public(address.ipv4_mapped)
        return address in _V6_UNICAST and not any(address in net for net in _V6_SPECIAL)
    special = address.is_multicast or address.is_reserved or any(address in net for net in _V4_SPECIAL)
    return address.is_global and not special


def origin(url: str | httpx.URL) -> str:
    """Scheme, host and port of an address, in one spelling."""
    parsed = httpx.URL(url)
    host = parsed.raw_host.decode("ascii").lower().rstrip(".")
    port = parsed.port or PORTS.get(parsed.scheme, 0)
    return f"{parsed.scheme}://{f'[{host}]' if ':' in host else host}:{port}"


class Downloader:
    """Fetches results from one source. `resolve`, `is_public`, `tls` and `port` differ only in tests."""

    def __init__(
        self,
        source: Source,
        limits: Limits | None = None,
        *,
        resolve: Resolve = resolve,
        is_public: Callable[[Address], bool] = is_public,
        tls: ssl.SSLContext | None = None,
        port: int = 443,
    ) -> None:
        self.source = source
        self.limits = limits or Limits()
        self._resolve = resolve
        self._is_public = is_public
        self._tls = tls
        self._port = port

    def fetch(self, url: str, folder: Path, kind: Kind, name: str = "result") -> Path:
        """Brings `url` into `folder` and returns the file, named for what its bytes are.

        Tries again, within the same time, what may be a passing fault. Raises DownloadError, and leaves no
        file behind then.
        """
        until = time.monotonic() + self.limits.max_seconds
        part = folder / f"{name}.part"
        try:
            for left in reversed(range(TRIES)):
                try:
                    self._fetch_once(url, part, until)
                    break
                except DownloadError as error:
                    if not left or error.reason not in {"truncated", "unreachable"}:
                        raise
                    time.sleep(min(0.5, max(0.0, until - time.monotonic())))
            return settled(part, kind)
        finally:
            with suppress(FileNotFoundError):
                part.unlink()

    def _fetch_once(self, url: str, part: Path, until: float) -> None:
        here = self._parsed(url)
        for _ in range(MAX_REDIRECTS + 1):
            with self._asked(here, until) as answer:
                if answer.has_redirect_location:
                    here = self._next(here, answer)
                    continue
                _judge(answer)
                with part.open("wb") as file:
                    self._stream(answer, file, until)
                return
        raise DownloadError("refused", f"more than {MAX_REDIRECTS} redirects")

    def _parsed(self, url: str | httpx.URL) -> httpx.URL:
        if len(str(url)) > MAX_URL:
            raise DownloadError("refused", "its address is too long")
        try:
            parsed = httpx.URL(url)
            origin(parsed)
        except (httpx.InvalidURL, UnicodeError, ValueError) as error:
            raise DownloadError("refused", "its address is no address") from error
        if parsed.userinfo:
            raise DownloadError("refused", "its address carries a user name")
        return parsed

    def _next(self, here: httpx.URL, answer: httpx.Response) -> httpx.URL:
        try:
            return self._parsed(here.join(answer.headers["location"]))
        except (httpx.InvalidURL, UnicodeError, ValueError) as error:
            raise DownloadError("refused", "it redirects to something that is no address") from error

    def _permitted(self, url: httpx.URL) -> str:
        """The address to connect to. Raises DownloadError."""
        host = url.raw_host.decode("ascii").lower().rstrip(".")
        port = url.port or PORTS.get(url.scheme, 0)
        own = bool(self.source.own) and origin(url) == origin(self.source.own)
        if not own:
            if url.scheme != "https" or port != self._port:
                raise DownloadError("refused", f"{origin(url)} is not HTTPS on its own port")
            if not any(_named(host, pattern) for pattern in self.source.hosts):
                raise DownloadError("refused", f"{host!r} is no host of this provider")
        try:
            found = self._resolve(host, port)
            addresses = [ipaddress.ip_address(one) for one in found]
        except (OSError, UnicodeError) as error:
            raise DownloadError("unreachable", f"{host!r} cannot be looked up") from error
        except ValueError as error:
            raise DownloadError("refused", f"{host!r} has an address of no known form") from error
        if not addresses:
            raise DownloadError("unreachable", f"{host!r} has no address")
        if not own and not all(map(self._is_public, addresses)):
            raise DownloadError("refused", f"{host!r} leads to an address that is not public")
        return str(addresses[0])

    @contextmanager
    def _asked(self, url: httpx.URL, until: float) -> Iterator[httpx.Response]:
        address = self._permitted(url)
        left = until - time.monotonic()
        if left <= 0:
            raise DownloadError("too_slow", f"not here after {self.limits.max_seconds:.0f} s")
        headers = {"Host": url.netloc.decode("ascii"), "Accept": "*/*", "Accept-Encoding": "identity"}
        if self.source.credentials_for and origin(url) == origin(self.source.credentials_for):
            headers.update(self.source.credentials)
        timeout = httpx.Timeout(min(SILENCE_SECONDS, left), connect=min(CONNECT_SECONDS, left))
        # A new client each time: nothing is carried from one host to the next.
        with httpx.Client(
            verify=self._tls or trust(), trust_env=False, follow_redirects=False, timeout=timeout
        ) as client:
            request = client.build_request(
                "GET",
                url.copy_with(host=address, fragment=None),
                headers=headers,
                extensions={"sni_hostname": url.raw_host.decode("ascii")},
            )
            try:
                answer = client.send(request, stream=True)
                try:
                    yield answer
                finally:
                    answer.close()
            except httpx.RemoteProtocolError as error:
                raise DownloadError("truncated", "the connection ended in the middle") from error
            except httpx.TransportError as error:
                raise DownloadError(
                    "unreachable", f"{origin(url)} does not answer ({type(error).__name__})"
                ) from error

    def _stream(self, answer: httpx.Response, file: BinaryIO, until: float) -> None:
        length = answer.headers.get("content-length", "")
        declared = int(length) if length.isdecimal() else None
        most = self.limits.max_bytes
        if declared is not None and declared > most:
            raise DownloadError("too_large", f"{declared:,} bytes; at most {most:,} are taken")
        received = 0
        for chunk in answer.iter_raw():
            received += len(chunk)
            if received > most:
                raise DownloadError("too_large", f"more than {most:,} bytes")
            if time.monotonic() > until:
                raise DownloadError("too_slow", f"not here after {self.limits.max_seconds:.0f} s")
            file.write(chunk)
        if declared is not None and received != declared:
            raise DownloadError("truncated", f"{received:,} of {declared:,} bytes")


def settled(part: Path, kind: Kind) -> Path:
    """Names a file by what its bytes are. Raises DownloadError: `wrong_type` unless it is a `kind`."""
    try:
        found = recognise(part)
    except MediaError as error:
        raise DownloadError("wrong_type", "its bytes are neither a video nor an image") from error
    if (found in {"mp4", "webm"}) != (kind == "video"):
        raise DownloadError("wrong_type", f"its bytes are {found}, asked for was {kind}")
    return part.rename(part.with_suffix(SUFFIXES[found]))


def kept(body: bytes, folder: Path, kind: Kind, name: str = "result") -> Path:
    """Writes a result that came inside an answer to `folder`. Raises DownloadError."""
    part = folder / f"{name}.part"
    part.write_bytes(body)
    try:
        return settled(part, kind)
    finally:
        with suppress(FileNotFoundError):
            part.unlink()


def _judge(answer: httpx.Response) -> None:
    status = answer.status_code
    if status in {404, 410, 403, 401}:
        raise DownloadError("gone", f"HTTP {status}")
    if status >= 500 or status in {408, 425, 429}:
        raise DownloadError("unreachable", f"HTTP {status}")
    if status != 200:
        raise DownloadError("refused", f"HTTP {status}")
    if answer.headers.get("content-encoding", "identity").strip().lower() not in {"", "identity"}:
        raise DownloadError("refused", "it is packed, though that was not asked for")


def _named(host: str, pattern: str) -> bool:
    return host == pattern or (pattern.startswith(".") and host.endswith(pattern))


@cache
def trust() -> ssl.SSLContext:
    """The authorities that are trusted, read once."""
    return httpx.create_ssl_context()

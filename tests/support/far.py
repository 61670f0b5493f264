"""A provider for rehearsals that buys from tests/support/far_server.py over a real socket.

It is configured as any other: a table of soho.toml whose kind is this module.
"""

from pathlib import Path
from typing import Any

import httpx

from soho.providers.configuration import ProviderConfig
from soho.providers.contract import Health, Job, ModelInfo, ProviderError
from soho.providers.remote import RemoteProvider, Report
from tests.support.far_server import LARGEST

DEFAULT = ModelInfo(
    name="far",
    title="Far away",
    description="Buys from a server of the tests.",
    kinds=("image", "video"),
    seconds=(2.0, 4.0),
)


class Far:
    """The server at `address`, asked every `pause` seconds."""

    def __init__(self, config: ProviderConfig) -> None:
        self.name = config.name
        self._address = config.address
        self._headers = {"Authorization": f"Bearer {config.key}"}
        self._config = config
        self._pause = config.options.decimal("pause", 0.05)
        self._models = tuple(one.info(DEFAULT) for one in config.models) or (DEFAULT,)

    def models(self) -> tuple[ModelInfo, ...]:
        return self._models

    def health(self, model: str) -> Health:
        if not self._config.key:
            return Health(ok=False, sentence=self._config.no_key)
        try:
            self._ask("GET", "/health")
        except ProviderError as error:
            return Health(ok=False, sentence=error.detail)
        return Health(ok=True)

    def submit(self, job: Job) -> str:
        asked = {"key": job.key, "kind": job.kind, "seconds": job.seconds}
        try:
            found: str = self._ask("POST", "/jobs", asked)["id"]
        except httpx.ConnectError as error:
            raise _down("nothing listens") from error
        except httpx.TransportError as error:
            raise ProviderError("unknown_outcome", "lost", retriable=False, detail="cut") from error
        return found

    def find(self, job: Job) -> str | None:
        found: str | None = self._ask("GET", f"/jobs?key={job.key}")["id"]
        return found

    def poll(self, job: Job, reference: str) -> Report:
        told = self._ask("GET", f"/jobs/{reference}")
        if told["state"] == "failed":
            raise _bad(told["code"])
        return Report(done=told["state"] == "done", fraction=told["progress"], again_in=self._pause)

    def cancel(self, job: Job, reference: str) -> None:
        self._ask("POST", f"/jobs/{reference}/cancel")

    def fetch(self, job: Job, reference: str, workspace: Path) -> Path:
        path = workspace / ("result.png" if job.kind == "image" else "result.mp4")
        try:
            with (
                httpx.stream(
                    "GET", f"{self._address}/jobs/{reference}/content", headers=self._headers
                ) as answer,
                path.open("wb") as file,
            ):
                if answer.status_code != 200:
                    raise _bad(f"HTTP {answer.status_code} in place of the result")
                for chunk in answer.iter_bytes():
                    file.write(chunk)
                    if file.tell() > LARGEST:
                        raise _bad("too large")
        except (httpx.TransportError, ProviderError) as error:
            path.unlink()
            raise error if isinstance(error, ProviderError) else _bad("cut off") from error
        if path.read_bytes()[:9].lower() == b"<!doctype":
            path.unlink()
            raise _bad("a page")
        return path

    def _ask(self, verb: str, path: str, body: Any = None) -> Any:
        try:
            answer = httpx.request(verb, self._address + path, json=body, headers=self._headers, timeout=5)
        except httpx.TransportError as error:
            if verb == "POST" and path == "/jobs":
                raise
            raise _down("does not answer") from error
        if answer.status_code == 200:
            return answer.json()
        raise _meaning(answer)


def _meaning(answer: httpx.Response) -> ProviderError:
    said = answer.json().get("error", "")
    match answer.status_code:
        case 400:
            return ProviderError("moderated", "The far server says no.", retriable=False)
        case 401:
            return ProviderError("unavailable", "Not now.", retriable=False, detail="the key is refused")
        case 422:
            return ProviderError("invalid_request", "Not like this.", retriable=False)
        case 429:
            wait = float(answer.headers["Retry-After"])
            return ProviderError("rate_limited", "Too much at once.", retriable=True, retry_after=wait)
        case 501:
            return ProviderError("unknown_outcome", "Nobody knows.", retriable=False)
    return _down(f"HTTP {answer.status_code}: {said}")


def _down(detail: str) -> ProviderError:
    return ProviderError("provider_down", "The far server is down.", retriable=True, detail=detail)


def _bad(detail: str) -> ProviderError:
    return ProviderError("bad_output", "The far server sent something else.", retriable=True, detail=detail)


def make(config: ProviderConfig) -> RemoteProvider:
    """See soho.providers.configuration."""
    return RemoteProvider(Far(config))

"""The `google-genai` SDK, with what it does by itself turned off: retries, continuations, redirects.

By default it sends an interaction that is answered with 503 five times.
"""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
from google import genai
from google.auth import exceptions as auth
from google.auth.credentials import Credentials
from google.genai import errors, types
from google.genai._interactions import APIError as InteractionError

from soho.providers import wire
from soho.providers.contract import Health, ProviderError
from soho.providers.download import trust
from soho.providers.faults import Faults, reads_as_refusal

MAX_ANSWER = 256 * 1024 * 1024
"""A video that comes inside an answer, in Base64."""

_DELAY = re.compile(r"retryDelay\W+(\d+(?:\.\d+)?)s")
_UNPAID = re.compile(r"(?i)billing|PerDay|prepa(?:y|id)|spend")


class Client:
    """Google by one key (the Developer API), or by one project's credentials (Vertex)."""

    def __init__(
        self,
        faults: Faults,
        *,
        key: str = "",
        project: str = "",
        location: str = "",
        credentials: Credentials | None = None,
        base_url: str = "",
    ) -> None:
        self.faults = faults
        self.is_vertex = bool(project)
        self.base_url = base_url.rstrip("/") or (
            "" if self.is_vertex else "https://generativelanguage.googleapis.com"
        )
        self.credentials = {"x-goog-api-key": key} if key and not self.is_vertex else {}
        self._sdk = wire.PerProcess(lambda: self._made(key, project, location, credentials))

    def __repr__(self) -> str:
        return f"Client({self.base_url or 'Vertex'!r})"

    @property
    def sdk(self) -> genai.Client:
        """The SDK's client of this process."""
        return self._sdk()

    def _made(self, key: str, project: str, location: str, credentials: Credentials | None) -> genai.Client:
        options = types.HttpOptions(
            base_url=self.base_url or None,
            timeout=int(wire.ASK_SECONDS * 1000),
            retry_options=types.HttpRetryOptions(attempts=1),
            httpx_client=httpx.Client(
                verify=trust(),
                timeout=httpx.Timeout(wire.ASK_SECONDS, connect=wire.CONNECT_SECONDS),
                event_hooks=wire.capped(wire.Counted, MAX_ANSWER),
                follow_redirects=False,
            ),
        )
        if self.is_vertex:
            return genai.Client(
                vertexai=True,
                project=project,
                location=location or "us-central1",
                credentials=credentials,
                http_options=options,
            )
        return genai.Client(vertexai=False, api_key=key or "none", http_options=options)

    @contextmanager
    def asking(self, prompt: str = "", *, submitting: bool = False) -> Iterator[None]:
        """Turns what the SDK raises into ProviderError, and leaves the SDK's own error behind:

        its text is what the server said, which may repeat the key.
        """
        try:
            yield
        except errors.APIError as error:
            headers = getattr(error.response, "headers", None) or {}
            raise self._of(error.code, error.details, headers, prompt, submitting) from None
        except InteractionError as error:
            if error.status_code is None:
                raise wire.of_connection(self.faults, error, submitting=submitting) from None
            response = getattr(error, "response", None)
            headers = getattr(response, "headers", None) or {}
            raise self._of(error.status_code, error.body, headers, prompt, submitting) from None
        except auth.TransportError as error:
            raise self.faults.down(f"Google's sign-in does not answer ({type(error).__name__})") from None
        except auth.GoogleAuthError as error:
            raise self.faults.unavailable(f"Google's sign-in refuses: {error}") from None
        except (httpx.HTTPError, wire.TooLarge) as error:
            raise wire.of_connection(self.faults, error, submitting=submitting) from None
        except (ValueError, TypeError, AttributeError) as error:
            said = (
                f"an answer that cannot be read ({type(error).__name__}: {self.faults.clean(error, prompt)})"
            )
            if submitting:
                raise self.faults.unknown_outcome(said) from None
            raise self.faults.down(said) from None

    def _of(self, status: int, body: object, headers: Any, prompt: str, submitting: bool) -> ProviderError:
        said = _message(body)
        whole = body if isinstance(body, str) else json.dumps(body, default=str)
        if status == 200:
            # The SDK found no way to read a success.
            return self.faults.unknown_outcome(said) if submitting else self.faults.down(said)
        if status == 429:
            if _UNPAID.search(whole):
                return self.faults.quota_exhausted(said)
            delay = _DELAY.search(whole)
            headers = {"retry-after": delay[1]} if delay else headers
        if status == 400 and "API_KEY_INVALID" in whole:
            return self.faults.unavailable(said)
        return self.faults.of_status(status, said, headers, prompt=prompt, submitting=submitting)

    def of_failed(self, code: object, message: object, prompt: str) -> ProviderError:
        """What the error of a job means (google.rpc.Status, or a name for its code).

        Never `provider_down` or `rate_limited`: of a question, those say to ask again.
        """
        said = f"{code or ''} {message or ''}".strip()
        name = str(code).lower()
        if reads_as_refusal(said):
            return self.faults.moderated(said, prompt)
        if name in {"3", "9", "11", "invalid_argument", "failed_precondition", "out_of_range"}:
            return self.faults.invalid_request(said, prompt)
        if name in {"4", "1", "deadline_exceeded", "cancelled"}:
            return self.faults.timed_out(said)
        if name in {"5", "7", "16", "not_found", "permission_denied", "unauthenticated"}:
            return self.faults.unavailable(said)
        return self.faults.bad_output(said or "failed, and does not say why", prompt)

    def health(self, remote: str) -> Health:
        """Whether the key or the credentials work and the model is there: its description, which is free."""
        try:
            with self.asking():
                self.sdk.models.get(model=remote)
        except ProviderError as error:
            title = self.faults.title
            if error.code == "unavailable":
                return Health(False, f"{title} refuses the key or knows no {remote!r} ({error.detail}).")
            return Health(False, f"{title} is of no use just now ({error.detail or error.code}).")
        return Health(True)


def _message(body: object) -> str:
    found = body[0] if isinstance(body, list) and body else body
    if isinstance(found, dict):
        inner = found.get("error", found)
        if isinstance(inner, dict):
            return f"{inner.get('status') or ''} {inner.get('message') or ''}".strip()
    return str(found or "")

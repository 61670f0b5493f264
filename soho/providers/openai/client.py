"""The `openai` SDK, with what it does by itself turned off: retries, redirects, keys from the environment."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx2
import openai

from soho.providers import wire
from soho.providers.contract import Health, ProviderError
from soho.providers.download import trust
from soho.providers.faults import Faults, reads_as_refusal, retry_after

MAX_ANSWER = 96 * 1024 * 1024
"""An image of 4K as PNG in Base64, and room."""

_QUOTA = frozenset({"insufficient_quota", "billing_hard_limit_reached", "billing_not_active"})
_REFUSED = frozenset(
    {"moderation_blocked", "content_policy_violation", "content_filter", "image_content_policy"}
)


class Counted(wire.Counting, httpx2.SyncByteStream):
    """A body that may not grow too large, for the SDK's own HTTP library."""


class Client:
    """One server that speaks the OpenAI protocol."""

    def __init__(self, faults: Faults, *, base_url: str, key: str) -> None:
        self.faults = faults
        self.base_url = base_url.rstrip("/")
        self._sdk = wire.PerProcess(lambda: self._made(key))
        # What the guarded download sends to this server, and to no other.
        self.credentials = {"Authorization": f"Bearer {key}"} if key else {}

    def __repr__(self) -> str:
        return f"Client({self.base_url!r})"

    @property
    def sdk(self) -> openai.OpenAI:
        """The SDK's client of this process."""
        return self._sdk()

    def _made(self, key: str) -> openai.OpenAI:
        return openai.OpenAI(
            # The SDK insists on a key; a server without keys ignores this one.
            api_key=key or "none",
            organization="",
            project="",
            base_url=self.base_url,
            max_retries=0,
            http_client=httpx2.Client(
                verify=trust(),
                timeout=httpx2.Timeout(wire.ASK_SECONDS, connect=wire.CONNECT_SECONDS),
                event_hooks=wire.capped(Counted, MAX_ANSWER),
                follow_redirects=False,
            ),
        )

    @contextmanager
    def asking(self, prompt: str = "", *, submitting: bool = False) -> Iterator[None]:
        """Turns what the SDK raises into ProviderError, and leaves the SDK's own error behind:

        its text is what the server said, which may repeat the key.
        """
        try:
            yield
        except openai.APIStatusError as error:
            raise self._of_status(error, prompt, submitting=submitting) from None
        except openai.APIResponseValidationError as error:
            raise self._unreadable(error, submitting=submitting) from None
        except openai.OpenAIError as error:
            raise wire.of_connection(self.faults, error, submitting=submitting) from None
        except (ValueError, TypeError, AttributeError) as error:
            # An answer of another shape than the SDK expects of an API it was made for.
            raise self._unreadable(error, submitting=submitting) from None

    def _unreadable(self, error: Exception, *, submitting: bool) -> ProviderError:
        said = f"an answer that cannot be read ({type(error).__name__})"
        return self.faults.unknown_outcome(said) if submitting else self.faults.down(said)

    def _of_status(self, error: openai.APIStatusError, prompt: str, *, submitting: bool) -> ProviderError:
        code, said = str(error.code or ""), _message(error)
        if code in _REFUSED:
            return self.faults.moderated(f"{code}: {said}", prompt)
        if code in _QUOTA:
            return self.faults.quota_exhausted(f"{code}: {said}")
        if code == "rate_limit_exceeded" and error.status_code == 429:
            return self.faults.rate_limited(said, retry_after(error.response.headers))
        return self.faults.of_status(
            error.status_code,
            f"{code} {said}".strip(),
            error.response.headers,
            prompt=prompt,
            submitting=submitting,
        )

    def of_failed(self, code: object, message: object, prompt: str) -> ProviderError:
        """What it means that a job ended as failed.

        Never `provider_down` or `rate_limited`: of a question, those say to ask again.
        """
        said = f"{code or ''} {message or ''}".strip()
        if code in _REFUSED or reads_as_refusal(said):
            return self.faults.moderated(said, prompt)
        if code in _QUOTA:
            return self.faults.quota_exhausted(said)
        return self.faults.bad_output(said or "failed, and does not say why", prompt)

    def health(self, remote: str) -> Health:
        """Whether the key works and the server knows the model: its list of models, which is free."""
        title = self.faults.title
        try:
            with self.asking():
                names = [one.id for one in self.sdk.models.list().data]
        except ProviderError as error:
            return Health(False, _sentence(title, self.base_url, error))
        if remote and names and remote not in names:
            return Health(False, f"{title} at {self.base_url} does not know the model {remote!r}.")
        return Health(True)


def _message(error: openai.APIStatusError) -> str:
    body: Any = error.body
    if isinstance(body, dict):
        return str(body.get("message") or body.get("detail") or body)
    return str(body or "")


def _sentence(title: str, address: str, error: ProviderError) -> str:
    if error.code == "unavailable":
        return f"{title} at {address} refuses the key, or has no list of models: check both ({error.detail})."
    if error.code == "provider_down":
        return f"{title} at {address} does not answer: start it, or check the address ({error.detail})."
    return f"{title} at {address} is of no use just now: {error.detail or error.code}."

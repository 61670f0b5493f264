"""What can go wrong at somebody else's server, said once for all providers:

a stable code, a sentence for the person who waits (what happened, whose fault it was not, what it cost,
what to do), and a line for the operator that holds neither keys nor prompts.
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from soho.providers.contract import ProviderError
from soho.providers.download import DownloadError

DETAIL_CHARS = 400
WHILE_SUBMITTING = frozenset({408, 502, 504, 522, 524})
"""Answers of something in front of the server, which does not know what the server did with the request."""

_AGAIN = "Your tokens are safe; try again, it costs nothing more."
_BACK = "Delete this to get your tokens back"
_BEARERS = re.compile(r"(?i)\b(ya29\.[\w.-]+|(?:bearer|key|token)\s+[\w.:+/=-]{8,})")
# Not every violation is one of content: processes die of access violations, and rows of constraints.
_REFUSALS = re.compile(
    r"(?i)moderat(?:ed|ion)|content[ _-]?(?:policy|filter)|\bsafety\b|\bunsafe (?:content|prompt)|nsfw|"
    r"as sensitive|sensitive (?:content|words|information)|prohibited|responsible ai|\brai\b|"
    r"usage (?:guidelines|polic)|violates our|violat\w* (?:of )?(?:the|its|google|openai)\b.*polic|\bE005\b"
)


class Faults:
    """Makes the errors of one provider. `title` is its name as people know it; `secrets` never get out."""

    def __init__(self, title: str, *secrets: str) -> None:
        self.title = title
        self._secrets = tuple(secret for secret in secrets if secret)

    def __repr__(self) -> str:
        return f"Faults({self.title!r})"

    def clean(self, text: object, prompt: str = "") -> str:
        """`text` on one short line, without keys and without the prompt."""
        line = " ".join(str(text).split())
        for secret in self._secrets:
            line = line.replace(secret, "[key]")
        if prompt := " ".join(prompt.split()):
            line = line.replace(prompt, "[prompt]")
        return _BEARERS.sub("[key]", line)[:DETAIL_CHARS]

    def moderated(self, detail: object = "", prompt: str = "") -> ProviderError:
        """The provider declined for what the prompt asks, or for what came of it."""
        return ProviderError(
            "moderated",
            f"{self.title} declined this under its own content rules. Nothing is broken, and you are charged "
            f"nothing. {_BACK}, and try other words.",
            retriable=False,
            detail=self.clean(detail, prompt),
        )

    def rate_limited(self, detail: object = "", retry_after: float | None = None) -> ProviderError:
        """Too much at once; nothing was bought."""
        return ProviderError(
            "rate_limited",
            f"{self.title} takes no more work from this site just now. It has nothing to do with your "
            f"prompt. {_AGAIN}",
            retriable=True,
            detail=self.clean(detail),
            retry_after=retry_after,
        )

    def quota_exhausted(self, detail: object = "") -> ProviderError:
        """The operator's account is empty or over its limit."""
        return ProviderError(
            "quota_exhausted",
            f"This site's account at {self.title} is used up. It has nothing to do with your prompt or your "
            f"tokens, and only the operator can top it up. {_BACK}, or choose another model.",
            retriable=False,
            detail=self.clean(detail),
        )

    def invalid_request(self, detail: object = "", prompt: str = "") -> ProviderError:
        """The provider understood the request and will not have it."""
        return ProviderError(
            "invalid_request",
            f"{self.title} does not take this prompt in this shape and length. Nothing was made and you are "
            f"charged nothing. {_BACK}, and try a shorter prompt or other settings.",
            retriable=False,
            detail=self.clean(detail, prompt),
        )

    def unavailable(self, detail: object = "") -> ProviderError:
        """Something that only the operator can mend: a key, a permission, a model's name."""
        return ProviderError(
            "unavailable",
            f"{self.title} does not let this site use the model at present. It is not your doing, and only "
            f"the operator can mend it. {_BACK}, or choose another model.",
            retriable=False,
            detail=self.clean(detail),
        )

    def down(self, detail: object = "", *, job_lives: bool = False) -> ProviderError:
        """It does not answer, or says that it is broken."""
        return ProviderError(
            "provider_down",
            f"{self.title} is out of order or out of reach just now. It has nothing to do with your prompt. "
            f"{_AGAIN}",
            retriable=True,
            detail=self.clean(detail),
            job_lives=job_lives,
        )

    def timed_out(self, detail: object = "") -> ProviderError:
        """It was stopped before it was done, by a deadline or by somebody else."""
        return ProviderError(
            "timed_out",
            f"{self.title} stopped this before it was done. It has nothing to do with your prompt. {_AGAIN}",
            retriable=True,
            detail=self.clean(detail),
        )

    def bad_output(
        self, detail: object = "", prompt: str = "", *, retriable: bool = True, job_lives: bool = False
    ) -> ProviderError:
        """It ended without something that can be used."""
        return ProviderError(
            "bad_output",
            f"{self.title} could not finish this, or gave back something that cannot be used. You are "
            f"charged nothing for it. {_AGAIN if retriable else _BACK + ', or choose another model.'}",
            retriable=retriable,
            detail=self.clean(detail, prompt),
            job_lives=job_lives,
        )

    def unknown_outcome(self, detail: object = "") -> ProviderError:
        """A request that costs money was sent, and nobody can tell whether it arrived."""
        return ProviderError(
            "unknown_outcome",
            f"The connection to {self.title} broke off while the work was handed over, and it cannot tell "
            "whether it began. So that nothing is bought twice, this ends here. Your tokens are safe; start "
            "it again if you like, it costs you nothing more.",
            retriable=False,
            detail=self.clean(detail),
        )

    def of_status(
        self,
        status: int,
        text: object,
        headers: Mapping[str, str],
        *,
        prompt: str = "",
        submitting: bool = False,
    ) -> ProviderError:
        """What an HTTP answer that is no success means; `text` is what its body says."""
        said = f"HTTP {status}: {text}"
        if submitting and status in WHILE_SUBMITTING:
            return self.unknown_outcome(said)
        if status == 429:
            return self.rate_limited(said, retry_after(headers))
        if status == 402:
            return self.quota_exhausted(said)
        if status < 400 or status in {401, 403, 404, 405}:
            return self.unavailable(said)
        if status >= 500 or status in {408, 409, 425}:
            return self.down(said)
        if reads_as_refusal(text):
            return self.moderated(said, prompt)
        return self.invalid_request(said, prompt)

    @contextmanager
    def fetching(self) -> Iterator[None]:
        """Marks what fails in here as a question that failed: the job is done, and its result still there."""
        try:
            yield
        except ProviderError as error:
            error.job_lives = error.job_lives or error.code in {"provider_down", "rate_limited"}
            raise

    def of_download(self, error: DownloadError) -> ProviderError:
        """What it means that a result which is there could not be brought here."""
        if error.reason == "unreachable":
            return self.down(error, job_lives=True)
        if error.reason in {"truncated", "too_slow"}:
            return self.bad_output(error, job_lives=True)
        # What is refused once is refused again: another purchase would not mend an address or a size.
        return self.bad_output(error, retriable=error.reason in {"gone", "wrong_type"})


def reads_as_refusal(text: object) -> bool:
    """Whether words of a provider speak of its content rules."""
    return bool(_REFUSALS.search(str(text)))


def retry_after(headers: Mapping[str, str]) -> float | None:
    """The seconds that a server asks to wait (RFC 9110, section 10.2.3), an hour at most; else None."""
    value = headers.get("retry-after") or headers.get("Retry-After")
    if not value:
        return None
    try:
        seconds = float(value)
    except ValueError:
        try:
            at = parsedate_to_datetime(value)
        except ValueError:
            return None
        at = at if at.tzinfo else at.replace(tzinfo=UTC)
        seconds = (at - datetime.now(UTC)).total_seconds()
    return min(max(seconds, 0.0), 3600.0) if seconds == seconds else None

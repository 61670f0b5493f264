"""fal's queue, by plain HTTP.

Its SDK sends a submit whose connection breaks up to ten times, and its key to whatever address an answer
names. Here a submit is sent once, and the key goes to fal's own hosts alone.
"""

from pathlib import Path

import httpx
import orjson

from soho.providers.contract import Health, Job, ModelInfo, ProviderError
from soho.providers.download import Downloader, DownloadError, Limits, Source, kept, origin
from soho.providers.faults import Faults, reads_as_refusal
from soho.providers.offers import Offers, decoded
from soho.providers.outputs import address_in
from soho.providers.remote import Report
from soho.providers.wire import Answer, Wire

QUEUE_URL = "https://queue.fal.run"
PLATFORM_URL = "https://api.fal.ai"
RESULT_HOSTS = ("fal.media", ".fal.media", ".fal.ai", "storage.googleapis.com")
KEY_HOSTS = ("queue.fal.run", "fal.run", ".fal.run")

_LATE = frozenset({"request_timeout", "startup_timeout", "client_cancelled", "client_disconnected"})


class Fal:
    """The remote of fal's queue."""

    def __init__(
        self,
        name: str,
        faults: Faults,
        offers: Offers,
        *,
        key: str,
        queue_url: str = QUEUE_URL,
        platform_url: str = PLATFORM_URL,
        limits: Limits | None = None,
        again_in: float = 2.0,
    ) -> None:
        self.name = name
        self._faults = faults
        self._offers = offers
        self._wire = Wire(faults, {"Authorization": f"Key {key}", "Accept": "application/json"})
        self._queue_url = queue_url.rstrip("/")
        self._platform_url = platform_url.rstrip("/")
        self._again_in = again_in
        is_own = origin(self._queue_url) != origin(QUEUE_URL)
        self._own = origin(self._queue_url) if is_own else ""
        self._downloader = Downloader(Source(hosts=RESULT_HOSTS, own=self._own), limits)

    def models(self) -> tuple[ModelInfo, ...]:
        """See Remote.models."""
        return self._offers.infos

    def health(self, model: str) -> Health:
        """See Remote.health. Asks for the model's price, which needs a key that works and costs nothing."""
        remote, title = self._offers[model].remote, self._faults.title
        try:
            answer = self._wire.ask(
                "GET", f"{self._platform_url}/v1/models/pricing", params={"endpoint_id": remote}
            )
        except ProviderError as error:
            return Health(False, f"{title} does not answer ({error.detail}).")
        if answer.status in {401, 403}:
            return Health(False, f"{title} refuses the key.")
        if answer.status == 404:
            return Health(False, f"{title} knows no model {remote!r}.")
        if answer.status != 200:
            return Health(False, f"{title} is of no use just now (HTTP {answer.status}).")
        return Health(True)

    def submit(self, job: Job) -> str:
        """See Remote.submit."""
        offer = self._offers[job.model]
        answer = self._wire.submit(f"{self._queue_url}/{offer.remote}", offer.filled(job), {})
        if answer.status not in {200, 201, 202}:
            raise self._of_answer(answer, job.prompt, submitting=True)
        return self._reference(answer.document)

    def _reference(self, made: dict[str, object]) -> str:
        """The three addresses as fal gave them: they are not always where a rule would put them."""
        urls = [made.get(name) for name in ("response_url", "status_url", "cancel_url")]
        texts = [one for one in urls if isinstance(one, str)]
        if len(texts) < len(urls):
            raise self._faults.unknown_outcome("a job without addresses")
        for one in texts:
            self._permitted(one)
        start = _common(texts)
        reference = orjson.dumps([start, *(one.removeprefix(start) for one in texts)]).decode()
        if len(reference) > 400:
            raise self._faults.bad_output("its addresses are too long to remember", retriable=False)
        return reference

    def _url(self, reference: str, which: int) -> str:
        start, *ends = orjson.loads(reference)
        return self._permitted(f"{start}{ends[which]}")

    def _permitted(self, url: str) -> str:
        """An address that may have the key. Raises ProviderError for any other."""
        try:
            parsed = httpx.URL(url)
            here, host = origin(parsed), parsed.raw_host.decode("ascii").lower()
        except (httpx.InvalidURL, UnicodeError, ValueError) as error:
            raise self._faults.bad_output("an address that is none", retriable=False) from error
        fals = here.startswith("https://") and any(
            host == one or (one.startswith(".") and host.endswith(one)) for one in KEY_HOSTS
        )
        if parsed.userinfo or not (here == self._own if self._own else fals):
            raise self._faults.bad_output(f"it names {here}, which may not have the key", retriable=False)
        return url

    def find(self, job: Job) -> str | None:
        """See Remote.find."""
        raise self._faults.unknown_outcome("fal has no way to look for a job without its id")

    def poll(self, job: Job, reference: str) -> Report:
        """See Remote.poll."""
        answer = self._wire.ask("GET", self._url(reference, 1), params={"logs": "0"})
        if answer.status == 404:
            raise self._faults.bad_output("fal knows the job no more")
        if answer.status not in {200, 202}:
            raise self._of_answer(answer, job.prompt)
        found = answer.document
        status = found.get("status")
        if status == "COMPLETED":
            # That it is over does not say that it went well.
            if found.get("error") or found.get("error_type"):
                raise self._of_error(found.get("error_type"), found.get("error"), answer, job.prompt)
            return Report(done=True, fraction=1.0, note="Fetching the result")
        if status == "IN_QUEUE":
            ahead = found.get("queue_position")
            note = f"Waiting in line, {ahead} before this" if ahead else "Waiting in line"
            return Report(note=note, again_in=self._again_in)
        return Report(again_in=self._again_in)

    def cancel(self, job: Job, reference: str) -> None:
        """See Remote.cancel."""
        self._wire.ask("PUT", self._url(reference, 2))

    def fetch(self, job: Job, reference: str, workspace: Path) -> Path:
        """See Remote.fetch."""
        with self._faults.fetching():
            answer = self._wire.ask("GET", self._url(reference, 0))
            if answer.status != 200:
                raise self._of_result(answer, job.prompt)
        found = answer.document
        if any(found.get("has_nsfw_concepts") or ()):
            # It comes with a black picture in the place of the real one.
            raise self._faults.moderated("has_nsfw_concepts", job.prompt)
        address = address_in(found, job.kind)
        if address is None:
            raise self._faults.bad_output("an answer without a result", job.prompt)
        try:
            if address.startswith("data:"):
                return kept(decoded(address.partition("base64,")[2], self._faults), workspace, job.kind)
            return self._downloader.fetch(address, workspace, job.kind)
        except DownloadError as error:
            raise self._faults.of_download(error) from error

    def _of_answer(self, answer: Answer, prompt: str, *, submitting: bool = False) -> ProviderError:
        """What an answer that is no success means."""
        said = _reasons(answer)
        if answer.status == 403 and "balance" in said.lower():
            return self._faults.quota_exhausted(said)
        if answer.status == 422 and "content_policy" in said:
            return self._faults.moderated(said, prompt)
        return self._faults.of_status(
            answer.status, said, answer.headers, prompt=prompt, submitting=submitting
        )

    def _of_result(self, answer: Answer, prompt: str) -> ProviderError:
        """What it means that the result of a completed job is an error: the model's own, or the queue's."""
        fault = self._of_answer(answer, prompt)
        is_models = "detail" in answer.document or "x-fal-retryable" in answer.headers
        if fault.code == "provider_down" and is_models:
            return self._of_failed(_reasons(answer), answer, prompt)
        return fault

    def _of_error(self, kind: object, said: object, answer: Answer, prompt: str) -> ProviderError:
        text = f"{kind or ''} {said or ''}".strip()
        if reads_as_refusal(text):
            return self._faults.moderated(text, prompt)
        if kind in _LATE:
            return self._faults.timed_out(text)
        if kind == "bad_request":
            return self._faults.invalid_request(text, prompt)
        return self._of_failed(text, answer, prompt)

    def _of_failed(self, said: str, answer: Answer, prompt: str) -> ProviderError:
        """A job that failed, for good when fal says that trying again is of no use.

        Never `provider_down`: of a question, that says to ask again.
        """
        is_final = answer.headers.get("x-fal-retryable", "").lower() == "false"
        return self._faults.bad_output(said, prompt, retriable=not is_final)


def _reasons(answer: Answer) -> str:
    """A model's errors are a list of `{type, msg}` under `detail`; those of the queue a text and a type."""
    found = answer.document
    detail = found.get("detail")
    if isinstance(detail, list):
        return "; ".join(f"{one.get('type')}: {one.get('msg')}" for one in detail if isinstance(one, dict))
    return f"{found.get('error_type') or ''} {detail or ''}".strip() or "no reason given"


def _common(texts: list[str]) -> str:
    """What all begin with."""
    same = 0
    for letters in zip(*texts, strict=False):
        if len(set(letters)) > 1:
            break
        same += 1
    return texts[0][:same]

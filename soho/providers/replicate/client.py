"""Replicate, by plain HTTP: its SDK refuses answers with the status `aborted`."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from soho.ids import made_at
from soho.providers.contract import Health, Job, ModelInfo, ProviderError
from soho.providers.download import Downloader, DownloadError, Limits, Source, kept, origin
from soho.providers.faults import Faults, reads_as_refusal
from soho.providers.offers import Offers, decoded
from soho.providers.outputs import address_in
from soho.providers.remote import Report
from soho.providers.wire import Answer, Wire

API_URL = "https://api.replicate.com/v1"
RESULT_HOSTS = ("replicate.delivery", ".replicate.delivery")
LIVE = frozenset({"starting", "processing", "succeeded"})
CLOCKS_DIFFER = timedelta(minutes=10)
MAX_PAGES = 10
LATEST_LOG = 4_000

_WAIT = re.compile(r"available in (\d+) second")
_PERCENT = re.compile(r"(\d{1,3})%\|")
_ID = re.compile(r"[a-z0-9]{1,100}")
_VERSION = re.compile(r"[0-9a-f]{64}")


class Replicate:
    """The remote of Replicate's predictions. `deadline`: seconds after which it stops one by itself."""

    def __init__(
        self,
        name: str,
        faults: Faults,
        offers: Offers,
        *,
        key: str,
        api_url: str = API_URL,
        deadline: int = 600,
        limits: Limits | None = None,
        again_in: float = 2.0,
    ) -> None:
        self.name = name
        self._faults = faults
        self._offers = offers
        self._wire = Wire(faults, {"Authorization": f"Bearer {key}", "Accept": "application/json"})
        self._api_url = api_url.rstrip("/")
        self._deadline = max(5, deadline)
        self._again_in = again_in
        is_own = origin(self._api_url) != origin(API_URL)
        self._downloader = Downloader(
            Source(hosts=RESULT_HOSTS, own=origin(self._api_url) if is_own else ""), limits
        )

    def models(self) -> tuple[ModelInfo, ...]:
        """See Remote.models."""
        return self._offers.infos

    def health(self, model: str) -> Health:
        """See Remote.health. Asks for the model's description, which is free."""
        remote, title = self._offers[model].remote, self._faults.title
        name = remote.partition(":")[0]
        try:
            path = "account" if _VERSION.fullmatch(name) else f"models/{name}"
            answer = self._wire.ask("GET", f"{self._api_url}/{path}")
        except ProviderError as error:
            return Health(False, f"{title} does not answer ({error.detail}).")
        if answer.status in {401, 403}:
            return Health(False, f"{title} refuses the token.")
        if answer.status == 404:
            return Health(False, f"{title} knows no model {remote!r}.")
        if answer.status != 200:
            return Health(False, f"{title} is of no use just now (HTTP {answer.status}).")
        return Health(True)

    def submit(self, job: Job) -> str:
        """See Remote.submit."""
        offer = self._offers[job.model]
        name, _, version = offer.remote.partition(":")
        document: dict[str, Any] = {"input": offer.filled(job)}
        if version or _VERSION.fullmatch(name):
            document["version"] = version or name
            url = f"{self._api_url}/predictions"
        else:
            url = f"{self._api_url}/models/{name}/predictions"
        answer = self._wire.submit(url, document, {"Cancel-After": f"{self._deadline}s"})
        if answer.status not in {200, 201, 202}:
            raise self._of_answer(answer, job.prompt, submitting=True)
        reference = str(answer.document.get("id") or "")
        if not _ID.fullmatch(reference):
            raise self._faults.unknown_outcome("a prediction without an id")
        return reference

    def find(self, job: Job) -> str | None:
        """See Remote.find.

        A list of predictions shows their inputs. One made since the creation was, with its very prompt and
        seed, is the one, and so good as bought again; where a model takes no seed, it may be somebody else's.
        """
        inputs = self._offers[job.model].filled(job)
        since = made_at(job.creation_id) - CLOCKS_DIFFER
        url: object = f"{self._api_url}/predictions"
        for _ in range(MAX_PAGES):
            page = self._page(url)
            for one in page.get("results") or []:
                if _made(one) < since:
                    return None
                if one.get("status") not in LIVE:
                    continue
                told = one.get("input")
                if not isinstance(told, dict) or not told:
                    raise self._faults.unknown_outcome("a prediction that does not show its input may be it")
                if all(told.get(name) == value for name, value in inputs.items()):
                    if job.seed not in inputs.values() or not _ID.fullmatch(str(one.get("id"))):
                        raise self._faults.unknown_outcome("a prediction without a seed may be it")
                    return str(one["id"])
            url = page.get("next")
            if not url:
                return None
        raise self._faults.unknown_outcome("too many predictions to look through")

    def _page(self, url: object) -> dict[str, Any]:
        if not isinstance(url, str) or origin(url) != origin(self._api_url):
            raise self._faults.unknown_outcome("the list goes on at another address")
        answer = self._wire.ask("GET", url)
        if answer.status != 200 or not isinstance(answer.document.get("results"), list):
            raise self._faults.unknown_outcome(f"no list of predictions (HTTP {answer.status})")
        return answer.document

    def poll(self, job: Job, reference: str) -> Report:
        """See Remote.poll."""
        found = self._prediction(job, reference)
        status = found.get("status")
        if status == "succeeded":
            return Report(done=True, fraction=1.0, note="Fetching the result")
        if status == "failed":
            raise self._of_failed(str(found.get("error") or "failed, and does not say why"), job.prompt)
        if status in {"canceled", "aborted"}:
            # By its deadline, or by somebody in Replicate's own pages; an aborted one was never charged.
            raise self._faults.timed_out(f"the prediction was {status}")
        if status not in LIVE:
            raise self._faults.bad_output(f"a prediction that is {status!r}")
        note = "Waiting for a machine" if status == "starting" else ""
        return Report(fraction=_fraction(found.get("logs")), note=note, again_in=self._again_in)

    def cancel(self, job: Job, reference: str) -> None:
        """See Remote.cancel."""
        self._wire.ask("POST", f"{self._api_url}/predictions/{reference}/cancel")

    def fetch(self, job: Job, reference: str, workspace: Path) -> Path:
        """See Remote.fetch. At once: Replicate keeps results for an hour."""
        with self._faults.fetching():
            found = self._prediction(job, reference)
        address = address_in(found.get("output"), job.kind)
        if address is None:
            gone = "removed its data already" if found.get("data_removed") else "has no result in its answer"
            raise self._faults.bad_output(f"Replicate {gone}")
        try:
            if address.startswith("data:"):
                return kept(decoded(address.partition("base64,")[2], self._faults), workspace, job.kind)
            return self._downloader.fetch(address, workspace, job.kind)
        except DownloadError as error:
            raise self._faults.of_download(error) from error

    def _prediction(self, job: Job, reference: str) -> dict[str, Any]:
        answer = self._wire.ask("GET", f"{self._api_url}/predictions/{reference}")
        if answer.status == 404:
            raise self._faults.bad_output("Replicate knows the prediction no more")
        if answer.status != 200:
            raise self._of_answer(answer, job.prompt)
        return answer.document

    def _of_answer(self, answer: Answer, prompt: str, *, submitting: bool = False) -> ProviderError:
        found = answer.document
        said = f"{found.get('title') or ''} {found.get('detail') or ''}".strip() or "no reason given"
        wait = _WAIT.search(said)
        headers = {"retry-after": wait[1]} if wait and answer.status == 429 else answer.headers
        return self._faults.of_status(answer.status, said, headers, prompt=prompt, submitting=submitting)

    def _of_failed(self, said: str, prompt: str) -> ProviderError:
        if reads_as_refusal(said):
            return self._faults.moderated(said, prompt)
        return self._faults.bad_output(said, prompt)


def _fraction(logs: object) -> float | None:
    """How far it is: Replicate tells only by the progress bars that a model prints."""
    percents = _PERCENT.findall(logs[-LATEST_LOG:]) if isinstance(logs, str) else []
    return min(int(percents[-1]) / 100, 1.0) if percents else None


def _made(prediction: dict[str, Any]) -> datetime:
    try:
        made = datetime.fromisoformat(str(prediction.get("created_at")))
    except ValueError:
        return datetime.now(UTC)
    return made if made.tzinfo else made.replace(tzinfo=UTC)

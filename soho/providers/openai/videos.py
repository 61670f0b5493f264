"""Videos by the OpenAI protocol: `POST /v1/videos`, ask, fetch the content.

Spoken by vLLM-Omni, SGLang and LiteLLM's proxy; OpenAI's own service of it ended in September 2026. Where
they differ: vLLM-Omni's DELETE aborts a job, SGLang's only forgets it; SGLang takes a text-only job as JSON
alone (a form must bring a picture) and may give an error without a code; both keep jobs in the memory of
one process, so that a restarted server knows none.
"""

from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

from soho.ids import made_at
from soho.providers import wire
from soho.providers.contract import Health, Job, ModelInfo, ProviderError
from soho.providers.download import Downloader, DownloadError, Limits, Source, origin
from soho.providers.offers import Offers, whole
from soho.providers.openai.client import Client
from soho.providers.remote import Report

CLOCKS_DIFFER = timedelta(minutes=10)


class Videos:
    """The remote of one such server."""

    def __init__(
        self,
        name: str,
        client: Client,
        offers: Offers,
        *,
        as_json: bool = False,
        limits: Limits | None = None,
        again_in: float = 2.0,
    ) -> None:
        self.name = name
        self._client = client
        self._offers = offers
        self._as_json = as_json
        self._again_in = again_in
        base = client.base_url
        self._downloader = Downloader(
            Source(own=origin(base), credentials=client.credentials, credentials_for=origin(base)), limits
        )

    def models(self) -> tuple[ModelInfo, ...]:
        """See Remote.models."""
        return self._offers.infos

    def health(self, model: str) -> Health:
        """See Remote.health."""
        return self._client.health(self._offers[model].remote)

    def submit(self, job: Job) -> str:
        """See Remote.submit."""
        offer = self._offers[job.model]
        told: dict[str, Any] = {"prompt": job.prompt}
        if offer.remote:
            told["model"] = offer.remote
        if size := offer.size(job.aspect_ratio):
            told["size"] = size
        if job.seconds is not None:
            told["seconds"] = str(whole(job.seconds))
        headers = {"Content-Type": "application/json"} if self._as_json else {}
        with self._client.asking(job.prompt, submitting=True):
            made = self._client.sdk.videos.create(
                **told,
                extra_body=offer.filled(job) or None,
                extra_headers=headers,
                timeout=wire.SUBMIT_SECONDS,
            )
            reference = str(made.id or "")
        if not reference or len(reference) > 400:
            raise self._client.faults.unknown_outcome("a job without an id")
        return reference

    def find(self, job: Job) -> str | None:
        """See Remote.find.

        The protocol has no key, and a list names no seed, so two jobs of one prompt look alike: a list that
        has none like it, made since the creation was, says that there is none.
        """
        since = (made_at(job.creation_id) - CLOCKS_DIFFER).timestamp()
        try:
            with self._client.asking(job.prompt):
                for one in self._client.sdk.videos.list(limit=100):
                    if (one.created_at or since) < since:
                        continue
                    if getattr(one, "prompt", None) in (None, job.prompt):
                        raise self._client.faults.unknown_outcome(f"{one.id} may be it")
        except ProviderError as error:
            if error.code in {"provider_down", "rate_limited", "unknown_outcome"}:
                raise
            raise self._client.faults.unknown_outcome(f"no list of jobs ({error.detail})") from error
        return None

    def poll(self, job: Job, reference: str) -> Report:
        """See Remote.poll."""
        faults = self._client.faults
        try:
            with self._client.asking(job.prompt):
                found = self._client.sdk.videos.retrieve(reference)
                status, error = found.status, found.error
                fraction = min(max(float(found.progress or 0) / 100, 0.0), 1.0)
        except ProviderError as fault:
            if fault.code == "unavailable" and fault.detail.startswith("HTTP 404"):
                raise faults.bad_output("the server knows the job no more: was it restarted?") from fault
            raise
        if str(status) in {"failed", "cancelled", "deleted"}:
            code, message = getattr(error, "code", None), getattr(error, "message", None)
            raise self._client.of_failed(code, message or status, job.prompt)
        if status == "completed":
            return Report(done=True, fraction=1.0, note="Fetching the video")
        return Report(
            fraction=fraction, note="Waiting in line" if status == "queued" else "", again_in=self._again_in
        )

    def cancel(self, job: Job, reference: str) -> None:
        """See Remote.cancel."""
        with self._client.asking():
            self._client.sdk.videos.delete(reference)

    def fetch(self, job: Job, reference: str, workspace: Path) -> Path:
        """See Remote.fetch."""
        try:
            return self._downloader.fetch(
                f"{self._client.base_url}/videos/{quote(reference, safe='')}/content", workspace, job.kind
            )
        except DownloadError as error:
            raise self._client.faults.of_download(error) from error

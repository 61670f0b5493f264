"""Images by the OpenAI protocol: one call that makes, waits and answers, `POST /v1/images/generations`."""

from pathlib import Path
from typing import Any

from soho.providers.contract import Job, Watch
from soho.providers.download import Downloader, DownloadError, Limits, Source, kept, origin
from soho.providers.offers import Offers, called, decoded
from soho.providers.openai.client import Client

CALL_SECONDS = 280.0


class Images:
    """Makes images at one such server."""

    def __init__(
        self, client: Client, offers: Offers, *, hosts: tuple[str, ...] = (), limits: Limits | None = None
    ) -> None:
        self._client = client
        self._offers = offers
        # Some servers answer with an address instead of the image.
        self._downloader = Downloader(Source(hosts=hosts, own=origin(client.base_url)), limits)

    def generate(self, job: Job, workspace: Path, watch: Watch) -> Path:
        """See Provider.generate."""
        return called(job, watch, self._client.faults, lambda: self._made(job, workspace))

    def _made(self, job: Job, workspace: Path) -> Path:
        faults, offer = self._client.faults, self._offers[job.model]
        told: dict[str, Any] = {"prompt": job.prompt, "n": 1}
        if offer.remote:
            told["model"] = offer.remote
        if size := offer.size(job.aspect_ratio):
            told["size"] = size
        with self._client.asking(job.prompt, submitting=True):
            answer = self._client.sdk.images.generate(
                **told, extra_body=offer.filled(job) or None, timeout=CALL_SECONDS
            )
            image = answer.data[0] if answer.data else None
        try:
            if image is not None and image.b64_json:
                return kept(decoded(image.b64_json, faults), workspace, job.kind)
            if image is not None and image.url:
                return self._downloader.fetch(image.url, workspace, job.kind)
        except DownloadError as error:
            raise faults.of_download(error) from error
        raise faults.bad_output("an answer without an image")

"""Veo on Vertex: `predictLongRunning`, ask for the operation, and the video comes inside its answer."""

from pathlib import Path
from typing import Any

from google.genai import types

from soho.providers import wire
from soho.providers.contract import Job
from soho.providers.download import DownloadError, kept
from soho.providers.google.client import Client
from soho.providers.offers import Offers
from soho.providers.remote import Report


class Veo:
    """The remote of Veo. No list of operations, no key: a lost submit stays unknown. No way to cancel."""

    def __init__(self, client: Client, offers: Offers, *, again_in: float) -> None:
        self._client = client
        self._offers = offers
        self._again_in = again_in

    def submit(self, job: Job) -> str:
        """See Remote.submit."""
        offer = self._offers[job.model]
        config: dict[str, Any] = {
            "number_of_videos": 1,
            "aspect_ratio": job.aspect_ratio,
            "duration_seconds": round(job.seconds) if job.seconds is not None else None,
            # Vertex takes 32 bits.
            "seed": job.seed % 2**32 if offer.info.has_seed else None,
            "generate_audio": offer.info.has_audio,
            "http_options": types.HttpOptions(timeout=int(wire.SUBMIT_SECONDS * 1000)),
            **offer.filled(job),
        }
        with self._client.asking(job.prompt, submitting=True):
            made = self._client.sdk.models.generate_videos(
                model=offer.remote,
                source=types.GenerateVideosSource(prompt=job.prompt),
                config=types.GenerateVideosConfig(**config),
            )
            reference = str(made.name or "")
        if not reference or len(reference) > 400:
            raise self._client.faults.unknown_outcome("an operation without a name")
        return reference

    def find(self, job: Job) -> str | None:
        """See Remote.find."""
        raise self._client.faults.unknown_outcome("operations of Veo cannot be listed")

    def poll(self, job: Job, reference: str) -> Report:
        """See Remote.poll."""
        found = self._got(job, reference)
        if not found.done:
            return Report(again_in=self._again_in)
        if found.error:
            raise self._client.of_failed(found.error.get("code"), found.error.get("message"), job.prompt)
        if self._bytes(found) is None:
            faults, response = self._client.faults, found.response
            reasons = (response and response.rai_media_filtered_reasons) or []
            if reasons or (response and response.rai_media_filtered_count):
                raise faults.moderated("; ".join(reasons) or "filtered, and does not say why", job.prompt)
            raise faults.bad_output("done without a video")
        return Report(done=True, fraction=1.0, note="Fetching the video")

    def cancel(self, job: Job, reference: str) -> None:
        """See Remote.cancel."""

    def fetch(self, job: Job, reference: str, workspace: Path) -> Path:
        """See Remote.fetch."""
        with self._client.faults.fetching():
            body = self._bytes(self._got(job, reference))
        if body is None:
            raise self._client.faults.bad_output("the operation has its video no more")
        try:
            return kept(body, workspace, job.kind)
        except DownloadError as error:
            raise self._client.faults.of_download(error) from error

    def _got(self, job: Job, reference: str) -> types.GenerateVideosOperation:
        with self._client.asking(job.prompt):
            return self._client.sdk.operations.get(
                types.GenerateVideosOperation.model_validate({"name": reference})
            )

    def _bytes(self, found: types.GenerateVideosOperation) -> bytes | None:
        videos = (found.response and found.response.generated_videos) or []
        return next((one.video.video_bytes for one in videos if one.video and one.video.video_bytes), None)

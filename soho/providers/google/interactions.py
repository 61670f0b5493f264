"""Videos by the Interactions API: make one in the background, ask, fetch."""

import re
from pathlib import Path
from typing import Any

from google.genai import interactions

from soho.providers import wire
from soho.providers.contract import Job, ProviderError
from soho.providers.download import Downloader, DownloadError, Limits, Source, kept, origin
from soho.providers.google.client import Client
from soho.providers.offers import Offers, decoded, whole
from soho.providers.remote import Report

HOSTS = ("generativelanguage.googleapis.com", "storage.googleapis.com", ".googleusercontent.com")
GOING = frozenset({"queued", "in_progress"})

_FILE = re.compile(r"/files/[\w-]+$")


class Interactions:
    """The remote of models that answer an interaction with a video. No key: a lost submit stays unknown."""

    def __init__(self, client: Client, offers: Offers, *, limits: Limits | None, again_in: float) -> None:
        self._client = client
        self._offers = offers
        self._again_in = again_in
        base = client.base_url
        self._downloader = Downloader(
            Source(
                hosts=HOSTS,
                own=origin(base) if base and origin(base) != f"https://{HOSTS[0]}:443" else "",
                credentials=client.credentials,
                credentials_for=origin(base) if base else "",
            ),
            limits,
        )

    def submit(self, job: Job) -> str:
        """See Remote.submit."""
        offer = self._offers[job.model]
        wanted: dict[str, Any] = {
            "type": "video",
            "aspect_ratio": job.aspect_ratio,
            "delivery": "inline" if self._client.is_vertex else "uri",
            **offer.filled(job),
        }
        if job.seconds is not None:
            wanted["duration"] = f"{whole(job.seconds)}s"
        with self._client.asking(job.prompt, submitting=True):
            made = self._client.sdk.interactions.create(
                model=offer.remote,
                input=job.prompt,
                background=True,
                store=True,
                response_format=wanted,
                timeout=wire.SUBMIT_SECONDS,
            )
            reference = str(getattr(made, "id", None) or "")
        if not reference or len(reference) > 400:
            raise self._client.faults.unknown_outcome("an interaction without an id")
        return reference

    def find(self, job: Job) -> str | None:
        """See Remote.find."""
        raise self._client.faults.unknown_outcome("interactions cannot be listed")

    def poll(self, job: Job, reference: str) -> Report:
        """See Remote.poll."""
        found = self._got(job, reference)
        status = str(found.status)
        if status in GOING:
            return Report(note="Waiting in line" if status == "queued" else "", again_in=self._again_in)
        if status != "completed":
            raise self._of_ended(status, found, job.prompt)
        if _video(found) is None:
            raise self._of_no_video(found, job.prompt)
        return Report(done=True, fraction=1.0, note="Fetching the video")

    def cancel(self, job: Job, reference: str) -> None:
        """See Remote.cancel."""
        with self._client.asking():
            self._client.sdk.interactions.cancel(reference)

    def fetch(self, job: Job, reference: str, workspace: Path) -> Path:
        """See Remote.fetch."""
        faults = self._client.faults
        with faults.fetching():
            video = _video(self._got(job, reference))
        if video is None:
            raise faults.bad_output("the interaction has its video no more")
        try:
            if data := getattr(video, "data", None):
                return kept(decoded(data, faults), workspace, job.kind)
            return self._downloader.fetch(_address(str(video.uri)), workspace, job.kind)
        except DownloadError as error:
            raise faults.of_download(error) from error

    def _got(self, job: Job, reference: str) -> interactions.Interaction:
        try:
            with self._client.asking(job.prompt):
                return self._client.sdk.interactions.get(reference)
        except ProviderError as error:
            if error.code == "unavailable" and error.detail.startswith("HTTP 404"):
                raise self._client.faults.bad_output("Google knows the interaction no more") from error
            raise

    def _of_ended(self, status: str, found: interactions.Interaction, prompt: str) -> ProviderError:
        for error in _errors(found):
            return self._client.of_failed(
                getattr(error, "code", None), getattr(error, "message", None), prompt
            )
        faults = self._client.faults
        if status == "cancelled":
            return faults.timed_out("the interaction was cancelled")
        if status == "budget_exceeded":
            return faults.quota_exhausted("the interaction went over its budget")
        said = _words(found)
        return faults.moderated(said, prompt) if said else faults.bad_output(f"it ended as {status}")

    def _of_no_video(self, found: interactions.Interaction, prompt: str) -> ProviderError:
        for error in _errors(found):
            return self._client.of_failed(
                getattr(error, "code", None), getattr(error, "message", None), prompt
            )
        # A model declines by answering in words.
        if said := _words(found):
            return self._client.faults.moderated(f"words instead of a video: {said}", prompt)
        return self._client.faults.bad_output("completed without a video")


def _contents(found: interactions.Interaction) -> list[Any]:
    steps = [step for step in found.steps or [] if getattr(step, "type", "") == "model_output"]
    return [content for step in steps for content in getattr(step, "content", None) or []]


def _video(found: interactions.Interaction) -> Any:
    videos = (one for one in _contents(found) if getattr(one, "type", "") == "video")
    return next((one for one in videos if getattr(one, "data", None) or getattr(one, "uri", None)), None)


def _words(found: interactions.Interaction) -> str:
    return " ".join(str(one.text) for one in _contents(found) if getattr(one, "text", None))


def _errors(found: interactions.Interaction) -> list[Any]:
    of_steps = [getattr(step, "error", None) for step in found.steps or []]
    return [one for one in [*(found.errors or []), *of_steps] if one is not None]


def _address(uri: str) -> str:
    """A file's own address leads to its description; its bytes are beside it."""
    return f"{uri}:download?alt=media" if _FILE.search(uri) else uri

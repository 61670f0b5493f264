"""Images by Gemini: one call of `generateContent` that makes, waits and answers."""

from pathlib import Path

from google.genai import types

from soho.providers.contract import Job, ProviderError, Watch
from soho.providers.download import DownloadError, kept
from soho.providers.google.client import Client
from soho.providers.offers import Offers, called

CALL_SECONDS = 280.0

_REFUSED = frozenset(
    {
        "SAFETY",
        "RECITATION",
        "BLOCKLIST",
        "PROHIBITED_CONTENT",
        "SPII",
        "IMAGE_SAFETY",
        "IMAGE_PROHIBITED_CONTENT",
        "IMAGE_RECITATION",
        "NO_IMAGE",
        "MODEL_ARMOR",
        "ESCALATION",
    }
)


class Images:
    """Makes images with Gemini. A refusal is a success to HTTP: no candidate, or one that ended badly."""

    def __init__(self, client: Client, offers: Offers) -> None:
        self._client = client
        self._offers = offers

    def generate(self, job: Job, workspace: Path, watch: Watch) -> Path:
        """See Provider.generate."""
        return called(job, watch, self._client.faults, lambda: self._made(job, workspace))

    def _made(self, job: Job, workspace: Path) -> Path:
        offer = self._offers[job.model]
        config = types.GenerateContentConfig(
            response_modalities=["IMAGE"],
            image_config=types.ImageConfig.model_validate(
                {"aspect_ratio": job.aspect_ratio, **offer.filled(job)}
            ),
            seed=job.seed % 2**31 if offer.info.has_seed else None,
            http_options=types.HttpOptions(timeout=int(CALL_SECONDS * 1000)),
        )
        with self._client.asking(job.prompt, submitting=True):
            answer = self._client.sdk.models.generate_content(
                model=offer.remote, contents=job.prompt, config=config
            )
            found = _picture(answer)
        if found is None:
            raise self._of_none(answer, job.prompt)
        try:
            return kept(found, workspace, job.kind)
        except DownloadError as error:
            raise self._client.faults.of_download(error) from error

    def _of_none(self, answer: types.GenerateContentResponse, prompt: str) -> ProviderError:
        faults = self._client.faults
        feedback = answer.prompt_feedback
        if feedback and feedback.block_reason:
            return faults.moderated(f"prompt blocked: {_name(feedback.block_reason)}", prompt)
        for one in answer.candidates or []:
            reason = _name(one.finish_reason) if one.finish_reason else ""
            if reason in _REFUSED:
                return faults.moderated(f"{reason} {one.finish_message or ''}", prompt)
            words = " ".join(
                part.text
                for part in (one.content and one.content.parts) or []
                if part.text and not part.thought
            )
            if words:
                return faults.moderated(f"words instead of an image: {words}", prompt)
            if reason:
                return faults.bad_output(f"{reason} {one.finish_message or ''}", prompt)
        return faults.bad_output("an answer without an image")


def _picture(answer: types.GenerateContentResponse) -> bytes | None:
    for one in answer.candidates or []:
        for part in (one.content and one.content.parts) or []:
            if part.inline_data and part.inline_data.data and not part.thought:
                return part.inline_data.data
    return None


def _name(reason: object) -> str:
    return str(getattr(reason, "value", reason))

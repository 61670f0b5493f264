"""Google's Developer API: videos by interactions, images by Gemini."""

import contextlib
from collections.abc import Iterator

from soho.providers.contract import Provider
from soho.providers.download import Limits
from soho.providers.google.models import DEVELOPER
from soho.providers.google.provider import Google
from tests.support.standins import KEY, document
from tests.support.standins.google import IMAGE, OMNI, DeveloperAPI
from tests.support.standins.media import clip, picture
from tests.support.standins.stage import LARGEST, Stage, limited


def provider(url: str) -> Provider:
    return Google("google", DEVELOPER, key=KEY, base_url=url, limits=Limits(max_bytes=LARGEST), again_in=0.02)


def error(code: int, status: str, message: str) -> dict[str, object]:
    return {"error": {"code": code, "status": status, "message": message}}


@contextlib.contextmanager
def stand_in() -> Iterator[Stage]:
    with DeveloperAPI(clip(), picture()) as server:
        yield Stage(
            server,
            provider,
            {"video": OMNI, "image": IMAGE},
            refusal=None,
            refused_later={
                "status": "failed",
                "steps": [],
                "errors": [{"code": "safety", "message": "Blocked: A quiet lake at dawn"}],
            },
            invalid=document(error(400, "INVALID_ARGUMENT", "duration must be between 3s and 15s"), 400),
            limited=limited(error(429, "RESOURCE_EXHAUSTED", "Resource has been exhausted.")),
            broken=document(error(503, "UNAVAILABLE", "The model is overloaded."), 503),
            failed={"status": "failed", "steps": [], "errors": [{"code": "internal", "message": "Broke."}]},
        )

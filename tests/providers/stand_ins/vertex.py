"""Veo and Gemini's images on Vertex."""

import contextlib
from collections.abc import Iterator

from google.oauth2.credentials import Credentials

from soho.providers.contract import Provider
from soho.providers.google.models import VERTEX
from soho.providers.google.provider import Google
from tests.providers.scenarios import Scenario
from tests.providers.stand_ins.google import error
from tests.support.standins import document
from tests.support.standins.google import IMAGE, TOKEN, VEO, Vertex
from tests.support.standins.media import clip, picture
from tests.support.standins.stage import Stage, limited

INLINE = "the video comes inside the answer, so that there is no address to follow"


def provider(url: str) -> Provider:
    return Google(
        "vertex",
        VERTEX,
        project="studio",
        location="us-central1",
        credentials=Credentials(token=TOKEN),
        base_url=url,
        title="Vertex",
        again_in=0.02,
    )


@contextlib.contextmanager
def stand_in() -> Iterator[Stage]:
    with Vertex(clip(), picture()) as server:
        yield Stage(
            server,
            provider,
            {"video": VEO, "image": IMAGE},
            refusal=None,
            refused_later={
                "response": {
                    "raiMediaFilteredCount": 1,
                    "raiMediaFilteredReasons": ["Support codes: 15236754"],
                }
            },
            invalid=document(error(400, "INVALID_ARGUMENT", "Unsupported duration"), 400),
            limited=limited(error(429, "RESOURCE_EXHAUSTED", "Too many requests.")),
            broken=document(error(503, "UNAVAILABLE", "Try later."), 503),
            failed={"response": None, "error": {"code": 13, "message": "Internal error."}},
            cannot={
                Scenario.PRIVATE_REDIRECT: INLINE,
                Scenario.TRUNCATED: INLINE,
                Scenario.OVERSIZED: INLINE,
                Scenario.ENDLESS: "a job of Veo cannot be stopped once it is taken",
            },
        )

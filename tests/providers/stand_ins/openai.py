"""A server of one's own that speaks the OpenAI protocol, in the manner of vLLM-Omni."""

import contextlib
from collections.abc import Iterator
from dataclasses import replace

from soho.providers.contract import Provider
from soho.providers.download import Limits
from soho.providers.openai.models import served
from soho.providers.openai.provider import OpenAI
from tests.support.standins import KEY, document
from tests.support.standins.media import clip, picture
from tests.support.standins.openai import MODEL, OpenAIServer
from tests.support.standins.stage import LARGEST, Stage, limited

OFFER = served(MODEL)
OFFER = replace(OFFER, info=replace(OFFER.info, name="wan", seconds=(2.0, 4.0)))


def provider(url: str, *, as_json: bool = False) -> Provider:
    return OpenAI(
        "gpu",
        (OFFER,),
        key=KEY,
        base_url=f"{url}/v1",
        title="The GPU server",
        as_json=as_json,
        limits=Limits(max_bytes=LARGEST),
        again_in=0.02,
    )


def error(status: int, code: str, message: str) -> dict[str, object]:
    return {"error": {"code": code, "message": message, "type": "x", "param": None}}


@contextlib.contextmanager
def stand_in() -> Iterator[Stage]:
    with OpenAIServer(clip(), picture()) as server:
        yield Stage(
            server,
            provider,
            {"video": "wan", "image": "wan"},
            refusal=document(error(400, "moderation_blocked", "Blocked: A quiet lake at dawn"), 400),
            refused_later=None,
            invalid=document({"detail": "size must be a multiple of 16"}, 422),
            limited=limited(error(429, "rate_limit_exceeded", "Slow down.")),
            broken=document({"detail": "CUDA error"}, 500),
            failed={"status": "failed", "error": {"message": "CUDA out of memory: A quiet lake at dawn"}},
        )

"""Replicate's predictions."""

import contextlib
from collections.abc import Iterator

from soho.providers.contract import Provider
from soho.providers.download import Limits
from soho.providers.faults import Faults
from soho.providers.offers import Offers
from soho.providers.remote import RemoteProvider
from soho.providers.replicate.client import Replicate
from soho.providers.replicate.models import KNOWN
from tests.support.standins import KEY, document
from tests.support.standins.media import clip, picture
from tests.support.standins.replicate import Predictions
from tests.support.standins.stage import LARGEST, Stage


def provider(url: str) -> Provider:
    faults = Faults("Replicate", KEY)
    return RemoteProvider(
        Replicate(
            "replicate",
            faults,
            Offers(KNOWN, faults),
            key=KEY,
            api_url=f"{url}/v1",
            limits=Limits(max_bytes=LARGEST),
            again_in=0.02,
        )
    )


@contextlib.contextmanager
def stand_in() -> Iterator[Stage]:
    with Predictions(clip(), picture()) as server:
        yield Stage(
            server,
            provider,
            {"video": "replicate-wan-2.2-fast", "image": "replicate-flux-schnell"},
            refusal=None,
            refused_later={
                "status": "failed",
                "output": None,
                "error": "The input or output was flagged as sensitive: A quiet lake at dawn. (E005)",
            },
            invalid=document(
                {"title": "Input validation failed", "detail": "- input.seed: Invalid type"}, 422
            ),
            # Replicate says it in words.
            limited=document({"detail": "Request was throttled. Expected available in 7 seconds."}, 429),
            broken=document({"detail": "Service unavailable"}, 503),
            failed={"status": "failed", "output": None, "error": "CUDA out of memory"},
        )

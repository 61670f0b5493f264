"""fal's queue."""

import contextlib
from collections.abc import Iterator

from soho.providers.contract import Provider
from soho.providers.download import Limits
from soho.providers.fal.client import Fal
from soho.providers.fal.models import KNOWN
from soho.providers.faults import Faults
from soho.providers.offers import Offers
from soho.providers.remote import RemoteProvider
from tests.support.standins import KEY, document
from tests.support.standins.fal import Queue
from tests.support.standins.media import clip, picture
from tests.support.standins.stage import LARGEST, Stage, limited


def provider(url: str) -> Provider:
    faults = Faults("fal", KEY)
    return RemoteProvider(
        Fal(
            "fal",
            faults,
            Offers(KNOWN, faults),
            key=KEY,
            queue_url=url,
            platform_url=url,
            limits=Limits(max_bytes=LARGEST),
            again_in=0.02,
        )
    )


def of_model(kind: str, message: str) -> dict[str, object]:
    """How a model on fal says what is wrong; it repeats the input."""
    return {
        "detail": [
            {
                "loc": ["body", "prompt"],
                "msg": message,
                "type": kind,
                "input": {"prompt": "A quiet lake at dawn"},
            }
        ]
    }


@contextlib.contextmanager
def stand_in() -> Iterator[Stage]:
    with Queue(clip(), picture()) as server:
        yield Stage(
            server,
            provider,
            {"video": "fal-veo-3.1-fast", "image": "fal-flux-dev"},
            refusal=document(of_model("content_policy_violation", "The content was flagged."), 422),
            refused_later=None,
            invalid=document(of_model("literal_error", "Input should be '4s', '6s' or '8s'"), 422),
            limited=limited({"detail": "Too many requests"}),
            broken=document({"detail": "Internal", "error_type": "internal_error"}, 503),
            failed={"error": "Runner went away", "error_type": "runner_disconnected"},
        )

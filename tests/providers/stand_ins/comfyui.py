"""One's own ComfyUI."""

import contextlib
from collections.abc import Iterator

from soho.providers.comfyui.client import ComfyUI
from soho.providers.comfyui.models import Offer
from soho.providers.comfyui.workflow import read
from soho.providers.contract import ModelInfo, Provider
from soho.providers.download import Limits
from soho.providers.faults import Faults
from soho.providers.remote import RemoteProvider
from tests.providers.scenarios import Scenario
from tests.support.standins import KEY, document
from tests.support.standins.comfyui import INVALID, OUT_OF_MEMORY, WORKFLOW, Comfy
from tests.support.standins.media import clip, picture
from tests.support.standins.stage import LARGEST, Stage, limited

INFO = ModelInfo(
    name="colours",
    title="Colours",
    description="Two colours.",
    kinds=("video",),
    aspect_ratios=("16:9",),
    seconds=(2.0,),
)


def offer(**more: object) -> Offer:
    told = {"info": INFO, "workflow": read(WORKFLOW), "sizes": {"16:9": (64, 64)}, "fps": 8.0, "every": 1}
    return Offer(**{**told, **more})


def provider(url: str) -> Provider:
    return RemoteProvider(
        ComfyUI(
            "comfyui",
            Faults("ComfyUI", KEY),
            (offer(),),
            address=url,
            key=KEY,
            limits=Limits(max_bytes=LARGEST),
            again_in=0.02,
        )
    )


@contextlib.contextmanager
def stand_in() -> Iterator[Stage]:
    with Comfy(clip(), picture()) as server:
        yield Stage(
            server,
            provider,
            {"video": "colours"},
            refusal=None,
            refused_later=None,
            invalid=document(INVALID, 400),
            limited=limited({"error": "slow down"}),
            broken=document({"error": "broken"}, 500),
            failed=["execution_error", OUT_OF_MEMORY],
            cannot={
                Scenario.REFUSED: "one's own server runs the workflow that it is given and judges no prompts"
            },
        )

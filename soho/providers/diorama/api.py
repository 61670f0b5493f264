"""The HTTP door to what Diorama reads in a prompt, before anything is made or paid for."""

from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Query, Router
from ninja.throttling import AuthRateThrottle

from soho import diorama
from soho.problems.refusals import NotFound
from soho.problems.schemas import Camel, Problem
from soho.providers import registry

router = Router(tags=["models"], by_alias=True)

RATE = "120/m"  # as fast as a page that asks while somebody types, and no faster
READ = 10_000  # characters

PromptQuery = Annotated[str, Query(..., max_length=READ, description="The prompt to read.")]


class SceneOut(Camel):
    """What Diorama reads in a prompt: the words that it `understood`, and those it cannot draw.

    Both as they stand in the prompt, in its order, each once.
    """

    understood: list[str]
    undrawn: list[str]


@router.get(
    "/models/diorama/scene",
    response={200: SceneOut, 401: Problem, 404: Problem, 422: Problem, 429: Problem},
    throttle=[AuthRateThrottle(RATE)],
    summary="What Diorama understands of a prompt",
)
def read_scene(request: HttpRequest, prompt: PromptQuery) -> dict[str, Any]:
    """Reads the prompt without rendering it. Costs nothing; at most 120 times a minute for each person."""
    if not any(model.name == "diorama" for model in registry.offered()):
        raise NotFound("Diorama is not on offer here.")
    scene = diorama.read(prompt, 0, 64, 64)
    understood = dict.fromkeys(heard.words for heard in scene.heard if not heard.negated)
    return {
        "understood": [words for words in understood if words not in scene.undrawn],
        "undrawn": list(scene.undrawn),
    }

"""The HTTP door to Diorama beside the queue: what it reads in a prompt, and a sketch of it for nothing."""

from typing import Annotated, Any
from urllib.parse import quote

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from ninja import Query, Router
from ninja.throttling import AuthRateThrottle
from pydantic import ConfigDict, Field
from pydantic.alias_generators import to_camel

from soho import diorama
from soho.problems.documents import problem
from soho.problems.refusals import InvalidField, NotFound
from soho.problems.schemas import Camel, Problem
from soho.providers import registry
from soho.providers.diorama import previews

router = Router(tags=["models"], by_alias=True)

RATE = "120/m"  # as fast as a page that asks while somebody types, and no faster
PREVIEW_RATE = "12/m"
READ = 10_000  # characters
NAMED = 40  # words that could not be drawn: a header is short
COME_BACK_SECONDS = 3
MOST = 3.0  # how many times as wide as high, or as high as wide, a preview may be

PromptQuery = Annotated[str, Query(..., max_length=READ, description="The prompt to read.")]


class SceneOut(Camel):
    """What Diorama reads in a prompt: the words that it `understood`, and those it cannot draw.

    Both as they stand in the prompt, in its order, each once.
    """

    understood: list[str]
    undrawn: list[str]


class PreviewWish(Camel):
    """What to sketch."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, extra="forbid", strict=True)

    prompt: Annotated[str, Field(max_length=READ, examples=["A sunset over mountains"])]
    aspect_ratio: Annotated[
        str, Field(pattern=r"^[1-9][0-9]?:[1-9][0-9]?$", description="Width to height, at most 3:1 or 1:3.")
    ] = "9:16"
    seed: Annotated[int | None, Field(ge=0, le=previews.MAX_SEED)] = None


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


@router.post(
    "/preview",
    response=dict.fromkeys((401, 403, 404, 422, 429, 503), Problem),
    throttle=[AuthRateThrottle(PREVIEW_RATE)],
    summary="A free sketch of a prompt",
    openapi_extra={
        "responses": {
            200: {
                "description": "The film. `Soho-Seed` says its seed, `Soho-Undrawn` the words it leaves out, "
                "percent-encoded and parted by commas.",
                "content": {"video/mp4": {"schema": {"type": "string", "format": "binary"}}},
            }
        }
    },
)
def preview(request: HttpRequest, wish: PreviewWish) -> HttpResponse:
    """A draft by the built-in renderer, whichever model is to make the real one: 4 s, 360 pixels on the
    shorter side, with sound.

    Costs nothing and keeps nothing; at most 12 times a minute for each person. Answers 503 with `Retry-After`
    while too many are being drawn.
    """
    if not settings.PREVIEWS:
        raise NotFound("There are no previews here.")
    if not wish.prompt.strip():
        raise InvalidField("prompt", "Write a prompt first.")
    width, height = map(int, wish.aspect_ratio.split(":"))
    if not 1 / MOST <= width / height <= MOST:
        raise InvalidField("aspectRatio", "Choose a shape between 1:3 and 3:1.")
    try:
        sketch = previews.draw(wish.prompt, width_to_height=width / height, seed=wish.seed)
    except previews.Busy:
        busy = problem(503, "busy", "Busy", "Too many previews are being drawn. Try again in a moment.")
        busy["Retry-After"] = str(COME_BACK_SECONDS)
        return busy
    answer = HttpResponse(sketch.film, content_type="video/mp4", headers={"Cache-Control": "no-store"})
    answer["Soho-Seed"] = str(sketch.seed)
    answer["Soho-Undrawn"] = ",".join(
        quote(word, safe="", errors="replace") for word in sketch.undrawn[:NAMED]
    )
    return answer

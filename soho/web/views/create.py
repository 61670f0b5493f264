"""The page where things are made."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from soho.accounts.models import User
from soho.creations import actions, intake, lineage, queries
from soho.creations.intake import Order
from soho.creations.models import MAX_PROMPT
from soho.feed import queries as feed
from soho.generation.queries import usual_times
from soho.ids import new_id
from soho.problems.refusals import InvalidField, Refusal
from soho.providers import health, registry
from soho.providers.contract import Kind, ModelInfo
from soho.web.views.drafts import my_drafts

KINDS: tuple[Kind, ...] = ("image", "video")
HISTORY = 12  # prompts

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Filled:
    """What the form holds when it is shown; what is empty or unknown is left to the form."""

    kind: str = "video"
    prompt: str = ""
    model: str = ""
    aspect_ratio: str = ""
    seconds: str = ""
    seed: str = ""

    @classmethod
    def by(cls, form: QueryDict) -> "Filled":
        """By an address (`?kind=&prompt=&model=&aspectRatio=&duration=&seed=`), or by the form as sent."""
        kind = "image" if form.get("kind") == "image" else "video"
        return cls(
            kind=kind,
            prompt=form.get("prompt", "")[:MAX_PROMPT],
            model=form.get("model", form.get(f"model-{kind}", "")),
            aspect_ratio=form.get("aspectRatio", ""),
            seconds=form.get("duration", ""),
            seed=form.get("seed", "")[:10],
        )

    @classmethod
    def like(cls, creation: Mapping[str, Any]) -> "Filled":
        """By a creation in the API's shape: everything but the seed, so that it comes out anew."""
        return cls(
            kind=creation["mediaType"],
            prompt=creation["prompt"],
            model=creation["model"],
            aspect_ratio=creation["aspectRatio"],
            seconds=f"{round(creation['duration']):g}" if creation["duration"] else "",
        )


def offer(filled: Filled | None = None, *, operator: bool = False) -> list[dict[str, Any]]:
    """One entry for each kind that a model makes: its title, its price, its shapes and lengths, how long it
    takes here, whether it is the one chosen, and why it cannot be, if so (an `operator` is told more). Two
    queries.
    """
    filled = filled or Filled()
    states = health.states()
    # What cannot be started now comes last, and is never chosen to begin with.
    found = [
        (kind, place, model)
        for kind in KINDS
        for place, model in enumerate(
            sorted(registry.offered(kind), key=lambda model: not states[model.name].available)
        )
    ]
    times = usual_times((model.name, kind) for kind, _, model in found)
    wished = any(
        (kind, model.name) == (filled.kind, filled.model) and states[model.name].available
        for kind, _, model in found
    )
    return [
        {
            "kind": kind,
            "name": model.name,
            "title": model.title,
            "about": model.description,
            "example": model.example,
            "price": registry.price(model, kind),
            "unavailable": _why_not(states[model.name], operator),
            "usual": times.get((model.name, kind)),
            # The defaults come first: of the shapes, the lengths, and the models of a kind.
            "ratios": _default_first(model.aspect_ratios, model.default_ratio(kind)),
            "seconds": _lengths(model) if kind == "video" else [],
            "chosen": model.name == filled.model if wished and kind == filled.kind else place == 0,
        }
        for kind, place, model in found
    ]


def _lengths(model: ModelInfo) -> list[float]:
    return _default_first(sorted(model.seconds), model.default_seconds)


def _default_first(values: Iterable[T], default: T) -> list[T]:
    return sorted(values, key=lambda value: value != default)


def _why_not(state: health.State, operator: bool) -> str:
    if state.available:
        return ""
    return f"{health.FOR_PEOPLE} {state.reason}" if operator else health.FOR_PEOPLE


def _number(field: str, text: str) -> float | None:
    if not text:
        return None
    try:
        return float(text)
    except ValueError as error:
        raise InvalidField(field, "Write a number.") from error


def _order(form: QueryDict) -> Order:
    """What the form asks for. Raises InvalidField."""
    kind = form.get("kind", "video")
    seed = form.get("seed", "").strip()
    if seed and not (seed.isascii() and seed.isdigit() and len(seed) <= 10):
        raise InvalidField("seed", "Write a whole number, or leave it empty.")
    return intake.order(
        kind,
        form.get("prompt", ""),
        model=form.get(f"model-{kind}") or None,
        aspect_ratio=form.get("aspectRatio") or None,
        seconds=_number("duration", form.get("duration", "")) if kind == "video" else None,
        seed=int(seed) if seed else None,
    )


def _once(form: QueryDict, order: Order, parent: UUID | None) -> tuple[str, str]:
    """The same wish sent twice from one page starts once; the page filled in anew is another wish."""
    digest = hashlib.sha256(repr((order, parent)).encode()).hexdigest()
    page = hashlib.sha256(form.get("once", "").encode()).hexdigest()
    return f"form:{page}:{digest}", digest


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
def create(request: HttpRequest) -> HttpResponse:
    """The studio. Its address may fill it in: `?prompt=` and the other fields, or `?again=` with the id of a
    creation of one's own, or `?remix=` with that of a post, which it then remembers as its origin.

    Its form works by itself (POST, then on to the drafts); js/create.js does the same without leaving.
    """
    if request.method != "POST":
        return _studio(request, _initial(request))
    try:
        order = _order(request.POST)
        parent = lineage.parent(request.POST.get("remix"))
        once = _once(request.POST, order, parent)
        actions.start(_me(request), order, idempotency=once, remix_of=parent)
    except Refusal as refusal:
        return _studio(request, Filled.by(request.POST), refusal)
    if order.kind == "video":
        messages.success(request, "Video is Generating! 🎬 You will find it here.")
    else:
        messages.success(request, "Your image is being made. You will find it here.")
    return redirect(my_drafts(request))


def _me(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user


def _initial(request: HttpRequest) -> Filled:
    """What the address asks to begin with. Somebody else's creation, or none, fills in nothing."""
    if origin := _origin(request, request.GET):
        return Filled.like(origin)
    try:
        again = UUID(request.GET.get("again", ""))
    except ValueError:
        return Filled.by(request.GET)
    creation = queries.mine(_me(request).pk, again)
    return Filled.like(creation) if creation else Filled.by(request.GET)


def _origin(request: HttpRequest, form: QueryDict) -> dict[str, Any] | None:
    """The post (or creation of one's own) that `form` names to make another like; None for anything else."""
    try:
        creation_id = lineage.parent(form.get("remix"))
    except InvalidField:
        return None
    if creation_id is None:
        return None
    return feed.post(creation_id, None) or queries.mine(_me(request).pk, creation_id)


def _studio(request: HttpRequest, filled: Filled, refusal: Refusal | None = None) -> HttpResponse:
    models = offer(filled, operator=_me(request).is_staff)
    chosen = {one["kind"]: one["price"] for one in models if one["chosen"]}
    context = {
        "models": models,
        "prices": {**settings.PRICES, **chosen},
        "filled": filled,
        "history": queries.recent_prompts(_me(request).pk, HISTORY),
        "once": new_id(),
        "origin": _origin(request, request.POST if request.method == "POST" else request.GET),
        "refusal": refusal,
        "wrong_field": refusal.field if isinstance(refusal, InvalidField) else None,
    }
    return render(request, "pages/create.html", context, status=refusal.status if refusal else 200)

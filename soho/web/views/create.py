"""The page where things are made."""

import hashlib
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from soho.accounts.models import User
from soho.creations import actions, intake
from soho.creations.intake import Order
from soho.creations.models import MAX_PROMPT
from soho.ids import new_id
from soho.problems.refusals import InvalidField, Refusal
from soho.providers import registry
from soho.providers.contract import Kind
from soho.web.views.drafts import my_drafts

KINDS: tuple[Kind, ...] = ("image", "video")


def offer() -> list[dict[str, Any]]:
    """One entry for each kind that a model makes: its title, its price, its shapes and lengths."""
    entries = []
    for kind in KINDS:
        for position, model in enumerate(registry.offered(kind)):
            # The default length comes first, and so do the default shape and model.
            others = sorted(length for length in model.seconds if length != model.default_seconds)
            lengths = [model.default_seconds, *others]
            shapes = sorted(model.aspect_ratios, key=lambda ratio: ratio != model.default_ratio(kind))
            entries.append(
                {
                    "kind": kind,
                    "name": model.name,
                    "title": model.title,
                    "about": model.description,
                    "price": registry.price(model, kind),
                    "ratios": shapes,
                    "seconds": lengths if kind == "video" else [],
                    "first": position == 0,
                }
            )
    return entries


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


def _once(form: QueryDict, order: Order) -> tuple[str, str]:
    """The same wish sent twice from one page starts once; the page filled in anew is another wish."""
    digest = hashlib.sha256(repr(order).encode()).hexdigest()
    page = hashlib.sha256(form.get("once", "").encode()).hexdigest()
    return f"form:{page}:{digest}", digest


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
def create(request: HttpRequest) -> HttpResponse:
    """The studio. `?prompt=` and `?kind=` fill it in.

    Its form works by itself (POST, then on to the drafts); js/create.js does the same without leaving.
    """
    if request.method != "POST":
        return _studio(request, request.GET)
    assert isinstance(request.user, User)
    try:
        order = _order(request.POST)
        actions.start(request.user, order, idempotency=_once(request.POST, order))
    except Refusal as refusal:
        return _studio(request, request.POST, refusal)
    if order.kind == "video":
        messages.success(request, "Video is Generating! 🎬 You will find it here.")
    else:
        messages.success(request, "Your image is being made. You will find it here.")
    return redirect(my_drafts(request))


def _studio(request: HttpRequest, filled: QueryDict, refusal: Refusal | None = None) -> HttpResponse:
    models = offer()
    prices = {one["kind"]: one["price"] for one in reversed(models) if one["first"]}
    context = {
        "models": models,
        "prices": {**settings.PRICES, **prices},
        "kind": "image" if filled.get("kind") == "image" else "video",
        "prompt": filled.get("prompt", "")[:MAX_PROMPT],
        "seed": filled.get("seed", "")[:10],
        "once": new_id(),
        "refusal": refusal,
        "wrong_field": refusal.field if isinstance(refusal, InvalidField) else None,
    }
    return render(request, "pages/create.html", context, status=refusal.status if refusal else 200)

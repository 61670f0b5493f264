"""The page where things are made."""

from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from soho.creations.models import MAX_PROMPT
from soho.providers import registry
from soho.providers.contract import Kind

KINDS: tuple[Kind, ...] = ("image", "video")


def offer() -> list[dict[str, Any]]:
    """One entry for each kind that a model makes: its title, its price, its shapes and lengths."""
    entries = []
    for kind in KINDS:
        for position, model in enumerate(registry.offered(kind)):
            # The default length comes first, and so do the default shape and model.
            others = sorted(length for length in model.seconds if length != model.default_seconds)
            lengths = [model.default_seconds, *others]
            entries.append(
                {
                    "kind": kind,
                    "name": model.name,
                    "title": model.title,
                    "about": model.description,
                    "price": registry.price(model, kind),
                    "ratios": list(model.aspect_ratios),
                    "seconds": lengths if kind == "video" else [],
                    "first": position == 0,
                }
            )
    return entries


@require_safe
@never_cache
@login_required
def create(request: HttpRequest) -> HttpResponse:
    """The studio. `?prompt=` and `?kind=` fill it in."""
    models = offer()
    prices = {one["kind"]: one["price"] for one in reversed(models) if one["first"]}
    context = {
        "models": models,
        "prices": {**settings.PRICES, **prices},
        "kind": "image" if request.GET.get("kind") == "image" else "video",
        "prompt": request.GET.get("prompt", "")[:MAX_PROMPT],
    }
    return render(request, "pages/create.html", context)

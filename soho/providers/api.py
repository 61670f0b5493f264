"""The HTTP door to the models on offer."""

from typing import Any

from django.http import HttpRequest
from ninja import Router

from soho.providers import health, registry
from soho.providers.schemas import ModelList

router = Router(tags=["models"], by_alias=True)


@router.get("/models", response=ModelList, auth=None, summary="Models on offer")
def list_models(request: HttpRequest) -> dict[str, Any]:
    """Every model on offer, what one creation costs, and whether it can be started now.

    The first that makes a kind and is available is its default.
    """
    states = health.states()
    operator = getattr(getattr(request, "user", None), "is_staff", False)
    return {
        "models": [
            {
                "name": model.name,
                "title": model.title,
                "description": model.description,
                "kinds": list(model.kinds),
                "aspect_ratios": list(model.aspect_ratios),
                "durations": list(model.seconds) if "video" in model.kinds else [],
                "has_audio": model.has_audio,
                "prices": {kind: registry.price(model, kind) for kind in model.kinds},
                "available": states[model.name].available,
                "unavailable": None if states[model.name].available else health.FOR_PEOPLE,
                "reason": (states[model.name].reason or None) if operator else None,
            }
            for model in registry.offered()
        ]
    }

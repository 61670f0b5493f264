"""The HTTP door to the models on offer."""

from typing import Any

from django.http import HttpRequest
from ninja import Router

from soho.providers import registry
from soho.providers.schemas import ModelList

router = Router(tags=["models"], by_alias=True)


@router.get("/models", response=ModelList, auth=None, summary="Models on offer")
def list_models(request: HttpRequest) -> dict[str, Any]:
    """Every model on offer and what one creation costs. The first that makes a kind is its default."""
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
            }
            for model in registry.offered()
        ]
    }

"""Which model goes on when one cannot: the next successor that the operator named for the one asked for.

It must be able to make what was asked (kind, shape, length, prompt), be available, cost the person no more
than what is held, and keep within what one creation may cost the operator. docs/decisions/0009 says why.
"""

from django.db.models import Sum

from soho.generation.models import Attempt
from soho.generation.queue import Claim
from soho.providers import health, registry
from soho.providers.contract import Kind, ModelInfo

NEVER = frozenset({"moderated", "invalid_request", "unknown_outcome", "model_gone", "storage_unavailable"})
"""A refusal is an answer, not a breakdown; and what may have been bought is not bought elsewhere."""

BREAKDOWNS = frozenset({"provider_down", "rate_limited", "quota_exhausted", "timed_out", "unavailable"})
"""What another model is spared, even when the very same job would fail here again."""


def may_move_on(code: str, *, retriable: bool) -> bool:
    """Whether a failure with this code is one that another model may mend."""
    return code not in NEVER and (retriable or code in BREAKDOWNS)


def successor(claim: Claim) -> ModelInfo | None:
    """The model that goes on after the one of `claim`, or None when there is none that may."""
    kind: Kind = "image" if claim.kind == "image" else "video"
    offered = {model.name: model for model in registry.offered(kind)}
    asked = offered.get(claim.asked_model)
    if asked is None:
        return None
    line = [asked.name, *asked.successors]
    left = line[line.index(claim.model) + 1 :] if claim.model in line else []
    known = health.states()
    able = (
        offered[name]
        for name in left
        if name in offered and known[name].available and _can(offered[name], kind, claim)
    )
    return next((model for model in able if _within_cap(model, kind, claim)), None)


def _can(model: ModelInfo, kind: Kind, claim: Claim) -> bool:
    return (
        claim.aspect_ratio in model.aspect_ratios
        and (kind == "image" or claim.seconds in model.seconds)
        and len(claim.prompt) <= model.max_prompt
        and registry.price(model, kind) <= claim.tokens
    )


def _within_cap(model: ModelInfo, kind: Kind, claim: Claim) -> bool:
    """Whether its cost, on top of what all attempts have cost already, is within the operator's cap.

    Under a cap a model whose cost nobody told is not bought from.
    """
    cap = registry.configuration().max_cost
    if cap is None:
        return True
    cost = model.costs.get(kind)
    spent = Attempt.objects.filter(creation_id=claim.creation_id).aggregate(all=Sum("cost"))["all"] or 0
    return cost is not None and float(spent) + cost <= cap

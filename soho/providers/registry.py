"""Which models are offered, by which provider, at which price."""

from functools import cache
from importlib import import_module

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from soho.providers.contract import Kind, ModelInfo, Provider


class UnknownModel(Exception):
    """No model of that name makes that kind of media here."""


@cache
def providers() -> tuple[Provider, ...]:
    """The providers that `SOHO_PROVIDERS` names (modules with a `provider`), in order.

    Raises ImproperlyConfigured.
    """
    found = []
    for path in settings.PROVIDERS:
        try:
            found.append(import_module(path).provider)
        except (ImportError, AttributeError) as error:
            raise ImproperlyConfigured(
                f"SOHO_PROVIDERS names {path!r}, which is no module with a `provider` ({error})."
            ) from error
    return tuple(found)


def offered(kind: Kind | None = None) -> list[ModelInfo]:
    """Models on offer, for `kind` or for any. The first that makes a kind is its default."""
    return [model for one in providers() for model in one.models() if kind is None or kind in model.kinds]


def model_named(name: str | None, kind: Kind) -> ModelInfo:
    """The model `name`, or the default of `kind`. Raises UnknownModel."""
    for model in offered(kind):
        if name is None or model.name == name:
            return model
    raise UnknownModel(name)


def provider_of(name: str, kind: Kind) -> Provider:
    """Who makes `kind` with the model `name`. Raises UnknownModel."""
    for one in providers():
        if any(model.name == name and kind in model.kinds for model in one.models()):
            return one
    raise UnknownModel(name)


def price(model: ModelInfo, kind: Kind) -> int:
    """Tokens that one creation costs: the model's own price, else the house's."""
    return model.prices.get(kind, settings.PRICES[kind])

"""Which models are offered, by which provider, at which price."""

from functools import cache
from importlib import import_module
from typing import get_args

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from soho.providers import configuration_file
from soho.providers.absent import Absent
from soho.providers.configuration import KINDS, Adapter, Configuration, ProviderConfig, did_you_mean
from soho.providers.contract import Kind, ModelInfo, Provider


class UnknownModel(Exception):
    """No model of that name makes that kind of media here."""


@cache
def configuration() -> Configuration:
    """What `soho.toml` and the environment say. Raises ImproperlyConfigured."""
    return configuration_file.load(settings.CONFIG_FILE, must_exist=settings.CONFIG_IS_NAMED)


@cache
def providers() -> tuple[Provider, ...]:
    """The providers of the configuration, then those that `SOHO_PROVIDERS` names (modules with a `provider`).

    Raises ImproperlyConfigured.
    """
    configured = configuration()
    found = [_made(config) for config in configured.providers]
    kinds = {config.kind for config in configured.providers}
    for path in settings.PROVIDERS if configured.built_in else ():
        # Diorama in the file is Diorama as the operator wants it, not a second one.
        if not any(adapter.module == path for kind, adapter in KINDS.items() if kind in kinds):
            found.append(_built_in(path))
    _check(configured, found)
    return tuple(found)


def forget() -> None:
    """Reads the configuration anew at the next question (for tests; the product reads it once)."""
    configuration.cache_clear()
    providers.cache_clear()


def offered(kind: Kind | None = None) -> list[ModelInfo]:
    """Models on offer, for `kind` or for any, available or not.

    The first that makes a kind is its default; the operator's choice for `kind` comes first.
    """
    found = [model for one in providers() for model in one.models() if kind is None or kind in model.kinds]
    chosen = configuration().defaults.get(kind) if kind else None
    return sorted(found, key=lambda model: model.name != chosen) if chosen else found


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


def lanes() -> dict[str, list[str]]:
    """The lanes that are not simply a kind's, each with the models that only its workers may make."""
    found: dict[str, list[str]] = {}
    for model in offered():
        if model.lane:
            found.setdefault(model.lane, []).append(model.name)
    return found


def lane_of(name: str) -> str:
    """The lane of the model `name`; empty when it has none of its own, or there is no such model."""
    return next((model.lane for model in offered() if model.name == name), "")


def price(model: ModelInfo, kind: Kind) -> int:
    """Tokens that one creation costs: the model's own price, else the house's."""
    return model.prices.get(kind, settings.PRICES[kind])


def cost(name: str, kind: Kind) -> float | None:
    """US dollars that one creation costs the operator, where known."""
    model = next((one for one in offered(kind) if one.name == name), None)
    return model.costs.get(kind) if model else None


def _built_in(path: str) -> Provider:
    try:
        found: Provider = import_module(path).provider
    except (ImportError, AttributeError) as error:
        raise ImproperlyConfigured(
            f"SOHO_PROVIDERS names {path!r}, which is no module with a `provider` ({error})."
        ) from error
    return found


def _made(config: ProviderConfig) -> Provider:
    """The provider that `config` describes; a missing extra makes one that says what to install."""
    adapter = KINDS.get(config.kind) or Adapter(config.kind)
    try:
        found: Provider = import_module(adapter.module).make(config)
    except AttributeError as error:
        raise ImproperlyConfigured(
            f"{config.place.file}, [{config.place.table}], kind: {adapter.module} is no provider ({error})."
        ) from error
    except ImportError as error:
        if (error.name or "").startswith(adapter.module.split(".")[0]):
            config.wrong("kind", f"{config.kind} is not part of this installation ({error}).")
        return Absent(config, adapter.extra, missing=error.name or str(error))
    config.all_read()
    return found


def _check(configured: Configuration, found: list[Provider]) -> None:
    """Raises ImproperlyConfigured for a model twice, and for names of models that are not there."""
    offer: dict[str, ModelInfo] = {}
    for provider in found:
        for model in provider.models():
            if model.name in offer:
                raise ImproperlyConfigured(
                    f"{configured.file} offers two models named {model.name}; give one another name."
                )
            offer[model.name] = model
    for model in offer.values():
        for successor in model.successors:
            if successor not in offer or successor == model.name:
                hint = did_you_mean(successor, offer)
                raise ImproperlyConfigured(
                    f"{configured.file}, model {model.name}, successors: {successor} is no other model.{hint}"
                )
    for kind in get_args(Kind):
        chosen = configured.defaults.get(kind)
        if chosen and (chosen not in offer or kind not in offer[chosen].kinds):
            raise ImproperlyConfigured(
                f"{configured.file}, [defaults], {kind}: {chosen} is no model that makes a {kind}."
                f"{did_you_mean(chosen, (name for name, model in offer.items() if kind in model.kinds))}"
            )

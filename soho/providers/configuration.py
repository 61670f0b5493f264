"""Which models an operator offers: `soho.toml` and the environment, as what a provider's folder receives.

    [defaults]                    # the model when none is asked for; else the first that makes the kind
    video = "wan"

    [fallback]
    max_cost = 1.5                # US dollars that one creation may cost the operator, all attempts together

    [providers.gpu]               # a name of the operator's choice
    kind = "openai"               # which adapter: a row of KINDS, or a module of one's own
    address = "http://10.0.0.5:8000/v1"

    [providers.gpu.models.wan]    # the name that people's requests use
    id = "Wan-AI/Wan2.2"          # the provider's own name for it; the same when left out
    title = "Wan 2.2"
    seconds = [4, 8]
    prices = { video = 12 }       # tokens
    costs = { video = 0.3 }       # US dollars
    successors = ["diorama"]

Keys are never in the file: [providers.gpu] reads `SOHO_GPU_KEY`, or the file that `SOHO_GPU_KEY_FILE` names,
or the variable that `key_variable` names. Setting `SOHO_<KIND>_KEY` or `SOHO_<KIND>_ADDRESS` for a kind that
the file does not mention offers the models which that adapter offers by itself.

How a provider's folder plugs in: it is a row of KINDS and has one function,

    def make(config: ProviderConfig) -> Provider:
        steps = config.options.number("steps", 30, at_least=1)
        models = tuple(
            one.info(ModelInfo(name=one.id, title="Wan 2.2", description="...", kinds=("video",)))
            for one in config.models
        ) or DEFAULTS
        return RemoteProvider(MyServer(config.name, config.key, config.address or ADDRESS, models, steps))

`make` is called once a process, reads every option it knows through `options` (one that nobody read is a
mistake and stops the start, with its name), uses no network and no slow import, and raises
`config.wrong("address", "...")` for what cannot be. What may change later (a key that is not set, a server
that is down, weights that are missing) is no mistake: `Provider.health` says it. A package of an extra that
is not installed may raise ImportError in `make`, or in the import of the folder; the models are then shown as
unavailable, with the extra to install.
"""

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

from django.core.exceptions import ImproperlyConfigured

from soho.providers.contract import ModelInfo


class Adapter(NamedTuple):
    """Where a kind of provider lives, and the extra that its packages come with."""

    module: str
    extra: str = ""


KINDS = {
    "diorama": Adapter("soho.providers.diorama"),
    "openai": Adapter("soho.providers.openai", "openai"),
    "google": Adapter("soho.providers.google", "google"),
    "fal": Adapter("soho.providers.fal", "fal"),
    "replicate": Adapter("soho.providers.replicate", "replicate"),
    "comfyui": Adapter("soho.providers.comfyui", "comfyui"),
    "diffusers": Adapter("soho.providers.diffusers", "diffusers"),
}


@dataclass(frozen=True, slots=True)
class Place:
    """A table of the file, for sentences that say where a mistake is."""

    file: str
    table: str

    def wrong(self, key: str, what: str) -> NoReturn:
        """Stops the start: the file, the table, the key, and what is wrong with it, in one sentence."""
        raise ImproperlyConfigured(f"{self.file}, [{self.table}], {key}: {what}")


class Options:
    """The keys of one table that are an adapter's own, each read as one type.

    Everything raises ImproperlyConfigured with a sentence that names file, table and key.
    """

    def __init__(self, place: Place, values: Mapping[str, Any], folder: Path) -> None:
        self._place = place
        self._values = values
        self._folder = folder
        self._read: set[str] = set()

    def text(self, key: str, default: str = "", *, one_of: tuple[str, ...] = ()) -> str:
        """A text, of `one_of` these where they are given."""
        value = self._get(key, default)
        if not isinstance(value, str) or (one_of and value not in one_of):
            self._place.wrong(key, f"set it to {' or '.join(one_of) if one_of else 'a text'}.")
        return value

    def texts(self, key: str, default: tuple[str, ...] = ()) -> tuple[str, ...]:
        """A list of texts."""
        value = self._get(key, default)
        if not isinstance(value, (list, tuple)) or not all(isinstance(one, str) for one in value):
            self._place.wrong(key, "set it to a list of texts.")
        return tuple(value)

    def number(self, key: str, default: int, *, at_least: int = 0, at_most: int = 10**9) -> int:
        """A whole number."""
        value = self._get(key, default)
        if not isinstance(value, int) or isinstance(value, bool) or not at_least <= value <= at_most:
            self._place.wrong(key, f"set it to a whole number from {at_least} to {at_most}.")
        return value

    def decimal(self, key: str, default: float, *, at_least: float = 0.0, at_most: float = 1e9) -> float:
        """A number."""
        value = self._get(key, default)
        if not isinstance(value, (int, float)) or isinstance(value, bool) or not at_least <= value <= at_most:
            self._place.wrong(key, f"set it to a number from {at_least:g} to {at_most:g}.")
        return float(value)

    def flag(self, key: str, default: bool = False) -> bool:
        """true or false."""
        value = self._get(key, default)
        if not isinstance(value, bool):
            self._place.wrong(key, "set it to true or false.")
        return value

    def table(self, key: str) -> Mapping[str, Any]:
        """A table, empty when left out; its values are the adapter's to check (see `wrong`)."""
        value = self._get(key, {})
        if not isinstance(value, dict):
            self._place.wrong(key, "set it to a table.")
        return value

    def path(self, key: str, default: Path | None = None) -> Path | None:
        """A file or folder, not necessarily there; relative ones stand beside the configuration file."""
        value = self._get(key, None)
        if value is None:
            return default
        if not isinstance(value, str) or not value or "\0" in value:
            self._place.wrong(key, "set it to the path of a file or folder.")
        return (self._folder / Path(value).expanduser()).absolute()

    def wrong(self, key: str, what: str) -> NoReturn:
        """Stops the start because of this key; `what` completes the sentence."""
        self._place.wrong(key, what)

    def all_read(self) -> None:
        """Raises ImproperlyConfigured for a key that nobody asked for: a mistyped one, most likely."""
        for key in self._values:
            if key not in self._read:
                self._place.wrong(key, f"there is no such setting.{did_you_mean(key, self._read)}")

    def _get(self, key: str, default: Any) -> Any:
        self._read.add(key)
        return self._values.get(key, default)


@dataclass(frozen=True, slots=True)
class ModelConfig:
    """One model as the operator wrote it: `name` here, `id` at the provider, and what was said of it.

    `sizes`: width and height in pixels by aspect ratio, where the operator chose them.
    """

    name: str
    id: str
    place: Place
    given: Mapping[str, Any]
    sizes: Mapping[str, tuple[int, int]]
    options: Options

    def info(self, defaults: ModelInfo) -> ModelInfo:
        """The adapter's `defaults` for this model, under the operator's name and words."""
        return replace(defaults, name=self.name, **self.given)

    def wrong(self, key: str, what: str) -> NoReturn:
        """Stops the start because of this key; `what` completes the sentence."""
        self.place.wrong(key, what)


@dataclass(frozen=True, slots=True)
class ProviderConfig:
    """What one provider's folder receives.

    `name`: what the operator calls it, unique here; make it Provider.name. `address`: "" for the adapter's
    own. `key`: "" when none is set, never to be logged, and `key_variable` is what to tell the operator to
    set. `models`: empty when the operator leaves the choice to the adapter. `folder`: where the configuration
    file is.
    """

    name: str
    kind: str
    place: Place
    address: str
    key: str = field(repr=False)
    key_variable: str
    models: tuple[ModelConfig, ...]
    options: Options
    folder: Path

    @property
    def no_key(self) -> str:
        """The sentence for `Health` when a key is needed and none is set."""
        return f"No key is set; set {self.key_variable}, or {self.key_variable}_FILE to a file that holds it."

    def wrong(self, key: str, what: str) -> NoReturn:
        """Stops the start because of this key; `what` completes the sentence."""
        self.place.wrong(key, what)

    def all_read(self) -> None:
        """Raises ImproperlyConfigured for a key of this provider or its models that nobody asked for."""
        self.options.all_read()
        for model in self.models:
            model.options.all_read()


@dataclass(frozen=True, slots=True)
class Configuration:
    """The whole file, checked as far as it can be without the adapters.

    `defaults`: a model's name by kind. `max_cost`: US dollars one creation may cost the operator, attempts of
    successors included; None for no limit. `built_in`: whether what SOHO_PROVIDERS names is offered as well.
    """

    file: str
    providers: tuple[ProviderConfig, ...] = ()
    defaults: Mapping[str, str] = field(default_factory=dict)
    max_cost: float | None = None
    built_in: bool = True


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """A hint for a mistyped word: the nearest known one, or all of them."""
    known = sorted(known)
    close = difflib.get_close_matches(word, known, n=1)
    return f" Did you mean {close[0]}?" if close else f" There are {', '.join(known) or 'none'}."

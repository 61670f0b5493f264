"""Reading `soho.toml` and the environment: every mistake is one sentence that says where it is.

soho/providers/configuration.py shows the file and holds what comes of it.
"""

import re
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, get_args

from django.core.exceptions import ImproperlyConfigured

from soho.config import environment
from soho.providers.configuration import (
    KINDS,
    Configuration,
    ModelConfig,
    Options,
    Place,
    ProviderConfig,
    did_you_mean,
)
from soho.providers.contract import Kind

MAX_FILE_BYTES = 1024 * 1024
MAX_NAME = 80

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/-]*")
_PROVIDER_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
_RATIO = re.compile(r"[1-9][0-9]?:[1-9][0-9]?")
_SIZE = re.compile(r"([1-9][0-9]{1,4})x([1-9][0-9]{1,4})")
_MODULE = re.compile(r"[a-z_][a-z0-9_]*(\.[a-z_][a-z0-9_]*)+", re.IGNORECASE)
_SECRET_NAME = re.compile(r"(^|_)(key|keys|token|secret|password|credentials?|authorization)$", re.IGNORECASE)
_SECRET_VALUE = re.compile(r"^(sk-|r8_|AIza|hf_|Bearer )|://[^/@\s]+:[^/@\s]+@")


def load(path: Path, *, must_exist: bool = False) -> Configuration:
    """The configuration in the file `path` and the environment.

    Without the file there are only the environment's providers. Raises ImproperlyConfigured.
    """
    document = _read(path, must_exist=must_exist)
    top = Options(Place(path.name, "top"), document, path.parent)
    providers, defaults, fallback = (top.table(key) for key in ("providers", "defaults", "fallback"))
    built_in = top.flag("built_in", True)
    _refuse_secrets(path.name, "top", document)
    top.all_read()
    limits = Options(Place(path.name, "fallback"), fallback, path.parent)
    max_cost = limits.decimal("max_cost", 0.0) if "max_cost" in fallback else None
    limits.all_read()
    found = [_provider(path, name, table) for name, table in providers.items()]
    return Configuration(
        file=path.name,
        providers=(*found, *_from_environment(path, {one.kind for one in found}, set(providers))),
        defaults=_defaults(Options(Place(path.name, "defaults"), defaults, path.parent)),
        max_cost=max_cost,
        built_in=built_in,
    )


def _read(path: Path, *, must_exist: bool) -> dict[str, Any]:
    try:
        with path.open("rb") as file:
            content = file.read(MAX_FILE_BYTES + 1)
    except FileNotFoundError as error:
        if must_exist:
            raise ImproperlyConfigured(f"SOHO_CONFIG names {path}, which is not there.") from error
        return {}
    except OSError as error:
        raise ImproperlyConfigured(f"{path} cannot be read ({error.strerror}).") from error
    if len(content) > MAX_FILE_BYTES:
        raise ImproperlyConfigured(f"{path} is larger than 1 MiB; this cannot be meant.")
    try:
        return tomllib.loads(content.decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ImproperlyConfigured(f"{path} is no TOML: {error}.") from error


def _defaults(options: Options) -> dict[str, str]:
    found = {kind: options.text(kind) for kind in get_args(Kind)}
    options.all_read()
    return {kind: name for kind, name in found.items() if name}


def _provider(path: Path, name: str, table: Any) -> ProviderConfig:
    place = Place(path.name, f"providers.{name}")
    if not _PROVIDER_NAME.fullmatch(name):
        place.wrong("name", "use up to 40 small letters, digits, - and _.")
    if not isinstance(table, dict):
        place.wrong("kind", "this is to be a table of settings.")
    known = Options(place, table, path.parent)
    kind = known.text("kind") or place.wrong("kind", f"say which; there are {', '.join(KINDS)}.")
    if kind not in KINDS and not _MODULE.fullmatch(kind):
        place.wrong("kind", f"there is no {kind!r}.{did_you_mean(kind, KINDS)}")
    address = known.text("address")
    if address and not re.match(r"https?://[^/\s]+", address):
        place.wrong("address", "set it to an address such as http://10.0.0.5:8000.")
    variable = known.text("key_variable") or _variable(name, "KEY")
    models = known.table("models")
    rest = {key: value for key, value in table.items() if key not in _PROVIDER_KEYS}
    return ProviderConfig(
        name=name,
        kind=kind,
        place=place,
        address=address.rstrip("/") or environment.text(_variable(name, "ADDRESS")).rstrip("/"),
        key=environment.secret(variable),
        key_variable=variable,
        models=tuple(_model(path, place, called, one) for called, one in models.items()),
        options=Options(place, rest, path.parent),
        folder=path.parent,
    )


_PROVIDER_KEYS = frozenset({"kind", "address", "key_variable", "models"})
_MODEL_KEYS = frozenset(
    {
        *("id", "title", "description", "example", "kinds", "aspect_ratios", "seconds", "sizes", "has_audio"),
        *("has_seed", "takes_image", "max_prompt", "prices", "costs", "successors"),
    }
)


def _model(path: Path, provider: Place, name: str, table: Any) -> ModelConfig:
    place = Place(path.name, f"{provider.table}.models.{name}")
    if not _NAME.fullmatch(name) or len(name) > MAX_NAME:
        place.wrong("name", f"use up to {MAX_NAME} letters, digits and . _ : / -, with no blanks.")
    if not isinstance(table, dict):
        place.wrong(name, "this is to be a table of settings.")
    known = Options(place, table, path.parent)
    identity = known.text("id", name) or place.wrong("id", "leave it out, or name the model.")
    rest = {key: value for key, value in table.items() if key not in _MODEL_KEYS}
    return ModelConfig(
        name=name,
        id=identity,
        place=place,
        given=_given(known, table, place),
        sizes=_sizes(known.table("sizes"), place),
        options=Options(place, rest, path.parent),
    )


def _given(known: Options, table: Mapping[str, Any], place: Place) -> dict[str, Any]:
    """What the operator said of a model, as the fields of a ModelInfo."""
    read: dict[str, Callable[[], Any]] = {
        "title": lambda: known.text("title")[:60] or place.wrong("title", "give it a name to show."),
        "description": lambda: known.text("description")[:400],
        "example": lambda: known.text("example")[:200],
        "kinds": lambda: _each(
            known.texts("kinds"), get_args(Kind).__contains__, place, "kinds", "image, video"
        ),
        "aspect_ratios": lambda: _each(
            known.texts("aspect_ratios"), _RATIO.fullmatch, place, "aspect_ratios", "such as 16:9"
        ),
        "seconds": lambda: _seconds(table["seconds"], place),
        "has_audio": lambda: known.flag("has_audio"),
        "has_seed": lambda: known.flag("has_seed"),
        "takes_image": lambda: known.flag("takes_image"),
        "max_prompt": lambda: known.number("max_prompt", 1, at_least=1, at_most=100_000),
        "prices": lambda: {
            key: int(one) for key, one in _by_kind(known, "prices", place, whole=True).items()
        },
        "costs": lambda: _by_kind(known, "costs", place, whole=False),
        "successors": lambda: known.texts("successors"),
    }
    return {key: value() for key, value in read.items() if key in table}


def _each(
    values: tuple[str, ...], fits: Callable[[str], object], place: Place, key: str, like: str
) -> tuple[str, ...]:
    if not values or not all(fits(one) for one in values):
        place.wrong(key, f"set it to a list of at least one of these: {like}.")
    return tuple(dict.fromkeys(values))


def _seconds(value: Any, place: Place) -> tuple[float, ...]:
    numbers = value if isinstance(value, list) else []
    if not numbers or not all(_is_number(one) and 0 < one <= 600 for one in numbers):
        place.wrong("seconds", "set it to a list of clip lengths above 0, such as [4, 8].")
    return tuple(sorted({float(one) for one in numbers}))


def _by_kind(known: Options, key: str, place: Place, *, whole: bool) -> dict[str, float]:
    table = known.table(key)
    for kind, value in table.items():
        fits = _is_number(value) and 0 <= value <= 1_000_000 and (not whole or isinstance(value, int))
        if kind not in get_args(Kind) or not fits:
            what = "whole tokens" if whole else "US dollars"
            place.wrong(key, f"set it to {what} by kind, such as {{ video = 10, image = 1 }}.")
    return dict(table)


def _sizes(table: Mapping[str, Any], place: Place) -> dict[str, tuple[int, int]]:
    found = {}
    for ratio, value in table.items():
        size = _SIZE.fullmatch(value) if isinstance(value, str) else None
        if not _RATIO.fullmatch(ratio) or not size:
            place.wrong("sizes", 'set it to pixels by aspect ratio, such as { "16:9" = "1280x720" }.')
        found[ratio] = (int(size[1]), int(size[2]))
    return found


def _from_environment(path: Path, kinds: set[str], names: set[str]) -> list[ProviderConfig]:
    """A provider for each kind that has a key or an address in the environment and is not in the file."""
    found = []
    for kind in KINDS:
        told = [f"{_variable(kind, what)}" for what in ("KEY", "KEY_FILE", "ADDRESS")]
        if kind not in kinds | names and any(environment.text(one) for one in told):
            found.append(_provider(path, kind, {"kind": kind}))
    return found


def _refuse_secrets(file: str, table: str, values: Mapping[str, Any]) -> None:
    """Raises ImproperlyConfigured, without repeating it, for what looks like a key anywhere in the file."""
    for key, value in values.items():
        if isinstance(value, dict):
            _refuse_secrets(file, key if table == "top" else f"{table}.{key}", value)
            continue
        texts = [one for one in (value if isinstance(value, list) else [value]) if isinstance(one, str)]
        if any(_SECRET_VALUE.search(one) for one in texts) or (texts and _SECRET_NAME.search(key)):
            parts = table.split(".")
            name = (
                _variable(parts[1], "KEY") if parts[0] == "providers" and len(parts) > 1 else "SOHO_..._KEY"
            )
            Place(file, table).wrong(
                key, f"a key does not belong in this file; take it out and set {name} or {name}_FILE."
            )


def _variable(name: str, what: str) -> str:
    return f"SOHO_{name.upper().replace('-', '_')}_{what}"


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)

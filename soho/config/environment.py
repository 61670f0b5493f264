"""Reading the environment:

one function a kind of value, each failing with a sentence that names the variable.
"""

import os
import secrets
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

from soho.embedded import folders
from soho.embedded.errors import EmbeddedError


def text(name: str, default: str = "") -> str:
    """The variable's text without surrounding blanks; `default` when unset or blank."""
    return os.environ.get(name, "").strip() or default


def flag(name: str, default: bool = False) -> bool:
    """True for 1/true/yes/on, False for 0/false/no/off; anything else stops the start."""
    value = text(name).lower()
    if not value:
        return default
    if value in {"1", "true", "yes", "on"}:
        return True
    if value in {"0", "false", "no", "off"}:
        return False
    raise ImproperlyConfigured(f"{name} is {value!r}; set it to 1 or 0.")


def number(name: str, default: int, *, at_least: int = 0) -> int:
    """A whole number of at least `at_least`; anything else stops the start."""
    value = text(name)
    if not value:
        return default
    if not value.isascii() or not value.isdecimal() or int(value) < at_least:
        raise ImproperlyConfigured(f"{name} is {value!r}; set it to a whole number of at least {at_least}.")
    return int(value)


def seconds(name: str, default: float) -> float:
    """A positive number of seconds; anything else stops the start."""
    value = text(name)
    if not value:
        return default
    try:
        parsed = float(value)
    except ValueError:
        parsed = -1.0
    if not 0 < parsed < 86_400:
        raise ImproperlyConfigured(f"{name} is {value!r}; set it to a number of seconds above 0.")
    return parsed


def together(*names: str) -> dict[str, str] | None:
    """All of `names` or none of them.

    Returns their values, or None when none is set. A half-set group stops the start and names what is
    missing.
    """
    found = {name: text(name) for name in names}
    missing = [name for name, value in found.items() if not value]
    if len(missing) == len(names):
        return None
    if missing:
        present = next(name for name in names if found[name])
        are = "is" if len(missing) == 1 else "are"
        raise ImproperlyConfigured(
            f"{present} is set but {', '.join(missing)} {are} not; set all of {', '.join(names)}."
        )
    return found


def secret(name: str) -> str:
    """A secret: the text of the variable `name`, or what is in the file that `name`_FILE names; else "".

    Raises ImproperlyConfigured when both are set, or the file cannot be read or is empty.
    """
    value, path = text(name), text(f"{name}_FILE")
    if not path:
        return value
    if value:
        raise ImproperlyConfigured(f"{name} and {name}_FILE are both set; set one of them.")
    try:
        value = Path(path).expanduser().read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is no text"
        raise ImproperlyConfigured(f"{name}_FILE names {path}, which cannot be read ({reason}).") from error
    if not value:
        raise ImproperlyConfigured(f"{name}_FILE names {path}, which is empty; put the key into it.")
    return value


def home() -> Path:
    """The folder that holds everything an embedded instance keeps (`SOHO_HOME`), not necessarily made yet."""
    named = text("SOHO_HOME")
    if named:
        return Path(named).expanduser().absolute()
    if os.geteuid() == 0:
        # The database runs as a user of its own then, which could not enter root's private home.
        return Path("/var/lib/soho")
    return Path(text("XDG_DATA_HOME", str(Path.home() / ".local" / "share"))) / "soho"


def metrics_folder(home: Path) -> Path:
    """Where the processes of this home write what they measure, made if need be.

    prometheus_client is told by its own variable, which it reads when the first metric is made; set before,
    it names another folder.
    """
    folder = Path(text("PROMETHEUS_MULTIPROC_DIR", str(home / "metrics"))).expanduser().absolute()
    try:
        folders.create(home)
        folder.mkdir(mode=0o700, exist_ok=True)
    except (EmbeddedError, OSError) as error:
        raise ImproperlyConfigured(
            f"SOHO_HOME ({home}) cannot be written ({error}); name another folder."
        ) from error
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(folder)
    return folder


def traces_endpoint() -> str:
    """Where spans are sent to: OpenTelemetry's own variables, by its own rules; empty when neither is set."""
    whole = text("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
    base = text("OTEL_EXPORTER_OTLP_ENDPOINT")
    if not whole and not base:
        return ""
    name = "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT" if whole else "OTEL_EXPORTER_OTLP_ENDPOINT"
    if urlsplit(whole or base).scheme not in {"http", "https"} or not urlsplit(whole or base).hostname:
        raise ImproperlyConfigured(
            f"{name} is {whole or base!r}; set it to an address such as http://collector:4318."
        )
    if find_spec("opentelemetry.exporter.otlp.proto.http") is None:
        raise ImproperlyConfigured(f"{name} is set, and traces need an extra: pip install 'soho[otel]'.")
    return whole or f"{base.rstrip('/')}/v1/traces"


def secret_key(folder: Path) -> str:
    """`SOHO_SECRET_KEY`, or a key made once and kept in the home folder (mode 0600)."""
    named = text("SOHO_SECRET_KEY")
    if named:
        if len(named) < 32:
            raise ImproperlyConfigured("SOHO_SECRET_KEY is too short; use at least 32 random characters.")
        return named
    path = folder / "secret_key"
    try:
        folders.create(folder)
        # O_EXCL: of two processes that start together exactly one writes, the other reads.
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(48))
    except FileExistsError:
        pass
    except EmbeddedError as error:
        raise ImproperlyConfigured(str(error)) from error
    except OSError as error:
        raise ImproperlyConfigured(
            f"SOHO_HOME ({folder}) cannot be written ({error.strerror}); name another folder, "
            "or set SOHO_SECRET_KEY."
        ) from error
    key = path.read_text().strip()
    if len(key) < 32:
        raise ImproperlyConfigured(
            f"{path} is damaged; delete it (people will sign in again) or set SOHO_SECRET_KEY."
        )
    return key

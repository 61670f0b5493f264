"""Collecting the static files again only when they are others: at most starts they are not."""

import hashlib
import os
from importlib.metadata import version
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command

from soho.web import static_storage

# What decides beside the files themselves how they are written.
_WRITERS = ("django", "whitenoise")


def collect() -> bool:
    """Collects the static files under their hashed names; False when what is there is up to date.

    The mark lies beside the folder, and is written last: a collection that was cut short is done anew.
    """
    folder = Path(settings.STATIC_ROOT)
    mark, now = folder.with_name(f"{folder.name}.collected"), _fingerprint()
    if (folder / "staticfiles.json").is_file() and mark.is_file() and mark.read_text() == now:
        return False
    mark.unlink(missing_ok=True)
    call_command("collectstatic", interactive=False, verbosity=0)
    mark.write_text(now)
    return True


def _fingerprint() -> str:
    """Another one whenever a source file is added, removed, touched or resized, or its writer changes."""
    seen = [f"{name} {version(name)}" for name in _WRITERS]
    seen.append(_state(static_storage.__file__))
    for finder in get_finders():
        seen += [f"{path} {_state(storage.path(path))}" for path, storage in finder.list([])]
    return hashlib.sha256("\n".join(seen).encode()).hexdigest()


def _state(path: str) -> str:
    found = os.stat(path)
    return f"{found.st_mtime_ns} {found.st_size}"

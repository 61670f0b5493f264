"""A private PostgreSQL and Valkey with an empty Soho on them, for as long as a benchmark lasts."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from soho.embedded import servers


@contextmanager
def ground(**configuration: str) -> Iterator[Path]:
    """Servers of a new home, migrated, and Django set up in this process; everything is removed after.

    What the caller's environment configures is left out, so no real database is ever touched; `configuration`
    takes its place.
    """
    for name in list(os.environ):
        if name in {"DATABASE_URL", "REDIS_URL", "REDIS_HOST", "REDIS_PORT"} or name.startswith(
            ("SOHO_", "R2_")
        ):
            del os.environ[name]
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "soho.config.settings")
    # Directly below /tmp: sockets need a short path, and the server user must be able to follow.
    with tempfile.TemporaryDirectory(prefix="soho-bench-", dir="/tmp") as folder:
        os.environ["SOHO_HOME"] = folder
        os.environ["SOHO_LOG_LEVEL"] = "WARNING"
        os.environ.update(configuration)
        with servers.running(Path(folder)):
            _prepare()
            yield Path(folder)
            _let_go()


def _prepare() -> None:
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", interactive=False, verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)


def _let_go() -> None:
    from django.db import connections

    for one in connections.all():
        one.close()
        one.close_pool()

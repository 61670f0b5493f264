"""A pytest plugin (`-p soho.embedded.testing`): one private PostgreSQL and Valkey for a whole test run.

A plugin and no conftest.py, because pytest-django reads the settings before it looks at any conftest, and the
settings read `SOHO_HOME`. The processes of `pytest -n` share the servers; pytest-django gives each a database
of its own. However the run ends, the servers end with it.
"""

import os
import shutil
import tempfile
from collections.abc import Generator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from soho.embedded import addresses, servers
from soho.embedded.errors import EmbeddedError

_CONFIGURED = ("DATABASE_URL", "REDIS_URL", "REDIS_HOST", "REDIS_PORT", "HOST", "PORT")
_running = pytest.StashKey[AbstractContextManager[None]]()


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Generator[None, None, None]:
    """Before the settings are read: forget the caller's configuration and name a home for this run.

    Tests see the machine of somebody who has set nothing; a test that needs a variable sets it.
    """
    if "PYTEST_XDIST_WORKER" not in os.environ:
        for name in [*_CONFIGURED, *(name for name in os.environ if name.startswith(("SOHO_", "R2_")))]:
            os.environ.pop(name, None)
        # Short, because a socket's path must be; directly in /tmp, where the server user can follow.
        os.environ["SOHO_HOME"] = tempfile.mkdtemp(prefix="soho-test-", dir="/tmp")
        early_config.add_cleanup(_remove_home)
    # For each process of `pytest -n` a broker, a media folder and measures of its own, like pytest-django's
    # database.
    number = os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")
    home = Path(os.environ["SOHO_HOME"])
    os.environ["REDIS_URL"] = f"{addresses.redis_url(home)}?db={number}"
    os.environ["SOHO_MEDIA"] = str(home / f"media-{number}")
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(home / f"metrics-{number}")
    # Pages of a test have no live door, and knock at none that listens here by chance; tests/live opens real
    # ones.
    os.environ["SOHO_LIVE_URL"] = "off"
    (home / "static").mkdir(exist_ok=True)
    return (yield)


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Start the servers, once, in the process that the others are children of."""
    idle = config.option.collectonly or config.option.help or config.option.version
    if idle or "PYTEST_XDIST_WORKER" in os.environ:
        return
    server = servers.running(Path(os.environ["SOHO_HOME"]), durable=False)
    try:
        server.__enter__()
    except EmbeddedError as error:
        raise pytest.UsageError(str(error)) from error
    config.stash[_running] = server


@pytest.hookimpl(trylast=True)
def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the servers: also after Ctrl-C, when pytest still comes by here."""
    server = config.stash.get(_running, None)
    if server is not None:
        server.__exit__(None, None, None)


def _remove_home() -> None:
    shutil.rmtree(os.environ["SOHO_HOME"], ignore_errors=True)

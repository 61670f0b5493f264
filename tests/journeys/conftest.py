"""The running product, started once for all journeys as a stranger starts it:

`soho up` in an empty folder.
"""

import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.support import browser as chromium
from tests.support.surroundings import nothing_configured

ROOT = Path(__file__).parents[2]
START_SECONDS = 90.0


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def soho() -> Iterator[str]:
    """The address of a running Soho with real workers.

    Its films are small, so that two cores paint them quickly.
    """
    # Short, because a socket's path must be.
    home = Path(tempfile.mkdtemp(prefix="soho-journey-", dir="/tmp"))
    port = _free_port()
    env = nothing_configured(
        SOHO_HOME=str(home), PORT=str(port), SOHO_DIORAMA_PERCENT="25", PYTHONPATH=str(ROOT)
    )
    command = [sys.executable, "-m", "soho", "up"]
    with (home.parent / f"{home.name}.log").open("wb") as log:
        process = subprocess.Popen(command, env=env, cwd=ROOT, stdout=log, stderr=subprocess.STDOUT)
    address = f"http://localhost:{port}"
    try:
        _await(address, process, Path(log.name))
        yield address
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0, Path(log.name).read_text()
    finally:
        if process.poll() is None:
            process.kill()
            process.wait(10)
        shutil.rmtree(home, ignore_errors=True)
        Path(log.name).unlink(missing_ok=True)


def _await(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(f"{address}/healthz", timeout=2) as answer:
                if answer.status == 200:
                    return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    raise AssertionError(f"soho up did not come up:\n{log.read_text()}")


@pytest.fixture
def page(browser: Browser, soho: str) -> Iterator[Page]:
    """A desk's page on the running product. A script error or a refusal by the CSP fails the journey."""
    context = chromium.profile(browser, base_url=soho)
    faults: list[str] = []
    yield chromium.watched(context, faults)
    context.close()
    assert faults == []

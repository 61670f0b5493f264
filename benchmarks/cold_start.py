"""How long `make run` takes from its start to the first page, with a new home and with one that is there.

After set-up `make run` is `soho up`, which is what is started here, as anybody would: no warmed process, no
server left over. A page is served when `/`, and where it leads, answers 200. The phases are told apart by the
files that the supervisor makes on its way, which cost it nothing: the log folder once its own imports are
done, and a log for each part that it starts.
"""

import http.client
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from shutil import rmtree
from statistics import median
from typing import IO

from benchmarks.figures import Figure, Plot, Report, told
from benchmarks.serving import free_port

ROUNDS = 5
LIMIT = 5.0  # seconds to a served page
PATIENCE = 60.0
# What appears in the home when a phase is over; the last ends with the page.
PHASES = {
    "imports of the supervisor": "log",
    "PostgreSQL's files": "log/postgres.log",
    "PostgreSQL": "log/valkey.log",
    "Valkey, static files, migrations": "log/web.log",
    "web": "",
}
TOLD = b"Ctrl-C stops it"  # the last line of the words with the address and the link


def measure(rounds: int = ROUNDS) -> Report:
    """Both kinds of start in turns, `rounds` times."""
    fresh, again = [], []
    for _ in range(rounds):
        with tempfile.TemporaryDirectory(prefix="soho-bench-", dir="/tmp") as name:
            fresh.append(start(Path(name)))
            again.append(start(Path(name)))
    return Report("cold_start", "Cold start of make run", list(_figures(fresh, again)), [_plot(fresh, again)])


def start(home: Path) -> dict[str, float]:
    """Starts the product in `home`, and stops it; the seconds that each phase took."""
    rmtree(home / "log", ignore_errors=True)
    port = free_port()
    kept = {
        name: text
        for name, text in os.environ.items()
        if not name.startswith(("SOHO_", "R2_", "REDIS_", "DATABASE_"))
    }
    command = [str(Path(sys.executable).with_name("soho")), "up"]
    with ExitStack() as ending:
        said = ending.enter_context(tempfile.TemporaryFile())
        began = time.perf_counter()
        process = subprocess.Popen(
            command,
            env={**kept, "SOHO_HOME": str(home), "PORT": str(port)},
            stdout=said,
            stderr=subprocess.STDOUT,
        )
        ending.callback(_stop, process)
        times = []
        for mark in PHASES.values():
            while not ((home / mark).exists() if mark else _serves(port)):
                if process.poll() is not None or time.perf_counter() - began > PATIENCE:
                    raise RuntimeError(f"It did not start: {_said(said).decode(errors='replace')}")
                time.sleep(0.005)
            times.append(time.perf_counter())
        while TOLD not in _said(said) and time.perf_counter() - began < PATIENCE:
            time.sleep(0.02)
        told = time.perf_counter() - began
    ends = zip(PHASES, [began, *times], times, strict=False)
    return {name: end - since for name, since, end in ends} | {"told": told}


def _said(file: IO[bytes]) -> bytes:
    file.seek(0)
    return file.read()


def _serves(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        address = "/"
        for _ in range(3):  # as a browser does: / leads to the feed
            connection.request("GET", address, headers={"Host": f"localhost:{port}"})
            answer = connection.getresponse()
            answer.read()
            if answer.status == http.HTTPStatus.OK:
                return True
            address = answer.headers.get("Location", "/")
        return False
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGINT)
    process.wait(60)


def _figures(fresh: Sequence[dict[str, float]], again: Sequence[dict[str, float]]) -> Sequence[Figure]:
    figures = []
    for name, rounds in (("new home", fresh), ("existing home", again)):
        totals = [sum(one[phase] for phase in PHASES) for one in rounds]
        figures += [
            Figure(f"{name}: to the first page", median(totals), "s", LIMIT),
            Figure(f"{name}: the worst of {len(totals)}", max(totals), "s", LIMIT),
            *(Figure(f"{name}: {phase}", median(one[phase] for one in rounds), "s") for phase in PHASES),
            Figure(f"{name}: until the address is told", median(one["told"] for one in rounds), "s"),
        ]
    return figures


def _plot(fresh: Sequence[dict[str, float]], again: Sequence[dict[str, float]]) -> Plot:
    lines = {
        name: [median(one[phase] for one in rounds) for phase in PHASES]
        for name, rounds in (("new home", fresh), ("existing home", again))
    }
    return Plot("cold-start", "Cold start, by phase", "phase", "seconds", list(PHASES), lines)


def main(arguments: Sequence[str] | None = None) -> Report:
    """Measures and prints."""
    return told(lambda quick: measure(1 if quick else ROUNDS), arguments)


if __name__ == "__main__":
    main()

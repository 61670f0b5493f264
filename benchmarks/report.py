"""Measures, keeps what was found, and makes the pages of it.

    python -m benchmarks.report                  everything (half an hour on two cores)
    python -m benchmarks.report live storage     these
    python -m benchmarks.report --quick live     a run that only shows that it works
    python -m benchmarks.report --render         only the pages, of what was found before

Each benchmark runs in a process of its own: one that fails spoils no other, and its earlier findings stay.
"""

import argparse
import importlib
import subprocess
import sys
import time
from collections.abc import Sequence

from benchmarks import results
from benchmarks.figures import Report
from benchmarks.rendering import DOCS, PAGES, PLOTS, TOPICS, every_plot, page


def main(arguments: Sequence[str] | None = None) -> int:
    """Returns how many benchmarks could not be measured."""
    words = argparse.ArgumentParser(description="Measure, and write docs/performance.md of it.")
    words.add_argument("names", nargs="*", metavar="NAME", help=", ".join(TOPICS))
    words.add_argument("--quick", action="store_true", help="short runs, which only show that they work")
    words.add_argument("--render", action="store_true", help="only the pages, of what was found before")
    words.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    said = words.parse_args(arguments)
    if unknown := [name for name in said.names if name not in TOPICS]:
        words.error(f"There is no benchmark {unknown[0]}; there are {', '.join(TOPICS)}.")
    if said.here:
        _measure(said.names[0], quick=said.quick)
        return 0
    failed = [] if said.render else [one for one in said.names or TOPICS if not _apart(one, said.quick)]
    render()
    for name in failed:
        print(f"{name}: could not be measured; what was found before stays.", flush=True)
    return len(failed)


def render() -> None:
    """Makes the pages and the pictures of what was found."""
    from benchmarks import drawing

    PLOTS.mkdir(exist_ok=True)
    kept = set()
    for plot in every_plot():
        path = PLOTS / f"{plot.name}.svg"
        path.write_text(drawing.svg(plot))
        kept.add(path)
    for left in set(PLOTS.glob("*.svg")) - kept:
        left.unlink()
    for name in PAGES:
        path = DOCS / name
        path.write_text(page(path.read_text()))


def _apart(name: str, quick: bool) -> bool:
    print(f"\n== {name}", flush=True)
    began = time.monotonic()
    command = [sys.executable, "-m", "benchmarks.report", "--here", name, *(["--quick"] if quick else [])]
    status = subprocess.run(command, check=False).returncode
    print(f"({time.monotonic() - began:.0f} s)", flush=True)
    return status == 0


def _measure(name: str, *, quick: bool) -> None:
    with results.circumstances(quick=quick) as now:
        report = importlib.import_module(f"benchmarks.{name}").main(["--quick"] if quick else [])
    if not isinstance(report, Report):
        raise TypeError(f"benchmarks.{name} answers no report.")
    results.save(results.Result(report, now))


if __name__ == "__main__":
    sys.exit(min(main(), 1))

"""What was measured, kept: one small JSON file a benchmark in `benchmarks/results`."""

import json
import os
import platform
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.figures import Figure, Plot, Report

FOLDER = Path(__file__).parent / "results"


class NotMeasuredError(LookupError):
    """A figure is not there; the message names the benchmark that gives it."""


@dataclass
class Circumstances:
    """Where and when: the machine in words, and how busy it was."""

    date: str
    machine: str
    python: str
    load_before: float
    load_after: float = 0.0
    quick: bool = False


@dataclass(frozen=True)
class Result:
    """A report and the circumstances it came about in."""

    report: Report
    circumstances: Circumstances = field(compare=False)

    def value(self, name: str) -> float:
        """The value of the figure `name`, or of the last one that ends in `: name` (at the largest size).

        Raises NotMeasuredError.
        """
        found = [one for one in self.report.figures if one.name == name or one.name.endswith(f": {name}")]
        if not found:
            raise NotMeasuredError(
                f"{self.report.name} has no figure {name!r}; run: make bench-report ARGS={self.report.name}"
            )
        return found[-1].value


@contextmanager
def circumstances(*, quick: bool) -> Iterator[Circumstances]:
    """Those of what the block measures."""
    now = Circumstances(
        date=datetime.now(UTC).date().isoformat(),
        machine=machine(),
        python=platform.python_version(),
        load_before=round(os.getloadavg()[0], 1),
        quick=quick,
    )
    yield now
    now.load_after = round(os.getloadavg()[0], 1)


def machine() -> str:
    """Cores, memory and processor in words; no name of a host."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    gib = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    model = platform.processor() or platform.machine()
    if (cpuinfo := Path("/proc/cpuinfo")).is_file():
        named = [line.partition(":")[2] for line in cpuinfo.read_text().splitlines() if "model name" in line]
        model = named[0].strip() if named else model
    return f"{cores} cores, {gib:.0f} GiB, {model}, {platform.system()}"


def save(result: Result, folder: Path = FOLDER) -> Path:
    """Writes the file of its benchmark."""
    folder.mkdir(exist_ok=True)
    path = folder / f"{result.report.name}.json"
    kept = {"circumstances": asdict(result.circumstances), **_plain(result.report)}
    path.write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n")
    return path


def load(name: str, folder: Path = FOLDER) -> Result:
    """What was kept of a benchmark. Raises NotMeasuredError."""
    path = folder / f"{name}.json"
    if not path.is_file():
        raise NotMeasuredError(f"{name} has not been measured; run: make bench-report ARGS={name}")
    kept = json.loads(path.read_text())
    report = Report(
        name=kept["name"],
        title=kept["title"],
        figures=[Figure(**one) for one in kept["figures"]],
        plots=[Plot(**one) for one in kept["plots"]],
        remarks=kept["remarks"],
    )
    return Result(report, Circumstances(**kept["circumstances"]))


def _plain(report: Report) -> Mapping[str, Any]:
    """The report as JSON has it, its numbers with as many digits as mean something."""
    return {
        "name": report.name,
        "title": report.title,
        "figures": [
            {key: _rounded(value) for key, value in asdict(one).items() if value not in (None, "")}
            for one in report.figures
        ],
        "plots": [_rounded(asdict(one)) for one in report.plots],
        "remarks": report.remarks,
    }


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return float(f"{value:.4g}")
    if isinstance(value, Mapping):
        return {key: _rounded(one) for key, one in value.items()}
    return [_rounded(one) for one in value] if isinstance(value, (list, tuple)) else value

"""A figure, the table of them, a plot, and what a whole benchmark found."""

import argparse
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median


@dataclass(frozen=True)
class Figure:
    """One measured thing; smaller is better. Without a `target` it only informs."""

    name: str
    value: float
    unit: str
    target: float | None = None
    note: str = ""

    @property
    def verdict(self) -> str:
        """In words, whether the target was met, and by how much it was missed if not."""
        if self.target is None:
            return ""
        if self.value <= self.target:
            return "met"
        return f"missed by {self.value / self.target - 1:.0%}" if self.target else "missed"


@dataclass(frozen=True)
class Plot:
    """Lines over a common x axis, or bars side by side where `x` are words."""

    name: str  # of its file: lower case, hyphens
    title: str
    x_label: str
    y_label: str
    x: Sequence[float] | Sequence[str]
    lines: Mapping[str, Sequence[float]]  # label: a value for each of `x`
    logarithmic: bool = False  # the x axis


@dataclass(frozen=True)
class Report:
    """What a benchmark found, in the order in which it is told."""

    name: str  # the benchmark's module
    title: str
    figures: Sequence[Figure]
    plots: Sequence[Plot] = field(default=())
    remarks: str = ""  # Markdown, below the figures: a table that figures cannot be, a sentence

    def __str__(self) -> str:
        return table(self.title, self.figures)


def paired_ratio(ours: Sequence[float], theirs: Sequence[float]) -> float:
    """The median of the ratios of each round, so that what disturbed one round disturbs both sides of it."""
    return median(one / other for one, other in zip(ours, theirs, strict=True))


def percentile(values: Iterable[float], share: float) -> float:
    """The value below which `share` of `values` lie (nearest rank)."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def in_words(figure: Figure) -> tuple[str, str]:
    """What was measured and the limit, each with its unit; the limit empty where there is none."""
    unit = "x" if figure.unit == "x" else f" {figure.unit}"
    shown = f"{figure.value:.2f}" if figure.unit == "x" else _three_digits(figure.value)
    return f"{shown}{unit}", "" if figure.target is None else f"{figure.target:,g}{unit}"


def told(measure: Callable[[bool], Report], arguments: Sequence[str] | None) -> Report:
    """What every benchmark's `main` does: measures, quickly where `--quick` says so, and prints."""
    words = argparse.ArgumentParser()
    words.add_argument("--quick", action="store_true", help="a short run, which only shows that it works")
    report = measure(words.parse_args(arguments).quick)
    print(report)
    return report


def table(title: str, figures: Sequence[Figure]) -> str:
    """The figures as text for a terminal."""
    rows = [
        (
            figure.name,
            value,
            f"<= {limit}" if limit else "",
            " ".join(filter(None, [figure.verdict, figure.note and f"({figure.note})"])),
        )
        for figure in figures
        for value, limit in [in_words(figure)]
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    lines = [
        f"  {name:<{widths[0]}}  {value:>{widths[1]}}  {target:<{widths[2]}}  {verdict}".rstrip()
        for name, value, target, verdict in rows
    ]
    return "\n".join([title, *lines])


def _three_digits(value: float) -> str:
    """1,234 or 12.3 or 0.00123: never with an exponent where a person reads."""
    if abs(value) >= 100 or value == int(value):
        return f"{value:,.0f}"
    return f"{value:.3g}" if abs(value) >= 1e-4 else f"{value:.1e}"

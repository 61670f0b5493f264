"""A figure, the table of them, a plot, and what a whole benchmark found."""

from collections.abc import Iterable, Mapping, Sequence
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
        return f"missed by {self.value / self.target - 1:.0%}"


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

    def __str__(self) -> str:
        return table(self.title, self.figures)


def paired_ratio(ours: Sequence[float], theirs: Sequence[float]) -> float:
    """The median of the ratios of each round, so that what disturbed one round disturbs both sides of it."""
    return median(one / other for one, other in zip(ours, theirs, strict=True))


def percentile(values: Iterable[float], share: float) -> float:
    """The value below which `share` of `values` lie (nearest rank)."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def table(title: str, figures: Sequence[Figure]) -> str:
    """The figures as text for a terminal."""
    rows = [
        (
            figure.name,
            f"{figure.value:.3g} {figure.unit}" if figure.unit != "x" else f"{figure.value:.2f}x",
            ""
            if figure.target is None
            else f"<= {figure.target:g}{'x' if figure.unit == 'x' else ' ' + figure.unit}",
            " ".join(filter(None, [figure.verdict, figure.note and f"({figure.note})"])),
        )
        for figure in figures
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    lines = [
        f"  {name:<{widths[0]}}  {value:>{widths[1]}}  {target:<{widths[2]}}  {verdict}".rstrip()
        for name, value, target, verdict in rows
    ]
    return "\n".join([title, *lines])

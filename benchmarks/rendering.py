"""The pages that are made of what was measured: tables and pictures between markers, the rest by hand.

`<!-- figures:begin NAME -->` to `<!-- figures:end -->` holds what the benchmark NAME found; NAME `summary` is
every target in one table, `scaling` the fleet of docs/scaling.md. All of it follows from the files in
`benchmarks/results` alone, so a test can hold the pages to them.
"""

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

from benchmarks import results, scaling
from benchmarks.figures import Figure, Plot, Report, in_words
from benchmarks.results import NotMeasuredError, Result

DOCS = Path(__file__).parents[1] / "docs"
PLOTS = DOCS / "plots"
MOST_BESIDE = 12  # figures without a target that stand beside those with one
PAGES = ("performance.md", "scaling.md")
# In the order of the page: the benchmark, what it is about, and the heading that it stands below.
TOPICS = {
    "feed": ("The feed, flat from ten thousand posts to ten million", "the-feed"),
    "throughput": ("Generation throughput", "making-things"),
    "dispatch": ("Dispatch and fairness", "making-things"),
    "engine": ("The engine around a model", "making-things"),
    "diorama": ("The built-in renderer", "the-built-in-renderer"),
    "thumbnail": ("Thumbnails", "the-built-in-renderer"),
    "live": ("Live events, 5,000 streams", "live-events"),
    "storage": ("Storing and delivering", "storing-and-delivering"),
    "memory": ("Memory of every role", "memory"),
    "cold_start": ("Cold start", "cold-start"),
    "page_weight": ("The page on a phone", "the-page-on-a-phone"),
}
_MARKED = re.compile(r"(<!-- figures:begin (\w+) -->\n).*?(<!-- figures:end -->)", re.S)


def page(text: str) -> str:
    """The page with everything between its markers made anew. Raises NotMeasuredError."""
    parts: Mapping[str, Callable[[], str]] = {"summary": _summary, "scaling": _fleet}

    def made(match: re.Match[str]) -> str:
        name = match[2]
        inside = parts[name]() if name in parts else _section(name)
        return f"{match[1]}{inside}\n{match[3]}"

    return _MARKED.sub(made, text)


def named(text: str) -> list[str]:
    """What the markers of a page name."""
    return [match[2] for match in _MARKED.finditer(text)]


def every_plot() -> list[Plot]:
    """All that there are pictures of, in the order of the pages."""
    found = [one for result in _measured() for one in result.report.plots]
    return [*found, *scaling.plots()]


def digest(plot: Plot) -> str:
    """Of all that a picture shows; it stands in the picture, which so tells what it was drawn from."""
    return hashlib.sha256(json.dumps(asdict(plot), sort_keys=True).encode()).hexdigest()[:16]


def _measured() -> list[Result]:
    found = []
    for name in TOPICS:
        try:
            found.append(results.load(name))
        except NotMeasuredError:
            continue
    return found


def _section(name: str) -> str:
    try:
        result = results.load(name)
    except NotMeasuredError as missing:
        return f"*{str(missing).capitalize()}.*"
    told = [_circumstances(result), _tables(result.report.figures)]
    if result.report.remarks:
        told.append(result.report.remarks)
    told += [_picture(one) for one in result.report.plots]
    return "\n\n".join(told)


def _circumstances(result: Result) -> str:
    now = result.circumstances
    quick = " **A quick run, which only shows that it works.**" if now.quick else ""
    return (
        f"{result.report.title}. {now.date}, {now.machine}, Python {now.python}; "
        f"load {now.load_before:g} before, {now.load_after:g} after.{quick}"
    )


def _tables(figures: Sequence[Figure]) -> str:
    """What has a target, and what only informs; folded away where there is much of the latter."""
    aimed = [one for one in figures if one.target is not None]
    other = [one for one in figures if one.target is None]
    if not aimed or len(other) <= MOST_BESIDE:
        return _table(figures)
    told = f"<details><summary>{len(other)} more figures</summary>\n\n{_table(other)}\n\n</details>"
    return f"{_table(aimed)}\n\n{told}"


def _table(figures: Iterable[Figure]) -> str:
    rows = ["| | measured | limit | |", "|---|---:|---:|---|"]
    for one in figures:
        value, limit = in_words(one)
        verdict = "; ".join(filter(None, [one.verdict and f"**{one.verdict}**", _cell(one.note)]))
        rows.append(f"| {_cell(one.name)} | {value} | {limit} | {verdict} |")
    return "\n".join(rows)


def _summary() -> str:
    """One row a benchmark: how many of its targets are met, and the figure that is nearest to its target."""
    rows = ["| | targets met | nearest to its limit, or furthest past it | measured | limit | |"]
    rows.append("|---|---:|---|---:|---:|---|")
    for name, (about, heading) in TOPICS.items():
        try:
            report = results.load(name).report
        except NotMeasuredError:
            rows.append(f"| [{about}](#{heading}) | | not measured yet | | | |")
            continue
        rows.append(f"| [{about}](#{heading}) | {_judged(report)} |")
    return "\n".join(rows)


def _judged(report: Report) -> str:
    aimed = [one for one in report.figures if one.target is not None]
    if not aimed:
        return " | | | | it only informs"
    met = sum(one.verdict == "met" for one in aimed)
    nearest = max(aimed, key=lambda one: one.value / one.target if one.target else float(one.value > 0))
    value, limit = in_words(nearest)
    return f"{met} of {len(aimed)} | {_cell(nearest.name)} | {value} | {limit} | **{nearest.verdict}**"


def _picture(plot: Plot) -> str:
    lines = f"; {'; '.join(plot.lines)}" if len(plot.lines) > 1 else ""
    across = f" over {plot.x_label}" if plot.x_label and not isinstance(plot.x[0], str) else ""
    return f"![{plot.title}: {plot.y_label}{across}{lines}](plots/{plot.name}.svg)"


def _fleet() -> str:
    told = [scaling.table(scaling.fleets()), scaling.constants_table()]
    return "\n\n".join([*told, *(_picture(one) for one in scaling.plots())])


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")

"""Plots as SVG: small, the same every time, and readable on a white page and on a dark one.

Only `make bench-report` needs this, and matplotlib with it. Text stays text; its grey and the colours of the
lines have contrast enough with both backgrounds, and there is no background of the picture's own.
"""

import io
import re
from collections.abc import Mapping
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Canvas
from matplotlib.ticker import FuncFormatter, NullLocator

from benchmarks.figures import Plot
from benchmarks.rendering import digest

GREY = "#768390"
COLOURS = ("#3b82f6", "#e8590c", "#2f9e44", "#c2408f", "#8b6cf0", "#b08800")
DASHES = ("-", "--", "-.", ":", (0, (5, 1, 1, 1, 1, 1)), (0, (1, 1)))
MARKS = ("o", "s", "^", "D", "v", "P")
SETTINGS: Any = {
    "svg.fonttype": "none",
    "svg.hashsalt": "soho",
    "font.family": "sans-serif",
    "font.size": 9,
    **{f"{name}.color": GREY for name in ("text", "xtick", "ytick")},
    "axes.labelcolor": GREY,
    "axes.edgecolor": GREY,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "path.simplify": True,
}


def svg(plot: Plot) -> str:
    """The picture of a plot, with a title and a description inside, for those who listen to it."""
    with mpl.rc_context(SETTINGS):
        canvas = Canvas(figsize=(7.2, 3.4), layout="constrained")
        axes = canvas.add_subplot()
        words = [str(one) for one in plot.x if isinstance(one, str)]
        if words:
            _bars(axes, words, plot.lines)
        else:
            _lines(axes, plot)
        axes.set_title(plot.title, fontsize=10, loc="left")
        if words:
            axes.set_xlabel(plot.y_label)
        axes.grid(visible=True, axis="x" if words else "y", alpha=0.3, linewidth=0.6, color=GREY)
        axes.set_axisbelow(True)
        if len(plot.lines) > 1:
            axes.legend(frameon=False, fontsize=8)
        out = io.StringIO()
        canvas.savefig(out, format="svg", transparent=True, metadata={"Date": None})
    return _small(out.getvalue(), plot)


def _lines(axes: Axes, plot: Plot) -> None:
    for number, (name, values) in enumerate(plot.lines.items()):
        look: dict[str, Any] = {
            "color": COLOURS[number % 6],
            "linestyle": DASHES[number % 6],
            "marker": MARKS[number % 6],
        }
        axes.plot([float(one) for one in plot.x], values, label=name, linewidth=1.6, markersize=4, **look)
    if plot.logarithmic:
        axes.set_xscale("log")
        axes.xaxis.set_minor_locator(NullLocator())
        axes.xaxis.set_major_formatter(FuncFormatter(_number))
    values = [one for line in plot.lines.values() for one in line]
    if min(values) > 0 and max(values) > 200 * min(values):
        axes.set_yscale("log")
        axes.yaxis.set_minor_locator(NullLocator())
        axes.yaxis.set_major_formatter(FuncFormatter(_number))
    else:
        axes.set_ylim(bottom=0)
    axes.set_xlabel(plot.x_label)
    axes.set_ylabel(plot.y_label)


def _bars(axes: Axes, words: list[str], lines: Mapping[str, object]) -> None:
    """Lying, so that the words stand in full; the first on top."""
    height = 0.8 / len(lines)
    for number, (name, values) in enumerate(lines.items()):
        places = [place + number * height for place in range(len(words))]
        # Bars lie at places in words; matplotlib's stubs know one float for all.
        axes.barh(places, values, height=height * 0.9, label=name, color=COLOURS[number % 6])  # type: ignore[arg-type]
    middle = (len(lines) - 1) * height / 2
    axes.set_yticks([place + middle for place in range(len(words))], words)
    axes.tick_params(axis="y", length=0)
    axes.invert_yaxis()


def _number(value: float, _: object = None) -> str:
    """10,000 as 10k."""
    for size, letter in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if value >= size:
            return f"{value / size:g}{letter}"
    return f"{value:g}"


def _small(text: str, plot: Plot) -> str:
    """Without what tells nothing, and with what the picture was drawn from."""
    text = text[text.index("<svg") :]
    text = re.sub(r"<!--.*?-->|<metadata>.*?</metadata>", "", text, flags=re.S)
    text = re.sub(r"(-?\d+\.\d{2})\d+", r"\1", text)
    text = re.sub(r"'DejaVu Sans'[^;\"]*", "sans-serif", text)
    text = re.sub(r' id="(?:text|legend|line2d|patch|matplotlib\.axis|xtick|ytick)_\d+"', "", text)
    text = re.sub(r"\s*\n\s*", "\n", text)
    told = f"<title>{_escaped(plot.title)}</title><desc>{_escaped(plot.y_label)}; data {digest(plot)}</desc>"
    end = text.index(">") + 1
    return text[:end].replace("<svg", '<svg role="img"') + f"\n{told}" + text[end:]


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")

"""The figures of chapter 16 that are no explorers."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from nnlearn import plots
from nnlearn.language import mark, say
from nnlearn.plots import Figure

KINDS = {"chain": (mark("y = f(x)"), "o-"), "shortcuts": (mark("y = x + f(x)"), "s--"),
         "normalised": (mark("y = x + f(x), f normalised"), "^:")}  # fmt: skip
WAYS = {"merged": (mark("merged"), "o-"), "removed by weights": (mark("removed: smallest weights"), "s--"),
        "removed by what they send": (mark("removed: least sent"), "^:")}  # fmt: skip
GONE = {0.0: (mark("none gone"), "o-"), 0.5: (mark("half gone"), "s--"), 0.7: (mark("70% gone"), "^:")}


def changed(stored: Mapping[str, Any]) -> Figure:
    """How far what a layer gives lies from what it gets."""
    alt = say("Six layers, and how far what each gives lies from what it gets, as a share of what it gives. The chain "
              "begins above three quarters and rises; the layers with shortcuts lie near one half. The normalised ones "
              "begin near 0.9 and fall to a quarter.")  # fmt: skip
    figure, axes = plots.new_figure(alt, height=3.2)
    for kind, (name, look) in KINDS.items():
        rows = [row for row in stored["changed"] if row["kind"] == kind]
        layers = [row["layer"] for row in rows]
        (line,) = axes.plot(layers, [row["share"] for row in rows], look, label=name)
        low, high = ([end(row["each"]) for row in rows] for end in (min, max))
        axes.fill_between(layers, low, high, color=line.get_color(), alpha=0.2, linewidth=0)
    axes.set(xlabel=mark("layer"), ylabel=mark("|y - x| / |y|"), ylim=(0, None))
    axes.legend(fontsize="small")
    return figure


def units(stored: Mapping[str, Any]) -> Figure:
    """Units of the dense layer made fewer, in three ways."""
    alt = say("Accuracy against the number of units that are gone, in three ways. All are level up to 4, and "
              "have fallen by 12. The units that send least can be removed longest; the ranges of five networks "
              "overlap.")  # fmt: skip
    figure, axes = plots.new_figure(alt, height=3.2)
    for way, (name, look) in WAYS.items():
        rows = [row for row in stored["units"] if row["way"] == way]
        fewer = [row["fewer"] for row in rows]
        (line,) = axes.plot(fewer, [100 * row["median"] for row in rows], look, label=name)
        low, high = ([100 * row[end] for row in rows] for end in ("min", "max"))
        axes.fill_between(fewer, low, high, color=line.get_color(), alpha=0.15, linewidth=0)
    axes.set(xlabel=mark("units gone, of 32"), ylabel=mark("accuracy (%)"), ylim=(0, 102), xticks=fewer)
    axes.legend(fontsize="small", loc="lower left")
    return figure


def sizes(stored: Mapping[str, Any]) -> Figure:
    """Bytes against accuracy, for shares pruned and numbers of values."""
    alt = say("Accuracy against kilobytes, a line for each share pruned; along it the number of values grows from 2 to "
              "16. The more weights are gone, the further to the left the line lies; it reaches nearly as "
              "high.")  # fmt: skip
    figure, axes = plots.new_figure(alt, height=3.4)
    for gone, (name, look) in GONE.items():
        rows = [row for row in stored["shared"] if row["gone"] == gone and row["start"] == "quantile"]
        axes.plot([row["smallest"] / 1000 for row in rows], [100 * row["median"] for row in rows], look, label=name)
    axes.axhline(100 * stored["settings"]["float32"]["median"], color="0.5", linestyle=":", linewidth=1)
    axes.set(xlabel=mark("kilobytes (86.2 before)"), ylabel=mark("accuracy (%)"), ylim=(50, 101), xlim=(2, 11.5))
    axes.legend(fontsize="small", loc="lower right")
    return figure


def spread(row: Mapping[str, Any]) -> str:
    """A row's accuracy: the median, and the least and the most of five networks."""
    return say("{median:.1%} ({low:.1%} to {high:.1%})", median=row["median"], low=row["min"], high=row["max"])


def only(stored: Mapping[str, Any], table: str, **values: Any) -> Mapping[str, Any]:
    """The row of a table that has these values."""
    (row,) = [row for row in stored[table] if all(np.array_equal(row[name], value) for name, value in values.items())]
    return row

"""The figure of chapter 09 that is no explorer: what it costs to arrive, against the number of parameters."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib.ticker import FuncFormatter

from nnlearn import plots
from nnlearn.chapters.ch09_second_order.tables import METHODS, of
from nnlearn.language import mark, say
from nnlearn.lettering import word
from nnlearn.plots import Figure


def costs(stored: Mapping[str, Any]) -> Figure:
    """Processor seconds until the loss is within 1e-6 of the lowest, and the seconds of a step: median and range."""
    alt = say("Two panels against the number of parameters, both axes logarithmic. Left, seconds until it arrives: "
              "Newton is fastest up to about 400 parameters, L-BFGS beyond; plain descent is slower than Newton "
              "everywhere. Right, milliseconds a step: Newton's rise most steeply.")  # fmt: skip
    figure, (whole, step) = plots.new_figure(alt, width=8, height=3.2, ncols=2)
    for name, style in (("newton", "o-"), ("lbfgs", "s--"), ("descent", "^:")):
        found = [row for row in of(stored, "cost") if row["method"] == name and row["steps"] is not None]
        d = [row["d"] for row in found]
        seconds = np.array([row["seconds"] for row in found])
        median, steps = np.median(seconds, axis=1), np.array([row["steps"] for row in found])
        off = [median - seconds.min(axis=1), seconds.max(axis=1) - median]
        whole.errorbar(d, median, off, fmt=style, markersize=5, label=say(METHODS[name]))
        step.plot(d, 1000 * median / steps, style, markersize=5)
    whole.set(xscale="log", yscale="log", xlabel=mark("parameters d"), ylabel=mark("seconds until it arrives"))
    step.set(xscale="log", yscale="log", xlabel=mark("parameters d"), ylabel=mark("milliseconds a step"))
    for axes in (whole, step):
        axes.set_xticks([25, 100, 400, 1600], minor=False)
        axes.xaxis.set_major_formatter(FuncFormatter(lambda x, _: f"{x:g}"))
        axes.xaxis.set_minor_formatter(FuncFormatter(lambda x, _: ""))
    whole.legend(loc="lower right", fontsize="small", title=word("n = {n:,}", n=stored["settings"]["examples"]))
    return figure

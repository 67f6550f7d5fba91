"""The picture of a range test."""

from typing import Any

import numpy as np

from nnlearn.language import mark, say
from nnlearn.palette import in_style, palette
from nnlearn.plots import Figure, new_figure
from nnlearn.range_test import around


@in_style()
def range_plot(found: Any) -> Figure:
    """Of a ``RateRange``: a thin line for each run, their median, and the rates that were found."""
    figure, axes = new_figure(say("Loss against a growing learning rate, on a logarithmic axis. {found}", found=found))
    colours, ceiling = palette(), 1.5 * np.max(found.start)
    losses = np.where(found.losses <= ceiling, found.losses, np.nan)
    lines = axes.plot(found.rates, losses, color=colours.muted, linestyle="-", linewidth=0.7)
    lines[0].set_label(mark("each run"))
    middle = np.median(found.losses, axis=1)
    axes.plot(
        found.rates, np.where(middle <= ceiling, middle, np.nan), color=colours.blue, label=mark("median of the runs")
    )
    if np.isfinite(found.suggested):
        axes.axvspan(found.best.min(), found.best.max(), color=colours.orange, alpha=0.25, linewidth=0,
                     label=mark("where it is lowest"))  # fmt: skip
        axes.axvline(found.suggested, color=colours.ink, linestyle="--", linewidth=1.4, label=mark("to try"))
    within = found.limit[np.isfinite(found.limit)]
    if within.size:
        axes.axvspan(within.min(), within.max(), color=colours.muted, alpha=0.25, linewidth=0,
                     label=mark("where it stays above its start"))  # fmt: skip
    axes.set(xscale="log", xlabel=mark("learning rate"), ylim=(0, ceiling),
             ylabel=say("loss, median of {steps} steps", steps=2 * around(len(found.rates)) + 1))  # fmt: skip
    axes.legend(fontsize="small", loc="lower left")
    return figure

"""The figure of chapter 15 that is no explorer: accuracy against what is counted, and against what is lost."""

from collections.abc import Mapping
from typing import Any

from nnlearn import plots
from nnlearn.language import mark, say
from nnlearn.plots import Figure

SHOWN = {"network": mark("smallest of the network"), "layer": mark("smallest of each layer"),
         "random": mark("by chance")}  # fmt: skip


def count_or_strength(stored: Mapping[str, Any]) -> Figure:
    """The medians of five networks: against the share of weights gone, and against the strength lost."""
    alt = say("Two panels, accuracy in percent, three lines: the smallest of the network, the smallest of each layer, "
              "by chance. Against the share of weights gone they lie far apart: at 0.5 at 98, 90 and 35. Against the "
              "strength lost they lie close together and fall from 98 at 0 to 10 above 3.")  # fmt: skip
    figure, panels = plots.new_figure(alt, width=8, height=3.2, ncols=2, sharey=True)
    for axes, column in zip(panels, ("share", "lost"), strict=True):
        for (rule, name), style in zip(SHOWN.items(), (".-", "x--", "o:"), strict=True):
            rows = [row for row in stored["cuts"] if row["rule"] == rule]
            axes.plot([row[column] for row in rows], [100 * row["median"] for row in rows], style, fillstyle="none",
                      label=name)  # fmt: skip
    panels[0].set(xlabel=mark("share of weights gone"), ylabel=mark("accuracy (%)"), ylim=(0, 102))
    panels[1].set(xlabel=mark("strength lost (sum over the four layers)"))
    panels[1].legend()
    return figure

"""The picture of a diagnosis."""

from typing import Any

import numpy as np
from matplotlib.ticker import MaxNLocator

from nnlearn.checks import Array
from nnlearn.language import mark, say, together
from nnlearn.lettering import CODE
from nnlearn.networks.diagnosis import MANY, Diagnosis
from nnlearn.palette import in_style, palette
from nnlearn.plots import Figure, admit_nothing, finite, new_figure

ALL_NAMED = 12  # layers whose names stand below a picture; of more, their numbers


@in_style()
def diagnosis_plot(found: Diagnosis) -> Figure:
    """Left: how the slope fades or grows from the last layer to the first, and the values' spread on the way forward.

    Right: dead and saturated units. Of a sweep each network is a thin line.
    """
    alt = say("Two panels, layer by layer. Left: size of the loss's slope and spread of the values, on a logarithmic "
              "axis. Right: share of dead and saturated units. {found}", found=together(*found.sentences))  # fmt: skip
    figure, (sizes, shares) = new_figure(alt, width=9.0, ncols=2)
    colours, taught = palette(), np.isfinite(found.gradient) | np.isfinite(found.reach)  # activations make it zigzag
    for values, label, look in (
        (found.slope, mark("slope of the loss"), {"color": colours.blue, "linestyle": "-", "marker": "o"}),
        (found.spread, mark("spread of the values"), {"color": colours.orange, "linestyle": "--", "marker": "s"}),
    ):
        lines(sizes, np.where(taught & (values > 0), values, np.nan), label, look)
    lines(shares, found.dead, mark("dead"), {"color": colours.ink, "linestyle": "-", "marker": "x"})
    lines(shares, found.saturated, mark("saturated"), {"color": colours.purple, "linestyle": "--", "marker": "^"})
    sizes.set(ylabel=mark("size"), yscale="log" if sizes.lines else "linear")
    shares.set(ylabel=mark("share of the units"), ylim=(-0.03, 1.03))
    for axes in (sizes, shares):
        admit_nothing(axes)
        name_layers(axes, found.layers)
        if axes.lines:
            axes.legend(fontsize="small")
    if shares.lines:
        shares.axhline(MANY, color=colours.muted, linestyle=":", linewidth=1.0)
    return figure


def lines(axes: Any, values: Array, label: str, look: dict[str, Any]) -> None:
    """A line over the layers that have such a number, for each network."""
    networks = finite(values).reshape(-1, values.shape[-1])
    where = np.flatnonzero(np.isfinite(networks).any(axis=0))
    if where.size:
        width, dot = (1.8, 4) if len(networks) == 1 else (0.7, 2)
        drawn = axes.plot(where + 1, networks[:, where].T, linewidth=width, markersize=dot, **look)
        drawn[0].set_label(label)


def name_layers(axes: Any, layers: tuple[str, ...]) -> None:
    """Names below, or numbers where there are many."""
    axes.set(xlim=(0.5, len(layers) + 0.5), xlabel=mark("layer"))
    if len(layers) > ALL_NAMED:
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        return
    axes.set_xticks(range(1, len(layers) + 1), layers, rotation=60, ha="right", fontsize="small")
    for tick in axes.xaxis.get_major_ticks():
        for label in (tick.label1, tick.label2):  # below and, not shown, above
            label.set_gid(CODE)

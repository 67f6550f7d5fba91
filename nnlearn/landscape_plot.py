"""The picture of losses along two directions."""

from collections.abc import Mapping

import numpy as np
from matplotlib.ticker import MaxNLocator

from nnlearn.checks import Array, Range, number
from nnlearn.landscape import LossSurface
from nnlearn.language import mark, say, together
from nnlearn.lettering import meaning
from nnlearn.palette import in_style, palette
from nnlearn.plots import Figure, finite, new_figure

SHADES = 24  # of colour, and about half as many level lines
SIDE = 2.6  # inches


@in_style()
def side_by_side(surfaces: Mapping[str, LossSurface], highest: float | None = None) -> Figure:
    """A panel for each surface, by its title: level lines, and colours that mean the same in all panels.

    highest: the loss from which on all are one colour; the highest there is, if not given.
    """
    if not (isinstance(surfaces, Mapping) and surfaces and all(isinstance(s, LossSurface) for s in surfaces.values())):
        message = say("surfaces must be what loss_surface gives, by title: {{'start': surface, ...}}.")
        raise TypeError(message)
    if highest is not None:
        highest = number("highest", highest, Range("(-inf, inf)"))
    said = together(*(together(f"{meaning(name)}:" if name else "", *surface.sentences)
                      for name, surface in surfaces.items()))  # fmt: skip
    alt = say("Level lines of the loss along two directions around a point; panels: {n}. {said}",
              n=len(surfaces), said=said)  # fmt: skip
    figure, panels = new_figure(alt, width=1.2 + SIDE * len(surfaces), height=0.6 + SIDE, ncols=len(surfaces),
                                squeeze=False)  # fmt: skip
    shown = {name: finite(surface.losses) for name, surface in surfaces.items()}
    levels = level_lines(np.concatenate([losses.ravel() for losses in shown.values()]), highest)
    for axes, (name, surface) in zip(panels[0], surfaces.items(), strict=True):
        x = surface.positions
        z = np.ma.masked_invalid(shown[name].T)
        colours = axes.contourf(x, x, z, levels=levels, extend="neither" if highest is None else "max")
        if np.nanmin(shown[name]) < levels[-2] and np.ptp(shown[name][np.isfinite(shown[name])]) > 0:
            axes.contour(x, x, z, levels=levels[::2], colors=palette().paper, linewidths=0.6)
        axes.plot(0, 0, marker="+", color=palette().orange, markersize=10, markeredgewidth=2)
        axes.set(aspect="equal", xlabel=mark("along the first"))
        axes.set_title(name, fontsize="medium")
        axes.grid(visible=False)
    panels[0, 0].set_ylabel(mark("along the second"))
    figure.colorbar(colours, ax=list(panels[0]), label=mark("loss"), shrink=0.85)
    return figure


def level_lines(losses: Array, highest: float | None) -> Array:
    """Evenly spaced round numbers, from below the lowest to above the highest loss."""
    low = float(np.nanmin(losses))
    high = float(np.nanmax(losses)) if highest is None else max(highest, low)
    if high <= low:  # all the same
        low, high = low - 0.5, high + 0.5
    return np.asarray(MaxNLocator(SHADES).tick_values(low, high))

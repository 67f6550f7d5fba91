"""Which point of the data lies where in a picture, for the page to say beside the pointer."""

from typing import Any

from matplotlib.axes import Axes
from matplotlib.ticker import LogFormatter, ScalarFormatter

from nnlearn.explorers.picture import Picture

COLORBAR = "<colorbar>"  # matplotlib's label of such axes
SCALES = {"linear", "log"}  # those in which the page can reckon


def coordinates(picture: Picture) -> list[dict[str, Any]]:
    """Of each panel with numbers on both axes: its box, the ends of its axes, and which of them are logarithmic."""
    return [
        {
            "box": picture.box(axes),
            "ends": [[float(end) for end in limits] for limits in (axes.get_xlim(), axes.get_ylim())],
            "log": [scale == "log" for scale in (axes.get_xscale(), axes.get_yscale())],
        }
        for axes in picture.figure.axes
        if axes.get_label() != COLORBAR and has_numbers(axes)
    ]


def has_numbers(axes: Axes) -> bool:
    """Whether both axes are marked with numbers: an image has none, and some panels have names instead."""
    return {axes.get_xscale(), axes.get_yscale()} <= SCALES and all(
        len(axis.get_ticklocs()) and isinstance(axis.get_major_formatter(), ScalarFormatter | LogFormatter)
        for axis in (axes.xaxis, axes.yaxis)
    )

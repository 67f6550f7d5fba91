"""A figure for the width that the page has: panels side by side where there is room, else one below the other."""

import math
from collections.abc import Sequence
from typing import Any

from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine

WIDTH = 900  # CSS pixels: of a stored picture, and of a page that doesn't tell
NARROWEST = 250  # of a panel: labels take a quarter of it
MARGIN = 0.17  # inches beside each panel: the last number of an axis sticks out by half, and axes change their numbers
INCH = 100  # CSS pixels, as nnlearn.palette.style sets


def panels(
    width: float, height: float, count: int, *, narrowest: float = NARROWEST, ratios: Sequence[float] | None = None
) -> tuple[Figure, list[Any]]:
    """A figure as wide as told, and its ``count`` panels in reading order.

    width: of the figure; height: of a row of panels where the figure is ``WIDTH`` wide; narrower panels are lower.
    narrowest: the least width of a panel; all in CSS pixels. ratios: of the panels' widths while all stand in one row.
    """
    lines = math.ceil(count / max(1, int(width // narrowest)))
    columns = math.ceil(count / lines)  # four that don't fit stand two by two, not three and one
    rows = [range(first, min(first + columns, count)) for first in range(0, count, columns)]
    row_height = height * lowered(width / columns, WIDTH / count)
    layout = ConstrainedLayoutEngine(w_pad=MARGIN)
    figure = Figure(figsize=(width / INCH, len(rows) * row_height / INCH), layout=layout)
    grid = figure.add_gridspec(len(rows), 1)
    axes: list[Any] = []
    for number, row in enumerate(rows):
        parts = grid[number, 0].subgridspec(1, len(row), width_ratios=ratios if len(rows) == 1 else None)
        axes += [figure.add_subplot(parts[0, place]) for place in range(len(row))]
    return figure, axes


def lowered(width: float, usual: float) -> float:
    """The share of its usual height that a panel of this width has: less narrow than low, never higher than usual."""
    return min(1.0, 0.35 + 0.65 * width / usual)

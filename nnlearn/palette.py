"""One set of colours and line styles for every figure, on light and on dark paper.

The hues follow Okabe and Ito, "Color Universal Design" (2008), moved until each colour has a contrast of at
least 3 : 1 with its paper (WCAG 2.2, criterion 1.4.11) and each pair stays apart in the three forms of colour
blindness. Colour never stands alone: the default cycle changes the line style together with the colour.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any

import matplotlib
from cycler import cycler

from nnlearn.checks import OneOf
from nnlearn.lettering import families

LINES = ("-", "--", "-.", ":", (0, (5, 1, 1, 1, 1, 1)))


@dataclass(frozen=True)
class Palette:
    """The colours of one theme, as matplotlib takes them."""

    paper: str
    ink: str
    muted: str  # tick labels and secondary text; still readable as text (4.5 : 1)
    grid: str
    blue: str
    orange: str
    green: str
    purple: str
    sky: str

    @property
    def colours(self) -> tuple[str, ...]:
        """In the order in which lines take them; ``LINES`` has as many styles."""
        return self.blue, self.orange, self.green, self.purple, self.sky


PALETTES = {
    "light": Palette(
        paper="#FFFFFF", ink="#1F2328", muted="#59636E", grid="#E4E7EB",
        blue="#1F57BE", orange="#DB4F00", green="#0B8F5C", purple="#9A3A87", sky="#4497E6",
    ),
    "dark": Palette(
        paper="#111111", ink="#E6E8EB", muted="#A3ABB5", grid="#2E3237",
        blue="#5A8CFF", orange="#FA7A2E", green="#27DB97", purple="#C58BB5", sky="#C4E8FF",
    ),
}  # fmt: skip


def palette(theme: str = "light") -> Palette:
    """The colours of a theme: "light" or "dark"; ValueError for another word."""
    OneOf(*PALETTES)("theme", theme)
    return PALETTES[theme]


@contextmanager
def in_style(theme: str = "light") -> Iterator[None]:
    """Around what makes or draws a figure: ``with in_style("dark"): ...``, or ``@in_style()`` above a function."""
    with matplotlib.rc_context(style(theme)):
        yield


@cache
def defaults() -> dict[Any, Any]:
    """matplotlib's own settings, in place of what a matplotlibrc says: one that asks for LaTeX breaks every figure."""
    return {name: value for name, value in matplotlib.rcParamsDefault.items() if not name.startswith("backend")}


def style(theme: str = "light") -> dict[Any, Any]:
    """All of matplotlib's settings for a theme, save the backend: ``with matplotlib.rc_context(style("dark")): ...``"""
    colours = palette(theme)
    return defaults() | {
        "figure.dpi": 100,
        "figure.facecolor": colours.paper,
        "savefig.facecolor": colours.paper,
        "axes.facecolor": colours.paper,
        "axes.edgecolor": colours.muted,
        "axes.labelcolor": colours.ink,
        "axes.titlecolor": colours.ink,
        "axes.prop_cycle": cycler(color=colours.colours) + cycler(linestyle=LINES),
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.titlesize": "medium",
        "axes.titlelocation": "left",
        "axes.grid": True,
        "axes.axisbelow": True,
        "grid.color": colours.grid,
        "grid.linewidth": 0.8,
        "xtick.color": colours.muted,
        "ytick.color": colours.muted,
        "text.color": colours.ink,
        "legend.frameon": False,
        "lines.linewidth": 1.8,
        "font.family": families(),
        "font.size": 11,
        "image.cmap": "viridis",
    }

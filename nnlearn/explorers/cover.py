"""What hides a part of a picture until the prediction is answered, the same in every chapter."""

from typing import Any

from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from nnlearn.language import mark
from nnlearn.palette import Palette

HIDDEN = mark("hidden until you answer")
ABOVE_ALL = 10  # drawn over everything that moves, save the learner's own mark, which comes still later
HATCH = "//"


class Cover:
    """Hatched paper with words on it: it hides, and can't be taken for a result, as a plain colour could."""

    def __init__(self, axes: Axes, colours: Palette, bottom: float = 0.0) -> None:
        """Over the axes from ``bottom``, a share of their height, up; laid on until ``show(False)``."""
        looks: dict[str, Any] = {"facecolor": colours.paper, "edgecolor": colours.muted, "linewidth": 0}
        patch = Rectangle((0, bottom), 1, 1 - bottom, hatch=HATCH, transform=axes.transAxes, animated=True,
                          zorder=ABOVE_ALL, **looks)  # fmt: skip
        words = axes.text(0.5, (1 + bottom) / 2, HIDDEN, transform=axes.transAxes, ha="center", va="center",
                          fontsize="small", animated=True, zorder=ABOVE_ALL + 0.1,
                          bbox=looks | {"boxstyle": "round"})  # fmt: skip
        self.parts = axes.add_patch(patch), words

    @property
    def hides(self) -> bool:
        """Whether it is laid on."""
        return all(part.get_visible() for part in self.parts)

    def show(self, hidden: bool) -> None:
        """Whether it hides."""
        for part in self.parts:
            part.set_visible(hidden)

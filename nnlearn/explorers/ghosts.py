"""Ghosts: the lines of a pinned result, grey and dashed, behind those of the present one."""

from collections.abc import Callable, Sequence
from typing import Any

from matplotlib.lines import Line2D

from nnlearn.palette import Palette


class Ghosts:
    """One ghost for each of the lines, with the data that the line has when the pinned result is drawn."""

    def __init__(self, lines: Sequence[Line2D], colours: Palette) -> None:
        look: dict[str, Any] = {"color": colours.muted, "linestyle": (0, (4, 2)), "linewidth": 1.3, "animated": True}
        self._pairs = [(line, line.axes.plot([], [], zorder=line.get_zorder() - 0.5, **look)[0])
                       for line in lines if line.axes]  # fmt: skip
        self._pinned: Any = None

    def __bool__(self) -> bool:
        return bool(self._pairs)

    def follow(self, pinned: Any, draw: Callable[[Any], None]) -> None:
        """Shows this result, or none. To be called before the present result is drawn, which ``draw`` does too."""
        if pinned is self._pinned:
            return
        self._pinned = pinned
        if pinned is not None:
            draw(pinned)
        for line, ghost in self._pairs:
            ghost.set_data(*(([], []) if pinned is None else line.get_data()))

"""Ghosts: the lines of a pinned result, grey and dashed, behind those of the present one."""

from collections.abc import Callable, Sequence
from typing import Any

from matplotlib.lines import Line2D

from nnlearn.palette import Palette


class Ghosts:
    """One ghost for each of the lines, with the data that the line has when the pinned result is drawn."""

    def __init__(self, lines: Sequence[Line2D], colours: Palette) -> None:
        look: dict[str, Any] = {"color": colours.muted, "linestyle": (0, (4, 2)), "linewidth": 1.3, "animated": True}
        self._pairs: list[tuple[Line2D, Line2D]] = []
        for line in lines:
            axes: Any = line.axes
            self._pairs.append((line, axes.plot([], [], zorder=line.get_zorder() - 0.5, **look)[0]))
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

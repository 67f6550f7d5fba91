"""The part of a map that is shown, as a control."""

from typing import Any

import numpy as np

from nnlearn.explorers.controls import Control
from nnlearn.language import mark, say


class Window(Control):
    """Four numbers, left, right, bottom, top, or () for the whole map; buttons on the page zoom in and out."""

    def __init__(self, *, label: str = mark("zoom")) -> None:
        super().__init__((), label)

    def checked(self, name: str, value: Any) -> tuple[float, ...]:
        ends = tuple(float(end) for end in value) if np.shape(value) in ((0,), (4,)) else None
        if ends is None or not np.isfinite(ends).all() or (ends and not (ends[0] < ends[1] and ends[2] < ends[3])):
            message = say("{name} must be left, right, bottom, top, with left < right and bottom < top, or () for the "
                          "whole map; it is {value!r}.", name=name, value=value)  # fmt: skip
            raise ValueError(message)
        return ends

    def text(self, value: tuple[float, ...]) -> str:
        if not value:
            return say("the whole map")
        left, right, bottom, top = value
        return say("{left:.4g} to {right:.4g} across, {bottom:.4g} to {top:.4g} up",
                   left=left, right=right, bottom=bottom, top=top)  # fmt: skip

    def page(self) -> dict[str, Any]:
        words = {"zoom_in": say("Zoom in"), "zoom_out": say("Zoom out"), "whole": say("the whole map")}
        return super().page() | {"words": words}

"""A film of a map: all its runs stepped on together, and a frame of their losses every so many steps."""

import time
from typing import Any

import numpy as np

from nnlearn.checks import Array
from nnlearn.optimizers import Optimizer
from nnlearn.trace import last_row, rows

EVERY = 20  # steps from one frame to the next


class Film:
    """Batched runs that are made as far as somebody looks. ``frames``: log10 of the losses, each (rows, columns)."""

    def __init__(self, optimizer: Optimizer, J: Any, starts: Array) -> None:
        """starts: where the runs begin, shape (rows, columns, d)."""
        # Each coordinate in a plane of its own: the arithmetic then runs along memory.
        starts = np.moveaxis(np.ascontiguousarray(np.moveaxis(starts, -1, 0)), 0, -1)
        self.J, self.row = J, optimizer.start(starts)
        self.later = rows(optimizer, J, self.row)
        self.frames: list[Array] = []
        self._take()

    @property
    def reached(self) -> int:
        """The step of the last frame."""
        return EVERY * (len(self.frames) - 1)

    def advance(self, until: int, seconds: float) -> None:
        """Steps on to the last frame that isn't after step ``until``, or until the time is over: a frame at least."""
        end = time.perf_counter() + seconds
        while self.reached + EVERY <= until:
            self.row = last_row(self.later, self.row, EVERY)
            self._take()
            if time.perf_counter() >= end:
                break

    def covers(self, step: int) -> bool:
        """Whether the frame of this step, or the last one before it, has been made."""
        return self.reached + EVERY > step

    def frame(self, step: int) -> tuple[int, Array]:
        """The last frame not after this step, of those there are, and which step it shows."""
        number = min(step // EVERY, len(self.frames) - 1)
        return EVERY * number, self.frames[number]

    def _take(self) -> None:
        with np.errstate(all="ignore"):
            loss = self.J.loss(self.row.theta)
            self.frames.append(np.log10(loss).astype(np.float32))

"""Times of several sides, taken in turn, and what follows from them.

Two clocks run. The verdicts rest on processor time: every side runs in one thread, so on an idle computer
it equals the time that passes, and on a busy one it leaves out what others take. Beside it stands the same
by the wall clock, which also counts what a side spends waiting for its own threads.
"""

import gc
import math
import operator
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Side = Callable[[], object]
COMPARISONS = {">=": operator.ge, "<=": operator.le}


@dataclass(frozen=True, eq=False)
class Times:
    """Seconds for one call of one side by both clocks, a number for each round."""

    processor: NDArray[np.float64]
    wall: NDArray[np.float64]

    @property
    def median(self) -> float:
        """By the processor's clock."""
        return float(np.median(self.processor))


def interleaved(sides: Sequence[Side], rounds: int, at_least: float = 0.2) -> list[Times]:
    """The times of each side, from rounds A B A B ... after a warm-up, in which each is called twice.

    In a round each side is called as often as it takes to fill ``at_least`` seconds; the mean call counts.
    """
    calls = []
    for side in sides:
        side()  # builds, traces and caches whatever there is
        _, wall = seconds(side, 1)
        calls.append(max(1, math.ceil(at_least / wall)))
    times = np.array([[seconds(*turn) for turn in zip(sides, calls, strict=True)] for _ in range(rounds)])
    return [Times(*times[:, i].T) for i in range(len(sides))]


def seconds(side: Side, calls: int) -> tuple[float, float]:
    """Processor and wall time of one call, the mean of some."""
    gc.collect()  # nobody pays for the rubbish of the side before
    processor, wall = time.process_time(), time.perf_counter()
    for _ in range(calls):
        side()
    return (time.process_time() - processor) / calls, (time.perf_counter() - wall) / calls


@dataclass(frozen=True, eq=False)
class Result:
    """One line of the table: a number for each round, and what their median should be.

    values, wall: the same by the two clocks, in ``unit``: "x" is a ratio, "ms" a time. goal: for example
    ``(">=", 8)``; None for a number that is only told. ours, peer: median seconds of processor time.
    """

    name: str
    unit: str
    values: NDArray[np.float64]
    wall: NDArray[np.float64]
    goal: tuple[str, float] | None
    ours: float
    peer: float | None = None
    note: str = ""

    @property
    def median(self) -> float:
        return float(np.median(self.values))

    @property
    def wall_median(self) -> float:
        return float(np.median(self.wall))

    @property
    def spread(self) -> tuple[float, float]:
        """The smallest and the largest round."""
        return float(self.values.min()), float(self.values.max())

    @property
    def met(self) -> bool | None:
        """Whether the median reaches the goal; None if there is none."""
        if self.goal is None:
            return None
        comparison, bound = self.goal
        return bool(COMPARISONS[comparison](self.median, bound))

    def as_dict(self) -> dict[str, Any]:
        """The result in plain lists and numbers."""
        rounds = {"values": self.values.tolist(), "wall": self.wall.tolist()}
        return vars(self) | rounds | {"median": self.median, "met": self.met}


def speed_up(name: str, sides: Sequence[Times], at_least: float) -> Result:
    """How many times as long as our side the peer takes; sides: ours, the peer's."""
    ours, peer = sides
    ratio, wall = peer.processor / ours.processor, peer.wall / ours.wall
    return Result(name, "x", ratio, wall, (">=", at_least), ours.median, peer.median)


def cost(name: str, sides: Sequence[Times], at_most: float, note: str) -> Result:
    """How many times as long as the peer our side takes, which does more; sides: ours, the peer's."""
    ours, peer = sides
    ratio, wall = ours.processor / peer.processor, ours.wall / peer.wall
    return Result(name, "x", ratio, wall, ("<=", at_most), ours.median, peer.median, note)


def milliseconds(name: str, ours: Times, at_most: float | None = None) -> Result:
    """The time of one call. It depends on the computer, so it says less than a ratio."""
    goal = None if at_most is None else ("<=", at_most)
    return Result(name, "ms", 1e3 * ours.processor, 1e3 * ours.wall, goal, ours.median)

"""Times of several sides, taken in turn, and what follows from them.

Two clocks run. Processor time is what the verdicts rest on: every side runs in one thread, so on an idle computer
it equals the time that passes, and on a busy one it leaves out the time given to others. The ratio by the wall
clock stands beside it: it also counts what a side spends waiting for its own threads.
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
    """Seconds for one call of one side, a number for each round: by the processor's and by the wall's clock."""

    processor: NDArray[np.float64]
    wall: NDArray[np.float64]


def interleaved(sides: Sequence[Side], rounds: int, at_least: float = 0.2) -> list[Times]:
    """The times of each side, from rounds A B A B ... after a warm-up, in which each side is called twice.

    In a round each side is called as often as is needed to fill ``at_least`` seconds, and the mean call counts.
    """
    calls = []
    for side in sides:
        side()  # builds, traces and caches whatever there is
        calls.append(max(1, math.ceil(at_least / max(seconds(side, 1)[0], 1e-9))))
    times = np.array(
        [[seconds(side, n) for side, n in zip(sides, calls, strict=True)] for _ in range(rounds)]
    )
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
    """One line of the table: a number for each round, and what its median should be.

    values, wall: the same by the two clocks, in ``unit``: "x" is a ratio, "ms" a time. goal: such as
    ``(">=", 8)``; None for a number that is only told. ours, peer: the median processor times, in seconds.
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


def speed_up(name: str, ours: Times, peer: Times, at_least: float, note: str = "") -> Result:
    """How many times as long the peer takes."""
    ratio, wall = peer.processor / ours.processor, peer.wall / ours.wall
    return Result(name, "x", ratio, wall, (">=", at_least), *medians(ours, peer), note)


def cost(name: str, ours: Times, peer: Times, at_most: float, note: str = "") -> Result:
    """How many times as long ours takes, where it does more than the peer."""
    ratio, wall = ours.processor / peer.processor, ours.wall / peer.wall
    return Result(name, "x", ratio, wall, ("<=", at_most), *medians(ours, peer), note)


def milliseconds(name: str, ours: Times, at_most: float | None = None, note: str = "") -> Result:
    """The time of one call. It depends on the computer, so it says less than a ratio."""
    goal = None if at_most is None else ("<=", at_most)
    return Result(name, "ms", 1e3 * ours.processor, 1e3 * ours.wall, goal, *medians(ours), note=note)


def medians(*sides: Times) -> list[float]:
    return [float(np.median(times.processor)) for times in sides]


def as_dict(result: Result) -> dict[str, Any]:
    """The result in plain lists and numbers."""
    return vars(result) | {"values": result.values.tolist(), "wall": result.wall.tolist(), "met": result.met}

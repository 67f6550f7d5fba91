"""How far along a direction: a rate that satisfies the strong Wolfe conditions."""

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from nnlearn.algebra import ATOM, SUM, written
from nnlearn.checks import Array

if TYPE_CHECKING:
    from nnlearn.objectives.base import BaseObjective

ENOUGH = 1e-4  # c1: of the fall that the first slope promises, the share that must come
FLATTER = 0.9  # c2: of the first slope, the share that may be left
MOST = 25  # evaluations on the way outwards
INWARDS = 60  # evaluations between two rates: halving alone then reaches 1e-18 of the first
FARTHER = 4.0  # times the last rate, while the loss still falls


class Place(NamedTuple):
    """A point along the direction: its rate, the loss and the loss's slope there, by the rate."""

    rate: float
    loss: float
    slope: float


@written(r"\operatorname{{search}}\left({}, {}, {}, {}\right)", ATOM, (SUM, SUM, SUM, SUM))
def wolfe(J: "BaseObjective", theta: Array, direction: Array, first: float | Array) -> Array:
    """The rate, (..., 1), at which theta - rate * direction satisfies the strong Wolfe conditions; 0 if none is found.

    The loss has fallen by at least 1e-4 of what the slope at theta promises, and the slope there is at most 0.9 of it
    in size: far enough that something was won, and not so far that it rises steeply again. Nocedal and Wright,
    Numerical Optimization (2nd ed., 2006), algorithms 3.5 and 3.6, with cubic interpolation (their equation 3.59).

    theta, direction: (..., d). first: the rate that is tried first, a number or (..., 1). Each run of a sweep is
    searched for itself. 0, so that theta stays, where the direction leads upwards or rounding hides the fall.
    """
    runs = theta.shape[:-1]
    firsts = np.broadcast_to(first, (*runs, 1))
    rates = np.zeros((*runs, 1))
    for run in np.ndindex(runs):
        rates[run] = search(J.member(run, runs) if runs else J, theta[run], direction[run], float(firsts[run][0]))
    return rates


def search(J: "BaseObjective", theta: Array, direction: Array, first: float) -> float:
    """As ``wolfe``, for one run: walks outwards until the rate wanted lies between two, then between these."""

    def at(rate: float) -> Place:
        loss, gradient = J.loss_and_gradient(theta - rate * direction)
        return Place(rate, float(loss), -float(gradient @ direction))

    start = at(0.0)
    if not start.slope < 0 or not first > 0:
        return 0.0
    before, rate = start, first
    for tries in range(1, MOST + 1):
        here = at(rate)
        if not fallen(here, start) or (tries > 1 and here.loss >= before.loss):
            return between(at, start, before, here)
        if flat(here, start):
            return here.rate
        if here.slope >= 0:
            return between(at, start, here, before)
        before, rate = here, FARTHER * rate
    return before.rate


def fallen(here: Place, start: Place) -> bool:
    """Whether the loss is lower by enough (Armijo's condition); not if it is no number."""
    return here.loss <= start.loss + ENOUGH * here.rate * start.slope


def flat(here: Place, start: Place) -> bool:
    """Whether the slope is small enough in size."""
    return abs(here.slope) <= -FLATTER * start.slope


def between(at: Callable[[float], Place], start: Place, low: Place, high: Place) -> float:
    """Of the rates between two, one that satisfies both conditions: ``low`` has fallen enough, and lies lowest."""
    for _ in range(INWARDS):
        here = at(lowest(low, high))
        if here[1:] == low[1:]:
            break  # the same point: rounding leaves nothing between them
        if not fallen(here, start) or here.loss >= low.loss:
            high = here
            continue
        if flat(here, start):
            return here.rate
        if here.slope * (high.rate - low.rate) >= 0:
            high = low
        low = here
    return low.rate


def lowest(low: Place, high: Place) -> float:
    """Where the cubic through both losses and slopes is lowest; the middle if that is no number, or near an end."""
    middle, width = (low.rate + high.rate) / 2, high.rate - low.rate
    with np.errstate(all="ignore"):
        across = low.slope + high.slope - 3 * (low.loss - high.loss) / (low.rate - high.rate)
        root = np.sign(width) * np.sqrt(across**2 - low.slope * high.slope)
        rate = high.rate - width * (high.slope + root - across) / (high.slope - low.slope + 2 * root)
    return float(rate) if abs(rate - middle) <= 0.4 * abs(width) else middle

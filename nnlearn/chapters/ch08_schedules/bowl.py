"""A bowl with noisy gradients, of which the mean of all dice is known: the mean loss of a schedule, without a run.

Gradient lambda * theta + noise of variance v, in two directions. A step with rate eta leaves (1 - eta lambda)^2 of the
mean square of theta, and adds eta^2 v. What is left of the start and what the noise has added are followed apart.
"""

from itertools import accumulate
from typing import Any

import numpy as np

from nnlearn.checks import Array
from nnlearn.schedules import CosineDecay, LinearDecay, Schedule

STEEP = 1.0
START = np.array([2.0, 4.0])  # along the steep direction and the flat one
NEVER = 1e-9  # steps of a decay that there isn't
TENTH = 0.1  # what a cut leaves of the rate


def cooling(shape: str, peak: Any, share: Any, steps: int) -> Schedule:
    """The peak rate, which in the last share of the steps falls to zero: evenly, as half a wave, or at once to a tenth.

    peak, share: numbers, or arrays that fit each other.
    """
    length = np.maximum(np.asarray(share) * steps, NEVER)
    begin = np.maximum(steps - length, 0.0)
    if shape == "cut":
        return LinearDecay(peak, NEVER, TENTH * np.asarray(peak), begin)
    kind = {"linear": LinearDecay, "cosine": CosineDecay}[shape]
    return kind(peak, length, begin=begin)


def expected(shape: str, peaks: Array, shares: Array, steps: int, variance: float, flat: float) -> Array:
    """The mean loss after the steps, of every share (down) with every peak rate (across): shape (shares, peaks)."""
    form = cooling(shape, 1.0, shares[:, np.newaxis], steps)
    squares = [np.full((len(shares), len(peaks)), start**2) for start in START]
    left = np.empty_like(squares[0])
    for step in range(steps):
        rates = form(step) * peaks
        noise = rates * rates * variance
        for curvature, square in zip((STEEP, flat), squares, strict=True):
            np.multiply(rates, -curvature, out=left)
            left += 1
            left *= left
            square *= left
            square += noise
    return np.asarray(STEEP * squares[0] + flat * squares[1]) / 2


def followed(rates: Array, variance: float, flat: float) -> tuple[Array, Array]:
    """Of one run with these rates, shape (steps,): the loss that is left of the start, and what the noise has added.

    After 0, 1, ... steps: shape (steps + 1,).
    """
    way, noise = np.zeros(len(rates) + 1), np.zeros(len(rates) + 1)
    for start, curvature in zip(START, (STEEP, flat), strict=True):
        left = (1 - rates * curvature) ** 2
        way += curvature / 2 * np.append(start**2, start**2 * np.cumprod(left))
        added = accumulate(zip(left.tolist(), (rates**2 * variance).tolist(), strict=True),
                           lambda square, step: step[0] * square + step[1], initial=0.0)  # fmt: skip
        noise += curvature / 2 * np.array(list(added))
    return way, noise


def floor(rate: float, variance: float, curvature: float) -> float:
    """The loss at which noise holds one direction at a constant rate: eta v / (2 (2 - eta lambda))."""
    return rate * variance / (2 * (2 - rate * curvature))

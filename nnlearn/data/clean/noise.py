"""Noise of three kinds, to be put on clean data: what a filter takes away can be measured then."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from nnlearn.checks import Array, Range, number, whole_number
from nnlearn.data.augment.images import LARGEST_WHOLE, number_array, rounded, values_of
from nnlearn.data.clean.grids import Grid, check_averageable
from nnlearn.language import say

SIZE, SHARE = Range("[0, 1e300]"), Range("[0, 1]")


def gaussian_noise(x: ArrayLike, sigma: float, seed: int = 0) -> Grid:
    """x plus a normal number of mean 0 and standard deviation ``sigma`` at every place.

    x: an array of any shape. sigma: in the unit of x, from 0. seed: a whole number from 0; the same seed gives the same
    noise. Returns a new array of x's shape and dtype. Whole numbers are rounded, halves away from 0, and cut off at the
    ends of their type (at most 2**52); real numbers are not cut off: ``np.clip(noisy, 0, 1)`` does it where white is 1.

    Raises TypeError for a mask, booleans, and what are no numbers, ValueError for whole numbers beyond 2**52.
    """
    sigma = number("sigma", sigma, SIZE)
    x, rng = noisy(x), generator(seed)
    return plus(x, sigma * rng.standard_normal(x.shape))


def uniform_noise(x: ArrayLike, width: float, seed: int = 0) -> Grid:
    """x plus a number from -width to width at every place, each equally likely: the error of rounding to 2 * width.

    Its standard deviation is width / sqrt(3). The rest is as in ``gaussian_noise``.
    """
    width = number("width", width, SIZE)
    x, rng = noisy(x), generator(seed)
    return plus(x, width * rng.uniform(-1, 1, x.shape))


def impulse_noise(x: ArrayLike, share: float, low: float, high: float, seed: int = 0) -> Grid:
    """Salt and pepper: of all places a ``share``, drawn at random, turns to ``low`` or to ``high``, half of them each.

    share: from 0 to 1; how likely it is for each place by itself, so the number that turns varies. low, high: such as 0
    and 255; x's dtype must hold them. x, seed and errors are as in ``gaussian_noise``; all other numbers stay as they
    are, booleans and large numbers too.
    """
    share = number("share", share, SHARE)
    x, rng = number_array("x", x), generator(seed)
    ends = [number(name, end, values_of(x.dtype)) for name, end in (("low", low), ("high", high))]
    drawn = rng.random(x.shape)
    result = x.copy()
    for end, hit in zip(ends, (drawn < share / 2, (drawn >= share / 2) & (drawn < share)), strict=True):
        result[hit] = rounded(np.array(end), x.dtype)
    return result


def generator(seed: Any) -> np.random.Generator:
    """Of a seed; TypeError or ValueError for one that is none."""
    whole_number("seed", seed, at_least=0)
    return np.random.default_rng(seed)


def noisy(x: ArrayLike) -> Grid:
    """x as an array to which noise can be added."""
    array = number_array("x", x)
    if array.dtype.kind == "b":
        raise TypeError(say("{name} must hold numbers: nothing can be added to True and False.", name="x"))
    check_averageable("x", array)
    return array


def plus(x: Grid, noise: Array) -> Grid:
    """The sum in x's dtype."""
    with np.errstate(over="ignore"):  # next to the largest number, a sum may round to infinity
        total = x + noise
        if x.dtype.kind == "f":
            return total.astype(x.dtype)
    ends = np.iinfo(x.dtype)
    low, high = max(ends.min, -LARGEST_WHOLE), min(ends.max, LARGEST_WHOLE)
    return rounded(np.clip(total, low, high), x.dtype)

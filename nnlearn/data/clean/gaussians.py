"""The Gaussian filter: each number becomes a mean whose weights fall with the distance."""

from functools import partial
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from nnlearn.checks import Array, Range, number
from nnlearn.data.augment.resampling import slices
from nnlearn.data.clean.doubling import but_first, but_last
from nnlearn.data.clean.grids import Batch, Grid, check_averageable, filtered, for_each_axis, grid

SIGMA, TRUNCATE = Range("[0, 1000]"), Range("[0, 100]")


def gaussian_filter(x: ArrayLike, sigma: Any, mode: str = "reflect", value: float = 0.0, truncate: float = 4.0) -> Grid:
    """Each number becomes the mean of those around it, with weights exp(-distance**2 / (2 sigma**2)) (001§3.1.1.1).

    sigma: in places, from 0, which changes nothing, to 1000; one number, or a pair for (height, width). truncate: the
    weights end at truncate * sigma places, rounded. Shapes, mode, value, dtype and errors are those of ``mean_filter``;
    the rest is ``scipy.ndimage.gaussian_filter``, but for whole numbers, whose fraction SciPy cuts off after each axis.
    Bytes are computed in float32.

    >>> gaussian_filter([0.0, 0, 1, 0, 0], 0.5).round(3)
    array([0.   , 0.106, 0.787, 0.106, 0.   ])
    """
    x = grid("x", x)
    check_averageable("x", x)
    truncate = number("truncate", truncate, TRUNCATE)
    down, right = for_each_axis("sigma", sigma, x)
    sides = [gaussian_weights(number("sigma", each or 0, SIGMA), truncate) for each in (down, right)]
    sizes = 2 * len(sides[0]) - 1, 2 * len(sides[1]) - 1
    means = partial(weighted_means, sides=sides, bands=[*map(band_of, sides)])
    return filtered(x, sizes, mode, value, means)


def gaussian_weights(sigma: float, truncate: float = 4.0) -> Array:
    """The weights at distances 0, 1, ...; with those of the other side they sum to 1."""
    distance = np.arange(int(truncate * sigma + 0.5) + 1)
    height = np.exp(-0.5 / max(sigma, 1e-15) ** 2 * distance**2)
    weights: Array = height / (2 * height.sum() - height[0])
    return weights


def weighted_means(batch: Batch, sides: list[Array], bands: list[Array]) -> Batch:
    """First down, then to the right: the weights of a place are a product of the two."""
    kind = np.float32 if batch.dtype.itemsize == 1 else np.float64
    planes = np.moveaxis(batch, -1, 1).astype(kind, copy=False)
    finite = batch.dtype.kind != "f" or np.isfinite(planes).all()
    for axis, weights, band in zip((2, 3), sides, bands, strict=True):
        planes = banded_sum(planes, band.astype(kind), axis) if finite else symmetric_sum(planes, weights, axis)
    return np.moveaxis(planes, 1, -1)


def symmetric_sum(x: Batch, weights: Array, axis: int) -> Batch:
    """The sum of weights[d] * (x[i - d] + x[i + d]) over the distances d, for all i that have such neighbours."""
    radius = len(weights) - 1
    total = weights[0] * but_last(but_first(x, radius, axis), radius, axis)
    for distance in range(1, radius + 1):
        before = but_last(but_first(x, radius - distance, axis), radius + distance, axis)
        after = but_last(but_first(x, radius + distance, axis), radius - distance, axis)
        total += weights[distance] * (before + after)
    return total


def banded_sum(x: Batch, band: Array, axis: int) -> Batch:
    """The same as a product with a band of weights, some places at a time; faster, but 0 times infinity is NaN.

    x: shape (n, channels, height, width); axis: 2, down, or 3, to the right. band: as ``band_of`` makes it.
    """
    at_once, seen = band.shape
    shape = list(x.shape)
    shape[axis] -= seen - at_once
    total = np.empty(shape, x.dtype)
    for places in slices(shape[axis], at_once):
        count = places.stop - places.start
        some = slice(places.start, places.stop + seen - at_once)
        weights = band[:count, : some.stop - some.start]
        if axis == 2:
            np.matmul(weights, x[:, :, some], out=total[:, :, places])
        else:
            np.matmul(x[..., some], weights.T, out=total[..., places])
    return total


def band_of(weights: Array, count: int = 32) -> Array:
    """The weights of so many neighbouring places, (count, count + 2 radius): each row is the one above, a step on."""
    radius = len(weights) - 1
    distance = np.abs(np.arange(-radius, count + radius) - np.arange(count)[:, np.newaxis])
    return np.append(weights, 0)[np.minimum(distance, radius + 1)]

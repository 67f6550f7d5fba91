"""The mean filter: each number becomes the mean of its window."""

from functools import partial
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from nnlearn.data.clean.doubling import but_first, but_last, in_windows
from nnlearn.data.clean.grids import Batch, Grid, Sizes, check_averageable, filtered, grid, window_sizes


def mean_filter(x: ArrayLike, size: Any, mode: str = "reflect", value: float = 0.0) -> Grid:
    """Each number becomes the mean of the window around it (source 001§3.1.1.1).

    x: a signal (length,), an image (height, width), or a batch of images (n, height, width) or (n, height, width,
    channels); images and channels don't mix. size: of the window, in places, one number or a pair (height, width);
    (1, 5) filters each row of a matrix as a signal. An even window shows one place more of what comes before.
    mode, value: how x goes on beyond its border, "reflect", "constant" (by ``value``), "nearest", "mirror" or "wrap",
    as in ``scipy.ndimage.uniform_filter``.

    Returns a new array of x's shape and dtype, computed in float64. Whole numbers are rounded once, halves away from
    0, and booleans are True from 1/2 on. (SciPy cuts the fraction off, after each axis: the image gets darker.) NaN
    and infinity stay in the windows that hold them. (In SciPy's running sums they spoil the rest of the line.)

    >>> mean_filter([0.0, 0, 9, 0, 0], 3), mean_filter(np.array([0, 0, 5, 0], np.uint8), 3)
    (array([0., 3., 3., 3., 0.]), array([0, 2, 2, 2], dtype=uint8))

    Raises TypeError for a mask and for what are no numbers, ValueError for another shape, whole numbers beyond 2**52, a
    mode that is none, or a value that the dtype can't hold.
    """
    x = grid("x", x)
    check_averageable("x", x)
    sizes = window_sizes(size, x)
    return filtered(x, sizes, mode, value, partial(window_means, sizes=sizes))


def window_means(batch: Batch, sizes: Sizes) -> Batch:
    """The means of all windows, (n, height - sizes[0] + 1, width - sizes[1] + 1, channels)."""
    count = sizes[0] * sizes[1]
    # Of up to 128 bytes 16 bits hold the sum, and float32 tells what is just a half from what is nearly one: faster.
    few_bytes = batch.dtype.itemsize == 1 and count <= 128
    total: Any = batch.astype(np.int16 if few_bytes else np.float64)
    for axis, size in ((1, sizes[0]), (2, sizes[1])):
        total = in_windows(total, size, partial(added, axis=axis))
    return total / (np.float32(count) if few_bytes else count)


def added(a: Batch, b: Batch, v: int, w: int, axis: int) -> Batch:
    """The sums of all windows of v + w, from those of v and those of w."""
    return but_last(a, w, axis) + but_first(b, v, axis)

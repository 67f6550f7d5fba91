"""The median filter: each number becomes the one in the middle of its window."""

from dataclasses import replace
from functools import lru_cache, partial
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from nnlearn.checks import unmasked
from nnlearn.data.clean.doubling import but_first, but_last, in_windows
from nnlearn.data.clean.exchanges import Candidates, Steps, Wire, needed, run
from nnlearn.data.clean.grids import Batch, Grid, Sizes, filtered, grid, window_sizes
from nnlearn.language import say

Footprint = NDArray[np.bool]
BYTES = 2**17  # of a block: a network holds many arrays at a time


def median_filter(
    x: ArrayLike, size: Any = None, footprint: ArrayLike | None = None, mode: str = "reflect", value: float = 0.0
) -> Grid:
    """Each number becomes the median of the window around it (source 001§3.1.1.1; Tukey, 1977).

    size: of the window, one number or a pair (height, width); or footprint: which places of a window count, an array
    of truth values, (length,) for a signal, else (height, width): ``[[0, 1, 0], [1, 1, 1], [0, 1, 0]]`` is a plus. Of
    an even number of them the larger of the two in the middle is taken, so no number is new. Shapes, mode and value are
    those of ``mean_filter``.

    Returns a new array of x's shape and dtype, bit for bit that of ``scipy.ndimage.median_filter``. A window with NaN
    gives NaN. (In SciPy it depends on NaN's place.) The numbers of all windows are compared at once, see
    ``nnlearn.data.clean.exchanges``.

    >>> median_filter([1, 1, 9, 1, 2, 2], 3)
    array([1, 1, 1, 2, 2, 2])

    Raises TypeError or ValueError as ``mean_filter``, unless there is either a size or a footprint, and for a footprint
    that counts nothing.
    """
    x = grid("x", x)
    if (size is None) == (footprint is None):
        raise TypeError(say("Give either size or footprint."))
    if footprint is None:
        sizes = window_sizes(size, x)
        return filtered(x, sizes, mode, value, partial(run, window_network(sizes)), BYTES // x.itemsize)
    counts = footprint_of(footprint, x)
    return filtered(x, counts.shape, mode, value, partial(run, footprint_network(counts)), BYTES // x.itemsize)


def footprint_of(footprint: ArrayLike, x: Grid) -> Footprint:
    """The footprint as booleans, shape (height, width)."""
    unmasked("footprint", footprint)
    counts = np.asarray(footprint)
    if counts.dtype.kind not in "biu":
        message = say("footprint must hold True and False, or 1 and 0; it holds {kind}.", kind=counts.dtype)
        raise TypeError(message)
    axes = 1 if x.ndim == 1 else 2
    if counts.ndim != axes or not counts.any():
        message = say("footprint has shape {shape} and counts {count} places; it needs {axes} axes and at least one "
                      "place.", shape=counts.shape, count=np.count_nonzero(counts), axes=axes)  # fmt: skip
        raise ValueError(message)
    return counts.astype(bool).reshape(-1, counts.shape[-1])


@lru_cache(maxsize=32)
def window_network(sizes: Sizes) -> Steps:
    """The median of all windows, from parts that neighbours share."""
    window = sizes[0] * sizes[1]
    known = Candidates([Wire(np.asarray)])
    for axis, size in ((1, sizes[0]), (2, sizes[1])):
        known = in_windows(known, size, partial(joined, axis=axis, window=window))
    return needed(known.wires[0])


def joined(a: Candidates, b: Candidates, v: int, w: int, axis: int, window: int) -> Candidates:
    """The candidates of all parts of v + w, from those of v and those of w, which begin v later."""
    first = [Wire(partial(but_last, count=w, axis=axis), (wire,)) for wire in a.wires]
    second = [Wire(partial(but_first, count=v, axis=axis), (wire,)) for wire in b.wires]
    return replace(a, wires=first).join(replace(b, wires=second), window)


def footprint_network(counts: Footprint) -> Steps:
    """The median of all windows of a footprint: its places are joined in pairs, pairs in fours, ..."""
    known = [Candidates([Wire(partial(place, at=at, sizes=counts.shape))]) for at in np.argwhere(counts)]
    window = len(known)
    while len(known) > 1:
        pairs = [a.join(b, window) for a, b in zip(known[::2], known[1::2], strict=False)]
        known = pairs + known[2 * len(pairs) :]
    return needed(known[0].wires[0])


def place(batch: Batch, at: Any, sizes: Sizes) -> Batch:
    """What stands at one place, (row, column), of all windows."""
    height, width = (length - size + 1 for length, size in zip(batch.shape[1:3], sizes, strict=True))
    return batch[:, at[0] : at[0] + height, at[1] : at[1] + width]

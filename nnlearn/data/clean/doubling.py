"""Windows made of halves: what a filter knows of a window of 4 it learns from two windows of 2."""

from collections.abc import Callable
from typing import TypeVar

from nnlearn.data.clean.grids import Batch

Known = TypeVar("Known")


def in_windows(single: Known, size: int, join: Callable[[Known, Known, int, int], Known]) -> Known:
    """What is known of all windows of a size along an axis, from what is known of all single places.

    join(a, b, v, w): of all windows of v + w, from a, of those of v, and b, of those of w, which begin v later.
    Each half is made once for all windows that share it, so a window of k costs about log2(k) joins.
    """
    if size == 1:
        return single
    half = in_windows(single, size // 2, join)
    even = join(half, half, size // 2, size // 2)
    return join(even, single, size - 1, 1) if size % 2 else even


def but_last(x: Batch, count: int, axis: int) -> Batch:
    """x without the last places of an axis."""
    return x[(slice(None),) * axis + (slice(0, x.shape[axis] - count),)]


def but_first(x: Batch, count: int, axis: int) -> Batch:
    """x without the first places of an axis."""
    return x[(slice(None),) * axis + (slice(count, None),)]

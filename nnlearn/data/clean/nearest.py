"""Nearest neighbours of rows in which values are missing."""

import numpy as np
from numpy.typing import NDArray

from nnlearn.checks import Array
from nnlearn.data.augment.resampling import slices
from nnlearn.data.clean.transformer import Rows

Indices = NDArray[np.intp]

DISTANCES = 2**20  # held at a time


def filled_by_neighbours(rows: Rows, known: Array, middle: Array, neighbours: int) -> Rows:
    """The rows, filled in by the means of their neighbours among the known ones; ``middle`` where there are none.

    rows: (n, features). known: (m, features), float64; every column has a value. middle: (features,).
    """
    result, missing = rows.copy(), np.isnan(rows)
    incomplete = np.flatnonzero(missing.any(axis=1))
    for some in slices(len(incomplete), DISTANCES // len(known)):
        numbers = incomplete[some]
        distance = mean_squares(rows[numbers] - middle, known - middle)
        near = nearest_first(distance, 4 * neighbours + 10)
        for column in np.flatnonzero(missing[numbers].any(axis=0)):
            gaps = np.flatnonzero(missing[numbers, column])
            found = neighbours_mean(distance, gaps, near[gaps], known[:, column], neighbours)
            result[numbers[gaps], column] = np.where(np.isnan(found), middle[column], found)
    return result


def mean_squares(a: Array, b: Array) -> Array:
    """The mean square of the difference of each row of a to each of b, shape (n, m), over the columns that both have.

    Infinity where there is no such column. The square is multiplied out: sums of a**2, b**2 and -2 a b over the columns
    that both have are products of matrices with zeros for what is missing.
    """
    in_a, in_b = ((~np.isnan(each)).astype(np.float64) for each in (a, b))
    a, b = (np.nan_to_num(each.astype(np.float64)) for each in (a, b))
    both = in_a @ in_b.T
    squares = a**2 @ in_b.T + in_a @ (b**2).T - 2 * a @ b.T
    return np.where(both > 0, np.maximum(squares, 0) / np.maximum(both, 1), np.inf)


def nearest_first(distance: Array, count: int) -> Indices:
    """Of each row of distances, (n, m), the places of its smallest, the nearest first: (n, count), or (n, m)."""
    count = min(count, distance.shape[1])
    found = np.argpartition(distance, count - 1, axis=1)[:, :count]
    order = np.take_along_axis(distance, found, axis=1).argsort(axis=1)
    return np.take_along_axis(found, order, axis=1)


def neighbours_mean(distance: Array, gaps: Indices, near: Indices, column: Array, neighbours: int) -> Array:
    """The mean of a column in the nearest rows that have a value there, for the rows ``gaps`` of the distances.

    near: which rows are nearest to these, in order. Where too few of them have a value, all rows are put in order.
    NaN where no row is near.
    """
    there = ~np.isnan(column)
    usable = there[near] & np.isfinite(distance[gaps[:, np.newaxis], near])
    chosen = usable & (usable.cumsum(axis=1) <= neighbours)
    count = chosen.sum(axis=1)
    mean = np.where(chosen, column[near], 0).sum(axis=1) / np.maximum(count, 1)
    if near.shape[1] < len(column):
        few = np.flatnonzero(count < neighbours)
        everyone = nearest_first(distance[gaps[few]], len(column))
        mean[few] = neighbours_mean(distance, gaps[few], everyone, column, neighbours)
        return mean
    return np.where(count, mean, np.nan)

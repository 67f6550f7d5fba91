"""Imputation: what is missing is filled in from what is there."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

import numpy as np

from nnlearn.checks import Array, OneOf, Whole
from nnlearn.data.clean.nearest import filled_by_neighbours
from nnlearn.data.clean.transformer import Rows, Transformer, numbered
from nnlearn.language import say

STRATEGIES = ("mean", "median", "nearest")


@dataclass(eq=False)
class Imputer(Transformer):
    """Fills in NaN, column by column (source 001§3.1.1.2).

    strategy: "mean" or "median" of the column, or "nearest": the mean of the column in the ``neighbours`` rows that are
    nearest of those with a value there (Troyanskaya et al., 2001, "Missing value estimation methods for DNA
    microarrays"). The distance of two rows is that of the columns in which both have one: a mean square, so that more
    columns make no distance longer. Of rows equally near it isn't said which count. A row with nothing in common with
    any gets the column's mean. Columns in large units rule the distance: standardise first.

    All of it is learned by ``fit`` from the training rows alone: ``statistics_``, shape (features,), float64, the means
    or medians (for "nearest" the means), and for "nearest" ``rows_``, the rows themselves. A value that is there stays.
    A column in which ``fit`` saw no value is left out by ``transform``, as by ``sklearn.impute.SimpleImputer`` and
    ``KNNImputer``, and a ``Finding`` says so; ``columns_`` are those that stay.

    >>> Imputer("median").fit([[1.0], [2.0], [9.0]]).transform([[np.nan], [5.0]]).tolist()
    [[2.0], [5.0]]

    Rows and errors are those of ``Standardizer``.
    """

    strategy: Annotated[str, OneOf(*STRATEGIES)] = "mean"
    neighbours: Annotated[int, Whole(1)] = 5

    def learn(self, rows: Rows) -> Sequence[str]:
        count = np.count_nonzero(~np.isnan(rows), axis=0)
        self.columns_ = np.flatnonzero(count)
        self.statistics_ = medians(rows, count) if self.strategy == "median" else means(rows, count)
        if self.strategy == "nearest":
            self.rows_ = rows.astype(np.float64)[:, self.columns_]
        if count.all():
            return []
        columns = numbered(np.flatnonzero(count == 0))
        return [say("Columns without any value can't be filled in and are left out: {columns}.", columns=columns)]

    def changed(self, rows: Rows) -> Rows:
        rows, middle = rows[:, self.columns_], self.statistics_[self.columns_]
        if self.strategy == "nearest":
            return filled_by_neighbours(rows, self.rows_, middle, self.neighbours)
        return np.where(np.isnan(rows), middle, rows).astype(rows.dtype, copy=False)


def means(rows: Rows, count: Array) -> Array:
    """Of what is there, shape (features,), float64; NaN where nothing is."""
    total = np.nansum(rows, axis=0, dtype=np.float64)
    return np.where(count, total / np.maximum(count, 1), np.nan)


def medians(rows: Rows, count: Array) -> Array:
    """As ``means``. Sorted, NaN comes last, so what is there has its middle at half its count."""
    columns = np.sort(rows.T, axis=1).astype(np.float64)
    every = np.arange(len(columns))
    return 0.5 * columns[every, np.maximum(count - 1, 0) // 2] + 0.5 * columns[every, count // 2]

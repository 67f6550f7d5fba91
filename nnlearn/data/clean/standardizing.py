"""Standardisation: every column gets mean 0 and standard deviation 1, those of the rows it was fitted to."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

import numpy as np
from numpy.typing import ArrayLike

from nnlearn.checks import Array, true_or_false
from nnlearn.data.clean.transformer import Rows, Transformer, numbered
from nnlearn.language import say


@dataclass(eq=False)
class Standardizer(Transformer):
    """Every column less its mean, over its standard deviation (source 001§3.1.1.3).

    with_mean, with_std: whether it is centred, and scaled. ``mean_``, ``var_`` and ``scale_`` (None without
    ``with_std``), shape (features,), float64, are learned by ``fit`` from the training rows alone, and used for all:
    rows standardised by their own numbers mean something else. The variance divides by n, NaN is left out and stays.

    A column whose variance is 0, but for rounding, gets the scale 1, and one without any value stays NaN, as in
    ``sklearn.preprocessing.StandardScaler``; unlike there, a ``Finding`` says so.

    >>> standardizer = Standardizer().fit([[1.0, 10], [3, 30]])
    >>> standardizer.transform([[2.0, 40]]), standardizer.inverse_transform([[0.0, 2]])
    (array([[0., 2.]]), array([[ 2., 40.]]))

    Rows, shape (n, features), keep float16, float32 or float64; whole numbers and booleans become float64. Raises
    TypeError for a mask and for what are no numbers, ValueError for another shape, infinity, or other features than
    ``fit`` saw.
    """

    with_mean: Annotated[bool, true_or_false] = True
    with_std: Annotated[bool, true_or_false] = True

    def learn(self, rows: Rows) -> Sequence[str]:
        missing = np.isnan(rows)
        count = len(rows) - np.count_nonzero(missing, axis=0)
        there = np.maximum(count, 1)
        mean = np.where(missing, 0, rows).sum(axis=0, dtype=np.float64) / there
        deviation = rows - mean
        deviation[missing] = 0
        with np.errstate(over="ignore"):
            var = np.square(deviation, out=deviation).sum(axis=0) / there
        if np.isinf(var).any():
            raise ValueError(say("X holds numbers that are too large to be squared."))
        return self.learn_moments(count, mean, var)

    def learn_moments(self, count: Array, mean: Array, var: Array) -> Sequence[str]:
        """``learn`` from what is known of each column: how many values it has, their mean and variance."""
        self.mean_, self.var_ = np.where(count, mean, np.nan), np.where(count, var, np.nan)
        # A variance this small may be rounding alone: Chan, Golub and LeVeque (1983), as in scikit-learn.
        eps = np.finfo(np.float64).eps
        constant = (count > 0) & (var <= count * eps * var + (count * mean * eps) ** 2)
        self.scale_ = np.where(constant, 1.0, np.sqrt(self.var_)) if self.with_std else None
        told = []
        if not count.all():
            told.append(
                say("Columns without any value stay NaN: {columns}.", columns=numbered(np.flatnonzero(count == 0)))
            )
        if self.with_std and constant.any():
            columns = numbered(np.flatnonzero(constant))
            told.append(say("Columns that hold one number alone can't be scaled; their scale is 1: {columns}.",
                            columns=columns))  # fmt: skip
        return told

    def changed(self, rows: Rows) -> Rows:
        result = rows.astype(np.float64)
        if self.with_mean:
            result -= self.mean_
        if self.scale_ is not None:
            result /= self.scale_
        return result.astype(rows.dtype, copy=False)

    def inverse_transform(self, X: ArrayLike) -> Rows:
        """The rows from which ``transform`` makes X, but for rounding."""
        rows = self.known_rows(X)
        result = rows.astype(np.float64)
        if self.scale_ is not None:
            result *= self.scale_
        if self.with_mean:
            result += self.mean_
        return result.astype(rows.dtype, copy=False)

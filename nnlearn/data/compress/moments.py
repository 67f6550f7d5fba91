"""Means and variances in pieces, and the standardisation that they give."""

import warnings
from collections.abc import Iterable

import numpy as np
from numpy.typing import ArrayLike

from nnlearn.checks import Array
from nnlearn.data.clean.standardizing import Standardizer
from nnlearn.data.clean.transformer import Finding, data_rows
from nnlearn.language import say


class Moments:
    """Of each feature, in all rows seen so far: ``count``, ``mean``, ``var`` (over n), ``low``, ``high``.

    Each has shape (features,); NaN is left out, and a feature without any value has NaN. Two pieces, of n and k values,
    become one without looking at the rows again: with d the difference of their means, the mean moves by d k / (n + k),
    and the squared distances from it add up to those of both and d**2 n k / (n + k). Chan, Golub and LeVeque (1983),
    "Algorithms for computing the sample variance", The American Statistician 37. A sum of squares less the square of
    the sum would lose all digits where the mean is large beside the spread.

    >>> moments = Moments([[1.0], [3.0]]).add([[5.0]])
    >>> moments.mean, moments.var
    (array([3.]), array([2.66666667]))
    """

    count: Array
    squares: Array

    def __init__(self, X: ArrayLike | None = None):
        self.seen = False
        if X is not None:
            self.add(X)

    def add(self, X: ArrayLike) -> "Moments":
        """Takes in rows, shape (n, features); TypeError or ValueError as of ``Standardizer``. Returns itself."""
        rows = data_rows("X", X).astype(np.float64, copy=False)
        if not self.seen:
            features = rows.shape[1]
            self.seen, self.count = True, np.zeros(features)
            self.mean, self.squares = np.full(features, np.nan), np.zeros(features)
            self.low, self.high = np.full(features, np.nan), np.full(features, np.nan)
        if rows.shape[1] != len(self.count):
            message = say("X has {found} features; the rows before have {needed}.",
                          found=rows.shape[1], needed=len(self.count))  # fmt: skip
            raise ValueError(message)
        there = ~np.isnan(rows)
        k = np.count_nonzero(there, axis=0)
        mean = np.where(there, rows, 0).sum(axis=0) / np.maximum(k, 1)
        with np.errstate(over="ignore"):
            squares = np.square(np.where(there, rows - mean, 0)).sum(axis=0)
            n, self.count = self.count, self.count + k
            d = np.where(n > 0, mean - self.mean, 0)
            total = np.maximum(self.count, 1)
            self.squares = self.squares + squares + np.where((n > 0) & (k > 0), d * d * n * k / total, 0)
        self.mean = np.where(k > 0, np.where(n > 0, self.mean + d * k / total, mean), self.mean)
        if len(rows):
            self.low = np.fmin(self.low, np.fmin.reduce(rows))
            self.high = np.fmax(self.high, np.fmax.reduce(rows))
        if not np.isfinite(self.squares).all():
            raise ValueError(say("X holds numbers that are too large to be squared."))
        return self

    @property
    def var(self) -> Array:
        """The mean squared distance from the mean."""
        return np.where(self.count > 0, self.squares / np.maximum(self.count, 1), np.nan)


def fit_in_pieces(pieces: Iterable[ArrayLike], with_mean: bool = True, with_std: bool = True) -> Standardizer:
    """A ``Standardizer`` fitted to all pieces, shape (n, features) each, of which it looks at one at a time.

    It is that of all rows together, but for rounding, and tells the same ``Finding`` s. Raises what ``fit`` raises.
    """
    standardizer, moments = Standardizer(with_mean, with_std), Moments()
    for rows in pieces:
        moments.add(rows)
    if not moments.seen or not len(moments.count):
        raise ValueError(say("There are no rows to learn from."))
    told = standardizer.learn_moments(moments.count, moments.mean, moments.var)
    standardizer.findings_, standardizer.n_features_in_ = tuple(told), len(moments.count)
    for finding in told:
        warnings.warn(finding, Finding, stacklevel=2)
    return standardizer

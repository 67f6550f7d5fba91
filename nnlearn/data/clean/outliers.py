"""Outliers: numbers far from the others of their column."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from nnlearn.checks import Array, OneOf, Range, number
from nnlearn.data.augment.images import number_array
from nnlearn.data.clean.transformer import data_rows

LIMIT = Range("[0, 1e6]")
LIMITS = {"z-score": 3.0, "quartiles": 1.5}


def find_outliers(x: ArrayLike, rule: str = "quartiles", limit: float | None = None) -> NDArray[np.bool]:
    """Which numbers are outliers, each in its column: an array of truth values in x's shape.

    x: one column (n,), or rows (n, features). rule: "z-score", more than ``limit`` (3) standard deviations from the
    mean, as ``Standardizer`` has them; or "quartiles", more than ``limit`` (1.5) times the distance of the quartiles
    beyond one of them (Tukey, 1977, "Exploratory Data Analysis"; the quartiles are NumPy's).

    An outlier moves mean and deviation, too: of n numbers none is more than sqrt(n - 1) deviations from the mean, so of
    fewer than 10 the z-score finds none beyond 3. What is missing (NaN) is no outlier, and a column that holds one
    number alone, or none, has none.

    >>> find_outliers([1, 2, 2, 3, 40]), find_outliers([1, 2, 2, 3, 40], "z-score")
    (array([False, False, False, False,  True]), array([False, False, False, False, False]))

    Raises TypeError for a mask and for what are no numbers, ValueError for another shape, infinity, or an unknown rule.
    """
    OneOf(*LIMITS)("rule", rule)
    limit = number("limit", LIMITS[rule] if limit is None else limit, LIMIT)
    array = number_array("x", x)
    one_column = array.ndim == 1
    rows = data_rows("x", array[:, np.newaxis] if one_column else array).astype(np.float64)
    outliers = np.zeros(rows.shape, dtype=bool)
    for column, found in zip(rows.T, outliers.T, strict=True):
        there = ~np.isnan(column)
        if there.any() and np.ptp(column[there]) > 0:
            low, high = fences(column[there], rule, limit)
            found[there] = (column[there] < low) | (column[there] > high)
    return outliers[:, 0] if one_column else outliers


def fences(x: Array, rule: str, limit: float) -> tuple[Any, Any]:
    """Between which numbers there is no outlier."""
    if rule == "z-score":
        reach = limit * x.std()
        return x.mean() - reach, x.mean() + reach
    lower, upper = np.quantile(x, [0.25, 0.75])
    reach = limit * (upper - lower)
    return lower - reach, upper + reach

"""What kind of point a run has ended at."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from nnlearn.checks import Range, number

NOT_NEGATIVE = Range("[0, inf)")
FLAT = 1e-9  # of the largest curvature in size: a smaller one can't be told from 0


def kind_of_point(J: Any, theta: ArrayLike, tolerance: float = 1e-6) -> Any:
    """ "minimum", "maximum", "saddle" or "flat" where J is level at theta; else "not level". A word, or an array (...).

    Level is where the gradient's norm is at most ``tolerance``, at least 0. The eigenvalues of the Hessian decide: all
    above 0, all below, of both signs. One that can't be told from 0 (1e-9 of the largest in size) leaves the matter
    open where the others don't settle it: "flat". theta: (..., d). Where it isn't finite it is "not level".

    Raises what ``J.gradient`` and ``J.hessian`` raise; TypeError or ValueError for a tolerance that can't be used.

    >>> from nnlearn.objectives import Saddle
    >>> kind_of_point(Saddle(), [[0.0, 0.0], [0.0, 1.0], [0.5, 1.0]]).tolist()
    ['saddle', 'minimum', 'not level']
    """
    limit = number("tolerance", tolerance, NOT_NEGATIVE)
    theta = J.check(theta)
    with np.errstate(all="ignore"):
        level = np.linalg.norm(J.gradient(theta), axis=-1) <= limit
        kinds = signs(np.asarray(J.hessian(theta)))
    return np.where(level, kinds, "not level")[()]


def signs(hessian: NDArray[np.float64]) -> NDArray[np.str_]:
    """What the signs of the eigenvalues say; "not level" for a matrix that isn't finite. hessian: (..., d, d)."""
    finite = np.asarray(np.isfinite(hessian).all(axis=(-2, -1)))
    values = np.linalg.eigvalsh(np.where(finite[..., np.newaxis, np.newaxis], hessian, 0))
    zero = FLAT * np.abs(values).max(axis=-1, keepdims=True)
    up, down = values > zero, values < -zero
    choices = [~finite, up.any(axis=-1) & down.any(axis=-1), up.all(axis=-1), down.all(axis=-1)]
    return np.select(choices, ["not level", "saddle", "minimum", "maximum"], "flat")

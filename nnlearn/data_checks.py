"""Checks of data: the features, the targets and the labels of examples."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from nnlearn.checks import Array, finite_array, unmasked
from nnlearn.language import say


def feature_matrix(X: ArrayLike) -> Array:
    """X as a float64 matrix of finite numbers with one row per example; else TypeError or ValueError."""
    array = finite_array("X", X)
    if array.ndim == 1:
        message = say("X must be a matrix of examples by features; it has shape {shape}. "
                      "For one feature use X.reshape(-1, 1).", shape=array.shape)  # fmt: skip
        raise ValueError(message)
    if array.ndim != 2:
        message = say("X must be a matrix of examples by features; it has shape {shape}.", shape=array.shape)
        raise ValueError(message)
    if array.size == 0:
        message = say("X must hold at least one example and one feature; it has shape {shape}.", shape=array.shape)
        raise ValueError(message)
    return array


def target_vector(y: ArrayLike, n: int) -> Array:
    """y as n finite numbers; else TypeError or ValueError. A column is refused: it would broadcast."""
    array = finite_array("y", y)
    if array.ndim == 2 and 1 in array.shape:
        message = say("y must have one axis, shape ({n},); it has shape {shape}. Use y.ravel().",
                      n=n, shape=array.shape)  # fmt: skip
        raise ValueError(message)
    if array.ndim != 1:
        raise ValueError(say("y must have one axis, shape ({n},); it has shape {shape}.", n=n, shape=array.shape))
    if len(array) != n:
        message = say("y must have one entry per row of X; it has {found} entries and X has {n} rows.",
                      found=len(array), n=n)  # fmt: skip
        raise ValueError(message)
    return array


def label_vector(y: ArrayLike, n: int, classes: int | None = None) -> Array:
    """y as n labels, whole numbers from 0 to classes - 1; else TypeError or ValueError.

    All labels in the course are checked here. If ``classes`` is not given, every label up to the largest must occur.
    """
    refuse_words(y)
    if is_one_hot(array := finite_array("y", y)):
        message = say("y must have one axis, shape ({n},); it has shape {shape}. One-hot rows become labels by "
                      "y.argmax(axis=1).", n=n, shape=array.shape)  # fmt: skip
        raise ValueError(message)
    array = target_vector(array, n)
    wrong = (array < 0) | (array != np.floor(array))
    if wrong.any():
        message = say("y must hold labels, the whole numbers from 0; it holds {value:g}.", value=array[wrong][0])
        raise ValueError(message)
    if classes is None:
        found = np.unique(array)
        missing = np.flatnonzero(found != np.arange(len(found)))
        if missing.size:
            message = say("y must hold every label from 0 to {largest:g}; {missing} is missing.",
                          largest=found[-1], missing=missing[0])  # fmt: skip
            raise ValueError(message)
    elif array.max() >= classes:
        message = say("y must hold labels from 0 to {largest}; it holds {value:g}.",
                      largest=classes - 1, value=array.max())  # fmt: skip
        raise ValueError(message)
    return array.astype(np.intp)


def is_one_hot(array: Array) -> bool:
    """Whether each row of a matrix holds zeros and a single one."""
    if array.ndim != 2 or array.shape[1] < 2:
        return False
    return bool(np.isin(array, (0, 1)).all() and (array.sum(axis=1) == 1).all())


def refuse_words(y: Any) -> None:
    """TypeError, with advice, for labels that are words, or True and False."""
    unmasked("y", y)
    try:
        kind = np.asarray(y).dtype
    except ValueError:  # ragged lists: ``real_array`` says so
        return
    if kind.kind in "USO":
        message = say("y must hold labels, the whole numbers from 0; it holds {kind}. Words become labels by "
                      "names, y = np.unique(y, return_inverse=True).", kind=kind)  # fmt: skip
        raise TypeError(message)
    if kind.kind == "b":
        message = say("y must hold labels, the whole numbers from 0; it holds {kind}. False and True become 0 and 1 by "
                      "y.astype(int).", kind=kind)  # fmt: skip
        raise TypeError(message)

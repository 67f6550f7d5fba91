"""What the objectives on data share: subsets of examples, penalties, labels."""

import hashlib
from collections.abc import Callable
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike

from nnlearn.checks import Array, Range, number
from nnlearn.data_checks import feature_matrix, label_vector
from nnlearn.language import say
from nnlearn.objectives.base import BaseObjective

BLOCK = 2**20  # numbers in one block of work: 8 MB
NOT_NEGATIVE = Range("[0, inf)")


class DataObjective(BaseObjective):
    """The mean, over examples, of the loss of a linear model.

    A subclass sets ``dimension`` and defines ``losses`` (one per example), ``gradient`` and ``hessian``.
    ``design`` is X with a column of ones for the intercept, shape (n, features + 1); ``targets`` has one row
    or number per example. The arrays given are copied.
    """

    intercept = True
    dimension: int
    design: Array
    targets: Array

    def __init__(self, X: ArrayLike):
        X = feature_matrix(X)
        self.features = X.shape[1]
        self.design = self.with_intercept(X)

    @property
    def examples(self) -> int:
        """The number of examples n."""
        return len(self.targets)

    @property
    def start(self) -> Array:
        """A point to start from: zeros, shape (d,)."""
        return np.zeros(self.dimension)

    def take(self, index: Any) -> Self:
        """The same objective on some of its examples: a slice, a boolean mask or an array of indices.

        It is asked for at every step of a mini-batch method, so nothing is checked.
        """
        part = object.__new__(type(self))
        part.__dict__ = {**self.__dict__, "design": self.design[index], "targets": self.targets[index]}
        return part

    def losses(self, theta: Array) -> Array:
        """The loss of each example without any penalty: (..., d) -> (..., n)."""
        raise NotImplementedError

    def loss(self, theta: Array) -> Array:
        return in_blocks(lambda runs: np.mean(self.losses(runs), axis=-1), self.check(theta), self.targets.size)

    def design_matrix(self, X: ArrayLike) -> Array:
        """X, checked, with the column of ones; the model's number of features is needed."""
        X = feature_matrix(X)
        if X.shape[1] != self.features:
            message = say("X has {found} features; the model needs {needed}.", found=X.shape[1], needed=self.features)
            raise ValueError(message)
        return self.with_intercept(X)

    def with_intercept(self, X: Array) -> Array:
        return np.hstack([X, np.ones((len(X), 1))]) if self.intercept else X

    def describe(self) -> dict[str, Any]:
        """Class, parameters, shapes and the SHA-256 of the data, ready for JSON."""
        shapes = {"examples": self.examples, "dimension": self.dimension}
        return {**super().describe(), **shapes, "sha256": fingerprint(self.design, self.targets)}

    def __repr__(self) -> str:
        parameters = "".join(f", {name}={value}" for name, value in self.parameters().items())
        return f"{type(self).__name__}({self.examples} examples, {self.features} features{parameters})"


class Classifier(DataObjective):
    """A linear model of the labels 0 to ``classes`` - 1, with a penalty on the weights.

    The intercepts, the last ``intercepts`` entries of theta, are not penalised. A subclass defines ``scores``
    and ``labels_of``: what the model computes for each example, and which label that means.
    """

    classes: int
    intercepts: int

    def penalise(self, l2: float) -> None:
        """Sets the penalty ``l2 / 2 * ||weights||^2``; ValueError if l2 is negative."""
        self.l2 = number("l2", l2, NOT_NEGATIVE)
        self.penalised = np.ones(self.dimension)
        self.penalised[-self.intercepts :] = 0
        self.decay = self.l2 * self.penalised  # the penalty is sum(decay * theta^2) / 2

    def loss(self, theta: Array) -> Array:
        theta = self.check(theta)
        return super().loss(theta) + 0.5 * np.sum(self.decay * theta * theta, axis=-1)

    def scores(self, theta: Array, design: Array) -> Array:
        raise NotImplementedError

    def labels_of(self, scores: Array) -> Array:
        raise NotImplementedError

    def predict(self, theta: Array, X: ArrayLike) -> Array:
        """The most probable label of each row of X: whole numbers, shape (..., n)."""
        return self.labels_of(self.scores(self.check(theta), self.design_matrix(X)))

    def accuracy(self, theta: Array, X: ArrayLike, y: ArrayLike) -> Array:
        """The share of rows of X whose label is predicted, shape (...,); NaN where theta is not finite."""
        theta, design = self.check(theta), self.design_matrix(X)
        y = label_vector(y, len(design), self.classes)
        with np.errstate(all="ignore"):  # divergence is a result, not a warning
            share = in_blocks(
                lambda runs: np.mean(self.labels_of(self.scores(runs, design)) == y, axis=-1),
                theta,
                len(y) * self.intercepts,
            )
        return np.where(np.isfinite(theta).all(axis=-1), share, np.nan)[()]

    def parameters(self) -> dict[str, Any]:
        return {"l2": self.l2}


def fingerprint(*arrays: Array) -> str:
    """The SHA-256 of all their numbers."""
    data = hashlib.sha256()
    for array in arrays:
        data.update(np.ascontiguousarray(array, dtype="<f8").tobytes())
    return data.hexdigest()


def in_blocks(function: Callable[[Array], Array], theta: Array, numbers: int) -> Array:
    """``function``, which gives one number a run, asked about some runs at a time: (..., d) -> (...,).

    numbers: how many numbers a run needs on the way; those of a whole trace at once might not fit into
    memory.
    """
    if theta.ndim == 1:
        return function(theta)
    runs = theta.reshape(-1, theta.shape[-1])
    size = max(1, BLOCK // numbers)
    values = np.empty(len(runs))
    for i in range(0, len(runs), size):
        values[i : i + size] = function(runs[i : i + size])
    return values.reshape(theta.shape[:-1])

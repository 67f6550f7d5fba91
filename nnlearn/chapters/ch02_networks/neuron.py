"""One sigmoid neuron and its two losses: as a function of its score, and of its weight and bias.

A neuron gives p = sigmoid(z) for a score z. Its label is t, 1 or 0.
"""

from functools import cache
from typing import Any

import numpy as np

from nnlearn.checks import Array, OneOf
from nnlearn.data import datasets
from nnlearn.objectives.base import BaseObjective
from nnlearn.objectives.logistic import sigmoid

MSE, CROSS_ENTROPY = "mse", "cross-entropy"
BINS = 16


def losses(kind: str, z: Any, t: Any) -> Array:
    """(p - t)^2, or -log of the probability p or 1 - p of the label, for scores z and labels t, 1 or 0."""
    if kind == MSE:
        return (sigmoid(z) - t) ** 2
    return np.asarray(np.logaddexp(0, (1 - 2 * t) * z))  # it is log(1 + e^-z) where t = 1


def slopes(kind: str, z: Any, t: Any) -> Array:
    """The slope of ``losses`` in the score z; where t is the share of label 1 among equal examples, their mean."""
    p = sigmoid(z)
    return 2 * (p - t) * p * (1 - p) if kind == MSE else p - t


class Score(BaseObjective):
    """The loss of one example of label 1 as a function of its score: theta, shape (..., 1).

    loss: "mse" or "cross-entropy".
    """

    dimension = 1

    def __init__(self, loss: str):
        OneOf(MSE, CROSS_ENTROPY)("loss", loss)
        self.kind = loss

    def loss(self, theta: Array) -> Array:
        return losses(self.kind, self.check(theta)[..., 0], 1)

    def gradient(self, theta: Array) -> Array:
        return slopes(self.kind, self.check(theta), 1)

    def parameters(self) -> dict[str, Any]:
        return {"loss": self.kind}


class Neuron(BaseObjective):
    """The mean loss of a neuron that sees one feature: theta = (weight, bias), shape (..., 2); z = weight x + bias.

    loss: "mse" or "cross-entropy". x: values of the feature, shape (k,). shares: of label 1 among the examples of each
    value, (k,). weights: how large a part of all examples each value has, (k,), summing to 1.
    """

    dimension = 2

    def __init__(self, loss: str, x: Array, shares: Array, weights: Array):
        OneOf(MSE, CROSS_ENTROPY)("loss", loss)
        self.kind, self.x, self.shares, self.weights = loss, x, shares, weights

    def scores(self, theta: Array) -> Array:
        """(..., 2) -> (..., k)."""
        return theta[..., :1] * self.x + theta[..., 1:]

    def loss(self, theta: Array) -> Array:
        z = self.scores(self.check(theta))
        of_one, of_zero = losses(self.kind, z, 1), losses(self.kind, z, 0)
        return (self.shares * of_one + (1 - self.shares) * of_zero) @ self.weights

    def gradient(self, theta: Array) -> Array:
        pulls = slopes(self.kind, self.scores(self.check(theta)), self.shares) * self.weights
        return np.stack([pulls @ self.x, pulls.sum(axis=-1)], axis=-1)

    def accuracy(self, theta: Array) -> Array:
        """The share of examples on the right side of p = 1/2: (..., 2) -> (...,)."""
        ones = self.scores(theta) > 0
        return np.where(ones, self.shares, 1 - self.shares) @ self.weights

    def parameters(self) -> dict[str, Any]:
        return {"loss": self.kind}


@cache
def worst_radius() -> tuple[Array, Array, Array]:
    """What ``Neuron`` needs of the breast cancer data: the standardised worst radius of the training data in 16 bins.

    An example counts with the middle of its bin; the bins hold equal numbers of examples but for rounding.
    """
    data = datasets.breast_cancer()
    radius = data.X_train[:, data.feature_names.index("worst radius")]
    bins = np.array_split(np.argsort(radius, kind="stable"), BINS)
    x, shares = ([np.mean(values[part]) for part in bins] for values in (radius, data.y_train))
    return np.array(x), np.array(shares), np.array([len(part) for part in bins]) / len(radius)

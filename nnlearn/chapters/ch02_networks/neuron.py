"""One sigmoid neuron and its two losses, of its score and of its weight and bias.

A neuron gives p = sigmoid(z) for a score z. Its label is t, 1 or 0.
"""

from functools import cache
from typing import Any

import numpy as np

from nnlearn.checks import Array, OneOf
from nnlearn.data import datasets
from nnlearn.language import mark
from nnlearn.objectives.base import BaseObjective
from nnlearn.palette import Palette

MSE, CROSS_ENTROPY = "mse", "cross-entropy"
NAMES = {MSE: mark("squared error"), CROSS_ENTROPY: mark("cross-entropy")}
BINS = 16
FAR = 700.0  # a score beyond which e^z is no number of 64 bits any more


def looks(colours: Palette) -> dict[str, dict[str, str]]:
    """How each loss is drawn, in every picture of the chapter."""
    return {
        CROSS_ENTROPY: {"color": colours.blue, "linestyle": "-", "label": NAMES[CROSS_ENTROPY]},
        MSE: {"color": colours.orange, "linestyle": "--", "label": NAMES[MSE]},
    }


def sigmoid(z: Any) -> Any:
    """1 / (1 + e^-z) in half the time of the library's: a map asks for it a million times a move."""
    return 1 / (1 + np.exp(-np.clip(z, -FAR, FAR)))


def losses(kind: str, z: Any, t: Any) -> Array:
    """(p - t)^2, or -log of the probability p or 1 - p of the label, for scores z and labels t, 1 or 0."""
    if kind == MSE:
        return (sigmoid(z) - t) ** 2
    return np.asarray(np.logaddexp(0, (1 - 2 * t) * z))  # it is log(1 + e^-z) where t = 1


def slopes(kind: str, z: Any, t: Any) -> Array:
    """The slope of ``losses`` in the score z; where t is the share of label 1 among equal examples, their mean."""
    p = sigmoid(z)
    return 2 * (p - t) * p * (1 - p) if kind == MSE else p - t


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

    An example counts with the mean of its bin; the bins hold equal numbers of examples but for rounding.
    """
    data = datasets.breast_cancer()
    radius = data.X_train[:, data.feature_names.index("worst radius")]
    bins = np.array_split(np.argsort(radius, kind="stable"), BINS)
    x, shares = ([np.mean(values[part]) for part in bins] for values in (radius, data.y_train))
    return np.array(x), np.array(shares), np.array([len(part) for part in bins]) / len(radius)

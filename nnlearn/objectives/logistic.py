"""Logistic regression: two classes."""

import numpy as np
from numpy.typing import ArrayLike

from nnlearn.checks import Array
from nnlearn.data_checks import label_vector
from nnlearn.objectives.data import Classifier


class LogisticRegression(Classifier):
    r"""The mean cross-entropy of two classes, plus a penalty on the weights.

    .. math:: f(w, b) = \frac1n \sum_{i=1}^n \bigl(\log(1 + e^{z_i}) - y_i z_i\bigr)
                        + \frac{l_2}{2} \lVert w \rVert^2, \qquad z_i = x_i^\top w + b

    X: shape (n, features). y: shape (n,), each 0 or 1. l2: at least 0. theta: the weights w, then the
    intercept b, which is not penalised. Raises TypeError or ValueError, naming the argument, if one can't be
    used.

    scikit-learn's ``C`` weighs the summed loss instead: C = 1 / (n * l2).

    >>> J = LogisticRegression([[0.0], [1.0], [2.0], [3.0]], [0, 0, 1, 1])
    >>> J.loss([0.0, 0.0]).round(4), J.gradient([0.0, 0.0])
    (np.float64(0.6931), array([-0.5,  0. ]))
    """

    classes = 2
    intercepts = 1

    def __init__(self, X: ArrayLike, y: ArrayLike, l2: float = 0.0):
        super().__init__(X)
        self.targets = label_vector(y, len(self.design), classes=2).astype(np.float64)
        self.dimension = self.features + 1
        self.penalise(l2)

    def scores(self, theta: Array, design: Array) -> Array:
        """z, the logarithm of the odds of class 1: (..., d) -> (..., n)."""
        return theta @ design.T

    def losses(self, theta: Array) -> Array:
        z = self.scores(self.check(theta), self.design)
        return np.logaddexp(0, (1 - 2 * self.targets) * z)  # log(1 + e^z) - y z is log(1 + e^-z) if y = 1

    def gradient(self, theta: Array) -> Array:
        theta = self.check(theta)
        p = sigmoid(self.scores(theta, self.design))
        return (p - self.targets) @ self.design / self.examples + self.decay * theta

    def hessian(self, theta: Array) -> Array:
        p = sigmoid(self.scores(self.check(theta), self.design))
        weights = (p * (1 - p))[..., np.newaxis]
        return self.design.T @ (weights * self.design) / self.examples + np.diag(self.decay)

    def unpack(self, theta: Array) -> tuple[Array, Array]:
        """The weights, shape (..., features), and the intercept, shape (...,)."""
        theta = self.check(theta)
        return theta[..., :-1], theta[..., -1]

    def probabilities(self, theta: Array, X: ArrayLike) -> Array:
        """The probability of class 1 for each row of X, shape (..., n)."""
        return sigmoid(self.scores(self.check(theta), self.design_matrix(X)))

    def labels_of(self, scores: Array) -> Array:
        return (scores > 0).astype(np.intp)


def sigmoid(z: Array) -> Array:
    """1 / (1 + e^-z), without overflow for large negative z."""
    e = np.exp(-np.abs(z))
    return np.where(z >= 0, 1, e) / (1 + e)

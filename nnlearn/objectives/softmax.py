"""Softmax regression: several classes."""

import numpy as np
from numpy.typing import ArrayLike

from nnlearn.checks import Array
from nnlearn.data_checks import label_vector
from nnlearn.language import say
from nnlearn.objectives.data import Classifier


class SoftmaxRegression(Classifier):
    r"""The mean cross-entropy of K classes, plus a penalty on the weights.

    .. math:: f(W, b) = \frac1n \sum_{i=1}^n \Bigl(\log \sum_{k} e^{z_{ik}} - z_{i y_i}\Bigr)
                        + \frac{l_2}{2} \lVert W \rVert^2, \qquad z_i = x_i^\top W + b

    X: shape (n, features). y: shape (n,), labels 0 to K - 1, each occurring. l2: at least 0. Raises TypeError
    or ValueError, naming the argument, if one can't be used.

    theta is flat, of length (features + 1) * K: the K weights of the first feature, those of the second, ...,
    and last the K intercepts, which are not penalised. ``unpack`` gives both.

    scikit-learn's ``C`` weighs the summed loss instead: C = 1 / (n * l2).

    >>> J = SoftmaxRegression([[0.0], [1.0], [2.0]], [0, 1, 2])
    >>> J.loss(J.start).round(4), J.gradient([1.0, 0.0, 0.0, 0.0, 0.0, 0.0]).round(3)
    (np.float64(1.0986), array([ 0.717, -0.192, -0.525,  0.232, -0.116, -0.116]))
    """

    def __init__(self, X: ArrayLike, y: ArrayLike, l2: float = 0.0):
        super().__init__(X)
        labels = label_vector(y, len(self.design))
        self.classes = self.intercepts = int(labels.max()) + 1
        if self.classes == 1:
            raise ValueError(say("y must hold at least two different labels; all of them are 0."))
        self.targets = np.eye(self.classes)[labels]
        self.dimension = (self.features + 1) * self.classes
        self.penalise(l2)

    def scores(self, theta: Array, design: Array) -> Array:
        """z, one score per example and class: (..., d) -> (..., n, K)."""
        return design @ theta.reshape(*theta.shape[:-1], -1, self.classes)

    def losses(self, theta: Array) -> Array:
        z = self.scores(self.check(theta), self.design)
        z -= z.max(axis=-1, keepdims=True)  # the loss depends on differences alone; now nothing overflows
        return np.log(np.exp(z).sum(axis=-1)) - (self.targets * z).sum(axis=-1)

    def gradient(self, theta: Array) -> Array:
        theta = self.check(theta)
        p = softmax(self.scores(theta, self.design))
        gradient = self.design.T @ (p - self.targets) / self.examples
        return gradient.reshape(theta.shape) + self.decay * theta

    def hessian(self, theta: Array) -> Array:
        r"""Between weight (a, k) and weight (b, l): the mean of :math:`x_a x_b\,(p_k [k = l] - p_k p_l)`."""
        theta = self.check(theta)
        X, p = self.design, softmax(self.scores(theta, self.design))
        Xp = (X[:, :, np.newaxis] * p[..., :, np.newaxis, :]).reshape(*p.shape[:-1], self.dimension)
        hessian = -np.swapaxes(Xp, -1, -2) @ Xp
        by_class = hessian.reshape(*theta.shape[:-1], *(X.shape[1], self.classes) * 2)
        for k in range(self.classes):
            by_class[..., :, k, :, k] += X.T @ (p[..., :, k, np.newaxis] * X)
        return hessian / self.examples + np.diag(self.decay)

    def unpack(self, theta: Array) -> tuple[Array, Array]:
        """The weights, shape (..., features, K), and the intercepts, shape (..., K)."""
        theta = self.check(theta)
        matrix = theta.reshape(*theta.shape[:-1], -1, self.classes)
        return matrix[..., :-1, :], matrix[..., -1, :]

    def probabilities(self, theta: Array, X: ArrayLike) -> Array:
        """The probability of each class for each row of X, shape (..., n, K)."""
        return softmax(self.scores(self.check(theta), self.design_matrix(X)))

    def labels_of(self, scores: Array) -> Array:
        return scores.argmax(axis=-1)


def softmax(z: Array) -> Array:
    """e^z / sum(e^z) along the last axis, without overflow."""
    e = np.exp(z - z.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)

"""A neural network with one hidden layer."""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from nnlearn.checks import Array, OneOf, whole_number
from nnlearn.objectives.base import BaseObjective
from nnlearn.objectives.softmax import SoftmaxRegression, softmax


class Activation(NamedTuple):
    """What a hidden unit makes of its input, and the slope there in terms of the unit's value h."""

    value: Callable[[Array], Array]
    slope: Callable[[Array], Array]


ACTIVATIONS = {
    "tanh": Activation(np.tanh, lambda h: 1 - h * h),
    "relu": Activation(lambda a: np.maximum(a, 0), lambda h: np.where(h > 0, 1.0, 0.0)),
}


class Network(SoftmaxRegression):
    r"""Softmax regression on features that it learns itself: the values h of a hidden layer.

    .. math:: f(W, b, V, c) = \frac1n \sum_{i=1}^n \Bigl(\log \sum_{k} e^{z_{ik}} - z_{i y_i}\Bigr)
                              + \frac{l_2}{2} \bigl(\lVert W \rVert^2 + \lVert V \rVert^2\bigr),
              \qquad h_i = \varphi(x_i^\top W + b), \quad z_i = h_i^\top V + c

    X: shape (n, features). y: shape (n,), labels 0 to K - 1, each occurring. hidden: the number of units, at
    least 1. activation: phi, "tanh" or "relu". l2: at least 0. Raises TypeError or ValueError, naming the
    argument, if one can't be used.

    theta is flat: W, b, V and c one after the other, row by row, which is the order of Keras's
    ``get_weights()``. ``unpack`` gives the four. The intercepts b and c are not penalised.

    >>> J = Network([[0.0], [1.0], [2.0]], [0, 1, 2], hidden=2)
    >>> theta = J.initial(seed=0)
    >>> [part.shape for part in J.unpack(theta)], J.gradient(theta).shape
    ([(1, 2), (2,), (2, 3), (3,)], (13,))
    """

    intercept = False  # the design is X alone: b is a parameter like the others

    def __init__(self, X: ArrayLike, y: ArrayLike, hidden: int = 64, activation: str = "tanh", l2: float = 0.0):
        whole_number("hidden", hidden, at_least=1)
        OneOf(*ACTIVATIONS)("activation", activation)
        super().__init__(X, y)
        self.hidden, self.activation = int(hidden), activation
        self.dimension = (self.features + 1) * self.hidden + (self.hidden + 1) * self.classes
        self.penalise(l2)  # spares c, the end of theta
        for of_coordinates in (self.penalised, self.decay):
            _, b, _, _ = self.unpack(of_coordinates)
            b[:] = 0

    @property
    def start(self) -> Array:
        """A point to start from: ``initial(0)``. At zeros all hidden units would be, and stay, the same."""
        return self.initial(0)

    def initial(self, seed: int) -> Array:
        """Random parameters, shape (d,): weights uniform within sqrt(6 / (inputs + outputs)), intercepts 0.

        Glorot and Bengio, "Understanding the difficulty of training deep feedforward neural networks"
        (2010), eq. 16; Keras's default, too.
        """
        whole_number("seed", seed, at_least=0)
        generator = np.random.default_rng(seed)
        theta = np.zeros(self.dimension)
        W, _, V, _ = self.unpack(theta)
        for weights in (W, V):
            limit = np.sqrt(6 / sum(weights.shape))
            weights[:] = generator.uniform(-limit, limit, weights.shape)
        return theta

    def forward(self, theta: Array, design: Array) -> tuple[Array, Array]:
        """The hidden values h, shape (..., n, hidden), and the scores z, shape (..., n, K)."""
        W, b, V, c = self.unpack(theta)
        h = ACTIVATIONS[self.activation].value(design @ W + b[..., np.newaxis, :])
        return h, h @ V + c[..., np.newaxis, :]

    def scores(self, theta: Array, design: Array) -> Array:
        return self.forward(theta, design)[1]

    def gradient(self, theta: Array) -> Array:
        """By back-propagation: the loss's slope in z first, then in V and c, in a = X W + b, and in W and b.

        Rumelhart, Hinton and Williams, "Learning representations by back-propagating errors" (1986).
        """
        theta = self.check(theta)
        X, Y, V = self.design, self.targets, self.unpack(theta)[2]
        h, z = self.forward(theta, X)
        dz = (softmax(z) - Y) / self.examples
        dV, dc = transposed(h) @ dz, dz.sum(axis=-2)
        da = dz @ transposed(V) * ACTIVATIONS[self.activation].slope(h)
        dW, db = X.T @ da, da.sum(axis=-2)
        flat = [part.reshape(*theta.shape[:-1], -1) for part in (dW, db, dV, dc)]
        return np.concatenate(flat, axis=-1) + self.decay * theta

    hessian = BaseObjective.hessian  # not the linear model's: this one has none

    def unpack(self, theta: Array) -> tuple[Array, ...]:  # type: ignore[override]
        """W, shape (..., features, hidden); b, (..., hidden); V, (..., hidden, K); c, (..., K): views of theta."""
        theta = self.check(theta)
        lengths = (self.features * self.hidden, self.hidden, self.hidden * self.classes)
        W, b, V, c = np.split(theta, np.cumsum(lengths), axis=-1)
        batch = theta.shape[:-1]
        return W.reshape(*batch, self.features, self.hidden), b, V.reshape(*batch, self.hidden, self.classes), c

    def parameters(self) -> dict[str, Any]:
        return {"hidden": self.hidden, "activation": self.activation, **super().parameters()}


def transposed(matrices: Array) -> Array:
    """Each matrix of a batch: (..., a, b) -> (..., b, a)."""
    return np.swapaxes(matrices, -1, -2)

"""The smallest network with two layers: its loss has a whole curve of minima."""

import numpy as np

from nnlearn.checks import Array
from nnlearn.objectives.surfaces import Surface, fixed, symmetric


class TwoWeights(Surface):
    r"""A network of two weights in a row, w then v, that is to turn the input 1 into the output 1.

    .. math:: f(w, v) = (w v - 1)^2 / 2

    Every point with w v = 1 is a minimum; ``minima`` holds the two flattest. At a minimum the largest curvature is
    w^2 + v^2, so gradient descent of rate eta can settle only where w^2 + v^2 < 2 / eta.

    >>> TwoWeights().loss([[2.0, 0.5], [0.0, 0.0]])
    array([0. , 0.5])
    """

    dimension = 2
    view = (-3.2, 3.2, -3.2, 3.2)
    start = fixed([2.0, -1.0])
    minima = fixed([[1.0, 1.0], [-1.0, -1.0]])

    def loss(self, theta: Array) -> Array:
        _, w, v = self.coordinates(theta)
        error = w * v - 1
        return error * error / 2

    def gradient(self, theta: Array) -> Array:
        theta, w, v = self.coordinates(theta)
        error = w * v - 1
        gradient = np.empty_like(theta)  # in theta's own memory order: a map of runs keeps its coordinates apart
        gradient[..., 0] = error * v
        gradient[..., 1] = error * w
        return gradient

    def hessian(self, theta: Array) -> Array:
        theta, w, v = self.coordinates(theta)
        return symmetric(theta, v * v, 2 * w * v - 1, w * w)

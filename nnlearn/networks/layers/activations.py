"""Layers that bend each number by itself."""

from typing import Annotated

import numpy as np

from nnlearn.checks import Range
from nnlearn.networks.layer import Floats, Layer, Parameters
from nnlearn.objectives.logistic import sigmoid


class Activation(Layer):
    """y = value(x), number by number. A subclass defines the value and its slope."""

    def value(self, x: Floats) -> Floats:
        raise NotImplementedError

    def slope(self, x: Floats, y: Floats) -> Floats:
        """The derivative at x, where the value is y: use what is simpler."""
        raise NotImplementedError

    def forward(self, x: Floats, p: Parameters) -> Floats:
        return self.value(x)

    def backward(self, dy: Floats, x: Floats, y: Floats, p: Parameters) -> Floats:
        return dy * self.slope(x, y)


class ReLU(Activation):
    """max(x, 0); its slope at 0 counts as 0."""

    def value(self, x: Floats) -> Floats:
        return np.maximum(x, 0)

    def slope(self, x: Floats, y: Floats) -> Floats:
        return (y > 0).astype(y.dtype)


class LeakyReLU(Activation):
    """x where it is positive, else negative_slope times x, which is also the slope at 0.

    Maas, Hannun and Ng, "Rectifier nonlinearities improve neural network acoustic models" (2013): no unit is ever
    without a slope. 0.01 is theirs and PyTorch's; Keras begins at 0.3, its word "leaky_relu" means 0.2.
    """

    negative_slope: Annotated[float, Range("[0, inf)")] = 0.01

    def value(self, x: Floats) -> Floats:
        return x * self.slope(x, x)

    def slope(self, x: Floats, y: Floats) -> Floats:
        return np.where(x > 0, 1, self.negative_slope).astype(x.dtype)


class Tanh(Activation):
    """The hyperbolic tangent, from -1 to 1."""

    def value(self, x: Floats) -> Floats:
        return np.tanh(x)

    def slope(self, x: Floats, y: Floats) -> Floats:
        return 1 - y * y


class Sigmoid(Activation):
    """1 / (1 + e^-x), from 0 to 1."""

    def value(self, x: Floats) -> Floats:
        return sigmoid(x)

    def slope(self, x: Floats, y: Floats) -> Floats:
        return y * (1 - y)

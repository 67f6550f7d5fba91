"""A layer that gives each channel mean and spread of its own choice."""

from typing import Annotated

import numpy as np

from nnlearn.checks import Range, one_number
from nnlearn.networks.initial import ones, zeros
from nnlearn.networks.layer import Floats, Layer, Leaf, Parameters, Shape


class BatchNorm(Layer):
    """y = gamma x_hat + beta, where x_hat = (x - mean) / sqrt(variance + epsilon), channel by channel.

    In training mean and variance are those of the examples that come in together, and the slope knows that they move
    with x. A network that runs has them among its weights, as the leaves ``moving_mean`` and ``moving_variance``
    (Keras's names; here nothing moves: ``Network.statistics`` measures them on a data set).

    Ioffe and Szegedy, "Batch normalization" (2015), arXiv:1502.03167, algorithm 1 and the slopes of section 3.
    """

    epsilon: Annotated[float, one_number, Range("(0, inf)")] = 1e-3

    def leaves(self, shape: Shape) -> dict[str, Leaf]:
        channels = shape[-1:]
        return {
            "gamma": Leaf(channels, ones),
            "beta": Leaf(channels, zeros),
            "moving_mean": Leaf(channels, zeros, trained=False),
            "moving_variance": Leaf(channels, ones, trained=False),
        }

    def normalised(self, x: Floats, p: Parameters) -> tuple[Floats, Floats]:
        """x_hat, and the standard deviation that x was divided by."""
        mean, variance = p.moving_mean, p.moving_variance
        if mean is None:
            mean, variance = x.mean(p.axes, keepdims=True), x.var(p.axes, keepdims=True)
        sigma = np.sqrt(variance + self.epsilon)
        return (x - mean) / sigma, sigma

    def forward(self, x: Floats, p: Parameters) -> Floats:
        x_hat, _ = self.normalised(x, p)
        return p.gamma * x_hat + p.beta

    def backward(self, dy: Floats, x: Floats, y: Floats, p: Parameters) -> Floats:
        x_hat, sigma = self.normalised(x, p)
        if p.moving_mean is None:
            dy = dy - dy.mean(p.axes, keepdims=True) - x_hat * (dy * x_hat).mean(p.axes, keepdims=True)
        return p.gamma / sigma * dy

    def slopes(self, dy: Floats, x: Floats, y: Floats, p: Parameters) -> dict[str, Floats]:
        x_hat, _ = self.normalised(x, p)
        return {"gamma": (dy * x_hat).sum(p.axes), "beta": dy.sum(p.axes)}

    def measured(self, x: Floats, p: Parameters) -> dict[str, Floats]:
        return {"moving_mean": x.mean(p.axes), "moving_variance": x.var(p.axes)}

    def operations(self, shape: Shape) -> int:
        """A multiplication and an addition for each number: the rest of the formula is the same for all examples."""
        return 2 * int(np.prod(shape, dtype=int))

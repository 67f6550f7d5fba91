"""Momentum, the averaged form."""

from nnlearn.optimizers.optimizer import Fraction, Optimizer, Rate
from nnlearn.row import Row


class AveragedMomentum(Optimizer):
    """Descent along a running mean of the gradients, m: sources 002§3.3, 004§3.2.

    It makes the steps of ``Momentum`` if its learning rate is that of the classical form divided by (1 - momentum).
    """

    learning_rate: Rate = 0.01
    momentum: Fraction = 0.9
    state = ("m",)

    def step(self, row, J):
        gradient = J.gradient(row.theta)
        m = self.momentum * row.m + (1 - self.momentum) * gradient
        theta = row.theta - self.learning_rate * m
        return Row(theta=theta, gradient=gradient, m=m)

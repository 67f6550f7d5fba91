"""Nesterov's accelerated gradient."""

from nnlearn.optimizers.optimizer import Fraction, Optimizer, Rate
from nnlearn.row import Row


class Nesterov(Optimizer):
    """Momentum with the gradient taken where the velocity alone would lead.

    Nesterov (1983); in this form Sutskever et al. (2013), eq. 3-4.
    """

    learning_rate: Rate = 0.01
    momentum: Fraction = 0.9
    state = ("velocity",)

    def step(self, row, J):
        gradient = J.gradient(row.theta + self.momentum * row.velocity)
        velocity = self.momentum * row.velocity - self.learning_rate * gradient
        theta = row.theta + velocity
        return Row(theta=theta, gradient=gradient, velocity=velocity)

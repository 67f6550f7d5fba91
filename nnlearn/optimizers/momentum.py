"""Momentum, the classical form."""

from nnlearn.optimizers.optimizer import Fraction, Optimizer, Rate
from nnlearn.row import Row


class Momentum(Optimizer):
    """Descent with a velocity, which keeps a share of its past and gains a step against each gradient.

    The heavy ball of Polyak (1964); in this form Sutskever et al. (2013), eq. 1-2, and Keras. PyTorch's velocity is a
    sum of gradients, which the rate multiplies afterwards: the same steps while the rate is constant. Descent along
    a mean of the gradients is ``AveragedMomentum``.
    """

    learning_rate: Rate = 0.01
    momentum: Fraction = 0.9
    state = ("velocity",)

    def step(self, row, J):
        gradient = J.gradient(row.theta)
        velocity = self.momentum * row.velocity - self.learning_rate * gradient
        theta = row.theta + velocity
        return Row(theta=theta, gradient=gradient, velocity=velocity)

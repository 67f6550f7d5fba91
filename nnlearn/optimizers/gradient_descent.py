"""Gradient descent."""

from nnlearn.optimizers.optimizer import Optimizer, Rate
from nnlearn.row import Row


class GradientDescent(Optimizer):
    """A step against the gradient, its length the learning rate times the slope.

    Cauchy (1847); sources 000§3.1, 002§3.1, 003§3.2, 004§3.1. On a quadratic of largest curvature L it converges
    for learning rates below 2/L. With mini-batches (``nnlearn.MiniBatches``) it is stochastic gradient descent.
    """

    learning_rate: Rate = 0.01

    def step(self, row, J):
        gradient = J.gradient(row.theta)
        theta = row.theta - self.learning_rate * gradient
        return Row(theta=theta, gradient=gradient)

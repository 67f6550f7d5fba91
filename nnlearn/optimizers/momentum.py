"""Momentum."""

from typing import Annotated

from nnlearn.checks import OneOf
from nnlearn.optimizers.optimizer import Fraction, Optimizer, Rate
from nnlearn.trace import Row


class Momentum(Optimizer):
    """Descent along a running mean (or sum) of the gradients: the heavy ball of Polyak (1964).

    form "averaged": m is a mean of gradients, as in 002§3.3 and 004§3.2. form "classical": the velocity is a sum of
    steps, as in Sutskever et al. (2013), eq. 1-2, Keras and PyTorch. The two make the same steps when the averaged
    form has the classical form's learning rate divided by (1 - momentum).
    """

    learning_rate: Rate = 0.01
    momentum: Fraction = 0.9
    form: Annotated[str, OneOf("averaged", "classical")] = "averaged"

    @property
    def state(self):  # type: ignore[override]
        return ("m",) if self.form == "averaged" else ("velocity",)

    def step(self, row, J):
        gradient = J.gradient(row.theta)
        if self.form == "averaged":
            m = self.momentum * row.m + (1 - self.momentum) * gradient
            theta = row.theta - self.learning_rate * m
            return Row(theta=theta, gradient=gradient, m=m)
        velocity = self.momentum * row.velocity - self.learning_rate * gradient
        theta = row.theta + velocity
        return Row(theta=theta, gradient=gradient, velocity=velocity)

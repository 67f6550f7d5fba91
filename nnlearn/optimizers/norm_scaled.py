"""Descent whose rate shrinks as the gradient grows."""

from typing import Annotated, Any

from nnlearn.algebra import norm
from nnlearn.checks import Range, one_a_run
from nnlearn.optimizers.optimizer import Optimizer, Rate
from nnlearn.row import Row


class NormScaled(Optimizer):
    r"""One rate for all coordinates, the smaller the longer the gradient: source 002§3.4, "adaptive learning rate".

    .. math:: \alpha_t = \frac{\eta}{1 + \beta \lVert g_t \rVert^2}, \qquad \theta_t = \theta_{t-1} - \alpha_t g_t

    The norm is over the last axis of the gradient, (..., d), so ``rate`` has the shape (..., 1): a number for each run.
    No step is longer than ``learning_rate / (2 * beta**0.5)``, which it is where the gradient is 1 / beta**0.5 long;
    where it is much longer, steps are short, the shorter the steeper the slope. With beta = 0 it is plain descent. In
    Keras, which steps each weight by itself, the norm is that of the weight's own gradient.
    """

    learning_rate: Rate = 0.01
    beta: Annotated[Any, one_a_run, Range("[0, inf)")] = 1.0

    def step(self, row, J):
        gradient = J.gradient(row.theta)
        rate = self.learning_rate / (1 + self.beta * norm(gradient) ** 2)
        theta = row.theta - rate * gradient
        return Row(theta=theta, gradient=gradient, rate=rate)

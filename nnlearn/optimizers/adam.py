"""Adam."""

from typing import Annotated, Any

from nnlearn.checks import Range
from nnlearn.optimizers.optimizer import Fraction, Optimizer, Rate
from nnlearn.row import Row


class Adam(Optimizer):
    """Momentum over the root mean square of the gradients, both corrected for their start at zero.

    Kingma and Ba (2015), arXiv 1412.6980, algorithm 1; sources 000§3.4, 004§3.5. epsilon stands outside the root and
    after the correction, as in the paper and PyTorch; Keras has it before the correction (the paper's "epsilon hat").
    """

    learning_rate: Rate = 0.001
    beta_1: Fraction = 0.9
    beta_2: Fraction = 0.999
    epsilon: Annotated[Any, Range("[0, inf)")] = 1e-8
    state = ("m", "v")

    def step(self, row, J):
        t = row.t + 1
        gradient = J.gradient(row.theta)
        m = self.beta_1 * row.m + (1 - self.beta_1) * gradient
        v = self.beta_2 * row.v + (1 - self.beta_2) * gradient**2
        m_hat = m / (1 - self.beta_1**t)
        v_hat = v / (1 - self.beta_2**t)
        theta = row.theta - self.learning_rate * m_hat / (v_hat**0.5 + self.epsilon)
        return Row(theta=theta, gradient=gradient, m=m, v=v, m_hat=m_hat, v_hat=v_hat)

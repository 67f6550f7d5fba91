"""AMSGrad."""

from typing import Annotated, Any

from nnlearn.algebra import maximum
from nnlearn.checks import Range
from nnlearn.optimizers.optimizer import Fraction, Optimizer, Rate
from nnlearn.row import Row


class AMSGrad(Optimizer):
    r"""Adam that never forgets a large gradient: it divides by the root of the largest v so far.

    .. math:: v^{\max}_t = \max(v^{\max}_{t-1}, v_t), \qquad \hat v_t = \frac{v^{\max}_t}{1 - \beta_2^t}

    Reddi, Kale and Kumar (2018), arXiv 1904.09237, algorithm 2. The paper corrects neither moment for its start at
    zero; here both are, as in PyTorch and Keras (``Adam(amsgrad=True)``): the largest v is corrected after it was
    chosen. optax corrects each v first, so that the early ones count for more: another path. As the correction fades,
    v_hat can fall all the same, and the rate of a coordinate grow: to 1 / (1 - beta_2)**0.5 times its first at most.
    """

    learning_rate: Rate = 0.001
    beta_1: Fraction = 0.9
    beta_2: Fraction = 0.999
    epsilon: Annotated[Any, Range("[0, inf)")] = 1e-8
    state = ("m", "v", "v_max")

    def step(self, row, J):
        t = row.t + 1
        gradient = J.gradient(row.theta)
        m = self.beta_1 * row.m + (1 - self.beta_1) * gradient
        v = self.beta_2 * row.v + (1 - self.beta_2) * gradient**2
        v_max = maximum(row.v_max, v)
        m_hat = m / (1 - self.beta_1**t)
        v_hat = v_max / (1 - self.beta_2**t)
        theta = row.theta - self.learning_rate * m_hat / (v_hat**0.5 + self.epsilon)
        return Row(theta=theta, gradient=gradient, m=m, v=v, v_max=v_max, m_hat=m_hat, v_hat=v_hat)

"""AdamW."""

from typing import Annotated, Any

from nnlearn.checks import Range
from nnlearn.optimizers.optimizer import Fraction, Optimizer, Rate
from nnlearn.row import Row


class AdamW(Optimizer):
    r"""Adam with weight decay beside the rule, not in its gradient: every weight shrinks by the same share a step.

    .. math:: \theta_t = \theta_{t-1} - \eta \left(\frac{\hat m_t}{\sqrt{\hat v_t} + \epsilon}
                                                   + \lambda \theta_{t-1}\right)

    Loshchilov and Hutter (2019), arXiv 1711.05101, algorithm 2. A penalty in the loss (``objectives.Penalised``) adds
    its slope to g, and Adam divides it by the root of v: where gradients are large, it hardly shrinks a weight.

    The decay is multiplied by the learning rate, as in Keras, PyTorch and optax; in the paper it isn't, but both follow
    one schedule: its lambda is ``learning_rate * weight_decay`` here. ``weight_decay=0.01 * J.penalised``, shape (d,),
    spares the intercepts of a model.
    """

    learning_rate: Rate = 0.001
    beta_1: Fraction = 0.9
    beta_2: Fraction = 0.999
    epsilon: Annotated[Any, Range("[0, inf)")] = 1e-8
    weight_decay: Annotated[Any, Range("[0, inf)")] = 0.01
    state = ("m", "v")

    def step(self, row, J):
        t = row.t + 1
        gradient = J.gradient(row.theta)
        m = self.beta_1 * row.m + (1 - self.beta_1) * gradient
        v = self.beta_2 * row.v + (1 - self.beta_2) * gradient**2
        m_hat = m / (1 - self.beta_1**t)
        v_hat = v / (1 - self.beta_2**t)
        theta = row.theta - self.learning_rate * (m_hat / (v_hat**0.5 + self.epsilon) + self.weight_decay * row.theta)
        return Row(theta=theta, gradient=gradient, m=m, v=v, m_hat=m_hat, v_hat=v_hat)

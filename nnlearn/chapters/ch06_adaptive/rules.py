"""RMSprop with epsilon where Keras has it."""

from typing import Any

from nnlearn.optimizers import RMSprop
from nnlearn.row import Row


class EpsilonInside(RMSprop):
    r"""RMSprop as in Keras and optax: epsilon under the root, where it is added to squares of gradients.

    .. math:: v_t = \rho v_{t-1} + (1 - \rho) g_t^2, \qquad
              \theta_t = \theta_{t-1} - \frac{\eta g_t}{\sqrt{v_t + \epsilon}}
    """

    def step(self, row: Any, J: Any) -> Row:
        gradient = J.gradient(row.theta)
        v = self.rho * row.v + (1 - self.rho) * gradient**2
        theta = row.theta - self.learning_rate * gradient / (v + self.epsilon) ** 0.5
        return Row(theta=theta, gradient=gradient, v=v)

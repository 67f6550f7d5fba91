"""Two rules of chapter 06: RMSprop with epsilon where Keras has it, and AdaGrad with its whole matrix."""

from typing import Any

import numpy as np

from nnlearn.checks import Array
from nnlearn.optimizers import RMSprop
from nnlearn.optimizers.optimizer import Optimizer, Rate
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


class FullAdaGrad(Optimizer):
    r"""AdaGrad with the whole matrix of products of gradients in place of its diagonal: it turns with the picture.

    .. math:: G_t = G_{t-1} + g_t g_t^\top, \qquad \theta_t = \theta_{t-1} - \eta\, (G_t^{1/2} + \epsilon I)^{-1} g_t

    Duchi, Hazan and Singer (2011), JMLR 12, 2121-2159, section 1.1. It costs d^2 numbers, and d^3 operations a step.
    """

    learning_rate: Rate = 1.0
    epsilon: float = 1e-8
    state = ("accumulator",)

    def initial(self, theta: Array) -> dict[str, Array]:
        return {"accumulator": np.zeros((*theta.shape, theta.shape[-1]))}

    def step(self, row: Any, J: Any) -> Row:
        gradient = J.gradient(row.theta)
        accumulator = row.accumulator + gradient[..., :, np.newaxis] * gradient[..., np.newaxis, :]
        sizes, directions = np.linalg.eigh(accumulator)
        along = np.einsum("...ij,...i->...j", directions, gradient)  # the gradient in the matrix' own directions
        scaled = along / (np.sqrt(np.maximum(sizes, 0)) + self.epsilon)
        theta = row.theta - self.learning_rate * np.einsum("...ij,...j->...i", directions, scaled)
        return Row(theta=theta, gradient=gradient, accumulator=accumulator)

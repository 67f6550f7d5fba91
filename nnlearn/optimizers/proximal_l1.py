"""Gradient descent with the proximal step of an L1 penalty."""

from typing import Annotated, Any

from nnlearn.algebra import maximum, sign
from nnlearn.checks import Range
from nnlearn.optimizers.optimizer import Optimizer, Rate
from nnlearn.row import Row


class ProximalL1(Optimizer):
    r"""A step of gradient descent, then every weight moves towards 0 by the rate times l1, and stops if it gets there.

    .. math:: \theta_t = \operatorname{sign}(z_t) \max(|z_t| - \eta \lambda, 0), \qquad z_t = \theta_{t-1} - \eta g_t

    Daubechies, Defrise and De Mol (2004), arXiv math/0307152; ISTA in Beck and Teboulle (2009), SIAM J. Imaging
    Sciences 2(1), 183-202. The second half is the minimum over w of ``(w - z)**2 / 2 + rate * l1 * |w|``, so that at
    rest the penalised loss J + l1 * sum(|theta|) is least; J itself is given without the penalty. Weights that are not
    needed come to exactly 0. A penalty in the loss (``objectives.Penalised``) has the same minimum, but its steps jump
    over 0; weight decay only shrinks.

    ``l1=0.01 * J.penalised``, shape (d,), spares the intercepts of a model. The step is that of TensorFlow's
    ``ProximalGradientDescentOptimizer``. Keras's L1 regulariser is a penalty in the loss.
    """

    learning_rate: Rate = 0.01
    l1: Annotated[Any, Range("[0, inf)")] = 0.001

    def step(self, row, J):
        gradient = J.gradient(row.theta)
        z = row.theta - self.learning_rate * gradient
        theta = sign(z) * maximum(abs(z) - self.learning_rate * self.l1, 0)
        return Row(theta=theta, gradient=gradient, z=z)

"""RMSprop."""

from typing import Annotated, Any

from nnlearn.algebra import maximum
from nnlearn.checks import Range, true_or_false
from nnlearn.optimizers.optimizer import Fraction, Optimizer, Rate
from nnlearn.row import Row


class RMSprop(Optimizer):
    r"""Each coordinate's gradient over the root mean square of its last ones.

    .. math:: v_t = \rho v_{t-1} + (1 - \rho) g_t^2, \qquad
              \theta_t = \theta_{t-1} - \frac{\eta g_t}{\sqrt{v_t} + \epsilon}

    Tieleman and Hinton (2012), lecture 6.5 of "Neural Networks for Machine Learning"; source 004§3.3. Unlike AdaGrad's
    sum, the mean forgets: about 1 / (1 - rho) steps. It begins at 0 and is not corrected for it, so the first step is
    the rate over the root of 1 - rho. epsilon stands outside the root, as in PyTorch; Keras adds it inside, as does
    optax unless told otherwise. rho is 0.9 in the lecture and in Keras, 0.99 in PyTorch.

    centered: divides by the standard deviation instead, the mean of the gradients, m, taken off first: Graves (2013),
    arXiv 1308.0850, section 4.2. Where gradients hardly change it is near 0 and steps are long. Rounding can leave v a
    little below m**2; that counts as 0 (PyTorch's step is NaN there).
    """

    learning_rate: Rate = 0.001
    rho: Fraction = 0.9
    epsilon: Annotated[Any, Range("[0, inf)")] = 1e-8
    centered: Annotated[bool, true_or_false] = False

    @property
    def state(self):  # type: ignore[override]
        return ("v", "m") if self.centered else ("v",)

    def step(self, row, J):
        gradient = J.gradient(row.theta)
        v = self.rho * row.v + (1 - self.rho) * gradient**2
        if not self.centered:
            theta = row.theta - self.learning_rate * gradient / (v**0.5 + self.epsilon)
            return Row(theta=theta, gradient=gradient, v=v)
        m = self.rho * row.m + (1 - self.rho) * gradient
        variance = maximum(v - m**2, 0)
        theta = row.theta - self.learning_rate * gradient / (variance**0.5 + self.epsilon)
        return Row(theta=theta, gradient=gradient, v=v, m=m, variance=variance)

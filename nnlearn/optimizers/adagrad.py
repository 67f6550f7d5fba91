"""AdaGrad."""

from typing import Annotated, Any

import numpy as np

from nnlearn.checks import Range, constant
from nnlearn.optimizers.optimizer import Optimizer, Rate
from nnlearn.row import Row


class AdaGrad(Optimizer):
    """Each coordinate has a rate of its own: the common one over the root of the squared gradients it has seen.

    Duchi, Hazan and Singer (2011), JMLR 12, 2121-2159, figure 1; sources 002§3.4, 004§3.3. The accumulator never
    shrinks, so the rates only fall. It begins at 0.1, as in Keras and optax; in the paper and in PyTorch at 0. epsilon
    stands outside the root, as in PyTorch; Keras and optax add it inside, which is a larger beginning.
    """

    learning_rate: Rate = 0.01
    initial_accumulator: Annotated[Any, constant, Range("[0, inf)")] = 0.1
    epsilon: Annotated[Any, Range("[0, inf)")] = 1e-8
    state = ("accumulator",)

    def initial(self, theta):
        return {"accumulator": np.full_like(theta, self.initial_accumulator)}

    def step(self, row, J):
        gradient = J.gradient(row.theta)
        accumulator = row.accumulator + gradient**2
        theta = row.theta - self.learning_rate * gradient / (accumulator**0.5 + self.epsilon)
        return Row(theta=theta, gradient=gradient, accumulator=accumulator)

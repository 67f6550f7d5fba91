"""BFGS."""

import numpy as np

from nnlearn.inverse_hessian import learn, times
from nnlearn.line_search import wolfe
from nnlearn.optimizers.optimizer import Optimizer, Rate
from nnlearn.row import Row


class BFGS(Optimizer):
    """Newton's direction without a Hessian: its inverse is learned, step by step, from how the gradient changes.

    Broyden, Fletcher, Goldfarb and Shanno, each in 1970; Nocedal and Wright, Numerical Optimization (2nd ed., 2006),
    algorithm 6.1. ``inverse``, shape (d, d), begins as the identity, as in SciPy. learning_rate is the rate
    that the search along the line tries first; ``rate`` is what it found, 0 where nothing along the line is lower
    (``nnlearn.stop.NoLowerPoint`` ends the run there). ``LBFGS`` remembers moves in place of the matrix.
    """

    learning_rate: Rate = 1.0
    state = ("gradient", "move", "inverse")

    def initial(self, theta):
        return {"inverse": np.broadcast_to(np.eye(theta.shape[-1]), (*theta.shape, theta.shape[-1]))}

    def step(self, row, J):
        gradient = J.gradient(row.theta)
        change = gradient - row.gradient
        inverse = learn(row.inverse, row.move, change)
        direction = times(inverse, gradient)
        rate = wolfe(J, row.theta, direction, self.learning_rate)
        move = -rate * direction
        theta = row.theta + move
        return Row(theta=theta, gradient=gradient, change=change, inverse=inverse, direction=direction, rate=rate,
                   move=move)  # fmt: skip

"""L-BFGS."""

from typing import Annotated

import numpy as np

from nnlearn.checks import Whole, true_or_false
from nnlearn.line_search import wolfe
from nnlearn.optimizers.curvature import remember, two_loop
from nnlearn.optimizers.optimizer import Optimizer, Rate
from nnlearn.row import Row


class LBFGS(Optimizer):
    """Newton's direction without a Hessian: its inverse is read off the last moves and the changes of the gradient.

    Nocedal (1980), Math. Comp. 35, 773-782; Nocedal and Wright, Numerical Optimization (2006), algorithms 7.4 and 7.5.
    ``pairs``, (memory, 2, d), holds the last moves s and the changes y of the gradient, the newest last; zeros are
    places not yet filled, and a pair that does not curve upwards is not kept.
    The move is ``learning_rate`` times the direction, and nothing promises that the loss falls; with ``line_search`` it
    is ``rate`` times, which the strong Wolfe conditions choose (learning_rate is tried first; 0 if nothing is lower).
    """

    learning_rate: Rate = 1.0
    memory: Annotated[int, Whole(1)] = 10
    line_search: Annotated[bool, true_or_false] = False
    state = ("gradient", "move", "pairs")

    def initial(self, theta):
        return {"pairs": np.zeros((*theta.shape[:-1], self.memory, 2, theta.shape[-1]))}

    def step(self, row, J):
        gradient = J.gradient(row.theta)
        change = gradient - row.gradient
        pairs = remember(row.pairs, row.move, change)
        direction = two_loop(pairs, gradient)
        if self.line_search:
            rate = wolfe(J, row.theta, direction, self.learning_rate)
            move = -rate * direction
            theta = row.theta + move
            return Row(theta=theta, gradient=gradient, change=change, pairs=pairs, direction=direction, rate=rate,
                       move=move)  # fmt: skip
        move = -self.learning_rate * direction
        theta = row.theta + move
        return Row(theta=theta, gradient=gradient, change=change, pairs=pairs, direction=direction, move=move)

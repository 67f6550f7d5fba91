"""L-BFGS."""

from typing import Annotated

import numpy as np

from nnlearn.algebra import ATOM, PRODUCT, SUM, dot, written
from nnlearn.checks import Array, Whole
from nnlearn.optimizers.optimizer import Optimizer, Rate
from nnlearn.row import Row

LEAST_CURVATURE = 1e-10  # of a pair: a smaller s . y says nothing about a bowl (PyTorch's bound)


class LBFGS(Optimizer):
    """Newton's direction without a Hessian: its inverse is read off the last moves and the changes of the gradient.

    Nocedal (1980), Math. Comp. 35, 773-782; Nocedal and Wright, Numerical Optimization (2nd ed., 2006), algorithms
    7.4 and 7.5. ``pairs`` holds the last moves s and the changes y of the gradient that they brought, shape
    (memory, 2, d), the newest last; zeros are places not yet filled, and a pair that does not curve upwards is not
    kept. The move is ``learning_rate`` times the direction, as in PyTorch without a line search: nothing promises that
    the loss falls.
    """

    learning_rate: Rate = 1.0
    memory: Annotated[int, Whole(1)] = 10
    state = ("gradient", "move", "pairs")

    def initial(self, theta):
        return {"pairs": np.zeros((*theta.shape[:-1], self.memory, 2, theta.shape[-1]))}

    def step(self, row, J):
        gradient = J.gradient(row.theta)
        change = gradient - row.gradient
        pairs = remember(row.pairs, row.move, change)
        direction = two_loop(pairs, gradient)
        move = -self.learning_rate * direction
        theta = row.theta + move
        return Row(theta=theta, gradient=gradient, change=change, pairs=pairs, direction=direction, move=move)


@written(r"{} \oplus \left({}, {}\right)", SUM, (SUM, SUM, SUM))
def remember(pairs: Array, move: Array, change: Array) -> Array:
    """The pairs with a new one in the place of the oldest, if it curves upwards; before the first step it is zeros.

    pairs: (..., memory, 2, d). move, change: (..., d).
    """
    newest = np.stack([move, change], axis=-2)[..., np.newaxis, :, :]
    curved = (dot(move, change) > LEAST_CURVATURE)[..., np.newaxis, np.newaxis]
    return np.where(curved, np.concatenate([pairs[..., 1:, :, :], newest], axis=-3), pairs)


@written(r"\tilde{{H}}^{{-1}}\left({}\right) {}", PRODUCT, (SUM, ATOM))
def two_loop(pairs: Array, gradient: Array) -> Array:
    """The gradient times the inverse Hessian that the pairs speak of: Nocedal and Wright, algorithm 7.4.

    It begins with a multiple of the identity: the curvature along the newest move; before there is one, a length that
    makes the first move at most 1 long in sum (PyTorch). A place that is not filled contributes nothing.
    """
    moves, changes = np.moveaxis(pairs, (-3, -2), (1, 0))
    curvatures = [dot(s, y) for s, y in zip(moves, changes, strict=True)]
    shares = [np.divide(1, c, out=np.zeros_like(c), where=c > 0) for c in curvatures]
    q, weights = gradient, []
    for s, y, rho in zip(moves[::-1], changes[::-1], shares[::-1], strict=True):
        weights.append(rho * dot(s, q))
        q = q - weights[-1] * y
    first = 1 / np.maximum(1, np.sum(np.abs(gradient), axis=-1, keepdims=True))
    newest = dot(changes[-1], changes[-1])
    r = np.divide(curvatures[-1], newest, out=first, where=newest > 0) * q
    for s, y, rho, weight in zip(moves, changes, shares, weights[::-1], strict=True):
        r = r + s * (weight - rho * dot(y, r))
    return r

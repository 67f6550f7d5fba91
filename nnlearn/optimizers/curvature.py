"""What moves, and the changes of the gradient that they brought, tell of the curvature."""

import numpy as np

from nnlearn.algebra import ATOM, PRODUCT, SUM, dot, written
from nnlearn.checks import Array
from nnlearn.inverse_hessian import LEAST_CURVATURE


@written(r"{} \oplus \left({}, {}\right)", SUM, (SUM, SUM, SUM))
def remember(pairs: Array, move: Array, change: Array) -> Array:
    """The pairs with a new one in the place of the oldest, if it curves upwards; before the first step it is zeros.

    pairs: (..., memory, 2, d). move, change: (..., d).
    """
    newest = np.stack([move, change], axis=-2)[..., np.newaxis, :, :]
    curved = np.asarray(dot(move, change) > LEAST_CURVATURE)[..., np.newaxis, np.newaxis]
    return np.where(curved, np.concatenate([pairs[..., 1:, :, :], newest], axis=-3), pairs)


@written(r"\tilde{{H}}^{{-1}}\left({}\right) {}", PRODUCT, (SUM, ATOM))
def two_loop(pairs: Array, gradient: Array) -> Array:
    """The gradient times the inverse Hessian that the pairs speak of: Nocedal and Wright, algorithm 7.4.

    It begins with a multiple of the identity: 1 over the curvature along the newest move; before there is one, a length
    that makes the first move at most 1 long in sum (PyTorch). A place that is not filled contributes nothing.
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

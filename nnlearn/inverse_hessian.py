"""The inverse Hessian, learned from how the gradient changes."""

import numpy as np

from nnlearn.algebra import ATOM, PRODUCT, SUM, dot, written
from nnlearn.checks import Array

LEAST_CURVATURE = 1e-10  # of a pair: a smaller s . y says nothing about a bowl (PyTorch's bound)


@written(r"{} \star \left({}, {}\right)", SUM, (SUM, SUM, SUM))
def learn(inverse: Array, move: Array, change: Array) -> Array:
    """The inverse Hessian after a move: BFGS, Nocedal and Wright, equation 6.17. What does not curve upwards is left.

    inverse: (..., d, d). move, change: (..., d); before the first move they are zeros.
    """
    s, y = move[..., np.newaxis], change[..., np.newaxis]
    curvature = dot(move, change)[..., np.newaxis]
    curved = np.asarray(curvature > LEAST_CURVATURE)
    rho = np.divide(1, curvature, out=np.zeros_like(curvature), where=curved)
    across = np.eye(move.shape[-1]) - rho * s * np.swapaxes(y, -1, -2)
    learned = across @ inverse @ np.swapaxes(across, -1, -2) + rho * s * np.swapaxes(s, -1, -2)
    return np.where(curved, learned, inverse)


@written("{} {}", PRODUCT, (ATOM, ATOM))
def times(matrix: Array, vector: Array) -> Array:
    """The product of a matrix, (..., d, d), and a vector, (..., d)."""
    return np.asarray((matrix @ vector[..., np.newaxis])[..., 0])

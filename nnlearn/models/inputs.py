"""Examples in the shape that a model takes."""

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from nnlearn.networks.inputs import fitting, plain_array


def inputs(X: ArrayLike, shape: tuple[int, ...]) -> NDArray[np.float32]:
    """n examples in float32, shape (n, *shape).

    The digits are stored as rows of 64 numbers, pixel by pixel: such rows, and images without their one channel, are
    taken, too. Raises TypeError or ValueError if X doesn't hold finite numbers, is empty or has another shape.
    """
    x = plain_array("X", X)
    if x.size and x.ndim == 2 and x.shape[1] == math.prod(shape):
        x = x.reshape(len(x), *shape)
    elif (*x.shape[1:], 1) == shape:
        x = x[..., np.newaxis]
    return fitting(x, shape).astype(np.float32, copy=False)

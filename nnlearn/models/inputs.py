"""Examples in the shape that a model takes."""

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from nnlearn.language import say


def inputs(X: ArrayLike, shape: tuple[int, ...]) -> NDArray[np.float32]:
    """n examples in float32, shape (n, *shape); given in this shape or another of as many numbers, such as flat.

    Raises ValueError if there is none, or one has more or fewer numbers.
    """
    x = np.asarray(X, np.float32)
    if x.ndim < 2 or len(x) == 0 or math.prod(x.shape[1:]) != math.prod(shape):
        wanted = ", ".join(map(str, shape))
        message = say("The inputs must have shape (n, {wanted}), or be flat, with n at least 1; they have shape "
                      "{shape}.", wanted=wanted, shape=x.shape)  # fmt: skip
        raise ValueError(message)
    return x.reshape(len(x), *shape)

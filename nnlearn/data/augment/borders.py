"""What lies beyond the border of an image: the positions from which each fill mode continues it.

The modes are named as in scipy.ndimage. For a row a b c d they show:

=================  =========================  ==========================================================
``constant``       ``k k k | a b c d | k k``  the border against k is sharp
``grid-constant``  ``k k k | a b c d | k k``  over one pixel the border fades into k, as in Keras
``nearest``        ``a a a | a b c d | d d``
``reflect``        ``c b a | a b c d | d c``  the mirror stands at the outer edge of the outer pixels
``mirror``         ``d c b | a b c d | c b``  the mirror stands in the middle of the outer pixels
``grid-wrap``      ``b c d | a b c d | a b``  what NumPy calls wrap
``wrap``           ``a b c | a b c d | b c``  copies overlap by a pixel: d lies on the next copy's a
=================  =========================  ==========================================================
"""

import numpy as np
from numpy.typing import NDArray

from nnlearn.checks import Array


def nearest(position: Array, size: int) -> Array:
    """The outer pixel goes on for ever."""
    return np.clip(position, 0, size - 1)


def one_further(position: Array, size: int) -> Array:
    """A first and a last pixel more, which go on for ever."""
    return np.clip(position, -1, size)


def reflect(position: Array, size: int) -> Array:
    """Mirrors at -1/2 and size - 1/2."""
    from_edge = np.mod(position + 0.5, 2 * size)
    return nearest(np.minimum(from_edge, 2 * size - from_edge) - 0.5, size)


def mirror(position: Array, size: int) -> Array:
    """Mirrors at 0 and size - 1."""
    period = max(2 * (size - 1), 1)
    there = np.mod(position, period)
    return nearest(np.minimum(there, period - there), size)


def wrap(position: Array, size: int) -> Array:
    """Copies of the image that overlap by a pixel; where they do, the first one is seen, in SciPy below 0 the last."""
    return nearest(np.mod(position, max(size - 1, 1)), size)


def grid_wrap(position: Array, size: int) -> Array:
    """Copies of the image side by side."""
    return np.mod(position, size)


CONTINUED = {
    "constant": nearest,  # what is found there is replaced afterwards
    "grid-constant": one_further,
    "nearest": nearest,
    "reflect": reflect,
    "mirror": mirror,
    "grid-wrap": grid_wrap,
    "wrap": wrap,
}
FILLS = tuple(CONTINUED)


def is_outside(position: Array, size: int) -> NDArray[np.bool]:
    """Whether positions lie beyond the centres of the outer pixels."""
    return (position < 0) | (position > size - 1)


def continued(position: Array, size: int, fill: str) -> Array:
    """The positions, along an axis of ``size`` pixels, at which the image shows what is seen at ``position``.

    They lie from 0 to size - 1; for ``grid-wrap`` up to size, where pixel 0 lies once more; for
    ``grid-constant`` from -1 to size, where the constant begins.
    """
    position = position.copy()
    beyond = is_outside(position, size)
    position[beyond] = CONTINUED[fill](position[beyond], size)
    return position

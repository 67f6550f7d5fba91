"""Cut-out: a square of each image is covered."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from nnlearn.checks import Array, whole_number
from nnlearn.data.augment.images import Images, fill_value, image_batch, rounded, whole_per_image


def cut_out(images: ArrayLike, row: ArrayLike, column: ArrayLike, side: int, value: float = 0.0) -> Images:
    """Each image with a square covered, ``side`` pixels long, about the pixel (row, column).

    row, column: whole numbers, one for all images or one for each, shape (n,). The square begins side // 2 before
    them, and may lie partly outside: DeVries and Taylor (2017), arXiv 1708.04552, section 3.2, found that this matters.
    There 0, what covers, is the mean of the data, since they are standardised before. value: what covers here.
    """
    images = image_batch(images).copy()
    value = fill_value("constant", value, images.dtype)
    whole_number("side", side, at_least=0)
    n, height, width = images.shape[:3]
    rows = covered(whole_per_image("row", row, n), side, height)
    columns = covered(whole_per_image("column", column, n), side, width)
    square = np.broadcast_to(rows[:, :, np.newaxis] & columns[:, np.newaxis, :], images.shape[:3])
    images[square] = rounded(np.array(value), images.dtype)
    return images


def covered(middle: Array, side: int, size: int) -> NDArray[np.bool]:
    """Which of ``size`` places lie in ``side`` places about the middle, shape (n, size)."""
    first = (middle - side // 2)[:, np.newaxis]
    place = np.arange(size)
    return (first <= place) & (place < first + side)

"""A layer that keeps the largest number of each window."""

from collections.abc import Iterator
from functools import reduce
from typing import Annotated

import numpy as np

from nnlearn.checks import Whole
from nnlearn.networks.layer import Floats, Layer, Parameters, Shape
from nnlearn.networks.windows import pixels, places, windows


class MaxPool2D(Layer):
    """The largest of each size x size pixels, channel by channel; windows lie side by side.

    Images are (n, height, width, channels). Rows and columns that fill no window are left out, as in Keras.
    """

    takes = ("height", "width", "channels")

    size: Annotated[int, Whole(1)] = 2

    def output(self, shape: Shape) -> Shape:
        rows, columns = (places(length, self.size, self.size) for length in shape[:2])
        return rows, columns, shape[2]

    def seen(self, x: Floats, p: Parameters) -> Iterator[Floats]:
        """For each pixel of the windows what stands there, a view of x."""
        return pixels(windows(x, self.size, self.size, p.output))

    def forward(self, x: Floats, p: Parameters) -> Floats:
        return reduce(np.maximum, self.seen(x, p))

    def backward(self, dy: Floats, x: Floats, y: Floats, p: Parameters) -> Floats:
        """All to the largest pixel of a window; of equals to the first."""
        dx = np.zeros((*dy.shape[:-3], *p.shape), dy.dtype)
        free = np.ones(y.shape, bool)
        for pixel, slope in zip(self.seen(x, p), self.seen(dx, p), strict=True):
            largest = free & (pixel == y)
            slope[:] = largest * dy
            free &= ~largest
        return dx

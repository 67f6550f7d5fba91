"""A layer that sees images through a small window."""

from typing import Annotated, Any

import numpy as np

from nnlearn.checks import OneOf, Whole, true_or_false
from nnlearn.networks.initial import Initial, first_values, glorot
from nnlearn.networks.layer import Floats, Layer, Leaf, Parameters, Shape, transposed
from nnlearn.networks.windows import pixels, places, windows


class Conv2D(Layer):
    """y[i, j] = b + sum over p, q of x[s i + p, s j + q] @ kernel[p, q], with stride s: images through a window.

    Images are (n, height, width, channels). As deep learning has it, the kernel is not turned round.

    filters: how many channels come out, at least 1. size: of the square window, at least 1. padding: "same" puts
    zeros around the image, as Keras does: with stride 1 it keeps its size; "valid" puts none. stride: how far the
    window moves. bias: whether there is b. initial: the first values of the kernel; b begins at 0.
    """

    takes = ("height", "width", "channels")

    filters: Annotated[int, Whole(1)]
    size: Annotated[int, Whole(1)]
    padding: Annotated[str, OneOf("same", "valid")] = "same"
    stride: Annotated[int, Whole(1)] = 1
    bias: Annotated[bool, true_or_false] = True
    initial: Annotated[Initial, first_values] = glorot

    def leaves(self, shape: Shape) -> dict[str, Leaf]:
        kernel = {"kernel": Leaf((self.size, self.size, shape[-1], self.filters), self.initial)}
        return {**kernel, "bias": Leaf((self.filters,))} if self.bias else kernel

    def output(self, shape: Shape) -> Shape:
        if self.padding == "same":
            rows, columns = (-(-length // self.stride) for length in shape[:2])
        else:
            rows, columns = (places(length, self.size, self.stride) for length in shape[:2])
        return rows, columns, self.filters

    def forward(self, x: Floats, p: Parameters) -> Floats:
        y = self.columns(x, p) @ self.matrix(p)
        y = y.reshape(*y.shape[:-2], x.shape[-4], *p.output)
        if self.bias:
            y += p.bias
        return y

    def backward(self, dy: Floats, x: Floats, y: Floats, p: Parameters) -> Floats:
        dseen = one_row(dy) @ transposed(self.matrix(p))
        around, dx = self.bordered(dy.shape[:-3], p, dy.dtype)
        seen = windows(around, self.size, self.stride, p.output)
        for pixel, dpixel in zip(pixels(seen), pixels(dseen.reshape(seen.shape)), strict=True):
            pixel += dpixel  # each pixel of x is seen from several places
        return dx

    def slopes(self, dy: Floats, x: Floats, y: Floats, p: Parameters) -> dict[str, Floats]:
        return {"kernel": transposed(self.columns(x, p)) @ one_row(dy), "bias": dy.sum(p.axes)}

    def matrix(self, p: Parameters) -> Floats:
        """The kernel with all that a place sees in one column: (..., size * size * channels, filters)."""
        return p.kernel.reshape(*p.kernel.shape[:-4], -1, self.filters)

    def columns(self, x: Floats, p: Parameters) -> Floats:
        """What each place sees in one row, so that a convolution is one product of matrices.

        (..., n, height, width, channels) -> (..., n * rows * columns, size * size * channels)
        """
        around, inside = self.bordered(x.shape[:-3], p, x.dtype)
        inside[:] = x
        seen = windows(around, self.size, self.stride, p.output)
        return seen.reshape(*x.shape[:-4], -1, self.size**2 * p.shape[-1])

    def bordered(self, examples: Shape, p: Parameters, kind: Any) -> tuple[Floats, Floats]:
        """Images of zeros with a border, as the padding wants it, and a view of them without: (*examples, *shape)."""
        (above, below), (left, right) = self.borders(p)
        height, width, channels = p.shape
        around = np.zeros((*examples, above + height + below, left + width + right, channels), kind)
        return around, around[..., above : above + height, left : left + width, :]

    def borders(self, p: Parameters) -> list[tuple[int, int]]:
        """How many rows are added above and below, and columns left and right; an odd one below and right."""
        borders = []
        for length, found in zip(p.shape[:2], p.output[:2], strict=True):
            missing = max((found - 1) * self.stride + self.size - length, 0)
            borders.append((missing // 2, missing - missing // 2))
        return borders


def one_row(images: Floats) -> Floats:
    """The pixels of all examples in one row: (..., n, height, width, channels) -> (..., all, channels)."""
    return images.reshape(*images.shape[:-4], -1, images.shape[-1])

"""Windows that move over images: what convolution and pooling share."""

from collections.abc import Iterator

from numpy.lib.stride_tricks import as_strided

from nnlearn.networks.layer import Floats, Shape


def places(length: int, size: int, stride: int) -> int:
    """How many windows of a size fit into a length."""
    return (length - size) // stride + 1


def windows(images: Floats, size: int, stride: int, output: Shape) -> Floats:
    """What the window sees from each place, a view: (..., n, rows, columns, size, size, channels).

    images: (..., n, height, width, channels). output: the rows and columns of places, and what follows.
    """
    *outer, down, right, channel = images.strides
    shape = (*images.shape[:-3], *output[:2], size, size, images.shape[-1])
    return as_strided(images, shape, (*outer, stride * down, stride * right, down, right, channel))


def pixels(seen: Floats) -> Iterator[Floats]:
    """For each pixel of the windows, row by row: what stands there, (..., n, rows, columns, channels)."""
    for p in range(seen.shape[-3]):
        for q in range(seen.shape[-2]):
            yield seen[..., p, q, :]

"""The convolutional network in NumPy: what Keras computes, to be read and to be fast."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from nnlearn.language import say
from nnlearn.models.inputs import inputs
from nnlearn.models.weights import Weights

Images = NDArray[np.float32]  # (n, height, width, channels)
BLOCK = 64  # images at a time: what a layer gives then stays in the processor's cache


def forward(weights: Weights, images: ArrayLike) -> NDArray[np.float32]:
    """The scores of ``convolutional()``, shape (n, 10), float32.

    weights: kernels and biases in the order of its layers. images: n images of 64 pixels, shape (n, 64), (n, 8, 8)
    or (n, 8, 8, 1). Raises ValueError if there are other than 8 arrays of weights, no images, or of another size.
    """
    if len(weights) != 8:
        message = say("forward computes the network of convolutional(), which has 8 arrays of weights; there are "
                      "{count}.", count=len(weights))  # fmt: skip
        raise ValueError(message)
    x = inputs(images, (8, 8, 1))
    return np.concatenate([scores(weights, x[i : i + BLOCK]) for i in range(0, len(x), BLOCK)])


def scores(weights: Weights, x: Images) -> NDArray[np.float32]:
    """Two convolutions, the largest of each 2 x 2 pixels, two dense layers."""
    K1, b1, K2, b2, W, b, V, c = weights.values()
    h = relu(convolve(x, K1) + b1)
    h = relu(convolve(h, K2) + b2)
    h = max_pool(h).reshape(len(x), -1)
    h = relu(h @ W + b)
    return h @ V + c


def relu(a: NDArray[np.float32]) -> NDArray[np.float32]:
    """max(a, 0)."""
    return np.maximum(a, 0)


def convolve(x: Images, kernel: NDArray[np.float32]) -> Images:
    """Each image with a kernel of odd size, shape (k, k, channels, outputs), zeros around the image ("same").

    out[n, i, j] = sum over p, q of x[n, i + p - k // 2, j + q - k // 2] @ kernel[p, q], as deep learning has it:
    the kernel is not turned round. The k * k shifted images, side by side, make it one product of matrices.
    """
    k, _, channels, outputs = kernel.shape
    n, height, width, _ = x.shape
    around = k // 2
    padded = np.pad(x, ((0, 0), (around, around), (around, around), (0, 0)))
    shifted = [padded[:, p : p + height, q : q + width] for p in range(k) for q in range(k)]
    columns = np.concatenate(shifted, axis=-1).reshape(-1, k * k * channels)
    return (columns @ kernel.reshape(-1, outputs)).reshape(n, height, width, outputs)


def max_pool(x: Images) -> Images:
    """The largest of each 2 x 2 pixels, channel by channel; height and width are even."""
    rows = np.maximum(x[:, ::2], x[:, 1::2])
    return np.maximum(rows[:, :, ::2], rows[:, :, 1::2])

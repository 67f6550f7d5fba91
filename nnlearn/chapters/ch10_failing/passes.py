"""Through the deep networks of chapter 10 and back before any step, for many scales of the hidden weights at once.

A network of the library does the same (a test compares them). Here all scales share their matrices: s W a is s times
W a, one product for all, and a map of a thousand networks is there while the hand rests.
"""

from functools import lru_cache

import numpy as np

from nnlearn.chapters.ch10_failing.deep import DEEPEST, network
from nnlearn.checks import Array
from nnlearn.data import datasets


@lru_cache(maxsize=20)
def hidden_kernels(activation: str, seed: int) -> tuple[Array, ...]:
    """The usual first weights of 50 hidden layers. A network of fewer layers begins with the first of them."""
    first = network(DEEPEST, activation).begin(seed)
    return tuple(first[f"hidden_{k}/kernel"] for k in range(1, DEEPEST + 1))


@lru_cache(maxsize=1000)
def output_kernel(activation: str, depth: int, seed: int) -> Array:
    """That of the last layer, which is left as it is."""
    return network(depth, activation).begin(seed)["output/kernel"]


@lru_cache(maxsize=4)
def digits(examples: int) -> tuple[Array, Array]:
    """The first training images, and a 1 for each one's class."""
    data = datasets.digits()
    return data.X_train[:examples], np.eye(10)[data.y_train[:examples]]


def through(activation: str, depth: int, scales: Array, seed: int, examples: int) -> list[Array]:
    """What comes in, and what each hidden layer gives: arrays of shape (scales, examples, width)."""
    X, _ = digits(examples)
    values = [np.broadcast_to(X, (len(scales), *X.shape))]
    s = scales[:, np.newaxis, np.newaxis]
    for kernel in hidden_kernels(activation, seed)[:depth]:
        z = s * product(values[-1], kernel)
        values.append(np.maximum(z, 0) if activation == "relu" else np.tanh(z))
    return values


def way_back(activation: str, values: list[Array], scales: Array, seed: int) -> list[Array]:
    """The loss's slope in what comes into each hidden layer's bend, the first layer's first: (scales, examples, width).

    values: of a network of this depth, as ``through`` gives them.
    """
    depth, s = len(values) - 1, scales[:, np.newaxis, np.newaxis]
    kernels, last = hidden_kernels(activation, seed), output_kernel(activation, depth, seed)
    _, targets = digits(values[0].shape[1])
    scores = product(values[-1], last)
    odds = np.exp(scores - scores.max(axis=-1, keepdims=True))
    slope = product((odds / odds.sum(axis=-1, keepdims=True) - targets) / len(targets), last.T)
    slopes = []
    for k in range(depth, 0, -1):
        a = values[k]
        slopes.append(slope * (a > 0 if activation == "relu" else 1 - a * a))
        if k > 1:
            slope = s * product(slopes[-1], kernels[k - 1].T)
    return slopes[::-1]


def gradient_lengths(values: list[Array], slopes: list[Array]) -> Array:
    """The length of the gradient in the hidden kernels, shape (layers, scales): of as many layers as slopes."""
    return np.array([np.linalg.norm(np.swapaxes(a, 1, 2) @ dz, axis=(1, 2))
                     for a, dz in zip(values, slopes, strict=False)])  # fmt: skip


def product(a: Array, matrix: Array) -> Array:
    """(scales, examples, width) times a matrix, in one call."""
    return (a.reshape(-1, a.shape[-1]) @ matrix).reshape(*a.shape[:-1], matrix.shape[-1])

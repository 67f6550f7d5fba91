"""The networks for the 8 x 8 digits as Keras models, untrained. Their outputs are scores, not yet probabilities."""

from typing import Any

import numpy as np

from nnlearn.checks import whole_number
from nnlearn.interop.layers import to_keras
from nnlearn.interop.quiet import keras
from nnlearn.models.architectures import digits_cnn, digits_mlp
from nnlearn.networks import Network
from nnlearn.networks.layer import is_kernel


def dense(hidden: int = 64, seed: int = 0, depth: int = 1) -> Any:
    """A Keras model of ``digits_mlp(hidden, depth)``: 64 pixels, shape (n, 64), to 10 scores.

    Raises TypeError or ValueError if hidden or depth is not at least 1, or seed at least 0.

    >>> dense(64).count_params()
    4810
    """
    return untrained(digits_mlp(hidden, depth), seed, "dense")


def convolutional(
    seed: int = 0,
    filters: int = 16,
    kernel: int = 3,
    units: int | None = None,
    depth: int = 2,
    pool: int | None = None,
    residual: bool = False,
) -> Any:
    """A Keras model of ``digits_cnn``, whose arguments these are: images, shape (n, 8, 8, 1), to 10 scores.

    Raises TypeError or ValueError if seed is not at least 0, and what ``digits_cnn`` raises.

    >>> convolutional().count_params()
    21546
    """
    return untrained(digits_cnn(filters, kernel, units, depth, pool, residual), seed, "convolutional")


def untrained(network: Network, seed: int, name: str) -> Any:
    """The Keras model, its kernels as Keras begins (Glorot and Bengio 2010, eq. 16), each from a seed of its own.

    So a model is the same whenever it is built, and Keras's global seed is left alone.
    """
    whole_number("seed", seed, at_least=0)
    shapes = {leaf: declared.shape for leaf, declared in network.leaves.declared.items() if is_kernel(leaf)}
    seeds = np.random.SeedSequence(seed).generate_state(len(shapes))
    kernels = {
        leaf: np.asarray(keras.initializers.GlorotUniform(int(each) % 2**31)(shape))
        for (leaf, shape), each in zip(shapes.items(), seeds, strict=True)
    }
    return to_keras(network, {**network.begin(0), **kernels}, name=name)

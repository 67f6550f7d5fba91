"""The networks for the 8 x 8 digits, untrained. Their outputs are scores, not yet probabilities."""

from typing import Any

import numpy as np

from nnlearn.checks import whole_number
from nnlearn.interop.quiet import keras

PIXELS, CLASSES = 8, 10


def dense(hidden: int = 64, seed: int = 0) -> Any:
    """A Keras model with one hidden layer of relus: 64 pixels, shape (n, 64), to 10 scores.

    Raises TypeError or ValueError if hidden is not at least 1, or seed at least 0.

    >>> dense(64).count_params()
    4810
    """
    whole_number("hidden", hidden, at_least=1)
    first, second = initializers(seed, 2)
    layers = keras.layers
    return keras.Sequential(
        [
            keras.Input((PIXELS * PIXELS,)),
            layers.Dense(hidden, "relu", kernel_initializer=first, name="hidden"),
            layers.Dense(CLASSES, kernel_initializer=second, name="output"),
        ],
        name="dense",
    )


def convolutional(seed: int = 0, filters: int = 16) -> Any:
    """A Keras model with two convolutions: images, shape (n, 8, 8, 1), to 10 scores.

    filters: of the first convolution; the second and the dense layer have twice as many. Raises TypeError or
    ValueError if seed is not at least 0, or filters at least 1.

    >>> convolutional().count_params()
    21546
    """
    whole_number("filters", filters, at_least=1)
    first, second, third, fourth = initializers(seed, 4)
    layers = keras.layers
    return keras.Sequential(
        [
            keras.Input((PIXELS, PIXELS, 1)),
            layers.Conv2D(filters, 3, padding="same", activation="relu", kernel_initializer=first, name="conv1"),
            layers.Conv2D(2 * filters, 3, padding="same", activation="relu", kernel_initializer=second, name="conv2"),
            layers.MaxPooling2D(2, name="pool"),
            layers.Flatten(name="flatten"),
            layers.Dense(2 * filters, "relu", kernel_initializer=third, name="dense"),
            layers.Dense(CLASSES, kernel_initializer=fourth, name="output"),
        ],
        name="convolutional",
    )


def initializers(seed: int, count: int) -> list[Any]:
    """Keras's default for kernels (Glorot and Bengio 2010, eq. 16), of each layer from a seed of its own.

    So a model is the same whenever it is built, and Keras's global seed is left alone.
    """
    whole_number("seed", seed, at_least=0)
    seeds = np.random.SeedSequence(seed).generate_state(count)
    return [keras.initializers.GlorotUniform(int(each) % 2**31) for each in seeds]

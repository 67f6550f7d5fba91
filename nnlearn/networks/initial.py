"""The values that a leaf begins with."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from nnlearn.checks import Array, Range

Initial = Callable[[np.random.Generator, tuple[int, ...]], Array]


def zeros(generator: np.random.Generator, shape: tuple[int, ...]) -> Array:
    """All 0. For kernels of a hidden layer no good: its units are, and stay, the same."""
    return np.zeros(shape)


def ones(generator: np.random.Generator, shape: tuple[int, ...]) -> Array:
    """All 1."""
    return np.ones(shape)


@dataclass(frozen=True)
class Normal:
    """Normal numbers of mean 0. scale: their standard deviation, above 0."""

    scale: float

    def __post_init__(self) -> None:
        Range("(0, inf)")("scale", self.scale)

    def __call__(self, generator: np.random.Generator, shape: tuple[int, ...]) -> Array:
        return generator.normal(scale=self.scale, size=shape)


small = Normal(0.01)
"""Normal numbers near 0, whatever the layer's size."""


def glorot(generator: np.random.Generator, shape: tuple[int, ...]) -> Array:
    """Uniform within sqrt(6 / (inputs + outputs)).

    Glorot and Bengio, "Understanding the difficulty of training deep feedforward neural networks" (2010), eq. 16;
    Keras's default, too. It keeps the size of values and slopes from layer to layer where units are near linear.
    """
    limit = np.sqrt(6 / sum(fans(shape)))
    return generator.uniform(-limit, limit, shape)


def he(generator: np.random.Generator, shape: tuple[int, ...]) -> Array:
    """Normal numbers of standard deviation sqrt(2 / inputs): for relus, which let half of their inputs through.

    He, Zhang, Ren and Sun, "Delving deep into rectifiers" (2015), arXiv:1502.01852, eq. 10. Keras's ``he_normal`` cuts
    off what lies beyond two standard deviations.
    """
    return generator.normal(scale=np.sqrt(2 / fans(shape)[0]), size=shape)


def fans(shape: tuple[int, ...]) -> tuple[int, int]:
    """How many inputs an output has, and how many outputs an input, by a kernel (inputs, outputs) or (k, k, ...)."""
    *window, inputs, outputs = shape
    places = int(np.prod(window, dtype=int))
    return places * inputs, places * outputs

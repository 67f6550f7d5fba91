"""The values that a leaf begins with."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from nnlearn.checks import Array, Range, number
from nnlearn.language import say

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


def lecun(generator: np.random.Generator, shape: tuple[int, ...]) -> Array:
    """Normal numbers of standard deviation sqrt(1 / inputs): the sum over the inputs is as large as one of them.

    LeCun, Bottou, Orr and Mueller, "Efficient BackProp" (1998), section 4.6. Keras's ``lecun_normal`` cuts off what
    lies beyond two standard deviations.
    """
    return generator.normal(scale=np.sqrt(1 / fans(shape)[0]), size=shape)


def orthogonal(generator: np.random.Generator, shape: tuple[int, ...]) -> Array:
    """A random turn: columns (or rows, if these are fewer) of length 1 at right angles; a convolution's window in rows.

    Saxe, McClelland and Ganguli, "Exact solutions to the nonlinear dynamics of learning in deep linear neural networks"
    (2013), arXiv:1312.6120: no vector is stretched, however many layers follow. As Keras's ``orthogonal``.
    """
    matrix = generator.normal(size=(int(np.prod(shape[:-1], dtype=int)), shape[-1]))
    tall = matrix if len(matrix) >= shape[-1] else matrix.T
    turn, rest = np.linalg.qr(tall)
    turn = turn * np.sign(np.diag(rest))  # without it, turns would not all be equally likely
    return np.asarray(turn if tall is matrix else turn.T, np.float64).reshape(shape)


@dataclass(frozen=True)
class Scaled:
    """Another initialisation, each number times ``factor``, above 0.

    >>> from nnlearn.networks import Dense, he
    >>> Dense(32, initial=Scaled(he, 0.9))
    Dense(32, initial=Scaled(he, 0.9))
    """

    initial: Initial
    factor: float

    def __post_init__(self) -> None:
        first_values("initial", self.initial)
        object.__setattr__(self, "factor", number("factor", self.factor, Range("(0, inf)")))

    def __call__(self, generator: np.random.Generator, shape: tuple[int, ...]) -> Array:
        return self.factor * self.initial(generator, shape)

    def __repr__(self) -> str:
        return f"Scaled({getattr(self.initial, '__name__', repr(self.initial))}, {self.factor:g})"


def first_values(name: str, value: Any) -> None:
    """TypeError if the value can't be called as an ``Initial`` is."""
    if not callable(value) or isinstance(value, type):
        message = say("{name} must be a function, such as nnlearn.networks.he; it is {value!r}.",
                      name=name, value=value)  # fmt: skip
        raise TypeError(message)


def fans(shape: tuple[int, ...]) -> tuple[int, int]:
    """How many inputs an output has, and how many outputs an input, by a kernel (inputs, outputs) or (k, k, ...)."""
    *window, inputs, outputs = shape
    places = int(np.prod(window, dtype=int))
    return places * inputs, places * outputs

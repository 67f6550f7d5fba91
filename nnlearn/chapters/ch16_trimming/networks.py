"""Networks of six equal layers: one after the other, with a shortcut round each, and normalised too."""

from collections.abc import Callable
from functools import cache

from nnlearn.networks import BatchNorm, Conv2D, Dense, Flatten, Layer, MaxPool2D, Network, ReLU, Residual

LAYERS = tuple(f"layer{i}" for i in range(1, 7))
FILTERS = 16


def plain(name: str) -> list[Layer]:
    """y = f(x)."""
    return [Conv2D(FILTERS, 3, name=name), ReLU()]


def with_shortcut(name: str) -> list[Layer]:
    """y = x + f(x)."""
    return [Residual([Conv2D(FILTERS, 3, name="conv"), ReLU()], name=name)]


def normalised(name: str) -> list[Layer]:
    """y = x + f(x), and f normalises what its convolution gives."""
    return [Residual([Conv2D(FILTERS, 3, bias=False, name="conv"), BatchNorm(name="norm"), ReLU()], name=name)]


KINDS: dict[str, Callable[[str], list[Layer]]] = {
    "chain": plain,
    "shortcuts": with_shortcut,
    "normalised": normalised,
}


@cache
def six_layers(kind: str) -> Network:
    """A convolution, pooling, six equal layers of 16 filters on 4 x 4 places, and an output, for the digits."""
    equal = [layer for name in LAYERS for layer in KINDS[kind](name)]
    first = [Conv2D(FILTERS, 3, name="conv"), ReLU(), MaxPool2D(name="pool")]
    return Network((8, 8, 1), [*first, *equal, Flatten(), Dense(10, name="output")])

"""The networks for the 8 x 8 digits as lists of layers, and their weights run in NumPy."""

from collections.abc import Mapping
from functools import cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from nnlearn.checks import true_or_false, whole_number
from nnlearn.language import say
from nnlearn.models.inputs import inputs
from nnlearn.models.weights import Weights
from nnlearn.networks import Conv2D, Dense, Flatten, Layer, MaxPool2D, Network, ReLU, Residual, mlp

PIXELS, CLASSES = 8, 10


@cache
def digits_mlp(hidden: int = 64, depth: int = 1) -> Network:
    """Hidden layers of relus: 64 pixels, shape (n, 64), to 10 scores.

    hidden: units of each hidden layer. depth: how many of them there are. Raises TypeError or ValueError if either is
    not at least 1.

    >>> digits_mlp(64).count().parameters, digits_mlp(29, depth=4).count().parameters
    (4810, 4795)
    """
    whole_number("hidden", hidden, at_least=1)
    whole_number("depth", depth, at_least=1)
    return mlp(PIXELS * PIXELS, *[hidden] * depth, CLASSES, activation=ReLU)


@cache
def digits_cnn(
    filters: int = 16,
    kernel: int = 3,
    units: int | None = None,
    depth: int = 2,
    pool: int | None = None,
    residual: bool = False,
) -> Network:
    """Convolutions with relus, a pooling, a dense layer: images, shape (n, 8, 8, 1), to 10 scores.

    filters: of the first convolution; each one after it has twice as many. kernel: the side of their windows.
    units: of the dense layer before the scores, 0 for none; if not given, twice the filters. depth: how many
    convolutions there are. pool: after which of them, 1 to depth, the image is halved; if not given, after the last.
    With the same weights another place of the pooling is another function. residual: whether a shortcut leads round
    each convolution after the second, which takes as many channels as it gives. Raises TypeError or ValueError for
    numbers that can't be.

    >>> digits_cnn().count()
    layer        output  parameters    FLOPs   bytes
    conv1    8 x 8 x 16         160   18,432     640
    relu     8 x 8 x 16           0        0       0
    conv2    8 x 8 x 32       4,640  589,824  18,560
    relu_1   8 x 8 x 32           0        0       0
    pool     4 x 4 x 32           0        0       0
    flatten         512           0        0       0
    dense            32      16,416   32,768  65,664
    relu_2           32           0        0       0
    output           10         330      640   1,320
    total                    21,546  641,664  86,184
    """
    whole_number("filters", filters, at_least=1)
    whole_number("kernel", kernel, at_least=1)
    whole_number("depth", depth, at_least=1)
    true_or_false("residual", residual)
    units = 2 * filters if units is None else units
    whole_number("units", units, at_least=0)
    pool = depth if pool is None else pool
    whole_number("pool", pool, at_least=1)
    if pool > depth:
        message = say("pool = {pool}: it is the convolution after which the image is halved, 1 to {depth}.",
                      pool=pool, depth=depth)  # fmt: skip
        raise ValueError(message)
    layers: list[Layer] = []
    for i in range(1, depth + 1):
        convolution = [Conv2D(filters if i == 1 else 2 * filters, kernel, name=f"conv{i}"), ReLU()]
        layers += [Residual(convolution, name=f"block{i}")] if residual and i > 2 else convolution
        layers += [MaxPool2D(name="pool")] if i == pool else []
    layers += [Flatten(name="flatten")]
    layers += [Dense(units, name="dense"), ReLU()] if units else []
    return Network((PIXELS, PIXELS, 1), [*layers, Dense(CLASSES, name="output")])


def network_of(weights: Weights) -> Network:
    """The digits network that has weights of these names and sizes; else ValueError, or TypeError for no dict."""
    if not isinstance(weights, Mapping):
        message = say("weights are arrays by name, such as weights_of(model); this is of type {kind}.",
                      kind=type(weights).__name__)  # fmt: skip
        raise TypeError(message)
    for first, network in (("conv1/kernel", digits_cnn), ("hidden/kernel", digits_mlp)):
        if np.ndim(weights.get(first, 0)):
            return network(np.shape(weights[first])[-1])
    message = say("These are not the weights of digits_cnn() or digits_mlp(), but {names}. Another network is given "
                  "beside them: (network, weights).", names=", ".join(weights))  # fmt: skip
    raise ValueError(message)


def forward(weights: Weights, images: ArrayLike, network: Network | None = None) -> NDArray[np.float32]:
    """The scores of a network, shape (n, classes), float32.

    weights: by name, of ``digits_cnn`` or ``digits_mlp`` of any width and otherwise as they are if nothing is said, or
    of the network given. images: n images in the
    network's shape; of one with 64 pixels also (n, 64) or (n, 8, 8). Raises TypeError or ValueError for weights of
    another network, no images, or images of another size.
    """
    network = network or network_of(weights)
    return network.forward(weights, inputs(images, network.shape))

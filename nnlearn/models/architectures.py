"""The networks for the 8 x 8 digits as lists of layers, and their weights run in NumPy."""

from collections.abc import Mapping
from functools import cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from nnlearn.checks import whole_number
from nnlearn.language import say
from nnlearn.models.inputs import inputs
from nnlearn.models.weights import Weights
from nnlearn.networks import Conv2D, Dense, Flatten, MaxPool2D, Network, ReLU, mlp

PIXELS, CLASSES = 8, 10


@cache
def digits_mlp(hidden: int = 64) -> Network:
    """One hidden layer of relus: 64 pixels, shape (n, 64), to 10 scores.

    Raises TypeError or ValueError if hidden is not at least 1.
    """
    whole_number("hidden", hidden, at_least=1)
    return mlp(PIXELS * PIXELS, hidden, CLASSES, activation=ReLU)


@cache
def digits_cnn(filters: int = 16) -> Network:
    """Two convolutions: images, shape (n, 8, 8, 1), to 10 scores.

    filters: of the first convolution; the second and the dense layer have twice as many. Raises TypeError or
    ValueError if filters is not at least 1.

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
    return Network(
        (PIXELS, PIXELS, 1),
        [
            Conv2D(filters, 3, name="conv1"),
            ReLU(),
            Conv2D(2 * filters, 3, name="conv2"),
            ReLU(),
            MaxPool2D(name="pool"),
            Flatten(name="flatten"),
            Dense(2 * filters, name="dense"),
            ReLU(),
            Dense(CLASSES, name="output"),
        ],
    )


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

    weights: by name, of ``digits_cnn`` or ``digits_mlp`` of any width, or of the network given. images: n images in the
    network's shape; of one with 64 pixels also (n, 64) or (n, 8, 8). Raises TypeError or ValueError for weights of
    another network, no images, or images of another size.
    """
    network = network or network_of(weights)
    return network.forward(weights, inputs(images, network.shape))

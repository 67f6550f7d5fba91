"""The slope of each example's own loss in every weight."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from nnlearn.language import say
from nnlearn.networks.layer import Floats
from nnlearn.networks.losses import Loss
from nnlearn.networks.network import Network

BLOCK = 32  # examples at a time: of each all slopes are held


def example_gradients(
    network: Network, weights: Mapping[str, NDArray[Any]], X: ArrayLike, y: ArrayLike, loss: Loss
) -> Iterator[dict[str, Floats]]:
    """For one block of examples after the other, the slopes by name, shape (examples of the block, *leaf).

    The network is the one that runs: nothing is drawn by chance, and a normalisation has its stored mean and variance.
    Raises what ``Network.forward`` and the loss raise, and ValueError for the weights of a sweep of networks.
    """
    loss.check(network.layers[-1], network.output)
    arrays, x = network.ready(weights, X, network.leaves.declared)
    for name, leaf in network.leaves.declared.items():
        if arrays[name].shape != leaf.shape:  # a sweep's axis would meet that of the examples
            message = say("The weights must be those of one network; {name} has shape {found}, one network's is "
                          "{needed}.", name=name, found=arrays[name].shape, needed=leaf.shape)  # fmt: skip
            raise ValueError(message)
    targets = loss.targets(y, len(x), network.output)
    parameters = network.parameters(arrays)
    for i in range(0, len(x), BLOCK):
        alone = x[i : i + BLOCK, np.newaxis]  # each example a sweep member of its own, so that slopes aren't summed
        values = network.values(alone, parameters)
        slope = loss.slope(values[-1], targets[i : i + BLOCK, np.newaxis])
        _, gradients = network.back(slope, values, parameters, to=network.lowest + 1)
        yield gradients

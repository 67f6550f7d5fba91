"""Training runs of chapter 14: a network on the digits, from any weights, with any layers frozen."""

from typing import Any

import nnlearn as nn
from nnlearn.checks import Array
from nnlearn.networks import Dense, Loss, Network, SoftmaxCrossEntropy
from nnlearn.networks.leaves import Weights
from nnlearn.trace import last_row, rows

SIZE = 32  # of a batch
SOFTMAX = SoftmaxCrossEntropy()


def images(X: Array) -> Array:
    """Rows of 64 pixels as 8 x 8 images: (n, 64) -> (n, 8, 8, 1)."""
    return X.reshape(-1, 8, 8, 1)


def with_head(network: Network, classes: int) -> Network:
    """The network with another last layer, of so many scores."""
    return Network(network.shape, [*network.layers[:-1], Dense(classes, name="output")])


def trained(
    network: Network,
    X: Array,
    y: Array,
    begin: Weights,
    steps: int,
    seed: int,
    rate: Any = 1e-3,
    loss: Loss = SOFTMAX,
) -> Weights:
    """All weights after so many steps of Adam on batches of 32; frozen layers keep those they begin with."""
    J = network.on(X, y, loss, statistics=begin)
    optimizer, batches = nn.Adam(rate), nn.MiniBatches(min(SIZE, len(y)), seed).of(J)
    row = optimizer.start(network.pack(begin))
    return J.weights(last_row(rows(optimizer, batches, row), row, steps).theta)


def right(network: Network, weights: Weights, X: Array, y: Array) -> float:
    """The share of examples whose highest score is their label's."""
    return float((network.forward(weights, X).argmax(axis=-1) == y).mean())

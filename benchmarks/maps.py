"""Integrated gradients of a network for the digits: ours, and TensorFlow's."""

from collections.abc import Callable, Iterator

import numpy as np

from benchmarks.digits import HIDDEN, training_data
from benchmarks.harness import Result, interleaved, speed_up
from benchmarks.peers import load
from nnlearn.checks import Array
from nnlearn.networks import Network, ReLU, mlp, saliency
from nnlearn.networks.leaves import Weights

EXAMPLES, STEPS = 64, 32


def saliency_keras(rounds: int) -> Iterator[Result]:
    """Integrated gradients, 32 steps, of 64 digits: two hidden layers of 64 relus, in float32. nnlearn: saliency, which
    also gives scores and gaps. TensorFlow: GradientTape around the same Keras model, compiled by tf.function, one call
    a step."""
    network, weights, X, classes = problem()
    sides = interleaved([with_nnlearn(network, weights, X, classes), with_tape(network, weights, X, classes)], rounds)
    yield speed_up("integrated gradients: TensorFlow", sides, at_least=1)


def problem() -> tuple[Network, Weights, Array, Array]:
    """The network, its weights, the examples and whose scores are asked for."""
    X, y = training_data()
    network = mlp(X.shape[1], HIDDEN, HIDDEN, 10, activation=ReLU)
    weights = {name: array.astype(np.float32) for name, array in network.begin(0).items()}
    return network, weights, X[:EXAMPLES].astype(np.float32), y[:EXAMPLES]


def with_nnlearn(network: Network, weights: Weights, X: Array, classes: Array) -> Callable[[], Array]:
    """Our side: the maps."""
    return lambda: saliency(network, weights, X, of=classes, method="integrated", steps=STEPS).maps


def with_tape(network: Network, weights: Weights, X: Array, classes: Array) -> Callable[[], Array]:
    """The same in TensorFlow."""
    tf, model = load("nnlearn.interop.quiet").tf, load("nnlearn.interop.layers").to_keras(network, weights)
    labels = tf.constant(classes, tf.int64)

    @tf.function
    def slope(x):  # type: ignore[no-untyped-def]
        with tf.GradientTape() as tape:
            tape.watch(x)
            score = tf.reduce_sum(tf.gather(model(x, training=False), labels, batch_dims=1))
        return tape.gradient(score, x)

    def maps() -> Array:
        shares = [np.float32((k + 0.5) / STEPS) for k in range(STEPS)]
        return X * np.mean([slope(tf.constant(share * X)).numpy() for share in shares], axis=0)

    return maps

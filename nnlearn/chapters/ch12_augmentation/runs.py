"""What the experiments of chapter 12 share: a network that is trained again and again, and what its runs give."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnlearn.checks import Array
from nnlearn.interop.quiet import keras, tf

RATE = 1e-3  # of Adam

Row = dict[str, Any]


class Trainer:
    """A network that is trained again and again, each time from first weights of another seed; one graph for all.

    network: from a seed, a Keras model. loss: from labels and scores, one number for each example.
    """

    def __init__(
        self,
        network: Callable[[int], Any],
        loss: Callable[[Any, Any], Any] = tf.nn.sparse_softmax_cross_entropy_with_logits,
    ):
        self.network, self.loss, self.model = network, loss, network(0)
        self.optimizer = keras.optimizers.Adam(RATE)
        self.optimizer.build(self.model.trainable_variables)
        self.start = [variable.numpy() for variable in self.optimizer.variables]
        self.graph = tf.function(self.descend, reduce_retracing=True)

    def train(self, images: NDArray[np.float32], labels: NDArray[Any], seed: int) -> Any:
        """The model after a step for each batch of images, shape (steps, batch, ...), and of their labels."""
        self.model.set_weights(self.network(seed).get_weights())
        for variable, value in zip(self.optimizer.variables, self.start, strict=True):
            variable.assign(value)
        steps, batch = labels.shape[:2]
        self.graph(tf.constant(images.reshape(steps, batch, *self.model.input_shape[1:])), tf.constant(labels))
        return self.model

    def descend(self, images: Any, labels: Any) -> None:
        """Adam on the cross-entropy of the scores."""
        weights = self.model.trainable_variables
        for t in tf.range(tf.shape(labels)[0]):
            with tf.GradientTape() as tape:
                loss = tf.reduce_mean(self.loss(labels[t], self.model(images[t], training=True)))
            self.optimizer.apply(tape.gradient(loss, weights), weights)


def spread(values: Array, digits: int) -> Row:
    """Median, minimum and maximum, rounded."""
    summary = {"median": np.median(values), "min": values.min(), "max": values.max()}
    return {name: round(float(value), digits) for name, value in summary.items()}


def paired(accuracies: Array, without: Array) -> Row:
    """What is gained, in points, seed by seed, and in how many seeds that is above 0."""
    gains = 100 * (accuracies - without)
    return {"gain": spread(gains, 1), "gained": int(np.sum(gains > 0))}


def single_thread() -> None:
    """On one thread the sums are always added up alike."""
    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)

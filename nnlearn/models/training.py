"""Training on a data set, with float32 weights or with weights that the network sees quantised."""

from collections.abc import Callable
from typing import Any

from nnlearn.batches import MiniBatches
from nnlearn.checks import Range, number, whole_number
from nnlearn.compression.quantization import Scheme
from nnlearn.data import Dataset
from nnlearn.interop.quiet import keras, tf
from nnlearn.models.inputs import inputs
from nnlearn.models.quantized_weights import QuantizedWeights, quantize_weights, scheme_for
from nnlearn.models.straight_through import straight_through
from nnlearn.models.weights import is_kernel


def train(
    model: Any, data: Dataset, epochs: int = 30, seed: int = 0, batch: int = 32, learning_rate: float = 1e-3
) -> Any:
    """Trains the model in place, by Adam on the cross-entropy of its scores, and returns it.

    The batches depend on the seed alone. The weights come out the same each time on one computer; on another the
    sums are rounded otherwise. Raises TypeError or ValueError, naming the argument, if one can't be used.
    """
    return descend(model, data, epochs, seed, batch, learning_rate, seen=lambda variable: variable)


def train_quantized(
    model: Any,
    data: Dataset,
    bits: int,
    scheme: Scheme = "symmetric",
    axis: int | None = None,
    epochs: int = 15,
    seed: int = 0,
    batch: int = 32,
    learning_rate: float = 1e-3,
    watch: Callable[[QuantizedWeights], Any] | None = None,
) -> QuantizedWeights:
    """Trains the model in place as ``train`` does, but computes every score with quantised kernels; returns these.

    The gradient at the quantised weights goes straight through to float32 weights, which stay behind in the model;
    there small steps add up until a code changes. bits, scheme, axis: as in ``quantize_weights``; the scales are
    taken anew at each step. watch: is given the quantised weights after each epoch. Raises what ``train`` and
    ``quantize_weights`` raise.

    Courbariaux, Bengio and David 2015, BinaryConnect, arXiv:1511.00363, algorithm 1, without its clipping of the
    float weights, and with Adam.
    """
    kind = scheme_for(scheme, bits)

    def seen(variable: Any) -> Any:
        return straight_through(variable, bits, kind, axis) if is_kernel(variable.name) else variable

    for variable in model.trainable_variables:
        seen(variable)  # what can't be quantised is refused here: inside a graph TensorFlow adds to the message

    def epoch_ends() -> None:
        if watch:
            watch(quantize_weights(model, bits, kind, axis))

    descend(model, data, epochs, seed, batch, learning_rate, seen, epoch_ends)
    return quantize_weights(model, bits, kind, axis)


def descend(
    model: Any,
    data: Dataset,
    epochs: int,
    seed: int,
    batch: int,
    learning_rate: float,
    seen: Callable[[Any], Any],
    epoch_ends: Callable[[], None] = lambda: None,
) -> Any:
    """Adam on the loss of the model whose weights are ``seen`` of its variables."""
    whole_number("epochs", epochs, at_least=0)
    whole_number("batch", batch, at_least=1)
    learning_rate = number("learning_rate", learning_rate, Range("(0, inf)"))
    batches = MiniBatches(batch, seed)
    n = len(data.y_train)
    X, y = tf.constant(inputs(data.X_train, model.input_shape[1:])), tf.constant(data.y_train)
    optimizer = keras.optimizers.Adam(learning_rate)
    optimizer.build(model.trainable_variables)

    def step(rows: Any) -> None:
        with tf.GradientTape() as tape:
            weights = [seen(variable) for variable in model.trainable_variables]
            scores, others = model.stateless_call(
                weights, model.non_trainable_variables, tf.gather(X, rows), training=True
            )
            losses = tf.nn.sparse_softmax_cross_entropy_with_logits(tf.gather(y, rows), scores)
            loss = tf.reduce_mean(losses)
        optimizer.apply(tape.gradient(loss, [variable.value for variable in model.trainable_variables]))
        for variable, value in zip(model.non_trainable_variables, others, strict=True):
            variable.assign(value)

    graph = tf.function(step, input_signature=[tf.TensorSpec([None], tf.int64)])  # one for batches of any size
    steps = -(-n // batch)  # of an epoch
    for t in range(1, epochs * steps + 1):
        graph(batches.indices(t, n))
        if t % steps == 0:
            epoch_ends()
    return model

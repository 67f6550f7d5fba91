"""Training on a data set, with float32 weights or with weights that the network sees quantised."""

from collections.abc import Callable
from typing import Any

from nnlearn.batches import MiniBatches
from nnlearn.checks import whole_number
from nnlearn.compression.quantization import Scheme
from nnlearn.compression.quantized import check_scheme
from nnlearn.data import Dataset
from nnlearn.interop.quiet import keras, tf
from nnlearn.models.quantization import QuantizedWeights, quantize_weights, scheme_for
from nnlearn.models.straight_through import straight_through
from nnlearn.models.weights import is_kernel


def train(
    model: Any, data: Dataset, epochs: int = 30, seed: int = 0, batch: int = 32, learning_rate: float = 1e-3
) -> Any:
    """Trains the model in place, by Adam on the cross-entropy of its scores, and returns it.

    The batches depend on the seed alone. The weights come out the same each time on one computer; on another the
    sums are rounded otherwise. Raises TypeError or ValueError if epochs, seed or batch can't be used.
    """
    return descend(model, data, epochs, MiniBatches(batch, seed), learning_rate, seen=lambda variable: variable)


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
) -> QuantizedWeights:
    """Trains the model in place as ``train`` does, but computes every score with quantised kernels; returns these.

    The gradient at the quantised weights goes straight through to float32 weights, which stay behind in the model;
    there small steps add up until a code changes. bits, scheme, axis: as in ``quantize_weights``; the scales are
    taken anew at each step. Raises what ``train`` and ``quantize_weights`` raise.

    Bengio, Leonard and Courville 2013, arXiv:1308.3432; Courbariaux, Bengio and David 2015, BinaryConnect,
    arXiv:1511.00363, algorithm 1.
    """
    kind = scheme_for(scheme, bits)
    check_scheme(kind, bits)

    def seen(variable: Any) -> Any:
        return straight_through(variable, bits, kind, axis) if is_kernel(variable.name) else variable

    descend(model, data, epochs, MiniBatches(batch, seed), learning_rate, seen)
    return quantize_weights(model, bits, kind, axis)


def descend(
    model: Any,
    data: Dataset,
    epochs: int,
    batches: MiniBatches,
    learning_rate: float,
    seen: Callable[[Any], Any],
) -> Any:
    """Adam on the loss of the model whose weights are ``seen`` of its variables."""
    whole_number("epochs", epochs, at_least=0)
    n = len(data.X_train)
    X = tf.constant(data.X_train.reshape(n, *model.input_shape[1:]), tf.float32)
    y = tf.constant(data.y_train)
    optimizer = keras.optimizers.Adam(learning_rate)
    optimizer.build(model.trainable_variables)

    @tf.function(input_signature=[tf.TensorSpec([None], tf.int64)])
    def step(rows: Any) -> None:
        with tf.GradientTape() as tape:
            weights = [seen(variable) for variable in model.trainable_variables]
            scores, _ = model.stateless_call(weights, model.non_trainable_variables, tf.gather(X, rows), training=True)
            losses = tf.nn.sparse_softmax_cross_entropy_with_logits(tf.gather(y, rows), scores)
            loss = tf.reduce_mean(losses)
        variables = [variable.value for variable in model.trainable_variables]
        optimizer.apply(tape.gradient(loss, variables))

    for t in range(1, epochs * -(-n // batches.size) + 1):
        step(batches.indices(t, n))
    return model

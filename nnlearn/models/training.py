"""Training on a data set, with float32 weights or with weights that the network sees quantised."""

from collections.abc import Callable, Mapping
from contextlib import nullcontext
from typing import Any

from nnlearn.batches import MiniBatches
from nnlearn.checks import Range, number, whole_number
from nnlearn.compression.quantization import Scheme
from nnlearn.data import Dataset
from nnlearn.data_checks import label_vector
from nnlearn.interop.quiet import keras, tf
from nnlearn.language import say
from nnlearn.models.inputs import input_shape, inputs, output_shape, scores_of
from nnlearn.models.quantized_weights import QuantizedWeights, channel_axes, quantize_weights, scheme_for
from nnlearn.models.straight_through import straight_through
from nnlearn.models.transfer_keras import LayerAdam, only
from nnlearn.models.weights import variables_of
from nnlearn.networks.inputs import n_of


def train(
    model: Any,
    data: Dataset,
    epochs: int = 30,
    seed: int = 0,
    batch: int = 32,
    learning_rate: float | Mapping[str, float] = 1e-3,
) -> Any:
    """Trains the model in place, by Adam on the cross-entropy of its scores, and returns it.

    learning_rate: of all that can be trained; or by layer, ``{"dense": 1e-4, "output": 1e-3}``: then all layers that
    aren't named stay bit for bit as they are, and so do frozen ones, named or not.

    The batches depend on the seed alone. The weights come out the same each time on one computer; on another the sums
    are rounded otherwise. Raises TypeError or ValueError, naming the argument, if one can't be used.
    """
    with only(model, [*learning_rate]) if isinstance(learning_rate, Mapping) else nullcontext():
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
    there small steps add up until a code changes. Kernels of frozen layers are quantised, too, and stay as they are.
    bits, scheme, axis: as in ``quantize_weights``; the scales are taken anew at each step. watch: is given the
    quantised weights after each epoch. Raises what ``train`` and ``quantize_weights`` raise.

    Courbariaux, Bengio and David 2015, BinaryConnect, arXiv:1511.00363, algorithm 1, without its clipping of the
    float weights, and with Adam.
    """
    check_trainable(model)
    kind, axes = scheme_for(scheme, bits), channel_axes(model, axis)
    kernels = {id(variable): axes[name] for name, variable in variables_of(model).items() if name in axes}

    def seen(variable: Any) -> Any:
        return straight_through(variable, bits, kind, kernels[id(variable)]) if id(variable) in kernels else variable

    for variable in model.weights:
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
    learning_rate: float | Mapping[str, float],
    seen: Callable[[Any], Any],
    epoch_ends: Callable[[], None] = lambda: None,
) -> Any:
    """Adam on the loss of the model whose weights are ``seen`` of its variables."""
    classes = check_trainable(model)
    if not isinstance(data, Dataset):
        message = say("data must be a Dataset, such as nnlearn.data.digits(); it is of type {kind}.",
                      kind=type(data).__name__)  # fmt: skip
        raise TypeError(message)
    X = inputs(data.X_train, input_shape(model))
    y = tf.constant(label_vector(data.y_train, len(X), classes))

    def losses(scores: Any, rows: Any) -> Any:
        return tf.nn.sparse_softmax_cross_entropy_with_logits(tf.gather(y, rows), scores)

    return descend_on(model, X, losses, epochs, seed, batch, learning_rate, seen, epoch_ends)


def descend_on(
    model: Any,
    X: Any,
    losses: Callable[[Any, Any], Any],
    epochs: int,
    seed: int,
    batch: int,
    learning_rate: float | Mapping[str, float],
    seen: Callable[[Any], Any] = lambda variable: variable,
    epoch_ends: Callable[[], None] = lambda: None,
) -> Any:
    """Adam on the mean of losses, a function of the scores of some examples and of their places in X."""
    whole_number("epochs", epochs, at_least=0)
    whole_number("batch", batch, at_least=1)
    if not isinstance(learning_rate, Mapping):
        learning_rate = number("learning_rate", learning_rate, Range("(0, inf)"))
    batches, n, X = MiniBatches(batch, seed), len(X), tf.constant(X)
    optimizer: Any
    if isinstance(learning_rate, Mapping):
        optimizer = LayerAdam(model, learning_rate)
    else:
        optimizer = keras.optimizers.Adam(learning_rate)
        optimizer.build(model.trainable_variables)

    def step(rows: Any) -> None:
        with tf.GradientTape() as tape:
            weights, fixed = ([seen(variable) for variable in variables]
                              for variables in (model.trainable_variables, model.non_trainable_variables))  # fmt: skip
            scores, others = model.stateless_call(weights, fixed, tf.gather(X, rows), training=True)
            loss = tf.reduce_mean(losses(scores_of(scores), rows))
        optimizer.apply(tape.gradient(loss, [variable.value for variable in model.trainable_variables]))
        for variable, before, value in zip(model.non_trainable_variables, fixed, others, strict=True):
            if before is variable:  # not a frozen kernel, which was seen quantised
                variable.assign(value)

    graph = tf.function(step, input_signature=[tf.TensorSpec([None], tf.int64)])  # one for batches of any size
    steps = -(-n // batch)  # of an epoch
    for t in range(1, epochs * steps + 1):
        graph(batches.indices(t, n))
        if t % steps == 0:
            epoch_ends()
    return model


def check_trainable(model: Any) -> int:
    """How many classes the model has scores for; TypeError if it is none of Keras's, ValueError if it can't learn."""
    if not isinstance(model, keras.Model):
        message = say("Training needs a Keras model; this is of type {kind}. A Network trains by "
                      "nn.run(optimizer, network.on(X, y), theta, steps).", kind=type(model).__name__)  # fmt: skip
        raise TypeError(message)
    shape = output_shape(model)
    if len(shape) != 1 or shape[0] is None or shape[0] < 2:
        message = say("Training needs a score for each of 2 classes or more; {model} gives shape {shape}.",
                      model=model.name, shape=n_of(shape))  # fmt: skip
        raise ValueError(message)
    last = model.layers[-1]
    if isinstance(last, keras.layers.Softmax) or getattr(last, "activation", None) is keras.activations.softmax:
        message = say("Training takes scores and has the softmax in its loss: leave it out of the last layer, {name}.",
                      name=last.name)  # fmt: skip
        raise ValueError(message)
    if not model.trainable_variables:
        raise ValueError(say("{model} has nothing to learn: no layer has weights that are trained.", model=model.name))
    for variable in model.trainable_variables:
        if variable.dtype not in ("float32", "float64"):
            message = say("{weight} is {kind}, in which small steps are lost: build the model with "
                          "dtype=\"mixed_{kind}\", which computes in {kind} and keeps its weights in float32.",
                          weight=variable.path, kind=variable.dtype)  # fmt: skip
            raise ValueError(message)
    return shape[0]

"""Networks of the course as Keras models, and Keras models as networks of the course."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from nnlearn.checks import finite_array
from nnlearn.interop.graph import is_residual, one_after_the_other
from nnlearn.interop.quiet import keras
from nnlearn.language import say
from nnlearn.networks.chain import chained
from nnlearn.networks.layer import Floats, Layer
from nnlearn.networks.layers import (
    BatchNorm,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    LeakyReLU,
    MaxPool2D,
    ReLU,
    Residual,
    Sigmoid,
    Tanh,
)
from nnlearn.networks.leaves import Weights
from nnlearn.networks.network import Network
from nnlearn.networks.placed import Placed

# Of a layer, its class in Keras, and what Keras calls its fields. An activation is a word in Keras.
LAYERS: dict[type[Layer], tuple[str, dict[str, str]]] = {
    BatchNorm: ("BatchNormalization", {"epsilon": "epsilon"}),
    Conv2D: ("Conv2D", {"filters": "filters", "size": "kernel_size", "padding": "padding", "stride": "strides",
                        "bias": "use_bias"}),
    Dense: ("Dense", {"units": "units", "bias": "use_bias"}),
    Dropout: ("Dropout", {"rate": "rate"}),
    Flatten: ("Flatten", {}),
    LeakyReLU: ("LeakyReLU", {"negative_slope": "negative_slope"}),
    MaxPool2D: ("MaxPooling2D", {"size": "pool_size"}),
    ReLU: ("ReLU", {}),
}  # fmt: skip
LINEAR = "linear"  # none
WORDS: dict[type[Layer], str] = {ReLU: "relu", Sigmoid: "sigmoid", Tanh: "tanh"}

# What a Keras layer may have otherwise, since it has no part in what a trained network computes.
ANY = {"name", "dtype", "trainable", "activation", "momentum", "seed", "noise_shape", "synchronized", "lora_rank"}
ANY_ENDING = ("_initializer", "_regularizer", "_constraint")

# How far two ways to compute the same may lie apart, as a share of the largest number, by precision.
ROUNDING = {"float16": 2e-2, "bfloat16": 1e-1, "float32": 1e-3, "float64": 1e-3}


def to_keras(network: Network, weights: Weights | Floats, dtype: str = "float32", name: str | None = None) -> Any:
    """A Keras model that computes the same, of layers and weights with the same names (in a name / becomes _).

    An activation after a dense layer or a convolution becomes that layer's ``activation``; ``Residual`` becomes a model
    within the model. weights: as ``Network.forward`` takes them. Frozen layers are frozen there, too. dtype: of the
    weights and of what is computed.

    Raises what ``forward`` raises for weights, and ValueError for those of a sweep; TypeError for a layer that has no
    row in this file's tables.
    """
    arrays = network.leaves.checked(weights, network.leaves.declared)
    for leaf, declared in network.leaves.declared.items():
        if arrays[leaf].shape != declared.shape:
            message = say("{name} has shape {found}, a sweep of networks; a Keras model is one, with {needed}.",
                          name=leaf, found=arrays[leaf].shape, needed=declared.shape)  # fmt: skip
            raise ValueError(message)
    layers = [keras.Input(network.shape, dtype=dtype), *in_a_row(network.placed, dtype)]
    model = keras.Sequential(layers, name=name)
    model.set_weights([arrays[leaf] for leaf in network.leaves.declared])
    for frozen in network.frozen:
        for layer in model.layers:
            layer.trainable = layer.trainable and layer.name != in_keras(frozen)
    return model


def in_a_row(placed: Sequence[Placed], dtype: str) -> list[Any]:
    """The layers in Keras, an activation within the layer before it where that has none."""
    layers: list[Any] = []
    for each in placed:
        word = WORDS.get(type(each.layer))
        if word and layers and getattr(layers[-1], "activation", None) is keras.activations.linear:
            layers[-1].activation = keras.activations.get(word)
        elif isinstance(each.layer, Residual):
            layers.append(with_shortcut(each.layer, each, dtype))
        else:
            layers.append(counterpart(each.layer, dtype))
    return layers


def with_shortcut(ours: Residual, place: Placed, dtype: str) -> Any:
    """x + f(x) as a model of its own."""
    x = y = keras.Input(place.shape, dtype=dtype)
    for layer in in_a_row(chained(place.shape, ours.layers), dtype):
        y = layer(y)
    model = keras.Model(x, keras.layers.Add(name="shortcut", dtype=dtype)([x, y]), name=in_keras(ours.name))
    model.dtype_policy = dtype  # else what comes in would be cast to Keras's own precision
    return model


def counterpart(ours: Layer, dtype: str) -> Any:
    """The layer in Keras."""
    name = in_keras(ours.name)
    if type(ours) in LAYERS:
        kind, fields = LAYERS[type(ours)]
        values = {theirs: getattr(ours, field) for field, theirs in fields.items()}
        if hasattr(ours, "initial"):
            values["kernel_initializer"] = "zeros"  # the weights are put in afterwards: nothing is drawn for them
        return getattr(keras.layers, kind)(**values, name=name, dtype=dtype)
    if type(ours) in WORDS:
        return keras.layers.Activation(WORDS[type(ours)], name=name, dtype=dtype)
    message = say("{layer!r} has no row in nnlearn/interop/layers.py, which says what Keras calls a layer.", layer=ours)
    raise TypeError(message)


def in_keras(name: str | None) -> str | None:
    """A layer's name as Keras takes it."""
    return None if name is None else name.replace("/", "_")


def from_keras(model: Any) -> tuple[Network, dict[str, Floats]]:
    """The network that a Keras model is, and its weights by name, in the model's precision.

    model: built, with layers one after the other; a model within it is taken apart, or becomes ``Residual`` if it adds
    to its input what layers one after the other make of it. Names are paths: "dense/hidden" is the layer hidden of the
    model dense within. Raises TypeError for a layer, or an option of one, that has no
    counterpart; ValueError if the layers aren't one after the other, or the weights aren't finite.
    """
    shape = getattr(model, "input_shape", None) if isinstance(model, keras.Model) and model.built else None
    if not isinstance(shape, tuple) or not all(isinstance(length, int) for length in shape[1:]):
        message = say("from_keras needs a built Keras model with one input, whose shape is known; it was given "
                      "{model!r}.", model=model)  # fmt: skip
        raise TypeError(message)
    if not one_after_the_other(model):
        message = say("The layers of {model} aren't one after the other, each used once: a Network shares no layers, "
                      "and the only branch it has is a model within that adds to its input what its layers make of it.",
                      model=model.name)  # fmt: skip
        raise ValueError(message)
    layers = [*ours_of(model.layers)]
    weights = {f"{path}/{weight.name}": np.asarray(weight) for path, theirs in layers_of(model)
               for weight in theirs.weights}  # fmt: skip
    for name, array in weights.items():
        finite_array(name, array.astype(np.float64))  # else what they compute could not be compared
    network = Network(shape[1:], layers)
    x = np.random.default_rng(0).normal(size=(2, *network.shape))
    expected = np.asarray(keras.tree.flatten(model(x.astype(model.compute_dtype), training=False))[0])
    found = network.forward(weights, x)
    share = max(ROUNDING[theirs.compute_dtype] for _, theirs in layers_of(model))
    if found.shape != expected.shape or not np.abs(found - expected).max() <= share * np.abs(expected).max():
        message = say("The layers of {model} aren't one after the other: the same layers in a row compute something "
                      "else.", model=model.name)  # fmt: skip
        raise ValueError(message)
    return network, weights


def layers_of(model: Any, before: str = "") -> Iterator[tuple[str, Any]]:
    """Each layer and its path, those of models within the model too."""
    for theirs in model.layers:
        if hasattr(theirs, "layers"):
            yield from layers_of(theirs, f"{before}{theirs.name}/")
        elif not isinstance(theirs, keras.layers.InputLayer):
            yield f"{before}{theirs.name}", theirs


def ours_of(layers: Sequence[Any], before: str = "") -> Iterator[Layer]:
    """The layers of the course that Keras's are."""
    for theirs in layers:
        path = f"{before}{theirs.name}"
        if not hasattr(theirs, "layers"):
            yield from translated(theirs, path) if not isinstance(theirs, keras.layers.InputLayer) else ()
        elif is_residual(theirs):
            yield Residual([*ours_of(theirs.layers[:-1])], name=path)  # the last one adds
        else:
            yield from ours_of(theirs.layers, f"{path}/")


def translated(theirs: Any, path: str) -> Iterator[Layer]:
    """The layer of the course, and its activation if it has one."""
    kind, config = type(theirs).__name__, theirs.get_config()
    if type(theirs) is not keras.layers.Activation:
        found = [
            (ours, fields) for ours, (name, fields) in LAYERS.items() if type(theirs) is getattr(keras.layers, name)
        ]
        if not found:
            raise TypeError(say("Keras's layer {path}, a {kind}, has no counterpart here.", path=path, kind=kind))
        ((ours, fields),) = found
        layer = ours(**{field: one_number(config[key]) for field, key in fields.items()}, name=path)
        usual = counterpart(layer, "float32").get_config()
        for key, value in config.items():
            if key not in ANY and not key.endswith(ANY_ENDING) and one_number(value) != one_number(usual.get(key)):
                message = say("Keras's layer {path} has {key} = {value}, which has no counterpart here.",
                              path=path, key=key, value=value)  # fmt: skip
                raise TypeError(message)
        yield layer
    word = config.get("activation", LINEAR)
    if word != LINEAR:
        known = {word: ours for ours, word in WORDS.items()}
        if word not in known:
            message = say("Keras's layer {path} has the activation {word}, which has no counterpart here.",
                          path=path, word=word)  # fmt: skip
            raise TypeError(message)
        yield known[word](name=path if kind == "Activation" else f"{path}_{word}")


def one_number(value: Any) -> Any:
    """3 of (3, 3): Keras has a size for each direction."""
    return value[0] if isinstance(value, tuple | list) and len(set(value)) == 1 else value

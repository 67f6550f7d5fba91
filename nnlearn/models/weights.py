"""A model's weights as named NumPy arrays, and those that the course has trained already."""

from collections.abc import Mapping
from importlib.resources import as_file, files
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnlearn.compression import load
from nnlearn.language import say
from nnlearn.networks.layer import is_kernel

__all__ = ["STORED", "Weights", "is_kernel", "layer_of", "trained", "weights_of"]

Weights = Mapping[str, NDArray[np.float32]]
STORED = "digits_cnn.weights"  # in nnlearn/data/measured, by the experiment of chapter 17


def weights_of(model: Any) -> dict[str, NDArray[np.float32]]:
    """The weights of a Keras model, "layer/weight", in the order of ``get_weights()``; or those given, as a dict.

    Of a model within the model: "model/layer/weight".
    ``model.set_weights([*weights.values()])`` puts them back. Raises TypeError for anything else.

    >>> [name for name in trained()][:3]
    ['conv1/kernel', 'conv1/bias', 'conv2/kernel']
    """
    if isinstance(model, Mapping):
        return dict(model)
    if not hasattr(model, "layers"):
        kind = type(model).__name__
        raise TypeError(say("A Keras model or a dict of its weights is needed; this is of type {kind}.", kind=kind))
    weights: dict[str, NDArray[np.float32]] = {}
    for layer in model.layers:
        inside = weights_of(layer) if hasattr(layer, "layers") else {inner(each, layer): each for each in layer.weights}
        weights |= {f"{layer.name}/{name}": np.asarray(each, np.float32) for name, each in inside.items()}
    return weights


def inner(weight: Any, layer: Any) -> str:
    """The path of a weight within its layer, "kernel" or "forward_lstm/lstm_cell/kernel": in wrappers names repeat."""
    return weight.path.removeprefix(f"{layer.path}/")


def trained() -> dict[str, NDArray[np.float32]]:
    """The weights of ``convolutional(seed=0)``, trained on ``datasets.digits()``."""
    with as_file(files("nnlearn.data") / "measured" / STORED) as path:
        return {name: np.asarray(array) for name, array in load(path).items()}


def layer_of(name: str) -> str:
    """The layer of a weight: "conv1" of "conv1/kernel"."""
    return name.rpartition("/")[0]

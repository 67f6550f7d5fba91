"""A model's weights as named NumPy arrays, and those that the course has trained already."""

from collections.abc import Mapping
from importlib.resources import as_file, files
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnlearn.checks import real_array, unmasked
from nnlearn.compression import load
from nnlearn.language import say
from nnlearn.networks.layer import is_kernel

__all__ = ["STORED", "Weights", "is_kernel", "layer_of", "trained", "variables_of", "weights_of"]

Weights = Mapping[str, NDArray[np.float32]]
STORED = "digits_cnn.weights"  # in nnlearn/data/measured, by the experiment of chapter 17


def weights_of(model: Any) -> dict[str, NDArray[np.float32]]:
    """The weights of a Keras model, "layer/weight", in the order of ``get_weights()``; or those given, in float32.

    Of a model within the model: "model/layer/weight". A weight that is used in several places comes once.
    ``model.set_weights([*weights.values()])`` puts them back. Raises TypeError for anything else, for a masked array
    and for weights that are no real numbers; ValueError if two have one name.

    >>> [name for name in trained()][:3]
    ['conv1/kernel', 'conv1/bias', 'conv2/kernel']
    """
    if isinstance(model, Mapping):
        return {name: in_float32(name, array) for name, array in model.items()}
    weights: dict[str, NDArray[np.float32]] = {}
    for name, variable in variables_of(model).items():
        if "float" not in str(variable.dtype):
            message = say("{name} holds {kind}, codes of a model that is quantised already; real numbers are needed.",
                          name=name, kind=variable.dtype)  # fmt: skip
            raise TypeError(message)
        weights[name] = np.asarray(variable, np.float32)
    return weights


def in_float32(name: Any, array: Any) -> NDArray[np.float32]:
    """One of the weights, itself if it is float32 already; TypeError if it is masked or holds no real numbers."""
    unmasked(name, array)
    if isinstance(array, np.ndarray) and array.dtype == np.float32:
        return array
    return real_array(name, array).astype(np.float32)


def variables_of(model: Any) -> dict[str, Any]:
    """The weights of a Keras model by name, as Keras holds them. Raises TypeError, ValueError as ``weights_of``."""
    if not (hasattr(model, "layers") and hasattr(model, "get_weights")):
        kind = type(model).__name__
        raise TypeError(say("A Keras model or a dict of its weights is needed; this is of type {kind}.", kind=kind))
    names = paths(model)
    variables = {names[id(weight)]: weight for weight in model.weights}
    if len(variables) < len(model.weights):
        found = [names[id(weight)] for weight in model.weights]
        twice = next(name for name in found if found.count(name) > 1)
        message = say("Two weights of the model are called {name}: give each layer a name of its own.", name=twice)
        raise ValueError(message)
    return variables


def paths(model: Any) -> dict[int, str]:
    """Of each weight, by its id, the path of the first place where it is used."""
    names: dict[int, str] = {}
    for layer in model.layers:
        for weight, name in (paths(layer) if hasattr(layer, "layers") else inner(layer)).items():
            names.setdefault(weight, f"{layer.name}/{name}")
    return {**inner(model), **names}


def inner(layer: Any) -> dict[int, str]:
    """The paths of weights within their layer, "kernel" or "forward_lstm/lstm_cell/kernel": in wrappers names repeat.

    A model made of code can have weights beside its layers, too.
    """
    return {id(weight): weight.path.removeprefix(f"{layer.path}/") for weight in layer.weights}


def trained() -> dict[str, NDArray[np.float32]]:
    """The weights of ``convolutional(seed=0)``, trained on ``datasets.digits()``."""
    with as_file(files("nnlearn.data") / "measured" / STORED) as path:
        return {name: np.asarray(array) for name, array in load(path).items()}


def layer_of(name: str) -> str:
    """The layer of a weight: "conv1" of "conv1/kernel"."""
    return name.rpartition("/")[0]

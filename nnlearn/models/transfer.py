"""What a trained network hands over to another one, and how fast each layer learns there."""

from collections.abc import Iterable, Mapping

import numpy as np
from numpy.typing import NDArray

from nnlearn.checks import Array, Range, number
from nnlearn.language import say
from nnlearn.models.weights import Weights, layer_of, weights_of
from nnlearn.networks import Network
from nnlearn.networks.chain import names_in

RATE = Range("[0, inf)")


def hand_over(old: Weights, fresh: Weights, layers: Iterable[str]) -> dict[str, NDArray[np.float32]]:
    """The fresh weights, those of the layers named replaced by copies of the old network's.

    old, fresh: weights by name, "layer/leaf", or Keras models. layers: names, such as ["conv1", "conv2"]; the order of
    the fresh weights stays. To train only what is left, freeze the layers: ``Network.freeze``, ``models.freeze``.

    Raises TypeError if layers is no list of names or weights are none; ValueError if one of the networks has no such
    layer with weights, or a weight has another shape in it.

    Yosinski, Clune, Bengio and Lipson, "How transferable are features in deep neural networks?" (2014),
    arXiv:1411.1792, section 2.
    """
    layers = names_in("layers", layers)
    old, fresh = weights_of(old), weights_of(fresh)
    new = {name: array.copy() for name, array in fresh.items()}
    for layer in layers:
        names = of_layer(fresh, layer)
        if names != of_layer(old, layer):
            message = say("Layer {layer} holds {names} in the fresh network and {others} in the old one.", layer=layer,
                          names=", ".join(names), others=", ".join(of_layer(old, layer)))  # fmt: skip
            raise ValueError(message)
        for name in names:
            if old[name].shape != fresh[name].shape:
                message = say("{name} has shape {found} in the old network; the fresh one needs {needed}.",
                              name=name, found=old[name].shape, needed=fresh[name].shape)  # fmt: skip
                raise ValueError(message)
            new[name] = old[name].copy()
    return new


def layer_rates(network: Network, rates: Mapping[str, float], rest: float = 0.0) -> Array:
    """A learning rate for each number of theta, shape (d,), given one for each layer.

    rates: by layer. rest: that of the layers not named; with 0 they stay as they are. Any optimiser of the course
    takes the array as its learning rate: ``Adam(layer_rates(network, {"output": 0.01}, rest=0.001))``.

    Raises TypeError if the network is none or rates aren't given by name; TypeError or ValueError if one isn't a number
    of at least 0; ValueError if there is no such layer with weights, or it is frozen.

    Howard and Ruder, "Universal language model fine-tuning for text classification" (2018), arXiv:1801.06146, section
    3.2: discriminative fine-tuning.
    """
    if not isinstance(network, Network):
        message = say("A Network is needed; this is of type {kind}. A Keras model takes rates by layer in "
                      "models.train(..., learning_rate=rates).", kind=type(network).__name__)  # fmt: skip
        raise TypeError(message)
    if not isinstance(rates, Mapping):
        message = say("Rates are given by layer, {{name: rate}}; this is of type {kind}.", kind=type(rates).__name__)
        raise TypeError(message)
    places = network.leaves.places
    each = np.full(network.leaves.dimension, number("rest", rest, RATE))
    for layer, rate in rates.items():
        if layer in network.frozen:
            raise ValueError(say("{layer} is frozen: its weights are no part of theta and have no rate.", layer=layer))
        for name in of_layer(places, layer):
            each[places[name]] = number(layer, rate, RATE)
    return each


def of_layer(names: Iterable[str], layer: str) -> list[str]:
    """The names of a layer's weights; ValueError if it has none."""
    names = [*map(str, names)]
    found = [name for name in names if name.startswith(f"{layer}/")]
    if not found:
        layers = ", ".join(dict.fromkeys(map(layer_of, names)))
        message = say("There is no layer {layer!r} with weights here; those with weights are {layers}.",
                      layer=layer, layers=layers)  # fmt: skip
        raise ValueError(message)
    return found

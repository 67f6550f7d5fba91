"""Whole layers taken out, and what each is worth."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from nnlearn.data_checks import label_vector
from nnlearn.language import say
from nnlearn.networks import Activation, Network
from nnlearn.networks.edits import Model, chain_of, checked, model_of, place_of
from nnlearn.networks.inputs import examples
from nnlearn.networks.layer import Floats
from nnlearn.networks.leaves import Weights


def remove(network: Network, weights: Weights | Floats, layer: str) -> Model:
    """The network without a layer, and without the activation that follows it.

    layer: the name of one that gives examples the shape they had, and isn't the last. Of ``Residual``, x + f(x), x is
    left. Raises TypeError or ValueError if there is no such layer, if nothing would be left, or if the weights aren't
    the network's.
    """
    network, arrays = checked(network, weights)
    first = place_of(network, layer)
    if first + 1 == len(network.layers):
        raise ValueError(say("{layer} is the last layer: what it gives are the scores.", layer=layer))
    if not removable(network, first):
        message = say("{layer} makes {output} of {shape}: only a layer that leaves the shape can be removed.",
                      layer=layer, output=network.placed[first].output, shape=network.placed[first].shape)  # fmt: skip
        raise ValueError(message)
    chain = chain_of(network.placed, arrays)
    behind = first + 1
    weighs = bool(network.placed[first].own)
    if weighs and behind < len(chain) and isinstance(chain[behind][0], Activation):
        behind += 1
    left = chain[:first] + chain[behind:]
    if not left:
        raise ValueError(say("{layer} is the whole network.", layer=layer))
    return model_of(network.shape, left)


def layer_importance(network: Network, weights: Weights | Floats, X: ArrayLike, y: ArrayLike) -> dict[str, float]:
    """The accuracy that is left, 0 to 1, without each layer that has weights and can be removed, by its name.

    X: n examples, shape (n, *network.shape). y: their labels, shape (n,). Use examples that the network wasn't trained
    on, and others to judge what was removed. The lower the number, the more the layer is needed. Raises TypeError or
    ValueError if X and y can't be used, or the weights aren't the network's.
    """
    network, arrays = checked(network, weights)
    X = examples(X, network.shape)
    if len(network.output) != 1 or network.output[0] < 2:
        message = say("Accuracy needs a score for each of 2 classes or more; the network gives shape {shape}.",
                      shape=network.output)  # fmt: skip
        raise ValueError(message)
    labels = label_vector(y, len(X), network.output[0])

    def left(layer: Any) -> float:
        smaller, own = remove(network, arrays, layer)
        return float(np.mean(smaller.forward(own, X).argmax(axis=-1) == labels))

    return {str(place.layer.name): left(place.layer.name) for i, place in enumerate(network.placed)
            if place.own and removable(network, i)}  # fmt: skip


def removable(network: Network, i: int) -> bool:
    """Whether the layer at this place leaves the shape of the examples as it is, and isn't the last."""
    place = network.placed[i]
    return place.output == place.shape and i + 1 < len(network.placed)

"""A network with some layers changed, and its weights."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from nnlearn.language import say
from nnlearn.networks.layer import Floats, Layer
from nnlearn.networks.leaves import Weights
from nnlearn.networks.network import Network
from nnlearn.networks.placed import Placed

Model = tuple[Network, dict[str, Floats]]
Own = dict[str, Floats]  # a layer's leaves by their own names
Chain = list[tuple[Layer, Own]]


def checked(network: Any, weights: Weights | Floats) -> Model:
    """The network and all its leaves by name. Raises TypeError, ValueError as ``Network.forward``, and for a sweep."""
    if not isinstance(network, Network):
        kind = type(network).__name__
        raise TypeError(say("A Network is needed, and its weights; this is of type {kind}.", kind=kind))
    arrays = network.leaves.checked(weights, network.leaves.declared)
    for name, leaf in network.leaves.declared.items():
        if arrays[name].shape != leaf.shape:
            message = say("{name} has shape {found}, a sweep of networks; one network is needed, with {needed}.",
                          name=name, found=arrays[name].shape, needed=leaf.shape)  # fmt: skip
            raise ValueError(message)
        if not np.isfinite(arrays[name]).all():
            raise ValueError(say("{name} holds numbers that are not finite.", name=name))
        if name.endswith("moving_variance") and arrays[name].min() < 0:
            raise ValueError(say("{name} holds {value:.3g}: a variance is at least 0.",
                                 name=name, value=arrays[name].min()))  # fmt: skip
    return network, {name: arrays[name] for name in network.leaves.declared}


def place_of(network: Network, layer: Any) -> int:
    """Where the layer of this name stands; ValueError if there is none."""
    names = [each.name for each in network.layers]
    if not isinstance(layer, str) or layer not in names:
        message = say("The network has no layer {layer!r}; its layers are {names}.",
                      layer=layer, names=", ".join(map(str, names)))  # fmt: skip
        raise ValueError(message)
    return names.index(layer)


def chain_of(placed: Sequence[Placed], weights: Mapping[str, Floats]) -> Chain:
    """Each layer with its leaves."""
    return [(each.layer, {own: weights[name] for name, own in each.names.items()}) for each in placed]


def leaves_of(chain: Chain) -> dict[str, Floats]:
    """The leaves of all layers, by their names among them."""
    return {f"{layer.name}/{own}": array for layer, leaves in chain for own, array in leaves.items()}


def model_of(shape: Sequence[int], chain: Chain) -> Model:
    """The network of the layers, and its weights."""
    network = Network(shape, [layer for layer, _ in chain])
    arrays = leaves_of(chain)
    return network, {name: arrays[name] for name in network.leaves.declared}


def changed(network: Network, weights: Weights | Floats, change: Callable[[list[Placed], Chain], Chain]) -> Model:
    """The model whose layers are what ``change`` makes of these, given in their places and with their leaves."""
    network, arrays = checked(network, weights)
    with np.errstate(over="ignore", invalid="ignore"):
        model = model_of(network.shape, change(network.placed, chain_of(network.placed, arrays)))
    for name, array in model[1].items():
        if not np.isfinite(array).all():
            raise ValueError(say("{name} would be too large for {kind}.", name=name, kind=array.dtype))
    return model

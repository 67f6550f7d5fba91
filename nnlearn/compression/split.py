"""A network in parts, one after the other: on two machines, say, of which each holds a part of the weights."""

from collections.abc import Iterable, Sequence
from math import prod
from typing import Any

from numpy.typing import ArrayLike

from nnlearn.language import say
from nnlearn.networks import Network
from nnlearn.networks.edits import Model, chain_of, checked, model_of, place_of
from nnlearn.networks.layer import Floats
from nnlearn.networks.leaves import Weights


def crossing(network: Network) -> dict[str, int]:
    """How many numbers of an example pass from each layer to the next, by the name of the layer that gives them.

    The last layer's are the scores, after which nothing is left to cut.
    """
    if not isinstance(network, Network):
        raise TypeError(say("A Network is needed; this is of type {kind}.", kind=type(network).__name__))
    return {str(each.layer.name): prod(each.output) for each in network.placed[:-1]}


def split(network: Network, weights: Weights | Floats, after: str | Sequence[str]) -> list[Model]:
    """The parts of a network that is cut after a layer, or several: each a network with its weights.

    What a part gives is what the next takes, and all together give what the network gives, bit for bit (``run_parts``).
    after: names of layers, in the network's order, none of them the last. Raises TypeError or ValueError if they
    aren't, or the weights aren't the network's.
    """
    network, arrays = checked(network, weights)
    if not isinstance(after, Iterable):
        message = say("after must be the name of a layer, or several; it is {value!r}.", value=after)
        raise TypeError(message)
    names = [after] if isinstance(after, str) else list(after)
    ends = [place_of(network, name) + 1 for name in names]
    if not ends or ends != sorted(set(ends)):
        message = say("after must name layers in the network's order, each once; it is {names}.", names=names)
        raise ValueError(message)
    if ends[-1] == len(network.layers):
        message = say("After the last layer, {layer}, nothing is left: a cut lies before it.", layer=names[-1])
        raise ValueError(message)
    chain = chain_of(network.placed, arrays)
    begins = [0, *ends]
    return [model_of(network.placed[i].shape, chain[i:j]) for i, j in zip(begins, [*ends, len(chain)], strict=True)]


def run_parts(parts: Sequence[Model], X: ArrayLike) -> Any:
    """The scores of a network in parts: each runs on what the one before gives. Raises as ``Network.forward``."""
    if not parts:
        raise ValueError(say("There are no parts."))
    for network, weights in parts:
        X = network.forward(weights, X)
    return X

"""A trained network cut in two: what its first layers make of images, and what the others read from that."""

from collections.abc import Callable
from functools import partial

from nnlearn.checks import Array, whole_number
from nnlearn.language import say
from nnlearn.networks import Network
from nnlearn.networks.leaves import Weights

Half = Callable[[Array], Array]


def halves(network: Network, weights: Weights, at: int) -> tuple[Half, Half]:
    """Two functions, one after the other the network: its first ``at`` layers, and all after them.

    Raises TypeError or ValueError if one of them would have no layer.
    """
    whole_number("at", at, at_least=1)
    if at >= len(network.layers):
        raise ValueError(say("at = {at} leaves nothing: the network has {count} layers.",
                             at=at, count=len(network.layers)))  # fmt: skip
    first = Network(network.shape, network.layers[:at])
    rest = Network(first.output, network.layers[at:])
    own = ({name: weights[name] for name in half.leaves.declared} for half in (first, rest))
    front, back = (partial(half.forward, each) for half, each in zip((first, rest), own, strict=True))
    return front, back

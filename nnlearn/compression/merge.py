"""Units and filters that are as good as the same, made one: their weights out are added up.

A unit j whose weights in are those of unit i gives what i gives, so what follows loses nothing if i speaks for both.
Srinivas and Babu 2015, "Data-free parameter pruning for deep neural networks", arXiv:1507.06149, section 3.
"""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from nnlearn.checks import whole_number
from nnlearn.compression.prune_units import shrink
from nnlearn.language import say
from nnlearn.networks import Activation, BatchNorm, Conv2D, Dense, Dropout, Flatten, MaxPool2D, Network
from nnlearn.networks.edits import Chain, Model, chain_of, checked, place_of
from nnlearn.networks.layer import Floats
from nnlearn.networks.leaves import Weights

KEEP_CHANNELS = (Activation, BatchNorm, Dropout, Flatten, MaxPool2D)  # what gives each channel what that channel brings


class Around(NamedTuple):
    """Weights about a layer's units. ins: (inputs, units), the bias in the last row. outs: (places, units, next)."""

    ins: Floats
    outs: Floats


def merge_units(network: Network, weights: Weights | Floats, layer: str, keep: int, gone: int) -> Model:
    """The network in which one unit, or filter, of a layer speaks for two: what follows gets ``keep`` where it had
    ``gone``.

    layer: the name of a dense layer or convolution that another follows; between the two there may be activations,
    normalisations, pooling, dropout and flattening. keep, gone: two units, from 0. Exact if both give the same. Raises
    TypeError or ValueError if there are no such layer and units, or the weights aren't the network's.
    """
    network, arrays = checked(network, weights)
    first, second = ends(network, layer)
    units = check_units(network, first, [keep, gone])
    if len(units) < 2:
        raise ValueError(say("keep and gone are the same unit, {unit}.", unit=keep))
    rows = rows_by_unit(chain_of(network.placed, arrays), first, second).copy()
    rows[:, keep] += rows[:, gone]
    kernel = f"{network.layers[second].name}/kernel"
    return without(network, {**arrays, kernel: rows.reshape(arrays[kernel].shape)}, first, [gone])


def remove_units(network: Network, weights: Weights | Floats, layer: str, units: Sequence[int]) -> Model:
    """The network without some units, or filters, of a layer: what follows gets 0 from them. Raises as
    ``merge_units``, and ValueError if none would be left."""
    network, arrays = checked(network, weights)
    first, _ = ends(network, layer)
    gone = check_units(network, first, units)
    if len(gone) == network.placed[first].output[-1]:
        raise ValueError(say("{layer} would be left without a unit.", layer=layer))
    return without(network, arrays, first, gone)


def unit_sizes(network: Network, weights: Weights | Floats, layer: str) -> NDArray[Any]:
    """Of each unit, or filter, the length of its weights in (with the bias) times that of its weights out, (units,).

    Raises as ``merge_units``.
    """
    ins, outs = around(network, weights, layer)
    return np.linalg.norm(ins, axis=0) * np.linalg.norm(outs, axis=(0, 2))


def merge_costs(network: Network, weights: Weights | Floats, layer: str) -> NDArray[Any]:
    """What it may cost that unit i speaks for unit j, shape (units, units): infinite where i is j.

    ||w_i - w_j||^2 times the mean of a_j^2, where w are a unit's weights in and bias and a those out: Srinivas and Babu
    2015, section 3.2. Raises as ``merge_units``.
    """
    ins, outs = around(network, weights, layer)
    apart = np.square(ins[:, :, np.newaxis] - ins[:, np.newaxis]).sum(axis=0)
    costs = apart * np.square(outs).mean(axis=(0, 2))
    np.fill_diagonal(costs, np.inf)
    return costs


def merge_nearest(network: Network, weights: Weights | Floats, layer: str, count: int) -> Model:
    """The network after ``count`` merges in a layer, each of the pair that costs least at that time.

    Raises as ``merge_units``; TypeError or ValueError if count is no whole number from 0 to one less than the units.
    """
    whole_number("count", count, at_least=0)
    for _ in range(count):
        costs = merge_costs(network, weights, layer)
        if len(costs) < 2:
            raise ValueError(say("{layer} has one unit left: there is nothing to merge.", layer=layer))
        keep, gone = np.unravel_index(np.argmin(costs), costs.shape)
        network, weights = merge_units(network, weights, layer, int(keep), int(gone))
    return checked(network, weights)


# --- The two layers, and what lies between ---


def ends(network: Network, layer: Any) -> tuple[int, int]:
    """The places of a layer and of the one that multiplies what it gives; ValueError if there are no such two."""
    first = place_of(network, layer)
    if not isinstance(network.layers[first], Dense | Conv2D):
        message = say("{layer} is {kind}: units can be merged or removed in a dense layer or a convolution.",
                      layer=layer, kind=type(network.layers[first]).__name__)  # fmt: skip
        raise ValueError(message)
    for second, each in enumerate(network.layers[first + 1 :], start=first + 1):
        if isinstance(each, Dense | Conv2D):
            return first, second
        if not isinstance(each, KEEP_CHANNELS):
            message = say("Between {layer} and what multiplies its units stands {other!r}, which isn't passed.",
                          layer=layer, other=each)  # fmt: skip
            raise ValueError(message)
    raise ValueError(say("Nothing multiplies what {layer} gives: its units are the network's scores.", layer=layer))


def around(network: Network, weights: Weights | Floats, layer: str) -> Around:
    """The weights about a layer's units."""
    network, arrays = checked(network, weights)
    first, second = ends(network, layer)
    chain = chain_of(network.placed, arrays)
    own = chain[first][1]
    ins = own["kernel"].reshape(-1, own["kernel"].shape[-1])
    if "bias" in own:
        ins = np.concatenate([ins, own["bias"][np.newaxis]])
    return Around(ins, rows_by_unit(chain, first, second))


def rows_by_unit(chain: Chain, first: int, second: int) -> Floats:
    """The kernel that multiplies the units: (places, units, outputs). A flattened unit has a row for each place."""
    units = chain[first][1]["kernel"].shape[-1]
    kernel = chain[second][1]["kernel"]
    return kernel.reshape(-1, units, kernel.shape[-1])


def check_units(network: Network, first: int, units: Any) -> list[int]:
    """The units in order, each once; TypeError or ValueError if the layer has none of them."""
    count = network.placed[first].output[-1]
    if not isinstance(units, Iterable):
        raise TypeError(say("units must be a list, if of one unit too: [{unit!r}].", unit=units))
    for unit in units:
        whole_number("unit", unit, at_least=0)
        if unit >= count:
            message = say("{layer} has units 0 to {most}; {unit} is none of them.",
                          layer=network.layers[first].name, most=count - 1, unit=unit)  # fmt: skip
            raise ValueError(message)
    return sorted({int(unit) for unit in units})


def without(network: Network, arrays: Weights, first: int, gone: Sequence[int]) -> Model:
    """The model without these units of the layer at a place."""
    keep = np.ones(network.placed[first].output[-1], bool)
    keep[list(gone)] = False
    return shrink(network, arrays, {str(network.layers[first].name): keep})

"""Whole units taken out: neurons of a dense layer, filters of a convolution. The layer really becomes smaller."""

from collections.abc import Mapping
from dataclasses import replace
from math import prod
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from nnlearn.checks import OneOf, finite_array, whole_number
from nnlearn.compression.prune import Arrays, check_mask, check_names, kept
from nnlearn.language import say
from nnlearn.networks.layer import Layer
from nnlearn.networks.layers import BatchNorm, Conv2D, Dense, Dropout, Flatten, MaxPool2D
from nnlearn.networks.layers.activations import Activation
from nnlearn.networks.network import Network

WIDTHS: dict[type[Layer], str] = {Dense: "units", Conv2D: "filters"}  # what says how many come out
PASSING = (Activation, BatchNorm, Dropout, MaxPool2D)  # channel by channel: what comes in as 0 takes nothing along


def unit_norms(weights: Arrays, layer: str, norm: Literal["l1", "l2"] = "l2") -> NDArray[Any]:
    """The length of what leads into each unit of a layer, shape (units,), by which units are scored.

    norm: "l1", the sum of sizes (Li, Kadav, Durdanovic, Samet and Graf 2017, arXiv:1608.08710, for filters); "l2", the
    Euclidean length. Raises ValueError if the layer has no kernel of two axes or more, or one that isn't finite,
    TypeError for weights that aren't numbers by name, or have a mask.
    """
    OneOf("l1", "l2")("norm", norm)
    check_names("weights", weights)
    name = f"{layer}/kernel"
    if name not in weights:
        layers = ", ".join(each.removesuffix("/kernel") for each in weights if each.endswith("/kernel"))
        raise ValueError(say("{layer!r} has no kernel; the layers with one are {layers}.", layer=layer, layers=layers))
    kernel = finite_array(name, weights[name])
    if kernel.ndim < 2:
        message = say("{name} has shape {shape}; a kernel has an axis of inputs before that of units.",
                      name=name, shape=kernel.shape)  # fmt: skip
        raise ValueError(message)
    rows = kernel.reshape(-1, kernel.shape[-1])
    return np.abs(rows).sum(axis=0) if norm == "l1" else np.sqrt((rows**2).sum(axis=0))


def keep_units(scores: ArrayLike, count: int) -> NDArray[np.bool_]:
    """True for the ``count`` units of highest score; of equal ones the last stay.

    Raises ValueError unless count is from 1 to their number, and for scores that aren't finite or in one row.
    """
    scores = finite_array("scores", scores)
    if scores.ndim != 1:
        message = say("scores must have shape (units,), a number for each unit; it has shape {shape}.",
                      shape=scores.shape)  # fmt: skip
        raise ValueError(message)
    whole_number("count", count, at_least=1)
    if count > len(scores):
        message = say("count = {count} units can't stay: the layer has {units}.", count=count, units=len(scores))
        raise ValueError(message)
    return kept(scores, 1 - count / len(scores))


def without_units(network: Network, weights: Arrays, keep: Mapping[str, Any]) -> dict[str, NDArray[Any]]:
    """The network as large as before, with 0 for all weights of the units that go: into them, and out of them.

    keep: of each layer that is pruned, True and False for each unit, shape (units,). What leads out of a unit is what
    counts: with zeros there it says nothing to anybody, whatever its activation makes of 0. Raises as ``shrink``.
    """
    result = {name: np.array(array) for name, array in network.leaves.checked(weights, network.leaves.declared).items()}
    for name, axis, mask in places(network, keep):
        np.moveaxis(result[name], axis, 0)[~mask] = 0
    return result


def shrink(network: Network, weights: Arrays, keep: Mapping[str, Any]) -> tuple[Network, dict[str, NDArray[Any]]]:
    """The smaller network, and its weights: without the units, their biases, and the next layer's weights for them.

    It computes what ``without_units`` computes. keep: as there; at least one unit of each layer.

    Raises ValueError for a layer that isn't there, has no units or is the last (its units are the answers), and for a
    mask of another length or without True; TypeError for a mask that isn't of True and False, and for a layer of
    which it isn't known how it deals with units.

    >>> from nnlearn.networks import mlp
    >>> network = mlp(3, 4, 2)
    >>> smaller, weights = shrink(network, network.begin(0), {"hidden": np.array([True, False, True, True])})
    >>> smaller, {name: array.shape for name, array in weights.items()}
    (Network((3,), [Dense(3, name='hidden'), Tanh(name='tanh'), Dense(2, name='output')]), \
{'hidden/kernel': (3, 3), 'hidden/bias': (3,), 'output/kernel': (3, 2), 'output/bias': (2,)})
    """
    result = dict(network.leaves.checked(weights, network.leaves.declared))
    for name, axis, mask in places(network, keep):
        result[name] = np.compress(mask, result[name], axis=axis)
    return Network(network.shape, [narrowed(layer, keep) for layer in network.layers], network.frozen), result


def narrowed(layer: Layer, keep: Mapping[str, Any]) -> Layer:
    """The layer with as many units as stay."""
    mask = keep.get(str(layer.name))
    if mask is None:
        return layer
    width: dict[str, Any] = {next(width for kind, width in WIDTHS.items() if isinstance(layer, kind)): int(mask.sum())}
    return replace(layer, **width)


def places(network: Network, keep: Mapping[str, Any]) -> list[tuple[str, int, NDArray[np.bool_]]]:
    """Where units are met: a leaf's name, its axis, and which entries along it stay."""
    check_units(network, keep)
    found = []
    mask: NDArray[np.bool_] | None = None  # of the channels that come in; None: all stay
    for placed in network.placed:
        layer = placed.layer
        if isinstance(layer, tuple(WIDTHS)):
            if mask is not None:
                found.append((f"{layer.name}/kernel", -2, mask))
            mask = keep.get(str(layer.name))
            if mask is not None:
                found += [(name, -1, mask) for name in placed.names]
        elif mask is None:
            continue
        elif isinstance(layer, Flatten):
            mask = np.tile(mask, prod(placed.shape[:-1]))  # the channels of a pixel stand side by side
        elif isinstance(layer, PASSING):
            found += [(name, -1, mask) for name in placed.names]
        else:
            message = say("Layer {name}, a {kind}, comes after a layer without some of its units: it isn't known what "
                          "it does with them.", name=layer.name, kind=type(layer).__name__)  # fmt: skip
            raise TypeError(message)
    return found


def check_units(network: Network, keep: Mapping[str, Any]) -> None:
    """Raises what ``shrink`` raises for ``keep``."""
    if not isinstance(keep, Mapping):
        message = say("keep is a mask for each layer by name, {{layer: mask}}; it is of type {kind}.",
                      kind=type(keep).__name__)  # fmt: skip
        raise TypeError(message)
    units = {str(each.layer.name): each.output[-1] for each in network.placed
             if isinstance(each.layer, tuple(WIDTHS))}  # fmt: skip
    last = list(units)[-1] if units else None
    for layer, mask in keep.items():
        if layer not in units or layer == last:
            names = ", ".join(name for name in units if name != last)
            message = say("{layer!r} has no units that can go; layers that have are {names}. (The last one's units "
                          "are the answers.)", layer=layer, names=names)  # fmt: skip
            raise ValueError(message)
        check_mask(layer, mask, (units[layer],))
        if not mask.any():
            raise ValueError(say("No unit of {layer} would stay: nothing could pass.", layer=layer))

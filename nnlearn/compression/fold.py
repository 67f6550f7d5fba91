"""Layers that become one, exactly: a normalisation in the layer beside it, and two linear layers in a row.

A trained normalisation is y = g x + h, channel by channel, with g = gamma / sqrt(variance + epsilon) and
h = beta - g mean: linear, like a dense layer or a convolution, and two linear functions in a row are a third. What
comes out differs by rounding alone.
"""

from dataclasses import replace
from typing import Any

import numpy as np

from nnlearn.networks import BatchNorm, Conv2D, Dense, Network, Residual
from nnlearn.networks.chain import chained
from nnlearn.networks.edits import Chain, Model, Own, chain_of, changed, leaves_of
from nnlearn.networks.layer import Floats, Layer
from nnlearn.networks.leaves import Weights
from nnlearn.networks.placed import Placed

Linear = Dense | Conv2D


def fold(network: Network, weights: Weights | Floats) -> Model:
    """The network without the normalisations that stand right after a dense layer or convolution, or right before.

    Before a convolution it must put no zeros around (padding "valid", or a window of one pixel): at the border a
    normalised 0 is not 0. Other normalisations stay. Within ``Residual``, too. weights: as ``Network.forward`` takes
    them, moving means and variances among them; the results have their names and precision. Raises TypeError or
    ValueError if they aren't the network's.

    Jacob et al. 2018, arXiv:1712.05877, section 3.2, equation 14.
    """
    return changed(network, weights, folded)


def fuse(network: Network, weights: Weights | Floats) -> Model:
    """The network in which two dense layers in a row are one: (x A + a) B + b = x (A B) + (a B + b).

    So is a convolution, followed by one whose window is one pixel, which is a dense layer at each place. The layer that
    stays has the name of the second. It can be larger than the two were, where these led through few units. Raises
    as ``fold``.
    """
    return changed(network, weights, fused)


def folded(placed: list[Placed], chain: Chain) -> Chain:
    """The layers without those normalisations."""
    found: Chain = []
    for layer, own in (inside(place, layer, own) for place, (layer, own) in zip(placed, chain, strict=True)):
        before = found[-1] if found else None
        if before and isinstance(layer, BatchNorm) and isinstance(before[0], Linear):
            found[-1] = after(before[0], before[1], *line(layer, own))
        elif before and isinstance(before[0], BatchNorm) and isinstance(layer, Linear) and sees_no_border(layer):
            found[-1] = ahead(layer, own, *line(*before))
        else:
            found.append((layer, own))
    return found


def inside(place: Placed, layer: Layer, own: Own) -> tuple[Layer, Own]:
    """A residual layer with the normalisations within it folded; any other as it is."""
    if not isinstance(layer, Residual):
        return layer, own
    within = chained(place.shape, layer.layers)
    chain = folded(within, chain_of(within, own))
    return replace(layer, layers=[each for each, _ in chain]), leaves_of(chain)


def line(layer: Any, own: Own) -> tuple[Floats, Floats]:
    """g and h of a normalisation, which is g x + h."""
    g = own["gamma"] / np.sqrt(own["moving_variance"] + layer.epsilon)
    return g, own["beta"] - g * own["moving_mean"]


def after(layer: Linear, own: Own, g: Floats, h: Floats) -> tuple[Layer, Own]:
    """A linear layer that gives g y + h where it gave y: of a kernel the last axis is that of what comes out."""
    return replace(layer, bias=True), {"kernel": own["kernel"] * g, "bias": g * own.get("bias", 0) + h}


def ahead(layer: Linear, own: Own, g: Floats, h: Floats) -> tuple[Layer, Own]:
    """A linear layer that makes of x what it made of g x + h: of a kernel the last axis but one is that of x."""
    kernel = own["kernel"]
    constant = (h[:, np.newaxis] * kernel).sum(axis=tuple(range(kernel.ndim - 1)))
    return replace(layer, bias=True), {"kernel": g[:, np.newaxis] * kernel, "bias": constant + own.get("bias", 0)}


def sees_no_border(layer: Linear) -> bool:
    """Whether all that the layer multiplies came from the layer before, and no zeros around it."""
    return isinstance(layer, Dense) or layer.padding == "valid" or (layer.size == 1)


def fused(placed: list[Placed], chain: Chain) -> Chain:
    """The layers with linear ones in a row made one."""
    found: Chain = []
    for layer, own in chain:
        before = found[-1] if found else None
        if before and can_fuse(before[0], layer):
            found[-1] = product(*before, layer, own)
        else:
            found.append((layer, own))
    return found


def can_fuse(first: Layer, second: Layer) -> bool:
    """Whether the two in a row are one layer of the first's kind."""
    if isinstance(first, Conv2D) and isinstance(second, Conv2D):
        return second.size == second.stride == 1
    return isinstance(first, Dense) and isinstance(second, Dense)


def product(first: Any, own: Own, second: Any, then: Own) -> tuple[Layer, Own]:
    """The one layer."""
    matrix = then["kernel"].reshape(then["kernel"].shape[-2:])
    size = {"filters": second.filters} if isinstance(second, Conv2D) else {"units": second.units}
    leaves = {"kernel": own["kernel"] @ matrix}
    if first.bias or second.bias:
        leaves["bias"] = own.get("bias", np.zeros(len(matrix), matrix.dtype)) @ matrix + then.get("bias", 0)
    return replace(first, name=second.name, bias=first.bias or second.bias, **size), leaves

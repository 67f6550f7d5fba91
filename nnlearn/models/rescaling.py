"""Changes of trained weights that make them harder to quantise."""

import numpy as np
from numpy.typing import NDArray

from nnlearn.checks import Range, number, whole_number
from nnlearn.language import say
from nnlearn.models.weights import Weights, is_kernel, layer_of, weights_of


def with_outlier(weights: Weights, layer: str, factor: float) -> dict[str, NDArray[np.float32]]:
    """The weights, the one of largest magnitude in a layer's kernel multiplied.

    factor: 1 changes nothing. Raises ValueError if there is no such layer, or factor is not positive.
    """
    factor = number("factor", factor, Range("(0, inf)"))
    weights = weights_of(weights)
    name = kernels(weights)[layer_index(weights, layer)]
    kernel = weights[name].copy()
    kernel.flat[np.abs(kernel).argmax()] *= factor
    return {**weights, name: kernel}


def rescaled(weights: Weights, layer: str, channel: int, factor: float) -> dict[str, NDArray[np.float32]]:
    """Other weights of the same function: a channel multiplied, and what the next layer makes of it divided.

    As relu(factor * a) = factor * relu(a), the network gives the same scores, but for the rounding of floats (Nagel
    et al. 2019, arXiv:1906.04721, section 3.2).

    layer: one that is followed by a relu. Between convolutional layer and dense layer the image is flattened, its
    channels last. Raises ValueError if there is no such layer or channel, layer is the last, or factor is not positive.
    """
    factor = number("factor", factor, Range("(0, inf)"))
    weights = weights_of(weights)
    names, i = kernels(weights), layer_index(weights, layer)
    if i + 1 == len(names):
        raise ValueError(say("{layer} is the last layer: no other can undo what happens in it.", layer=layer))
    channels = weights[names[i]].shape[-1]
    whole_number("channel", channel, at_least=0)
    if channel >= channels:
        message = say("channel = {channel}: layer {layer} has channels 0 to {last}.",
                      channel=channel, layer=layer, last=channels - 1)  # fmt: skip
        raise ValueError(message)
    multiplied = {name: weights[name].copy() for name in weights if layer_of(name) == layer}
    for array in multiplied.values():
        array[..., channel] *= factor
    following = weights[names[i + 1]].copy()
    following.reshape(-1, channels, following.shape[-1])[:, channel] /= factor
    return {**weights, **multiplied, names[i + 1]: following}


def kernels(weights: Weights) -> list[str]:
    """The names of the kernels, in the order of the layers."""
    return [name for name in weights if is_kernel(name)]


def layer_index(weights: Weights, layer: str) -> int:
    """The place of a layer among those that have a kernel; ValueError if it isn't there."""
    layers = [layer_of(name) for name in kernels(weights)]
    if layer not in layers:
        raise ValueError(say("There is no layer {layer!r}; the layers are {layers}.",
                             layer=layer, layers=", ".join(layers)))  # fmt: skip
    return layers.index(layer)

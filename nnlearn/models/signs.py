"""The signs of a network of 1 bit a weight: read, flipped at random, given to other weights."""

from collections.abc import Collection, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnlearn.checks import Range, number, whole_number
from nnlearn.compression import Quantized, quantize
from nnlearn.language import say
from nnlearn.models.quantized_weights import QuantizedWeights
from nnlearn.models.rescaling import kernels, layer_index
from nnlearn.models.weights import is_kernel, layer_of


def all_signs(network: QuantizedWeights) -> Any:
    """Whether each weight is positive, layer by layer."""
    return np.concatenate([np.ravel(network.weights[name]) > 0 for name in kernels(network.weights)])


def flipped(network: QuantizedWeights, percent: float, draw: int, keep: Collection[str] = ()) -> QuantizedWeights:
    """A binary network with about so many percent of its signs flipped at random; draw is the seed.

    keep: layers that are left as they are; the others' draws stay the same. Raises TypeError or ValueError if percent
    is not from 0 to 100, draw not at least 0, if keep names no layer, or a kernel is quantised in another scheme.
    """
    percent = number("percent", percent, Range("[0, 100]"))
    whole_number("draw", draw, at_least=0)
    for layer in keep:
        layer_index(network.weights, layer)
    arrays = dict(network.arrays)
    rng = np.random.default_rng(draw)
    for name, array in arrays.items():
        if isinstance(array, Quantized):
            if array.scheme != "binary":
                message = say("{name} is {scheme}; only binary kernels are signs alone.",
                              name=name, scheme=array.scheme)  # fmt: skip
                raise ValueError(message)
            signs = np.where(array.codes > 0, 1.0, -1.0)
            hit = rng.random(signs.shape) < percent / 100
            arrays[name] = array if layer_of(name) in keep else scaled(array, np.where(hit, -signs, signs))
    return QuantizedWeights(arrays)


def scaled(array: Quantized, signs: Any) -> Quantized:
    """The binary kernel with these signs and its own scales."""
    magnitudes = np.abs(array.dequantize())
    return quantize((signs * magnitudes).astype(magnitudes.dtype), 1, "binary", array.axis)


def signed(weights: Sequence[NDArray[np.float32]], network: QuantizedWeights) -> list[NDArray[np.float32]]:
    """The float weights of a model, in the network's order, with the signs of the network: from them it trains on."""
    pairs = zip(weights, network.weights.items(), strict=True)
    return [np.copysign(old, new) if is_kernel(name) else old for old, (name, new) in pairs]

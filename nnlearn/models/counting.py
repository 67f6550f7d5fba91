"""What a model costs by its architecture alone: parameters, operations, bytes."""

import math
from typing import Any

import numpy as np

from nnlearn.interop.quiet import keras
from nnlearn.language import say
from nnlearn.networks import Counts, LayerCount
from nnlearn.networks.layer import is_kernel

MULTIPLYING = (
    keras.layers.Dense, keras.layers.Conv1D, keras.layers.Conv2D, keras.layers.Conv3D,
    keras.layers.DepthwiseConv1D, keras.layers.DepthwiseConv2D,
    keras.layers.SeparableConv1D, keras.layers.SeparableConv2D,
)  # fmt: skip


def count(model: Any) -> Counts:
    """Parameters, floating-point operations for one example, and bytes, of each layer and in all.

    A multiply-add counts as 2 operations: an output of k inputs and a bias takes k multiplications and k additions.
    So a dense layer or convolution costs twice its kernel's weights at each position of its output; zeros around an
    image count too. Layers without weights (pooling, activations) count as 0.

    model: a built Keras model, its layers one after the other; a ``Network`` counts itself. Raises ValueError for a
    layer with weights that is neither dense nor a convolution: for it the rule doesn't hold.
    """
    return Counts(tuple(map(layer_count, model.layers)))


def layer_count(layer: Any) -> LayerCount:
    """One layer of ``count``."""
    if layer.weights and not isinstance(layer, MULTIPLYING):
        message = say("count knows dense layers and convolutions; layer {name!r} is of type {kind}.",
                      name=layer.name, kind=type(layer).__name__)  # fmt: skip
        raise ValueError(message)
    shape = tuple(layer.output.shape[1:])
    sizes = {weight.name: math.prod(weight.shape) for weight in layer.weights}
    return LayerCount(
        layer.name,
        shape,
        sum(sizes.values()),
        2 * sum(size for name, size in sizes.items() if is_kernel(name)) * math.prod(shape[:-1]),
        sum(math.prod(weight.shape) * np.dtype(weight.dtype).itemsize for weight in layer.weights),
    )

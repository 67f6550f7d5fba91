"""What a model costs by its architecture alone: parameters, operations, bytes."""

import math
from dataclasses import replace
from typing import Any

import numpy as np

from nnlearn.interop.graph import uses
from nnlearn.interop.quiet import keras
from nnlearn.language import say
from nnlearn.networks import Counts, LayerCount
from nnlearn.networks.inputs import Sizes, n_of
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
    image count too. Layers without weights (pooling, activations) count as 0. A layer that is used several times has
    its weights once, and costs operations each time; its output's shape is that of the first time.

    model: a built Keras model, sequential or functional; a model within it is taken apart, "model/layer". A ``Network``
    counts itself. Raises TypeError for anything else; ValueError for a layer with weights that is neither dense nor a
    convolution, since for it the rule doesn't hold, and for one that gives a size that isn't known.
    """
    if not isinstance(model, keras.Model):
        message = say("count needs a Keras model; this is of type {kind}. A Network counts itself: network.count().",
                      kind=type(model).__name__)  # fmt: skip
        raise TypeError(message)
    rows: dict[int, LayerCount] = {}
    for path, layer, output in uses(model):
        row = layer_count(path, layer, known(path, output))
        first = rows.setdefault(id(layer), row)
        if first is not row:
            rows[id(layer)] = replace(first, flops=first.flops + row.flops)
    return Counts(tuple(rows.values()))


def layer_count(path: str, layer: Any, shape: tuple[int, ...]) -> LayerCount:
    """A layer that gives one example this shape, once; ValueError if the rule doesn't hold for it."""
    if layer.weights and not isinstance(layer, MULTIPLYING):
        message = say("count knows dense layers and convolutions; layer {name!r} is of type {kind}.",
                      name=path, kind=type(layer).__name__)  # fmt: skip
        raise ValueError(message)
    channels_first = getattr(layer, "data_format", None) == "channels_first"
    positions = math.prod(shape[1:] if channels_first else shape[:-1])
    sizes = [math.prod(weight.shape) for weight in layer.weights]
    return LayerCount(
        path,
        shape,
        sum(sizes),
        2 * positions * sum(size for size, each in zip(sizes, layer.weights, strict=True) if is_kernel(each.name)),
        sum(size * np.dtype(each.dtype).itemsize for size, each in zip(sizes, layer.weights, strict=True)),
    )


def known(path: str, shape: Sizes) -> tuple[int, ...]:
    """The shape; ValueError if a size is left open."""
    sizes = tuple(length for length in shape if length is not None)
    if len(sizes) < len(shape):
        message = say("Layer {name!r} gives shape {shape}, so its operations can't be counted: build the model with "
                      "an input whose sizes are all given.", name=path, shape=n_of(shape))  # fmt: skip
        raise ValueError(message)
    return sizes

"""Which axes of a kernel belong to the outputs: not in every layer of Keras is it the last."""

from typing import Any

from nnlearn.compression.quantized import Axis
from nnlearn.interop.quiet import keras
from nnlearn.models.weights import is_kernel, variables_of

LAST = -1
TRANSPOSED = keras.layers.Conv1DTranspose, keras.layers.Conv2DTranspose, keras.layers.Conv3DTranspose
DEPTHWISE = keras.layers.DepthwiseConv1D, keras.layers.DepthwiseConv2D


def output_axes(model: Any) -> dict[str, Axis]:
    """Of each kernel of a Keras model, by its name, the axes whose places are the output channels."""
    owners: dict[int, Any] = {}
    for layer in model._flatten_layers():  # Keras has no public word for the layers in a wrapper; they come after it
        owners |= {id(weight): layer for weight in layer.weights}
    return {
        name: axes_in(owners[id(variable)], name)
        for name, variable in variables_of(model).items()
        if is_kernel(name)
    }  # fmt: skip


def axes_in(layer: Any, name: str) -> Axis:
    """Those of a kernel of this name in a layer."""
    if isinstance(layer, DEPTHWISE) or name.endswith("depthwise_kernel"):
        return -2, -1  # (..., inputs, outputs of each input)
    if isinstance(layer, TRANSPOSED):
        return -2  # (..., outputs, inputs)
    if isinstance(layer, keras.layers.EinsumDense):  # of an attention's "abc,cde->abde" it is d and e
        _, kernel, output = layer.equation.replace("->", ",").split(",")
        return tuple(place for place, letter in enumerate(kernel) if letter in output) or None
    return LAST

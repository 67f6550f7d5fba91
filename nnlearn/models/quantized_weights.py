"""A model's weights with its kernels in few bits."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from nnlearn.compression import Quantized, load, quantize, save
from nnlearn.compression.files import Arrays
from nnlearn.compression.quantization import Scheme
from nnlearn.compression.quantized import Axis
from nnlearn.language import say
from nnlearn.models.weights import is_kernel, layer_of, weights_of

FLOAT_BITS = 32


@dataclass(frozen=True, eq=False, repr=False)
class QuantizedWeights:
    """What ``quantize_weights`` gives. arrays: by name, ``Quantized`` kernels and float32 arrays."""

    arrays: Arrays

    @cached_property
    def weights(self) -> dict[str, NDArray[np.float32]]:
        """All of them in float32, as the network computes with them."""
        return {
            name: (array if isinstance(array, np.ndarray) else array.dequantize()).astype(np.float32, copy=False)
            for name, array in self.arrays.items()
        }

    @property
    def nbytes(self) -> int:
        """The bytes of packed codes, scales, zero points and float32 arrays."""
        return sum(array.nbytes for array in self.arrays.values())

    @property
    def file_size(self) -> int:
        """The bytes of the file that ``save`` writes: ``nbytes`` and what describes them."""
        return file_size(self.arrays)

    def save(self, path: str | Path) -> None:
        """Writes them with ``nnlearn.compression.save``."""
        save(path, self.arrays)

    @classmethod
    def load(cls, path: str | Path) -> "QuantizedWeights":
        """What ``save`` wrote; raises what ``nnlearn.compression.load`` raises."""
        return cls(load(path))

    def __repr__(self) -> str:
        lines = [f"{name:14} {plain(array) if isinstance(array, np.ndarray) else array}"
                 for name, array in self.arrays.items()]  # fmt: skip
        return "\n".join([*lines, say("{nbytes:,} bytes in all", nbytes=self.nbytes)])


def quantize_weights(
    model: Any,
    bits: int = 8,
    scheme: Scheme = "symmetric",
    axis: int | None = None,
    range: Literal["max", "least error"] = "max",
    rounding: Literal["nearest", "stochastic"] = "nearest",
    rng: np.random.Generator | None = None,
    per_layer_bits: Mapping[str, int] | None = None,
) -> QuantizedWeights:
    """Every kernel quantised by itself; biases, which are few, stay float32.

    model: a Keras model, or a dict of its weights; it stays as it is.
    bits: of each weight. 32 leaves it float32. The symmetric scheme has no 1 bit: there it is binary.
    scheme, range, rounding, rng: as in ``nnlearn.compression.quantize``; in the binary scheme range and rounding
        have nothing to say.
    axis: None for one scale a kernel, -1 for one of each output channel: the last axis, but in a transposed
        convolution the last but one, in a depthwise one both, in an attention heads and their units. A dict doesn't say
        of which layers it is: there it is the last axis.
    per_layer_bits: other bits for some layers, by name: {"output": 8}.

    Raises ValueError for a layer that isn't there and another axis, and what ``quantize`` and ``weights_of`` raise.

    >>> from nnlearn.models import trained
    >>> quantize_weights(trained(), bits=4, axis=-1).nbytes
    11448
    """
    weights, axes = weights_of(model), channel_axes(model, axis)
    others = dict(per_layer_bits or {})
    layers = list(dict.fromkeys(map(layer_of, weights)))
    for layer in others:
        if layer not in layers:
            message = say("per_layer_bits names {layer!r}; the layers are {layers}.",
                          layer=layer, layers=", ".join(layers))  # fmt: skip
            raise ValueError(message)

    def stored(name: str, array: NDArray[np.float32]) -> Quantized | NDArray[np.float32]:
        width = others.get(layer_of(name), bits)
        if width == FLOAT_BITS or not is_kernel(name):
            return array
        kind = scheme_for(scheme, width)
        if kind == "binary":
            return quantize(array, width, kind, axes[name])
        return quantize(array, width, kind, axes[name], rounding, rng, range)

    return QuantizedWeights({name: stored(name, array) for name, array in weights.items()})


def channel_axes(model: Any, axis: Any) -> dict[str, Axis]:
    """Of each kernel by its name the axes of its channels; ValueError unless None is asked for, or -1, the outputs."""
    if axis not in (None, -1):
        message = say("axis = {axis!r}: it is None, for one scale a kernel, or -1, for one of each output channel.",
                      axis=axis)  # fmt: skip
        raise ValueError(message)
    if axis is None or isinstance(model, Mapping):
        return dict.fromkeys(filter(is_kernel, weights_of(model)), axis)
    from nnlearn.models.channels import output_axes

    return output_axes(model)


def scheme_for(scheme: Scheme, bits: int) -> Scheme:
    """The scheme asked for; binary where symmetric codes have no bits left."""
    return "binary" if scheme == "symmetric" and bits == 1 else scheme


def file_size(arrays: Arrays) -> int:
    """The bytes of the file that ``nnlearn.compression.save`` makes of the arrays."""
    with TemporaryDirectory() as folder:
        path = Path(folder, "arrays")
        save(path, arrays)
        return path.stat().st_size


def plain(array: NDArray[Any]) -> str:
    """A float32 array in one line."""
    return say("float32, shape {shape}: {nbytes:,} bytes", shape=array.shape, nbytes=array.nbytes)

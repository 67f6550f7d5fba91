"""A model's weights with few values in each kernel."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnlearn.compression import Shared, share
from nnlearn.compression.share import Start
from nnlearn.language import say
from nnlearn.models.quantized_weights import QuantizedWeights
from nnlearn.models.weights import is_kernel, layer_of, weights_of


@dataclass(frozen=True, eq=False, repr=False)
class SharedWeights(QuantizedWeights):
    """What ``share_weights`` gives. arrays: by name, ``Shared`` kernels and float32 arrays."""

    @property
    def smallest(self) -> int:
        """The bytes with each kernel's codes in the shorter way, packed or by their entropy."""
        return sum(array.smallest if isinstance(array, Shared) else array.nbytes for array in self.arrays.values())

    @property
    def bound(self) -> float:
        """The bytes below which no coding of the codes, one by one, comes on average; books and the rest included."""
        return sum(array.bound if isinstance(array, Shared) else array.nbytes for array in self.arrays.values())


def share_weights(
    model: Any,
    values: int = 8,
    start: Start = "quantile",
    moves: bool = True,
    holes: bool = False,
    seed: int = 0,
    per_layer_values: Mapping[str, int] | None = None,
) -> SharedWeights:
    """Every kernel with few values by itself; biases, which are few, stay as they are.

    model: a Keras model, or a dict of its weights; it stays as it is. values, start, moves, holes, seed: as in
    ``nnlearn.compression.share``. per_layer_values: other numbers of values for some layers, by name: {"output": 16}.

    Raises ValueError for a layer that isn't there, and what ``share`` and ``weights_of`` raise.

    >>> from nnlearn.models import trained
    >>> share_weights(trained(), values=8).nbytes
    8534
    """
    weights = weights_of(model)
    others = dict(per_layer_values or {})
    layers = list(dict.fromkeys(map(layer_of, weights)))
    for layer in others:
        if layer not in layers:
            message = say("per_layer_values names {layer!r}; the layers are {layers}.",
                          layer=layer, layers=", ".join(layers))  # fmt: skip
            raise ValueError(message)

    def stored(name: str, array: NDArray[np.float32]) -> Shared | NDArray[np.float32]:
        if not is_kernel(name):
            return array
        return share(array, others.get(layer_of(name), values), start, moves, holes, seed)

    return SharedWeights({name: stored(name, array) for name, array in weights.items()})

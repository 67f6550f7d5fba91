"""A network that computes in whole numbers: weights and activations in codes of 8 bits, sums in 32."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from nnlearn.compression import Quantized, quantize
from nnlearn.compression.activations import LAST, Codes, Grid, observed
from nnlearn.compression.requantization import rounded_once
from nnlearn.language import say
from nnlearn.models.architectures import network_of
from nnlearn.models.inputs import inputs
from nnlearn.models.weights import weights_of
from nnlearn.networks import Conv2D, Dense, Flatten, MaxPool2D, Network, ReLU

INT32 = np.iinfo(np.int32)
INPUT = "input"  # the grid of what the first layer gets
TAKEN = Conv2D, Dense, ReLU, MaxPool2D, Flatten


@dataclass(frozen=True, eq=False)
class IntegerNetwork:
    """What ``integer_network`` gives: a function of n inputs to their scores, shape (n, classes), float32.

    kernels: by layer, symmetric codes, a scale for each output channel. biases: by layer, float32.
    grids: "input" and, by layer that has a kernel, the codes of what it gives.
    requantize: ``rounded_once`` or ``rounded_twice`` of nnlearn.compression.requantization.

    Jacob et al. 2018, arXiv:1712.05877, sections 2.2 to 2.4.
    """

    network: Network
    kernels: Mapping[str, Quantized]
    biases: Mapping[str, NDArray[np.float32]]
    grids: Mapping[str, Grid]
    requantize: Callable[[NDArray[np.int32], Any], NDArray[np.int64]] = rounded_once

    def __call__(self, X: ArrayLike) -> NDArray[np.float32]:
        last = list(self.kernels)[-1]
        return self.grids[last].numbers([*self.codes(X).values()][-1])

    def codes(self, X: ArrayLike) -> dict[str, Codes]:
        """What each layer gives, by its name, for n inputs: codes from 0 to 255."""
        grid = self.grids[INPUT]
        x, given = grid.codes(inputs(X, self.network.shape)), {}
        for layer, p in zip(self.network.layers, self.parameters, strict=True):
            name = str(layer.name)
            if name in self.kernels:
                sums = layer.forward(x.astype(np.int32) - grid.zero_point, p)
                after = self.grids[name]
                steps = self.requantize(sums, self.sum_scales[name] / after.scale)
                x, grid = np.clip(steps + after.zero_point, 0, LAST).astype(np.uint8), after
            elif isinstance(layer, ReLU):
                x = np.maximum(x, np.uint8(grid.zero_point))
            else:  # the largest code is that of the largest number
                x = layer.forward(x, p)
            given[name] = x
        return given

    @cached_property
    def sum_scales(self) -> dict[str, NDArray[np.float64]]:
        """By layer, what a sum of 1 stands for in each channel: the scale of its inputs times that of its weights."""
        before = [self.grids[name].scale for name in (INPUT, *self.kernels)]
        return {name: scale * kernel.scale.astype(np.float64)
                for scale, (name, kernel) in zip(before, self.kernels.items(), strict=False)}  # fmt: skip

    @cached_property
    def parameters(self) -> list[Any]:
        """What the layers compute with: the codes of the kernels, and biases in the scale of the sums; all int32."""
        arrays = {}
        for name, kernel in self.kernels.items():
            bias = np.rint(self.biases[name] / self.sum_scales[name]).astype(np.int64)
            arrays[f"{name}/kernel"] = kernel.codes.astype(np.int32)
            arrays[f"{name}/bias"] = within_int32(name, kernel.codes, bias).astype(np.int32)
        return self.network.parameters(arrays)


def integer_network(
    model: Any,
    examples: ArrayLike,
    percent: float = 100,
    network: Network | None = None,
    requantize: Callable[[NDArray[np.int32], Any], NDArray[np.int64]] = rounded_once,
) -> IntegerNetwork:
    """The model in whole numbers, quantised after training as LiteRT does it.

    model: a Keras model or a dict of weights, of ``digits_cnn`` or ``digits_mlp``; or of the network given.
    examples: inputs, shape (n, ...). The ranges are those of what the layers give on them.
    percent: how much of these ranges the codes reach over, as in ``nnlearn.compression.observed``.

    Raises ValueError for a layer that is no Conv2D, Dense, ReLU, MaxPool2D or Flatten or has no bias, and if a sum
    could leave 32 bits; and what ``forward`` and ``observed`` raise.
    """
    weights = weights_of(model)
    network = network or network_of(weights)
    for layer in network.layers:
        if not isinstance(layer, TAKEN) or getattr(layer, "bias", True) is False:
            message = say("{layer} can't be computed in whole numbers here: Conv2D and Dense with a bias, ReLU, "
                          "MaxPool2D and Flatten can.", layer=layer.name)  # fmt: skip
            raise ValueError(message)
    x = inputs(examples, network.shape)
    given = network.activations(weights, x)
    taught = {str(layer.name): ranged(network, i) for i, layer in enumerate(network.layers)
              if isinstance(layer, Conv2D | Dense)}  # fmt: skip
    return IntegerNetwork(
        network,
        {name: quantize(weights[f"{name}/kernel"], 8, axis=-1) for name in taught},
        {name: weights[f"{name}/bias"] for name in taught},
        {INPUT: observed(x, percent)} | {name: observed(given[last], percent) for name, last in taught.items()},
        requantize,
    )


def ranged(network: Network, i: int) -> str:
    """The layer whose numbers tell the range of layer i: a relu right behind it, which cuts them off, or itself."""
    behind = network.layers[i + 1 : i + 2]
    return str(behind[0].name if behind and isinstance(behind[0], ReLU) else network.layers[i].name)


def within_int32(name: str, codes: NDArray[Any], bias: NDArray[np.int64]) -> NDArray[np.int64]:
    """The bias; ValueError if a sum of products with these codes could leave 32 bits."""
    each = np.abs(codes.astype(np.int64)).reshape(-1, codes.shape[-1]).sum(axis=0)
    reach = int((LAST * each + np.abs(bias)).max())
    if reach > INT32.max:
        message = say("In {layer} a sum could reach {reach:,}; int32 ends at {most:,}.",
                      layer=name, reach=reach, most=INT32.max)  # fmt: skip
        raise ValueError(message)
    return bias

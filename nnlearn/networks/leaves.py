"""The arrays of a network: by name, or flat as theta."""

from collections.abc import Mapping
from math import prod
from typing import Any

import numpy as np

from nnlearn.checks import Array, unmasked, whole_number
from nnlearn.language import say
from nnlearn.networks.layer import Floats, Leaf

Weights = Mapping[str, Floats]


class Leaves:
    """Names, shapes and places of a network's arrays; it holds none.

    declared: by name, in Keras's order. In theta, shape (..., d), the trained ones stand one after the other, row by
    row. By name or flat, axes before those of a leaf are a sweep of networks.
    """

    def __init__(self, declared: Mapping[str, Leaf]):
        self.declared = dict(declared)
        self.trained = {name: leaf for name, leaf in declared.items() if leaf.trained}
        self.measured = {name: leaf for name, leaf in declared.items() if not leaf.trained}
        ends = np.cumsum([0, *(prod(leaf.shape) for leaf in self.trained.values())]).tolist()
        self.places = {name: slice(*ends[i : i + 2]) for i, name in enumerate(self.trained)}
        self.dimension: int = ends[-1]

    def begin(self, seed: int) -> dict[str, Array]:
        """The values before training, by name, drawn by one generator. Raises TypeError or ValueError for the seed."""
        whole_number("seed", seed, at_least=0)
        generator = np.random.default_rng(seed)
        return {name: leaf.initial(generator, leaf.shape) for name, leaf in self.declared.items()}

    def unpack(self, theta: Floats) -> dict[str, Floats]:
        """Views of theta, (..., d), by name, (..., *leaf). ValueError if theta has another length."""
        if theta.shape[-1:] != (self.dimension,):
            message = say("theta has shape {shape}; the network needs shape ({d},), or (..., {d}) for a sweep.",
                          shape=theta.shape, d=self.dimension)  # fmt: skip
            raise ValueError(message)
        batch = theta.shape[:-1]
        return {name: theta[..., at].reshape(*batch, *self.trained[name].shape) for name, at in self.places.items()}

    def flat(self, weights: Weights) -> Floats:
        """theta of the trained leaves by name; nothing is checked."""
        parts = [rows(weights[name], leaf) for name, leaf in self.trained.items()]
        return np.concatenate(parts, axis=-1) if parts else np.zeros(0)

    def checked(self, weights: Weights | Floats, needed: Mapping[str, Leaf]) -> dict[str, Floats]:
        """Weights in either form by name; TypeError or ValueError if they aren't the network's.

        needed: those that may not be missing.
        """
        unmasked("theta", weights)
        given = weights if isinstance(weights, Mapping) else self.unpack(np.asarray(weights))
        for name, leaf in needed.items():
            if name not in given:
                message = say("The weights lack {name}, of shape {shape}; they hold {given}.",
                              name=name, shape=leaf.shape, given=", ".join(given))  # fmt: skip
                raise ValueError(message)
        return self.of_one_sweep({name: self.checked_array(name, array) for name, array in given.items()})

    def of_one_sweep(self, arrays: dict[str, Floats]) -> dict[str, Floats]:
        """The arrays, each with the axes of the sweep that they make together; ValueError if they make none."""
        batches = {name: array.shape[: array.ndim - len(self.declared[name].shape)] for name, array in arrays.items()}
        if len(set(batches.values())) < 2:
            return arrays
        try:
            batch = np.broadcast_shapes(*batches.values())
        except ValueError as error:
            sweeps = ", ".join(f"{name} {batch}" for name, batch in batches.items())
            message = say("The leaves make no sweep together: their axes before those of a leaf are {sweeps}.",
                          sweeps=sweeps)  # fmt: skip
            raise ValueError(message) from error
        return {name: np.broadcast_to(array, (*batch, *self.declared[name].shape)) for name, array in arrays.items()}

    def checked_array(self, name: str, value: Any) -> Floats:
        """One of the weights; TypeError or ValueError if the network has no such leaf."""
        if name not in self.declared:
            message = say("The network has no {name}; its leaves are {leaves}.",
                          name=name, leaves=", ".join(self.declared))  # fmt: skip
            raise ValueError(message)
        unmasked(name, value)
        array, needed = np.asarray(value), self.declared[name].shape
        if array.shape[array.ndim - len(needed) :] != needed:
            message = say("{name} has shape {found}; the network needs {needed}.",
                          name=name, found=array.shape, needed=needed)  # fmt: skip
            raise ValueError(message)
        if array.dtype.kind not in "fiu":
            raise TypeError(say("{name} must hold real numbers; it holds {kind}.", name=name, kind=array.dtype))
        return array


def rows(array: Floats, leaf: Leaf) -> Floats:
    """The numbers of a leaf in one axis: (..., *leaf) -> (..., size)."""
    return array.reshape(*array.shape[: array.ndim - len(leaf.shape)], -1)

"""A layer in its place in a network."""

from collections.abc import Sequence
from math import prod
from typing import Any

from nnlearn.networks.counting import LayerCount
from nnlearn.networks.layer import Floats, Layer, Leaf, Parameters, Shape
from nnlearn.networks.leaves import Weights

FLOAT32 = 4  # bytes


class Placed:
    """A layer, the shape of the examples that come in, and the names of its leaves within the network.

    frozen: whether training leaves it alone: none of its leaves is part of theta.
    """

    def __init__(self, layer: Layer, shape: Shape, frozen: bool = False):
        self.layer, self.shape, self.output = layer, shape, layer.output(shape)
        self.axes = tuple(range(-1 - len(shape), -1))  # of examples and places: all but the channels
        self.frozen = frozen
        self.own = {
            name: leaf._replace(trained=leaf.trained and not frozen) for name, leaf in layer.leaves(shape).items()
        }
        self.names = {f"{layer.name}/{own}": own for own in self.own}
        self.views = {own: view(leaf.shape, shape) for own, leaf in self.own.items()}

    @property
    def leaves(self) -> dict[str, Leaf]:
        """Its leaves by their names in the network."""
        return {name: self.own[own] for name, own in self.names.items()}

    def parameters(self, weights: Weights, training: bool, seed: Sequence[int]) -> Parameters:
        """What the layer computes with, of all weights by name; a leaf that isn't there is None."""
        leaves: dict[str, Any] = {}
        for name, own in self.names.items():
            array = weights.get(name)
            if array is not None:
                batch = array.shape[: array.ndim - len(self.own[own].shape)]
                array = array.reshape(batch + self.views[own])
            leaves[own] = array
        return Parameters(shape=self.shape, output=self.output, axes=self.axes, training=training, seed=seed, **leaves)

    def gradients(self, dy: Floats, x: Floats, y: Floats, p: Parameters) -> dict[str, Floats]:
        """The loss's slope in each trained leaf by its name, in its shape."""
        slopes = self.layer.slopes(dy, x, y, p)
        batch = dy.shape[: dy.ndim - 1 - len(self.output)]
        return {name: slopes[own].reshape(*batch, *self.own[own].shape)
                for name, own in self.names.items() if self.own[own].trained}  # fmt: skip

    def count(self) -> LayerCount:
        """What the layer costs."""
        parameters = sum(prod(leaf.shape) for leaf in self.own.values())
        operations = self.layer.operations(self.shape)
        return LayerCount(str(self.layer.name), self.output, parameters, operations, FLOAT32 * parameters)


def view(leaf: Shape, shape: Shape) -> Shape:
    """How a layer sees a leaf: one number for each channel meets every example and place."""
    return (*(1,) * len(shape), *leaf) if len(leaf) == 1 else leaf

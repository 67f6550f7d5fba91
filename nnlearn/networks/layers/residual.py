"""A layer that adds what layers within it make of a number to the number itself."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from nnlearn.language import say
from nnlearn.networks.chain import chained, named
from nnlearn.networks.layer import Floats, Layer, Leaf, Parameters, Shape
from nnlearn.networks.placed import Placed, view


class Inside(NamedTuple):
    """A layer within another: in its place, what it computes with, takes and gives, and the loss's slope in that."""

    placed: Placed
    parameters: Parameters
    x: Floats
    y: Floats
    dy: Floats


class Residual(Layer):
    """y = x + f(x), where f is layers one after the other, and a shortcut leads round them.

    layers: at least one; what the last gives has the shape of what the first takes. Their leaves are called
    "conv2d/kernel" here, and "residual/conv2d/kernel" in the network. The sum counts as no operation, like all that has
    no weights. On the way back the layers are run anew: what they gave isn't kept.

    He, Zhang, Ren and Sun, "Deep residual learning for image recognition" (2015), arXiv:1512.03385, eq. 1; here no
    relu follows the sum.
    """

    layers: Sequence[Layer]

    def __post_init__(self) -> None:
        object.__setattr__(self, "layers", named(self.layers))
        object.__setattr__(self, "chains", {})  # by shape: each level asks more than once, so that deep nests took long
        super().__post_init__()

    def chain(self, shape: Shape) -> list[Placed]:
        """The layers in their places; ValueError if one doesn't take what the one before gives."""
        chains: dict[Shape, list[Placed]] = self.chains  # type: ignore[attr-defined]
        if shape not in chains:
            chains[shape] = chained(shape, self.layers)
        return chains[shape]

    @property
    def draws(self) -> bool:
        return any(layer.draws for layer in self.layers)

    def leaves(self, shape: Shape) -> dict[str, Leaf]:
        return {name: leaf for each in self.chain(shape) for name, leaf in each.leaves.items()}

    def output(self, shape: Shape) -> Shape:
        """The shape itself; ValueError if the layers give another."""
        found = self.chain(shape)[-1].output
        if found != shape:
            message = say("The layers of {name} take shape {shape} and give {found}: what is added to x needs the "
                          "shape of x.", name=self.name, shape=shape, found=found)  # fmt: skip
            raise ValueError(message)
        return shape

    def within(self, p: Parameters) -> list[tuple[Placed, Parameters]]:
        """Each layer in its place, and what it computes with."""
        chain = self.chain(p.shape)
        weights: dict[str, Any] = {}
        for name, leaf in self.leaves(p.shape).items():
            array = getattr(p, name)
            if array is not None:
                batch = array.shape[: array.ndim - len(view(leaf.shape, p.shape))]
                array = array.reshape(*batch, *leaf.shape)
            weights[name] = array
        return [(each, each.parameters(weights, p.training, (*p.seed, i))) for i, each in enumerate(chain)]

    def values(self, x: Floats, p: Parameters) -> list[Floats]:
        """x, and what each layer gives."""
        values = [x]
        for each, own in self.within(p):
            values.append(each.layer.forward(values[-1], own))
        return values

    def forward(self, x: Floats, p: Parameters) -> Floats:
        return x + self.values(x, p)[-1]

    def opened(self, dy: Floats, x: Floats, p: Parameters) -> tuple[list[Inside], Floats]:
        """Each layer within, and the loss's slope in x through these layers alone."""
        values, found = self.values(x, p), []
        for i, (each, own) in reversed([*enumerate(self.within(p))]):
            found.append(Inside(each, own, values[i], values[i + 1], dy))
            dy = each.layer.backward(dy, values[i], values[i + 1], own)
        return found[::-1], dy

    def backward(self, dy: Floats, x: Floats, y: Floats, p: Parameters) -> Floats:
        return dy + self.opened(dy, x, p)[1]

    def slopes(self, dy: Floats, x: Floats, y: Floats, p: Parameters) -> dict[str, Floats]:
        inside = self.opened(dy, x, p)[0]
        return {
            name: slope
            for each in inside
            for name, slope in each.placed.gradients(each.dy, each.x, each.y, each.parameters).items()
        }

    def measured(self, x: Floats, p: Parameters) -> dict[str, Floats]:
        return {
            f"{each.layer.name}/{name}": value
            for x, (each, own) in zip(self.values(x, p), self.within(p), strict=False)
            for name, value in each.layer.measured(x, own).items()
        }

    def operations(self, shape: Shape) -> int:
        """Those of the layers."""
        return sum(each.layer.operations(each.shape) for each in self.chain(shape))

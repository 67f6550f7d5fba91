"""A layer whose every unit sees all inputs."""

from typing import Annotated

from nnlearn.checks import Whole, true_or_false
from nnlearn.networks.initial import Initial, first_values, glorot
from nnlearn.networks.layer import Floats, Layer, Leaf, Parameters, Shape, transposed


class Dense(Layer):
    """y = x W + b, from examples (n, features) to (n, units).

    units: at least 1. bias: whether there is b. initial: the first values of W; b begins at 0.
    """

    takes = ("features",)

    units: Annotated[int, Whole(1)]
    bias: Annotated[bool, true_or_false] = True
    initial: Annotated[Initial, first_values] = glorot

    def leaves(self, shape: Shape) -> dict[str, Leaf]:
        kernel = {"kernel": Leaf((*shape, self.units), self.initial)}
        return {**kernel, "bias": Leaf((self.units,))} if self.bias else kernel

    def output(self, shape: Shape) -> Shape:
        return (self.units,)

    def forward(self, x: Floats, p: Parameters) -> Floats:
        y: Floats = x @ p.kernel
        if self.bias:
            y += p.bias
        return y

    def backward(self, dy: Floats, x: Floats, y: Floats, p: Parameters) -> Floats:
        return dy @ transposed(p.kernel)

    def slopes(self, dy: Floats, x: Floats, y: Floats, p: Parameters) -> dict[str, Floats]:
        return {"kernel": transposed(x) @ dy, "bias": dy.sum(p.axes)}

"""From images to rows of numbers."""

import math

from nnlearn.networks.layer import Floats, Layer, Parameters, Shape


class Flatten(Layer):
    """The numbers of an example in one row: of an image row by row, the channels of a pixel side by side."""

    def output(self, shape: Shape) -> Shape:
        return (math.prod(shape),)

    def forward(self, x: Floats, p: Parameters) -> Floats:
        return x.reshape(*x.shape[: -len(p.shape)], -1)

    def backward(self, dy: Floats, x: Floats, y: Floats, p: Parameters) -> Floats:
        return dy.reshape(*dy.shape[:-1], *p.shape)

"""A layer that forgets some numbers while it trains."""

from typing import Annotated

from nnlearn.checks import Range, one_number
from nnlearn.networks.layer import Floats, Layer, Parameters


class Dropout(Layer):
    """In training each number is 0 with probability ``rate``, and the others are divided by 1 - rate; else y = x.

    Srivastava et al., "Dropout: a simple way to prevent neural networks from overfitting" (2014), divide when the
    network runs, by the same factor; to divide in training, as Keras does, gives the same mean.
    """

    rate: Annotated[float, one_number, Range("[0, 1)")] = 0.5

    @property
    def draws(self) -> bool:
        return True

    def factor(self, x: Floats, p: Parameters) -> Floats:
        """What each number is multiplied with, 0 or 1 / (1 - rate): the same for all networks of a sweep."""
        kept = p.chance().random(x.shape[-1 - len(p.shape) :]) >= self.rate
        return kept / x.dtype.type(1 - self.rate)

    def forward(self, x: Floats, p: Parameters) -> Floats:
        return x * self.factor(x, p) if p.training else x

    def backward(self, dy: Floats, x: Floats, y: Floats, p: Parameters) -> Floats:
        return dy * self.factor(x, p) if p.training else dy

"""What a network's scores cost: of each example the loss, and its slope in the scores."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from nnlearn.checks import Array
from nnlearn.data_checks import label_vector
from nnlearn.language import say
from nnlearn.networks.inputs import targets
from nnlearn.networks.layer import Floats, Layer, Shape
from nnlearn.networks.layers import Sigmoid
from nnlearn.objectives.logistic import sigmoid
from nnlearn.objectives.softmax import softmax


class Loss:
    """A loss of scores z, shape (..., n, *output), and targets t, shape (n, *output)."""

    def check(self, last: Layer, output: Shape) -> None:
        """ValueError if a network that ends so can't have this loss."""

    def targets(self, y: ArrayLike, n: int, output: Shape) -> Array:
        """y, checked, as t. Raises TypeError or ValueError, naming y and both shapes."""
        raise NotImplementedError

    def losses(self, z: Floats, t: Array) -> Array:
        """The loss of each example, (..., n)."""
        raise NotImplementedError

    def slope(self, z: Floats, t: Array) -> Array:
        """The slope of each example's loss in its scores, the shape of z."""
        raise NotImplementedError

    def predictions(self, z: Floats) -> Any:
        """What the scores say, in the shape of y: labels, or numbers."""
        raise NotImplementedError

    def labels(self, y: ArrayLike, n: int, output: Shape) -> Array:
        """y, checked, to be compared with predictions; TypeError if these are no labels."""
        raise TypeError(self.no_labels())

    def probabilities(self, z: Floats) -> Array:
        """What the scores say about each class; TypeError if there are no classes."""
        raise TypeError(self.no_labels())

    def no_labels(self) -> str:
        """What is said to those who ask for them."""
        return say("{loss} is about numbers: it has no labels and no probabilities.", loss=self)

    def __repr__(self) -> str:
        return f"{type(self).__name__}()"


class MSE(Loss):
    """(z - t)^2, the mean over an example's outputs; without a factor 1/2, as ``LinearRegression`` and Keras have it.

    y: shape (n,) for one output, else (n, *output), the network's.
    """

    def targets(self, y: ArrayLike, n: int, output: Shape) -> Array:
        return targets(y, one_or_all(n, output)).reshape(n, *output)

    def losses(self, z: Floats, t: Array) -> Array:
        return np.mean((z - t) ** 2, axis=within(t))

    def slope(self, z: Floats, t: Array) -> Array:
        return 2 / t[0].size * (z - t)

    def predictions(self, z: Floats) -> Any:
        return z[..., 0] if z.shape[-1] == 1 else z


class BinaryCrossEntropy(Loss):
    """log(1 + e^z) - t z, for one output or the mean of several, each a question of its own; t is 0 or 1.

    z are scores, the logarithms of odds: the sigmoid is in the loss, where it can't overflow, and not in the network.
    y: shape (n,) for one output, else (n, outputs).
    """

    def check(self, last: Layer, output: Shape) -> None:
        if isinstance(last, Sigmoid):
            message = say("{loss} takes scores and has the sigmoid in itself: leave out the last layer, {name}.",
                          loss=self, name=last.name)  # fmt: skip
            raise ValueError(message)

    def targets(self, y: ArrayLike, n: int, output: Shape) -> Array:
        return self.labels(y, n, output).astype(np.float64).reshape(n, *output)

    def losses(self, z: Floats, t: Array) -> Array:
        return np.mean(np.logaddexp(0, (1 - 2 * t) * z), axis=within(t))  # it is log(1 + e^-z) where t = 1

    def slope(self, z: Floats, t: Array) -> Array:
        return (sigmoid(z) - t) / t[0].size

    def labels(self, y: ArrayLike, n: int, output: Shape) -> Array:
        array = targets(y, one_or_all(n, output))
        return label_vector(array.ravel(), array.size, classes=2).reshape(array.shape)

    def predictions(self, z: Floats) -> Any:
        labels = (z > 0).astype(np.intp)
        return labels[..., 0] if z.shape[-1] == 1 else labels

    def probabilities(self, z: Floats) -> Array:
        return sigmoid(z[..., 0] if z.shape[-1] == 1 else z)


class SoftmaxCrossEntropy(Loss):
    """log(sum over k of e^z_k) - z_t, of K scores; t is the label, 0 to K - 1. y: shape (n,)."""

    def check(self, last: Layer, output: Shape) -> None:
        if len(output) != 1 or output[0] < 2:
            message = say("{loss} needs a score for each of 2 classes or more; layer {name} gives shape {shape}.",
                          loss=self, name=last.name, shape=output)  # fmt: skip
            raise ValueError(message)

    def targets(self, y: ArrayLike, n: int, output: Shape) -> Array:
        return np.eye(output[0])[self.labels(y, n, output)]

    def labels(self, y: ArrayLike, n: int, output: Shape) -> Array:
        return label_vector(y, n, classes=output[0])

    def losses(self, z: Floats, t: Array) -> Array:
        z = z - z.max(axis=-1, keepdims=True)  # the loss depends on differences alone; now nothing overflows
        return np.log(np.exp(z).sum(axis=-1)) - (t * z).sum(axis=-1)

    def slope(self, z: Floats, t: Array) -> Array:
        return softmax(z) - t

    def predictions(self, z: Floats) -> Any:
        return z.argmax(axis=-1)

    def probabilities(self, z: Floats) -> Array:
        return softmax(z)


def one_or_all(n: int, output: Shape) -> Shape:
    """The shape that targets need: a single output has no axis of its own."""
    return (n,) if output == (1,) else (n, *output)


def within(t: Array) -> tuple[int, ...]:
    """The axes of an example, the last ones."""
    return tuple(range(1 - t.ndim, 0))

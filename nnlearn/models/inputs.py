"""Examples in the shape that a model takes."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from nnlearn.language import say
from nnlearn.networks.inputs import Sizes, fitting, numbers_in, plain_array


def inputs(X: ArrayLike, shape: Sizes) -> NDArray[np.float32]:
    """n examples in float32, shape (n, *shape).

    Taken is also an example in one row, its numbers in the order of the shape, as the digits are stored; and more or
    fewer axes of length 1. Raises TypeError or ValueError if X has another shape, naming both, if it is empty or
    doesn't hold finite numbers.
    """
    x = plain_array("X", X)
    if x.ndim == 1 + len(shape):
        shape = tuple(found if needed is None else needed for needed, found in zip(shape, x.shape[1:], strict=True))
    if x.size and same_order(x.shape[1:], shape):
        x = x.reshape(len(x), *shape)
    return fitting(x, shape).astype(np.float32, copy=False)


def same_order(found: Sizes, shape: Sizes) -> bool:
    """Whether an example of one shape is one of the other, number by number: a row, or axes of length 1 aside."""
    return found == (numbers_in(shape),) or longer_than_one(found) == longer_than_one(shape)


def longer_than_one(shape: Sizes) -> Sizes:
    """The lengths of the axes along which something changes."""
    return tuple(length for length in shape if length != 1)


def input_shape(model: Any) -> Sizes:
    """The shape of one example that a Keras model takes; ValueError if it isn't known, or not of one input."""
    return shape_of(model, "input_shape")


def output_shape(model: Any) -> Sizes:
    """The shape that a Keras model makes of one example; ValueError if it isn't known, or not of one output."""
    return shape_of(model, "output_shape")


def scores_of(outputs: Any) -> Any:
    """The one tensor among outputs; a model may give it in a dict."""
    return outputs if not isinstance(outputs, dict) else next(iter(outputs.values()))


def shape_of(model: Any, side: str) -> Sizes:
    """One of the two."""
    try:
        shape = getattr(model, side)
    except (AttributeError, ValueError):  # it isn't built, or is made of code alone
        shape = None
    if isinstance(shape, tuple) and all(isinstance(length, int | None) for length in shape):
        return shape[1:]
    message = say("A built Keras model with one input and one output, of known shapes, is needed; the {side} of "
                  "{model} is {shape}.", side=side, model=model.name, shape=shape)  # fmt: skip
    raise ValueError(message)

"""Examples and targets, checked: an array of another shape is refused, and never reshaped because its size fits."""

from math import prod
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from nnlearn.checks import Array, finite_array, unmasked
from nnlearn.data_checks import is_one_hot
from nnlearn.language import say

Shape = tuple[int, ...]
Sizes = tuple[int | None, ...]  # of one example; None is a size that is left open


def examples(X: ArrayLike, shape: Shape) -> Array:
    """X as n finite examples, shape (n, *shape), n at least 1, in float64 or as it is in float32.

    Raises TypeError if X holds no real numbers, few digits (float16) or a mask; ValueError for NaN and another shape.
    """
    return fitting(plain_array("X", X), shape)


def fitting(array: Array, shape: Sizes) -> Array:
    """The array, if it holds examples of this shape; else ValueError."""
    if array.ndim < 1 or array.shape[1:] != shape or len(array) == 0:
        message = say("X has shape {found}; the network takes {needed}, with n at least 1.",
                      found=array.shape, needed=n_of(shape))  # fmt: skip
        raise ValueError(" ".join([message, *advice(array.shape, shape)]))
    return array


def advice(found: Shape, shape: Sizes) -> list[str]:
    """How a common mistake is mended."""
    if found == shape:
        return [say("One example needs an axis of its own: X[np.newaxis].")]
    if found[1:] == (*shape[-1:], *shape[:-1]):
        return [say("The channels stand last here: np.moveaxis(X, 1, -1).")]
    if (*found[1:], 1) == shape:
        return [say("The one channel needs an axis: X[..., np.newaxis].")]
    if found[1:] != shape and numbers_in(found[1:]) == numbers_in(shape):
        numbers = ", ".join(map(str, shape))
        hint = say("If each example's numbers stand in the right order: X.reshape(-1, {numbers}).", numbers=numbers)
        return [hint]
    return []


def numbers_in(shape: Sizes) -> int | None:
    """How many numbers an example of this shape has; None if a size is left open."""
    sizes = [length for length in shape if length is not None]
    return prod(sizes) if len(sizes) == len(shape) else None


def targets(y: ArrayLike, shape: Shape) -> Array:
    """y as finite numbers in float64, of this very shape; raises what ``examples`` raises."""
    array = plain_array("y", y)
    if array.shape != shape:
        message = say("y has shape {found}; it needs shape {needed}.", found=array.shape, needed=shape)
        hints = []
        if array.shape == (*shape, 1):
            hints = [say("A column becomes a row of numbers by y.ravel().")]
        elif array.shape[:1] == shape and is_one_hot(array):
            hints = [say("One-hot rows become labels by y.argmax(axis=1).")]
        raise ValueError(" ".join([message, *hints]))
    return array


def plain_array(name: str, value: Any) -> Array:
    """The value as an array of finite numbers, in float64 or as it is in float32, perhaps the value itself.

    TypeError for float16, and for a mask, which would be lost.
    """
    unmasked(name, value)
    if few_digits(value):
        message = say("{name} holds float16, numbers of three digits: give {name}.astype(np.float64) if they are "
                      "meant to be.", name=name)  # fmt: skip
        raise TypeError(message)
    ready = isinstance(value, np.ndarray) and value.dtype in (np.float32, np.float64) and np.isfinite(value).all()
    return value if ready else finite_array(name, value)


def few_digits(value: Any) -> bool:
    """Whether it holds float16: an array, a list, a table or another library's tensor."""
    try:
        return bool(np.asarray(value).dtype == np.float16)
    except (TypeError, ValueError, RuntimeError):  # no array at all: the next check says so
        return False


def n_of(shape: Sizes) -> str:
    """(n, 8, 8, 1) of (8, 8, 1), and (n,) of (); a size that is left open is any."""
    sizes = [say("any") if length is None else str(length) for length in shape]
    return f"({', '.join(['n', *sizes])}{',' if not shape else ''})"

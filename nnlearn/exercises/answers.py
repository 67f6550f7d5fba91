"""Reading, comparing and showing what an answer holds, whatever its style: lists, tuples, arrays, float32."""

import reprlib
from typing import Any

import numpy as np

from nnlearn.checks import Array, real_array
from nnlearn.language import say

Answer = str | Array | tuple[Array, ...]

TOLERANCE = 1e-5  # of the largest number in a row: float32 passes, no known mistake comes near
FLOOR = 1e-12  # what counts as 0


def read(value: Any, like: Any) -> Answer:
    """The value as a text, a tuple of arrays or an array, as ``like`` is one; its shape may be another.

    Raises TypeError, saying what came and what is needed, if it can't be read so.
    """
    if value is None:
        raise TypeError(say("It returned nothing (None). Does it end with return, on every path?"))
    if callable(value):
        raise TypeError(say("It returned a function. Are the brackets of a call missing?"))
    if isinstance(like, str):
        if not isinstance(value, str):
            raise TypeError(say("The answer is a text in quotes; this is {value}.", value=shown(value)))
        return " ".join(value.lower().split())
    if isinstance(like, tuple):
        if not (isinstance(value, tuple | list) or np.ndim(value) > 0):
            raise TypeError(say("It must return {n} things, separated by commas; this is {value}.",
                                n=len(like), value=shown(value)))  # fmt: skip
        if len(value) != len(like):
            return tuple(map(numbers, value))
        return tuple(as_number(numbers(item), part) for item, part in zip(value, like, strict=True))
    return as_number(numbers(value), like)


def as_number(answer: Array, like: Array) -> Array:
    """The answer; where a number is needed, one that stands in brackets is taken out of them."""
    return answer.reshape(()) if np.ndim(like) == 0 and answer.size == 1 else answer


def numbers(value: Any) -> Array:
    """The value as an array; TypeError, in terms of the answer, if it holds anything but real numbers."""
    try:
        return real_array("answer", value)
    except TypeError as error:
        if isinstance(value, tuple):
            message = say("One thing is needed; these are {n}: {value}.", n=len(value), value=shown(value))
        else:
            message = say("Numbers are needed; this is {value}.", value=shown(value))
        raise TypeError(message) from error


def finite(answer: Answer) -> bool:
    """Whether no number of an answer is NaN or infinite."""
    if isinstance(answer, str):
        return True
    return all(bool(np.isfinite(array).all()) for array in (answer if isinstance(answer, tuple) else (answer,)))


def same(a: Answer, b: Answer, tolerance: float = TOLERANCE) -> bool:
    """Whether two answers are equal within the tolerance."""
    if isinstance(a, tuple) and isinstance(b, tuple):
        return len(a) == len(b) and all(same(*pair, tolerance) for pair in zip(a, b, strict=True))
    if isinstance(a, np.ndarray) and isinstance(b, np.ndarray):
        return a.shape == b.shape and close(a, b, tolerance)
    return isinstance(a, str) and a == b


def close(a: Array, b: Array, tolerance: float) -> bool:
    """Whether arrays of one shape differ by at most this share of the largest number in each row (last axis)."""
    finite = np.isfinite(a)
    if not (np.array_equal(finite, np.isfinite(b)) and np.array_equal(a[~finite], b[~finite], equal_nan=True)):
        return False
    a, b = np.where(finite, a, 0.0), np.where(finite, b, 0.0)
    largest = np.maximum(np.abs(a), np.abs(b))
    if a.ndim:
        largest = largest.max(axis=-1, keepdims=True, initial=0.0)
    return bool(np.all(np.abs(a - b) <= tolerance * largest + FLOOR))


def shown(value: Any, digits: int = 6) -> str:
    """The value as it is printed for the learner, numbers to so many digits."""
    if isinstance(value, str):
        return repr(value)
    if callable(value):
        owner = getattr(value, "__self__", None)
        return f"{owner}.{value.__name__}" if owner is not None else getattr(value, "__name__", repr(value))
    if isinstance(value, tuple):
        return ", ".join(shown(item, digits) for item in value)
    try:
        array = np.asarray(value)
    except ValueError:  # rows of different lengths
        return reprlib.repr(value)
    if array.dtype.kind not in "biuf":
        return reprlib.repr(value)
    if array.ndim == 0:
        return str(array.item()) if array.dtype.kind == "b" else f"{array.item():.{digits}g}"
    return np.array2string(array, precision=digits, separator=", ", threshold=60, max_line_width=100)


def shown_apart(a: Any, b: Any) -> tuple[str, str]:
    """Two values, to as many digits as it takes to see the difference."""
    for digits in (6, 9, 17):
        texts = shown(a, digits), shown(b, digits)
        if texts[0] != texts[1]:
            break
    return texts

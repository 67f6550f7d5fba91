"""Reading, comparing and showing what an answer holds, whatever its style: lists, tuples, arrays, float32."""

import reprlib
from typing import Any

import numpy as np

from nnlearn.checks import Array
from nnlearn.language import mark, say
from nnlearn.sandbox.plain import MOST, Foreign, plain

Answer = str | Array | tuple[Array, ...]

TOLERANCE = 1e-5  # of the largest number in a row: float32 passes, no known mistake comes near
FLOOR = 1e-12  # what counts as 0
ROUNDING = 1e-12  # of the largest number: an imaginary part as small is one of rounding
LONGEST = 200  # letters of a text that are shown
NOTHING = mark("It returned nothing (None). Is return missing on a path, or is no condition true that should be?")
NO_NUMBERS = {  # what to say to a kind of value that holds none, or can't be read
    "iterator": mark("Numbers are needed; this is {value}. Put list(...) around it."),
    "masked": mark("This is a masked array, and its mask would be lost. Return plain numbers: filled() makes them."),
    "large": mark("It holds more than {most} numbers, which is too much to look at."),
    "text": mark("Numbers are needed; this is {value}, a text. Take the quotes away, or put float(...) around it."),
}
ANYTHING_ELSE = mark("Numbers are needed; this is {value}.")


class Word(str):
    """An answer that is a text, shown as it was written; small and capital letters count as the same."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, str) and self.lower() == other.lower()

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:
        return hash(self.lower())


def read(value: Any, like: Any) -> Answer:
    """The value as a text, a tuple of arrays or an array, as ``like`` is one; its shape may be another.

    Raises TypeError, saying what came and what is needed, if it can't be read so.
    """
    value = plain(value)
    if value is None:
        raise TypeError(say(NOTHING))
    if isinstance(value, Foreign) and value.kind == "function":
        raise TypeError(say("It returned a function. Are the brackets of a call missing?"))
    if isinstance(like, str):
        if not isinstance(value, str):
            raise TypeError(say("The answer is a text in quotes; this is {value}.", value=shown(value)))
        return Word(" ".join(value.split()))
    if isinstance(like, tuple):
        if not (isinstance(value, tuple | list) or np.ndim(value) > 0):
            raise TypeError(say("It must return {n} things, separated by commas; this is {value}.",
                                n=len(like), value=shown(value)))  # fmt: skip
        if len(value) != len(like):
            return tuple(map(numbers, value))
        return tuple(as_number(numbers(item), part) for item, part in zip(value, like, strict=True))
    return as_number(numbers(value), like)


def part_of(answer: Answer, place: int | None) -> Answer:
    """Of an answer that is several things the one there; the answer itself where none is asked for."""
    return answer if place is None else answer[place]


def as_number(answer: Array, like: Array) -> Array:
    """The answer; where a number is needed, one that stands in brackets is taken out of them."""
    return answer.reshape(()) if np.ndim(like) == 0 and answer.size == 1 else answer


def numbers(value: Any) -> Array:
    """Plain data as an array; TypeError, in terms of the answer, if it holds anything but real numbers."""
    try:
        array = real(np.array(value))
    except ValueError:  # rows of different lengths
        array = np.array(None)
    if array.dtype.kind in "fiu":
        return array.astype(np.float64)
    if isinstance(value, tuple):
        raise TypeError(say("One thing is needed; these are {n}: {value}.", n=len(value), value=shown(value)))
    kind = value.kind if isinstance(value, Foreign) else "text" if spells_numbers(array) else ""
    sentence = NO_NUMBERS.get(kind, ANYTHING_ELSE)
    raise TypeError(say(sentence, value=shown(value), most=MOST))


def real(array: np.ndarray) -> np.ndarray:
    """The real part of complex numbers whose imaginary parts are 0, or nearly so by rounding; else as it is."""
    if array.dtype.kind != "c":
        return array
    most = ROUNDING * np.abs(array).max(initial=0)
    return array.real if not array.imag.any() or np.all(np.abs(array.imag) <= most) else array


def spells_numbers(array: np.ndarray) -> bool:
    """Whether it holds texts, and all of them are numbers in quotes."""
    try:
        return array.dtype.kind == "U" and bool(array.size) and array.astype(np.float64).size > 0
    except ValueError:
        return False


def in_whole_numbers(value: Any) -> bool:
    """Whether plain data is of a type of whole numbers: an integer, a list of them, an array of int32."""
    return np.asarray(value).dtype.kind in "iu"


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
        return a.size == b.size == 0 or (a.shape == b.shape and close(a, b, tolerance))
    return isinstance(a, str) and a == b


def close(a: Array, b: Array, tolerance: float) -> bool:
    """Whether arrays of one shape differ by at most this share of the largest number in each row (last axis)."""
    finite = np.isfinite(a)
    if not finite.all():
        if not (np.array_equal(finite, np.isfinite(b)) and np.array_equal(a[~finite], b[~finite], equal_nan=True)):
            return False
        a, b = np.where(finite, a, 0.0), np.where(finite, b, 0.0)
    elif not np.isfinite(b).all():
        return False
    largest = np.maximum(np.abs(a), np.abs(b))
    if a.ndim:
        largest = largest.max(axis=-1, keepdims=True, initial=0.0)
    return bool(np.all(np.abs(a - b) <= tolerance * largest + FLOOR))


def shown(value: Any, digits: int = 6) -> str:
    """The value as it is printed for the learner, numbers to so many digits."""
    if isinstance(value, str):
        return repr(value if len(value) <= LONGEST else value[:LONGEST] + "...")
    if callable(value):
        owner = getattr(value, "__self__", None)
        return f"{owner}.{value.__name__}" if owner is not None else getattr(value, "__name__", repr(value))
    if isinstance(value, tuple):
        return ", ".join(shown(item, digits) for item in value)
    value = plain(value)  # its own methods may raise
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

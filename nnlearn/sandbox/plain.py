"""Any value as plain data: None, texts, numbers, arrays, lists, tuples and dicts of them."""

import math
import reprlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

MOST = 1_000_000  # numbers and letters of one value, so that none fills the memory
DEEPEST = 32  # lists within lists; NumPy's own limit is 64 axes
LARGEST = 1024  # bits; a float64 ends there
BITS = 63  # of a whole number that fits NumPy's int64


@dataclass(frozen=True)
class Foreign:
    """What is no plain data: how it is written, and of which kind it is.

    kind: "function", "iterator" (a generator, a map), "masked" (an array that hides some of its numbers), "large" (more
        than ``MOST`` numbers; the text is how many there may be), or "object", which is anything else.
    """

    text: str
    kind: str = "object"

    def __repr__(self) -> str:
        return self.text


class TooLarge(Exception):
    """The value holds more than is looked at."""


def plain(value: Any) -> Any:
    """The value as plain data, whatever it is; what can't be made plain becomes ``Foreign``. It never raises.

    Tensors (PyTorch, TensorFlow, JAX), tables (pandas) and whatever else NumPy reads become arrays; decimals and
    fractions become floats. An array is not copied.
    """
    try:
        return Reader().read(value, 0)
    except TooLarge:
        return Foreign(str(MOST), "large")
    except Exception:  # of the value's own methods
        return Foreign(written(value))


class Reader:
    """Reads one value, counting what it holds."""

    def __init__(self) -> None:
        self.left = MOST
        self.around: list[int] = []  # the lists and dictionaries that the value lies in

    def read(self, value: Any, depth: int) -> Any:
        if value is None or value is Ellipsis or isinstance(value, bool | Foreign):
            return value
        if isinstance(value, float):
            return float(value)  # np.float64 is one too
        if isinstance(value, complex):
            return complex(value)
        if isinstance(value, int):
            return whole(int(value))
        if isinstance(value, str):
            self.count(len(value))
            return str(value)
        if isinstance(value, np.ma.MaskedArray) and np.ma.is_masked(value):
            return Foreign(written(value), "masked")
        if isinstance(value, np.ndarray | np.generic):
            return self.array(np.asarray(value), depth)
        if depth > DEEPEST or id(value) in self.around:  # one that holds itself has no end
            return Foreign(written(value))
        self.around.append(id(value))
        try:
            return self.several(value, depth)
        finally:
            self.around.pop()

    def several(self, value: Any, depth: int) -> Any:
        """A value that may hold others."""
        if isinstance(value, Mapping):
            self.count(len(value))
            return {str(key): self.read(item, depth + 1) for key, item in value.items()}
        if isinstance(value, Sequence) and not isinstance(value, bytes | bytearray | memoryview):
            self.count(len(value))
            items = [self.read(item, depth + 1) for item in value]
            return tuple(items) if isinstance(value, tuple) else items
        return self.other(value, depth)

    def array(self, array: np.ndarray, depth: int) -> Any:
        """Numbers stay an array; texts and objects become lists; a number type of another library, float64."""
        self.count(array.size)
        if array.dtype.kind in "biufc":
            return array
        if array.dtype.kind == "V" and array.dtype.names is None:  # bfloat16
            return array.astype(np.float64)
        if array.dtype.kind in "OU" and depth <= DEEPEST:
            return self.read(array.tolist(), depth + 1)
        return Foreign(written(array))

    def other(self, value: Any, depth: int) -> Any:
        """A value of no type that Python or NumPy know."""
        if callable(value) and not hasattr(value, "__array__"):
            return Foreign(written(value), "function")
        if isinstance(value, Iterator):
            return Foreign(written(value), "iterator")
        if hasattr(value, "detach"):  # a tensor that knows where its gradient comes from, or lives on a GPU
            value = value.detach().cpu()
            value = value.float() if str(value.dtype) == "torch.bfloat16" else value
        if hasattr(value, "__array__") or is_buffer(value):
            if hasattr(value, "size") and isinstance(value.size, int):
                self.count(value.size)
            return self.array(np.asarray(value), depth)
        return float(value) if hasattr(value, "__float__") else Foreign(written(value))

    def count(self, n: int) -> None:
        self.left -= n
        if self.left < 0:
            raise TooLarge


def whole(number: int) -> Any:
    """A whole number; as a float where int64 ends, and in words where floats end too."""
    if number.bit_length() <= BITS:
        return number
    if number.bit_length() < LARGEST:
        return float(number)
    return Foreign(f"{'-' if number < 0 else ''}10**{math.floor(number.bit_length() * math.log10(2))}", "huge")


def is_buffer(value: Any) -> bool:
    """Whether it is a row of numbers in memory, as array.array is."""
    try:
        return memoryview(value).format not in ("c", "s") and not isinstance(value, bytes | bytearray)
    except TypeError:
        return False


def written(value: Any) -> str:
    """How the value is written, shortened; the name of its type if it can't say."""
    try:
        return reprlib.repr(value)
    except Exception:
        return f"<{type(value).__name__}>"

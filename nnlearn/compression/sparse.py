"""Matrices with many zeros, stored without them, and how many zeros it takes until that is smaller.

Each form says with its arrays what a file has to hold: the surviving values, and where they stand.
"""

import math
from dataclasses import dataclass, fields
from typing import Any, Literal, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from nnlearn.checks import OneOf, real_array, unmasked, whole_number
from nnlearn.compression.packing import pack, packed_size, unpack
from nnlearn.language import say

Form = Literal["csr", "places", "bits"]
PLACE_BYTES = {1: np.uint8, 2: np.uint16, 4: np.uint32}


@dataclass(frozen=True, eq=False)
class Sparse:
    """What the forms share. shape: of the array that is stored."""

    shape: tuple[int, ...]
    values: NDArray[Any]

    @classmethod
    def of(cls, array: ArrayLike) -> Self:
        """The array in this form. Raises TypeError if it is masked or holds no numbers, ValueError for NaN."""
        raise NotImplementedError

    def dense(self) -> NDArray[Any]:
        """The array with its zeros, in the type of the values."""
        raise NotImplementedError

    @property
    def nbytes(self) -> int:
        """The bytes of values and places; the shape, a few numbers, doesn't count."""
        parts = (getattr(self, field.name) for field in fields(self) if field.name != "shape")
        return sum(len(part) if isinstance(part, bytes) else part.nbytes for part in parts)


@dataclass(frozen=True, eq=False)
class CSR(Sparse):
    """Compressed sparse rows: row i has the values ``starts[i]`` to ``starts[i + 1] - 1``, in these columns.

    columns: int32, as many as values. starts: int32, one more than rows. It is what ``scipy.sparse.csr_array`` holds.

    >>> matrix = CSR.of([[0.0, 5.0], [7.0, 0.0], [0.0, 0.0]])
    >>> matrix.values, matrix.columns, matrix.starts, matrix @ np.array([1.0, 10.0])
    (array([5., 7.]), array([1, 0], dtype=int32), array([0, 1, 2, 2], dtype=int32), array([50.,  7.,  0.]))
    """

    columns: NDArray[np.int32]
    starts: NDArray[np.int32]

    @classmethod
    def of(cls, array: ArrayLike) -> "CSR":
        matrix = checked(array)
        check_matrix(matrix.shape)
        rows, columns = np.nonzero(matrix)
        starts = np.searchsorted(rows, np.arange(len(matrix) + 1)).astype(np.int32)
        return cls(matrix.shape, matrix[rows, columns], columns.astype(np.int32), starts)

    @property
    def rows(self) -> NDArray[np.int64]:
        """The row of each value."""
        return np.repeat(np.arange(self.shape[0]), np.diff(self.starts))

    def dense(self) -> NDArray[Any]:
        matrix = np.zeros(self.shape, self.values.dtype)
        matrix[self.rows, self.columns] = self.values
        return matrix

    def __matmul__(self, x: NDArray[Any]) -> NDArray[Any]:
        """The product with a vector, shape (columns,): as many multiplications as there are values."""
        real_array("x", x)
        if np.shape(x) != self.shape[1:]:
            message = say("The matrix has shape {shape}; it is multiplied by a vector of shape {needed}, and not of "
                          "{found}.", shape=self.shape, needed=self.shape[1:], found=np.shape(x))  # fmt: skip
            raise ValueError(message)
        products = self.values * np.asarray(x)[self.columns]
        sums = np.zeros(self.shape[0], products.dtype)
        np.add.at(sums, self.rows, products)
        return sums


@dataclass(frozen=True, eq=False)
class Places(Sparse):
    """The values, and the place of each in the array's numbers in one row (C order), in the smallest whole type.

    Up to 65,536 numbers a place takes 2 bytes.
    """

    places: NDArray[np.unsignedinteger[Any]]

    @classmethod
    def of(cls, array: ArrayLike) -> "Places":
        array = checked(array)
        places = np.flatnonzero(array)
        return cls(array.shape, array.ravel()[places], places.astype(PLACE_BYTES[place_bytes(array.size)]))

    def dense(self) -> NDArray[Any]:
        array = np.zeros(math.prod(self.shape), self.values.dtype)
        array[self.places] = self.values
        return array.reshape(self.shape)


@dataclass(frozen=True, eq=False)
class BitMask(Sparse):
    """The values, and for each number of the array one bit: 1 where a value stands."""

    bits: bytes

    @classmethod
    def of(cls, array: ArrayLike) -> "BitMask":
        array = checked(array)
        there = array.ravel() != 0
        return cls(array.shape, array.ravel()[there], pack(there.astype(np.uint8), bits=1))

    def dense(self) -> NDArray[Any]:
        count = math.prod(self.shape)
        array = np.zeros(count, self.values.dtype)
        array[unpack(self.bits, 1, count) == 1] = self.values
        return array.reshape(self.shape)


FORMS: dict[str, type[Sparse]] = {"csr": CSR, "places": Places, "bits": BitMask}


def checked(array: ArrayLike) -> NDArray[Any]:
    """The array; TypeError if it is masked or holds no real numbers, ValueError for NaN, which is neither 0 nor not."""
    unmasked("array", array)
    numbers = np.asarray(array)
    if numbers.dtype.kind not in "fiu":
        raise TypeError(say("array must hold real numbers; it holds {kind}.", kind=numbers.dtype))
    if np.isnan(numbers).any():
        raise ValueError(say("array holds NaN."))
    return numbers


def check_matrix(shape: tuple[int, ...]) -> None:
    """ValueError for another number of axes than 2."""
    if len(shape) != 2:
        message = say("A matrix has 2 axes; this has shape {shape}. A kernel of a convolution becomes one by "
                      "kernel.reshape(-1, filters).", shape=shape)  # fmt: skip
        raise ValueError(message)


def place_bytes(size: int) -> int:
    """The bytes of a place among ``size`` numbers: 1, 2 or 4. ValueError for more than 2**32."""
    for each in PLACE_BYTES:
        if size <= 256**each:
            return each
    raise ValueError(say("A place of 4 bytes tells 4,294,967,296 numbers apart; this array has {size:,}.", size=size))


def stored_bytes(shape: tuple[int, ...], survivors: int, form: Form | Literal["dense"], value_bytes: int = 4) -> int:
    """The bytes of an array with so many numbers that aren't 0, without making it.

    form: "dense", all numbers; "csr", a column of 4 bytes for each survivor and a start of 4 for each row and the
    end, of a matrix; "places"; "bits". Raises ValueError if there are more survivors than numbers, and for a shape that
    the form doesn't take.

    >>> [stored_bytes((512, 32), 8192, form) for form in ("dense", "csr", "places", "bits")]
    [65536, 67588, 49152, 34816]
    """
    OneOf("dense", *FORMS)("form", form)
    if not isinstance(shape, tuple | list):
        raise TypeError(say("shape must be that of an array, such as (512, 32); it is {shape!r}.", shape=shape))
    for axis in shape:
        whole_number("shape", axis, at_least=0)
    size = math.prod(shape)
    whole_number("survivors", survivors, at_least=0)
    whole_number("value_bytes", value_bytes, at_least=1)
    if survivors > size:
        message = say("{survivors} of {size} numbers can't survive.", survivors=survivors, size=size)
        raise ValueError(message)
    if form == "dense":
        return size * value_bytes
    if form == "csr":
        check_matrix(shape)
        return survivors * (value_bytes + 4) + 4 * (shape[0] + 1)
    if form == "places":
        return survivors * (value_bytes + place_bytes(size))
    return survivors * value_bytes + packed_size(size, 1)


def break_even(shape: tuple[int, ...], form: Form, value_bytes: int = 4) -> int:
    """The largest number of survivors with which the form takes fewer bytes than the array with its zeros; -1 if none.

    >>> [break_even((512, 32), form) for form in ("csr", "places", "bits")]
    [7935, 10922, 15871]
    """
    OneOf(*FORMS)("form", form)
    fixed = stored_bytes(shape, 0, form, value_bytes)
    if not math.prod(shape):
        return -1
    each = stored_bytes(shape, 1, form, value_bytes) - fixed
    left = stored_bytes(shape, 0, "dense", value_bytes) - fixed
    return min(-(-left // each) - 1, math.prod(shape)) if left > 0 else -1

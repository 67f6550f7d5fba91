"""Weights that share their values: each is an entry of a short book, and the layer holds which.

Han, Mao and Dally 2016, "Deep compression", arXiv:1510.00149, section 3: k-means of a layer's weights, from three
starts; the gradient of a shared value is the sum of the gradients of its weights (equation 3).
"""

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from nnlearn.checks import OneOf, finite_array, true_or_false, unmasked, whole_number
from nnlearn.compression.entropy import MOST_KINDS, encode, least_bits
from nnlearn.compression.packing import MOST_BITS, Integers, pack, packed_size, unpack, whole_numbers
from nnlearn.language import say

Start = Literal["even", "quantile", "random"]
MOST_VALUES = 1 << MOST_BITS
LARGEST = float(np.finfo(np.float32).max)


@dataclass(frozen=True, eq=False, repr=False)
class Shared:
    """An array whose numbers share few values: x is about book[codes].

    codes: which value each number has, from 0, of the shape of x; uint8 or uint16. book: the values, float32, shape
    (k,), k from 1 to 65,536. Raises TypeError or ValueError if they don't fit. The arrays can't be written to.
    """

    codes: Integers
    book: NDArray[np.float32]

    def __post_init__(self) -> None:
        for name in ("codes", "book"):
            unmasked(name, getattr(self, name))
            array = np.asarray(getattr(self, name)).view()
            array.flags.writeable = False
            object.__setattr__(self, name, array)
        if self.book.dtype != np.float32:
            raise TypeError(say("book must hold float32; it holds {kind}.", kind=self.book.dtype))
        if self.book.ndim != 1 or not 1 <= len(self.book) <= MOST_VALUES:
            message = say("book must hold 1 to {most:,} values in one row; it has shape {shape}.",
                          most=MOST_VALUES, shape=self.book.shape)  # fmt: skip
            raise ValueError(message)
        if not np.isfinite(self.book).all():
            raise ValueError(say("book must hold finite numbers."))
        if self.codes.dtype.kind not in "iu":
            raise TypeError(say("{name} must hold integers; it holds {kind}.", name="codes", kind=self.codes.dtype))
        if self.codes.size and not 0 <= self.codes.min() <= self.codes.max() < len(self.book):
            raise ValueError(say("{name} must be from {low} to {high}.", name="codes", low=0, high=len(self.book) - 1))

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of x."""
        return self.codes.shape

    @property
    def bits(self) -> int:
        """Of a code, packed: enough to tell all values apart, none if there is one value."""
        return (len(self.book) - 1).bit_length()

    @property
    def counts(self) -> NDArray[np.intp]:
        """How many numbers have each value."""
        return np.bincount(self.codes.ravel(), minlength=len(self.book))

    @property
    def packed(self) -> bytes:
        """The codes in ``bits`` bits each."""
        return pack(self.codes, self.bits) if self.bits else b""

    @property
    def coded(self) -> bytes:
        """The codes by their entropy (``entropy.encode``), frequencies included. ValueError for one value, or many."""
        return encode(self.codes, len(self.book))

    @property
    def nbytes(self) -> int:
        """The bytes to store: packed codes and the book."""
        return codes_size(self.codes.size, self.bits) + self.book.nbytes

    @property
    def smallest(self) -> int:
        """The bytes to store in the shorter way: codes packed or by their entropy, and the book."""
        packed = codes_size(self.codes.size, self.bits)
        can_be_coded = 2 <= len(self.book) <= MOST_KINDS
        return min(packed, len(self.coded) if can_be_coded else packed) + self.book.nbytes

    @property
    def bound(self) -> float:
        """The bytes below which no coding of the codes, one by one, comes on average; with the book."""
        return least_bits(self.counts) / 8 + self.book.nbytes

    def dequantize(self) -> NDArray[np.float32]:
        """book[codes]: the shape of x, float32."""
        return self.book[self.codes]

    def __repr__(self) -> str:
        return say("Shared({values} values, shape {shape}: {nbytes:,} bytes)",
                   values=len(self.book), shape=self.shape, nbytes=self.nbytes)  # fmt: skip


def share(
    x: ArrayLike, values: int = 8, start: Start = "quantile", moves: bool = True, holes: bool = False, seed: int = 0
) -> Shared:
    """x with few values, so that the sum of squared errors is small: k-means of its numbers.

    x: real numbers of any shape, at least one. Where it has no more different ones than ``values``, these are the book.
    values: how many, at least 1.
    start: the values before k-means. "even": evenly spaced from the smallest number to the largest. "quantile": at the
        shares (i + 1/2) / values of the numbers in order, so that they lie dense where the numbers do; of the different
        numbers, if so many are equal that some of these values would be. "random": numbers of x, drawn by ``seed``.
    moves: whether k-means moves them; else each number takes the nearest.
    holes: whether numbers that are 0 stay 0, by one more value; the others alone are clustered.

    k-means is scikit-learn's: it ends where each value is the mean of its numbers, and each number has the nearest
    value. From another start it may end elsewhere. Raises TypeError or ValueError if x is empty, not finite or beyond
    what float32 holds, or for options that aren't these.

    >>> share([1.0, 1.2, 5.0, 5.2, 5.4], values=2).book
    array([1.1, 5.2], dtype=float32)
    """
    numbers = finite_array("x", x)
    whole_number("values", values, at_least=1)
    OneOf("even", "quantile", "random")("start", start)
    true_or_false("moves", moves)
    true_or_false("holes", holes)
    whole_number("seed", seed, at_least=0)
    if numbers.size == 0:
        raise ValueError(say("x must hold at least one number; it has shape {shape}.", shape=numbers.shape))
    if (largest := float(np.abs(numbers).max())) > LARGEST:
        raise ValueError(say("x holds {value:.3g}, which float32 can't.", value=largest))
    if values + holes > MOST_VALUES:
        message = say("values = {values} is too large: it must be at most {most}.",
                      values=values, most=MOST_VALUES - holes)  # fmt: skip
        raise ValueError(message)
    kept = numbers.astype(np.float32) != 0 if holes else np.ones(numbers.shape, bool)
    book = in_float32(clustered(numbers[kept], values, start, moves, seed)) if kept.any() else np.zeros(0, np.float32)
    codes = np.zeros(numbers.shape, np.intp)
    codes[kept] = nearest(numbers[kept], book)
    if not kept.all():  # the hole's value comes before those that are not below it
        hole = int(np.searchsorted(book, 0))
        codes[kept] += codes[kept] >= hole
        codes[~kept] = hole
        book = np.insert(book, hole, 0)
    return Shared(codes.astype(np.uint8 if len(book) <= 1 << 8 else np.uint16), book)


def in_float32(book: NDArray[np.float64]) -> NDArray[np.float32]:
    """The values, each once."""
    return np.unique(book.astype(np.float32))


def clustered(numbers: NDArray[np.float64], values: int, start: str, moves: bool, seed: int) -> NDArray[np.float64]:
    """The values, in order, of numbers in one row."""
    different = np.unique(numbers)
    if len(different) <= values:
        return different
    book = np.unique(first_values(numbers, values, start, seed))
    if not moves:
        return book
    from sklearn.cluster import KMeans

    column = numbers[:, np.newaxis]
    found = KMeans(len(book), init=book[:, np.newaxis], n_init=1, tol=0, random_state=0).fit(column)
    return np.unique(found.cluster_centers_)


def first_values(numbers: NDArray[np.float64], values: int, start: str, seed: int) -> NDArray[np.float64]:
    """Where k-means begins."""
    if start == "even":
        return np.linspace(numbers.min(), numbers.max(), values)
    if start == "quantile":
        shares = (np.arange(values) + 0.5) / values
        book = np.quantile(numbers, shares)
        return book if len(np.unique(book)) == values else np.quantile(np.unique(numbers), shares)
    return np.random.default_rng(seed).choice(np.unique(numbers), values, replace=False)


def nearest(numbers: NDArray[np.float64], book: NDArray[Any]) -> NDArray[np.intp]:
    """Of each number the place of the nearest value in the book, which is in order; of two as near the lower."""
    values = book.astype(np.float64)
    return np.asarray(np.searchsorted((values[1:] + values[:-1]) / 2, numbers))


def shared_gradient(gradient: ArrayLike, codes: ArrayLike, values: int) -> NDArray[np.float64]:
    """The loss's slope in each value of a book, shape (values,): the sum of those in the weights that have it.

    gradient: the slope in each weight, of the shape of codes. A value that no weight has gets 0. Raises TypeError or
    ValueError if the two don't fit. Han, Mao and Dally 2016, equation 3.

    >>> shared_gradient([1.0, 2.0, 4.0], [0, 2, 0], values=3)
    array([5., 0., 2.])
    """
    slopes = finite_array("gradient", gradient)
    whole_number("values", values, at_least=1)
    places = whole_numbers("codes", codes)
    if places.dtype.kind not in "iu":
        raise TypeError(say("{name} must hold integers; it holds {kind}.", name="codes", kind=places.dtype))
    if places.shape != slopes.shape:
        message = say("{name} has shape {found}; it needs {shape}.", name="codes", found=places.shape,
                      shape=slopes.shape)  # fmt: skip
        raise ValueError(message)
    if places.size and not 0 <= places.min() <= places.max() < values:
        raise ValueError(say("{name} must be from {low} to {high}.", name="codes", low=0, high=values - 1))
    return np.bincount(places.ravel(), weights=slopes.ravel(), minlength=values).astype(np.float64)


def codes_size(count: int, bits: int) -> int:
    """The bytes of so many packed codes; none have no bits."""
    return packed_size(count, bits) if bits else 0


def unpacked_codes(data: bytes, bits: int, shape: tuple[int, ...]) -> Integers:
    """The reverse of ``Shared.packed``."""
    count = int(np.prod(shape, dtype=int))
    codes = unpack(data, bits, count) if bits else np.zeros(count, np.uint8)
    return codes.reshape(shape)

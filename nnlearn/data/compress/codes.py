"""What ``quantize_data`` and ``binarize`` give: codes, and what they stand for."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnlearn.checks import Array, Range, number, true_or_false, unmasked
from nnlearn.compression.packing import Integers, check_bits, check_fit, pack, packed_size
from nnlearn.data.augment.images import LARGEST_WHOLE, rounded
from nnlearn.language import say

NUMBER, STEP = Range("(-inf, inf)"), Range("(0, inf)")
BESIDE_THE_CODES = 16  # bytes of low and scale, float64 each
TYPES = ("bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64",
         "float16", "float32", "float64")  # fmt: skip


@dataclass(frozen=True, eq=False, repr=False)
class QuantizedData:
    """Data in few bits: x is about low + codes * scale.

    codes: whole numbers from 0 to 2**bits - 1, of the shape of x; uint8, or uint16 beyond 8 bits. bits: of each code, 1
    to 16. low: what code 0 stands for, in the unit of x. scale: the step between two codes, above 0, in the same unit.
    dtype: of x, and of what is ``restored``; in the order of bytes of this machine.

    Raises TypeError or ValueError if the parts don't fit each other. The codes can't be written to.
    """

    codes: Integers
    bits: int
    low: float
    scale: float
    dtype: np.dtype

    def __post_init__(self) -> None:
        check_bits(self.bits)
        unmasked("codes", self.codes)
        codes = np.asarray(self.codes)
        if codes.dtype.kind not in "iu":
            raise TypeError(say("codes must hold integers; they hold {kind}.", kind=codes.dtype))
        check_fit(codes.astype(np.int64) if codes.size and codes.min() < 0 else codes, self.bits)
        if codes.size and codes.min() < 0:
            raise ValueError(say("codes holds {value}: a code is at least 0.", value=int(codes.min())))
        codes = codes.astype(code_type(self.bits))
        codes.flags.writeable = False
        dtype = np.dtype(self.dtype)
        if dtype.name not in TYPES:
            raise TypeError(say("The dtype of data must be one of {types}; it is {kind}.",
                                types=", ".join(TYPES), kind=dtype.name))  # fmt: skip
        object.__setattr__(self, "codes", codes)
        object.__setattr__(self, "low", number("low", self.low, NUMBER))
        object.__setattr__(self, "scale", number("scale", self.scale, STEP))
        object.__setattr__(self, "dtype", dtype.newbyteorder("="))

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of x."""
        return self.codes.shape

    @property
    def packed(self) -> bytes:
        """The codes in their real number of bits, one right after the other (``nnlearn.compression.pack``)."""
        return pack(self.codes, self.bits)

    @property
    def size_in_bytes(self) -> int:
        """The bytes to store: the packed codes, and low and scale, 8 each. A file has a header besides."""
        return packed_size(self.codes.size, self.bits) + BESIDE_THE_CODES

    def restored(self, middle: bool = False) -> NDArray[Any]:
        """low + codes * scale, in the shape and dtype of x; whole numbers are rounded, halves away from 0.

        middle: more by half a step, of whole numbers by (scale - 1) / 2: the middle of what truncation gives the same
        code.
        """
        true_or_false("middle", middle)
        width = self.scale - 1 if self.dtype.kind in "iu" else self.scale  # from the first to the last of a code
        values: Array = self.low + self.codes.astype(np.float64) * self.scale + (max(width, 0) / 2 if middle else 0)
        if self.dtype.kind in "iu":  # the middle of the last step may lie beyond the type
            values = np.clip(values, *ends_of(self.dtype))
        return rounded(values, self.dtype)

    def __repr__(self) -> str:
        return say("QuantizedData({bits} bits, shape {shape}, {dtype}: {size:,} bytes)",
                   bits=self.bits, shape=self.shape, dtype=self.dtype, size=self.size_in_bytes)  # fmt: skip


def ends_of(dtype: np.dtype) -> tuple[int, int]:
    """The smallest and largest whole number of a type, of those that float64 holds exactly."""
    ends = np.iinfo(dtype)
    return max(int(ends.min), -LARGEST_WHOLE), min(int(ends.max), LARGEST_WHOLE)


def code_type(bits: int) -> type[np.unsignedinteger[Any]]:
    """The smallest type that holds the codes."""
    return np.uint8 if bits <= 8 else np.uint16

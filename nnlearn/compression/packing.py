"""Integers stored in their real number of bits, 1 to 16, one right after the other.

The bytes are one long row of bits, the lowest bit of each byte first, and number i has the bits i * bits to
(i + 1) * bits - 1 of it, its own lowest first. Zeros fill the last byte. Negative numbers are in two's
complement. For 4 bits this is how LiteRT stores int4, for 8 and 16 bits an array of little-endian integers.
"""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from nnlearn.checks import unmasked, whole_number
from nnlearn.language import say

Integers = NDArray[np.integer[Any]]
MOST_BITS = 16


def packed_size(count: int, bits: int) -> int:
    """The bytes that ``count`` numbers take: count * bits / 8, rounded up."""
    whole_number("count", count, at_least=0)
    check_bits(bits)
    return -(-count * bits // 8)


def pack(codes: ArrayLike, bits: int) -> bytes:
    """The integers, of any shape in C order, in ``packed_size`` bytes.

    Raises TypeError if they are no integers; ValueError if one does not fit: either all are from 0 to
    2**bits - 1, or all from -2**(bits - 1) to 2**(bits - 1) - 1.

    >>> pack([1, 2, 3], bits=4).hex(" ")
    '21 03'
    """
    check_bits(bits)
    codes = whole_numbers("codes", codes)
    if not codes.size:
        return b""
    if codes.dtype.kind not in "iu":
        raise TypeError(say("codes must hold integers; they hold {kind}.", kind=codes.dtype))
    check_fit(codes, bits)
    two_bytes = codes.astype("<u2").reshape(-1, 1).view(np.uint8)
    rows = np.unpackbits(two_bytes, axis=1, count=bits, bitorder="little")
    return np.packbits(rows, bitorder="little").tobytes()


def unpack(data: bytes, bits: int, count: int, signed: bool = False) -> Integers:
    """The ``count`` integers that were packed, shape (count,), in the smallest type that holds them.

    signed: the highest bit of each is its sign, as in two's complement.
    Raises ValueError if there are not ``packed_size`` bytes.

    >>> unpack(bytes([0x21, 0x03]), bits=4, count=3)
    array([1, 2, 3], dtype=uint8)
    """
    needed = packed_size(count, bits)
    check_bytes(data)
    if len(data) != needed:
        message = say("{count} numbers of {bits} bits are {needed} bytes; there are {found}.",
                      count=count, bits=bits, needed=needed, found=len(data))  # fmt: skip
        raise ValueError(message)
    width, kind = (8, "u1") if bits <= 8 else (16, "u2")
    row = np.unpackbits(np.frombuffer(data, np.uint8), count=count * bits, bitorder="little")
    rows = np.zeros((count, width), np.uint8)
    rows[:, :bits] = row.reshape(count, bits)
    codes = np.packbits(rows, bitorder="little").view(f"<{kind}").astype(kind)
    if signed:  # shifted to the top of its type and back, a number brings its sign along
        return codes.view(kind.replace("u", "i")) << width - bits >> width - bits
    return codes


def check_bytes(data: Any) -> None:
    """TypeError if it isn't bytes."""
    if not isinstance(data, bytes | bytearray | memoryview):
        raise TypeError(say("data must be bytes, as pack gives them; it is of type {kind}.", kind=type(data).__name__))


def whole_numbers(name: str, value: ArrayLike) -> NDArray[Any]:
    """The value as an array, of integers if it is empty; TypeError if it has rows of several lengths, or a mask."""
    unmasked(name, value)
    try:
        numbers = np.asarray(value)
    except ValueError as error:
        raise TypeError(say("{name} must be an array of integers with rows of equal length.", name=name)) from error
    return numbers if numbers.size or numbers.dtype.kind != "f" else numbers.astype(np.uint8)


def check_bits(bits: Any) -> None:
    """TypeError if it is no whole number, ValueError if it is not from 1 to 16."""
    whole_number("bits", bits, at_least=1)
    if bits > MOST_BITS:
        raise ValueError(say("bits = {bits} is too large: it must be at most {most}.", bits=bits, most=MOST_BITS))


def check_fit(codes: Integers, bits: int) -> None:
    """ValueError if a code is too large or too small for its bits."""
    low, high = (int(codes.min()), int(codes.max())) if codes.size else (0, 0)
    least, most = (0, 2**bits - 1) if low >= 0 else (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1)
    if low < least or high > most:
        message = say("The codes go from {low} to {high}; {bits} bits hold {least} to {most}.",
                      low=low, high=high, bits=bits, least=least, most=most)  # fmt: skip
        raise ValueError(message)

"""Codes in about as many bits as they tell: frequent ones in few, rare ones in many.

A code that is a share p of all tells log2(1 / p) bits (Shannon 1948, "A mathematical theory of communication", section
6), so no coding that knows the shares alone needs less than ``least_bits`` on average. Asymmetric numeral systems come
close to it: they keep the codes in one large number. A code of frequency f, of frequencies that add up to M,
makes the number x about M / f times as large, which is log2(M / f) bits more:

    x -> M * (x // f) + first + x % f        first: the frequencies of the codes before it, added up

and from the new x it is seen which code that was: x % M lies from first to first + f - 1. (Duda 2013, arXiv:1311.2540,
section 2.3: the range variant.)

Why no library: a file must be read with NumPy alone, in a browser too, which leaves Python's own. zlib codes one number
at a time, in at least one bit: of the 16,384 weights of a dense layer, 80% of them 0 and four values for the others, it
makes about 2,820 bytes and lzma 2,860, this file 2,200; the bound is 2,180.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from nnlearn.checks import whole_number
from nnlearn.compression.packing import Integers, check_bytes, pack, packed_size, unpack, whole_numbers
from nnlearn.language import say

PRECISIONS = range(4, 13)  # M is 2 to one of these
MOST_KINDS = 1 << PRECISIONS[-1]
BLOCK = 1 << 13  # codes in one large number: its digits are moved for each of them


def least_bits(counts: ArrayLike) -> float:
    """The bits that codes of these counts tell in all: the sum of count log2(n / count), n the sum of counts.

    counts: how often each code comes, whole numbers of at least 0; a code that doesn't come tells nothing. Raises
    TypeError or ValueError for anything else.

    >>> least_bits([2, 1, 1])
    6.0
    """
    numbers = whole_numbers("counts", counts)
    if numbers.ndim != 1 or numbers.dtype.kind not in "iu":
        message = say("counts must be whole numbers in one row; they are of type {kind} and shape {shape}.",
                      kind=numbers.dtype, shape=numbers.shape)  # fmt: skip
        raise TypeError(message)
    if numbers.size and numbers.min() < 0:
        raise ValueError(say("counts holds {value}: a count is at least 0.", value=int(numbers.min())))
    found = numbers[numbers > 0].astype(np.float64)  # large counts add up to more than an integer holds
    return float(found @ np.log2(found.sum() / found)) if found.size else 0.0


def encode(codes: ArrayLike, kinds: int) -> bytes:
    """The codes, of any shape in C order, with all that is needed to read them but their number and ``kinds``.

    codes: whole numbers from 0 to kinds - 1. kinds: how many there may be, 2 to 4,096. The bytes: the precision, log2
    M; the frequencies, packed in as many bits each; of each block of codes its length in 2 bytes, if there are several,
    and its number. Raises TypeError or ValueError as ``pack``.
    """
    check_kinds(kinds)
    numbers = checked(codes, kinds)
    counts = np.bincount(numbers, minlength=kinds)
    precision = min(PRECISIONS, key=lambda precision: size(counts, precision))
    frequency = frequencies(counts, precision)
    blocks = [block_number(numbers[i : i + BLOCK], frequency, precision) for i in range(0, len(numbers), BLOCK)]
    if len(blocks) > 1:
        blocks = [len(block).to_bytes(2, "little") + block for block in blocks]
    return b"".join([bytes([precision]), pack(frequency, precision), *blocks])


def decode(data: bytes, kinds: int, count: int) -> Integers:
    """The ``count`` codes that were encoded, shape (count,), uint8 or uint16.

    Raises TypeError if data aren't bytes, ValueError where it can be seen that these codes weren't encoded. Not all
    damage can be: files have a checksum.
    """
    check_bytes(data)
    check_kinds(kinds)
    whole_number("count", count, at_least=0)
    precision = data[0] if data else 0
    if precision not in PRECISIONS:
        raise ValueError(say("the precision {precision}", precision=precision))
    end = 1 + packed_size(kinds, precision)
    frequency = unpack(data[1:end], precision, kinds).astype(np.int64)
    if frequency.sum() != 1 << precision:
        raise ValueError(say("the frequencies add up to {sum}", sum=int(frequency.sum())))
    rest = data[end:]
    if count > BLOCK and len(rest) < 2 * -(-count // BLOCK):
        raise ValueError(say("{n} bytes are too few", n=len(rest)))
    parts = []
    for i in range(0, count, BLOCK):
        length = len(rest) if count <= BLOCK else 2 + int.from_bytes(rest[:2], "little")
        if length > len(rest):
            raise ValueError(say("{n} bytes are too few", n=len(rest)))
        block, rest = rest[:length], rest[length:]
        number = int.from_bytes(block if count <= BLOCK else block[2:], "little")
        parts.append(block_codes(number, frequency, precision, min(BLOCK, count - i)))
    if rest:
        raise ValueError(say("{n} bytes are left over", n=len(rest)))
    return np.array([code for part in parts for code in part], np.uint8 if kinds <= 1 << 8 else np.uint16)


def check_kinds(kinds: int) -> None:
    """TypeError if it is no whole number, ValueError if it is not from 2 to 4,096."""
    whole_number("kinds", kinds, at_least=2)
    if kinds > MOST_KINDS:
        raise ValueError(say("kinds = {kinds} is too large: it must be at most {most}.", kinds=kinds, most=MOST_KINDS))


def checked(codes: ArrayLike, kinds: int) -> NDArray[np.int64]:
    """The codes in one row; TypeError, ValueError if they are no whole numbers from 0 to kinds - 1."""
    numbers = whole_numbers("codes", codes)
    if numbers.dtype.kind not in "iu":
        raise TypeError(say("codes must hold integers; they hold {kind}.", kind=numbers.dtype))
    if numbers.size and not 0 <= numbers.min() <= numbers.max() < kinds:
        message = say("The codes go from {low} to {high}; with {kinds} kinds they are from 0 to {most}.",
                      low=int(numbers.min()), high=int(numbers.max()), kinds=kinds, most=kinds - 1)  # fmt: skip
        raise ValueError(message)
    return numbers.ravel().astype(np.int64)


def frequencies(counts: NDArray[np.int64], precision: int) -> NDArray[np.int64]:
    """Whole numbers that add up to M = 2**precision, in about the ratio of the counts.

    A code that comes has at least 1, and none has all of M, which ``precision`` bits don't hold.
    """
    M = 1 << precision
    found = np.flatnonzero(counts)
    if len(found) < 2:  # of a single code, or none: another gets 1
        frequency = np.zeros(len(counts), np.int64)
        only = int(found[0]) if len(found) else 0
        frequency[[only, (only + 1) % len(counts)]] = M - 1, 1
        return frequency
    frequency = np.maximum(np.rint(counts * (M / counts.sum())).astype(np.int64), counts > 0)
    while (excess := int(frequency.sum()) - M) != 0:  # one by one, where it costs least
        step = -1 if excess > 0 else 1
        costs = np.full(len(counts), np.inf)
        able = frequency + step > 0 if step < 0 else frequency > 0
        costs[able] = counts[able] * np.log2(frequency[able] / (frequency[able] + step))
        frequency[np.argmin(costs)] += step
    return frequency


def size(counts: NDArray[np.int64], precision: int) -> float:
    """About how many bytes ``encode`` makes of codes with these counts; infinite if so many kinds don't fit."""
    if np.count_nonzero(counts) > 1 << precision:
        return np.inf
    found = counts > 0
    bits = counts[found] @ (precision - np.log2(frequencies(counts, precision)[found]))
    return packed_size(len(counts), precision) + float(bits) / 8


def block_number(codes: NDArray[np.int64], frequency: NDArray[np.int64], precision: int) -> bytes:
    """The number that holds all codes; the last goes in first, so that the first comes out first."""
    firsts, f = starts(frequency), frequency.tolist()
    x = 0
    for code in reversed(codes.tolist()):
        quotient, rest = divmod(x, f[code])
        x = (quotient << precision) + firsts[code] + rest
    return x.to_bytes(-(-x.bit_length() // 8), "little")


def block_codes(x: int, frequency: NDArray[np.int64], precision: int, count: int) -> list[int]:
    """The codes that a number holds; ValueError if it holds others than ``count``."""
    firsts, f = starts(frequency), frequency.tolist()
    code_at = np.repeat(np.arange(len(f)), frequency).tolist()
    below = (1 << precision) - 1
    codes = []
    for _ in range(count):
        place = x & below
        code = code_at[place]
        x = f[code] * (x >> precision) + place - firsts[code]
        codes.append(code)
    if x != 0:
        raise ValueError(say("more codes than {count}", count=count))
    return codes


def starts(frequency: NDArray[np.int64]) -> list[int]:
    """Of each code the frequencies of those before it, added up."""
    ends: list[int] = np.cumsum(frequency).tolist()
    return [0, *ends[:-1]]

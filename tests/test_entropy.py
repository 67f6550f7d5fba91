"""Codes by their entropy: they come back, in hardly more than the bits that they tell."""

import numpy as np
import pytest
from scipy.stats import entropy

from nnlearn.compression import decode, encode, least_bits
from nnlearn.compression.entropy import BLOCK, frequencies

RNG = np.random.default_rng(0)
# Of each: the shares, how many codes.
SOURCES = {
    "even, 2": ([1, 1], 999),
    "even, 16": ([1] * 16, 5000),
    "a bell": (np.exp(-0.5 * np.linspace(-3, 3, 16) ** 2), 20_000),
    "four fifths are 0": ([16, 1, 1, 1, 1], BLOCK + 1),
    "nearly all are 0": ([997, 1, 1, 1], 2 * BLOCK),
    "many kinds": (1 / np.arange(1, 400), 3000),
    "few codes": ([3, 2, 1], 7),
    "one": ([1, 1], 1),
    "none": ([1, 1], 0),
}


def drawn(source):
    shares, n = SOURCES[source]
    shares = np.asarray(shares, float)
    return RNG.choice(len(shares), n, p=shares / shares.sum()), len(shares)


@pytest.mark.parametrize("source", SOURCES)
def test_codes_come_back_in_hardly_more_than_they_tell(source):
    codes, kinds = drawn(source)
    data = encode(codes, kinds)
    found = decode(data, kinds, codes.size)
    np.testing.assert_array_equal(found, codes)
    assert found.dtype == (np.uint8 if kinds <= 256 else np.uint16)
    bound, table = least_bits(np.bincount(codes, minlength=kinds)) / 8, 1 + 1.5 * kinds
    assert bound <= len(data) <= 1.01 * bound + table + 3 * (1 + codes.size // BLOCK)


@pytest.mark.parametrize("source", SOURCES)
def test_what_codes_tell_is_scipys_entropy(source):
    codes, kinds = drawn(source)
    counts = np.bincount(codes, minlength=kinds)
    bits = codes.size * entropy(counts, base=2) if codes.size else 0.0
    assert least_bits(counts) == pytest.approx(bits, abs=1e-9)


def test_the_bytes_of_a_small_example():
    """The precision 4; the frequencies 5 and 11 of 16; and x, which by the code 1 goes from 0 to 5, by 0 to 16 * 1 + 0
    (as 5 = 1 * 5 + 0), by 1 to 16 * 1 + 5 + 5 (as 16 = 1 * 11 + 5)."""
    assert encode([1, 0, 1], 2) == bytes([4, 5 + 16 * 11, 26])


@pytest.mark.parametrize("precision", [4, 8, 12])
@pytest.mark.parametrize("counts", [[1, 1], [7, 0, 0], [0, 0], [10**6, 1, 1], [5, 3, 0, 2], list(range(1, 15))])
def test_frequencies_fill_their_bits(counts, precision):
    found = frequencies(np.array(counts), precision)
    assert found.sum() == 1 << precision and found.max() < 1 << precision
    assert (found[np.array(counts) > 0] > 0).all()


def test_every_byte_of_damage_to_the_table_is_noticed_or_gives_other_codes():
    codes, kinds = drawn("a bell")
    data = encode(codes[:500], kinds)
    for place in range(len(data)):
        damaged = bytearray(data)
        damaged[place] ^= 1
        try:
            assert decode(bytes(damaged), kinds, 500).tolist() != codes[:500].tolist()
        except ValueError:
            pass


SEVERAL = encode(np.arange(2 * BLOCK) % 5, 5)


def test_none_and_very_many():
    assert encode([], 4) == encode(np.zeros(0, int), 4) and decode(encode([], 4), 4, 0).size == 0
    assert least_bits([]) == 0 and least_bits([2**62, 2**62]) == least_bits(np.array([2**62] * 2, np.uint64)) == 2**63


@pytest.mark.parametrize(
    "call, error, message",
    [
        (lambda: encode([0, 2], 2), ValueError, "The codes go from 0 to 2; with 2 kinds they are from 0 to 1"),
        (lambda: encode([-1], 2), ValueError, "from -1"),
        (lambda: encode([0.5], 2), TypeError, "codes must hold integers; they hold float64"),
        (lambda: encode(np.ma.array([1, 0], mask=[0, 1]), 2), TypeError, "codes is a masked array"),
        (lambda: encode([0], 1), ValueError, "kinds = 1 is too small"),
        (lambda: encode([0], 4097), ValueError, "kinds = 4097 is too large: it must be at most 4096"),
        (lambda: decode(b"", 2, 1), ValueError, "the precision 0"),
        (lambda: decode(b"\x04\x11", 2, 1), ValueError, "the frequencies add up to 2"),
        (lambda: decode(b"\x04", 2, 1), ValueError, "2 numbers of 4 bits are 1 bytes; there are 0"),
        (lambda: decode(encode([1, 0, 1], 2), 2, 2), ValueError, "more codes than 2"),
        (lambda: decode(encode([1], 2) + b"\x01", 2, 1), ValueError, "more codes than 1"),
        (lambda: decode(encode([1] * BLOCK + [0], 2) + b"\x01", 2, BLOCK + 1), ValueError, "1 bytes are left over"),
        (lambda: decode(encode([1], 2), 2, -1), ValueError, "count = -1"),
        (lambda: encode([[1], [1, 0]], 2), TypeError, "codes must be an array of integers with rows of equal length"),
        (lambda: decode("codes", 2, 1), TypeError, "data must be bytes, as pack gives them; it is of type str"),
        (lambda: decode(None, 2, 1), TypeError, "it is of type NoneType"),
        (lambda: decode(encode([0], 2), 2, 10**12), ValueError, "0 bytes are too few"),
        (lambda: decode(SEVERAL[:-1], 5, 2 * BLOCK), ValueError, r"\d+ bytes are too few"),
        (lambda: decode(SEVERAL[:9], 5, 2 * BLOCK), ValueError, r"\d+ bytes are too few"),
        (lambda: least_bits([[1], [1, 2]]), TypeError, "counts must be an array of integers with rows of equal length"),
        (lambda: least_bits([1.0]), TypeError, "counts must be whole numbers in one row"),
        (lambda: least_bits([[1]]), TypeError, r"shape \(1, 1\)"),
        (lambda: least_bits([3, -1]), ValueError, "counts holds -1"),
    ],
)
def test_what_is_none_is_refused(call, error, message):
    with pytest.raises(error, match=message):
        call()

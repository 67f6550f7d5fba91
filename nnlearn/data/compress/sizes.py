"""How many bytes the same codes take in several ways."""

import zlib
from typing import NamedTuple

import numpy as np

from nnlearn.compression.entropy import least_bits
from nnlearn.data.compress.codes import QuantizedData
from nnlearn.language import say


class Sizes(NamedTuple):
    """Bytes. Each but ``original`` is of the codes alone.

    original: of x. whole_bytes: 1 or 2 for each code. packed: the codes in their bits. entropy: what no code for one
    number at a time can be shorter than on average (Shannon 1948, section 6). zipped: ``whole_bytes`` through zlib.
    zipped_packed: ``packed`` through zlib, which looks for bytes that come again: codes across bytes may hide them.
    """

    original: int
    whole_bytes: int
    packed: int
    entropy: int
    zipped: int
    zipped_packed: int


def sizes(data: QuantizedData) -> Sizes:
    """The bytes of quantised data in several ways; zlib at level 9. TypeError for anything else.

    >>> from nnlearn.data.compress import quantize_data
    >>> sizes(quantize_data(np.arange(16.0) % 2, bits=1))
    Sizes(original=128, whole_bytes=16, packed=2, entropy=2, zipped=12, zipped_packed=10)
    """
    if not isinstance(data, QuantizedData):
        raise TypeError(say("Sizes are of QuantizedData; this is of type {kind}.", kind=type(data).__name__))
    codes, packed = data.codes.tobytes(), data.packed
    entropy = least_bits(np.bincount(data.codes.ravel()))
    return Sizes(
        original=data.codes.size * data.dtype.itemsize,
        whole_bytes=len(codes),
        packed=len(packed),
        entropy=int(np.ceil(entropy / 8)),
        zipped=len(zlib.compress(codes, 9)),
        zipped_packed=len(zlib.compress(packed, 9)),
    )

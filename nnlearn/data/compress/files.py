"""Quantised data on disk, in the format of ``nnlearn.container``: a header, low and scale, and the packed codes.

A file is larger than ``size_in_bytes`` by 16 bytes and the header: about 110 bytes in all, whatever the data.
"""

import math
from pathlib import Path
from typing import Any

import numpy as np

from nnlearn import container
from nnlearn.checks import OneOf
from nnlearn.compression.packing import packed_size, unpack
from nnlearn.data.compress.codes import BESIDE_THE_CODES, TYPES, QuantizedData
from nnlearn.language import say

FORMAT, VERSION = "nnlearn data", 1


def save(path: str | Path, data: QuantizedData) -> None:
    """Writes quantised data. A file of that name is replaced only when all is written. TypeError for anything else."""
    if not isinstance(data, QuantizedData):
        message = say("Only QuantizedData, as quantize_data and binarize give it, is saved here; this is of type "
                      "{kind}.", kind=type(data).__name__)  # fmt: skip
        raise TypeError(message)
    header = {"format": FORMAT, "version": VERSION, "bits": data.bits, "shape": data.shape, "dtype": data.dtype.name}
    ends = np.array([data.low, data.scale], "<f8").tobytes()
    container.write(path, header, [ends, data.packed])


def load(path: str | Path) -> QuantizedData:
    """The data that ``save`` wrote: codes, shape and dtype as they were.

    Raises ValueError, which says what is wrong, if the file is none of ``save``'s, cut short or otherwise damaged, or
    of a newer format than this nnlearn; OSError if there is no such file.
    """
    header, data = container.read(path, FORMAT, VERSION)
    try:
        return described(data, header["bits"], header["shape"], header["dtype"])
    except container.DAMAGE as error:
        raise container.misdescribed(path, error) from error


def described(data: bytes, bits: Any, shape: Any, dtype: Any) -> QuantizedData:
    """What the bytes behind a header hold; an error of ``DAMAGE`` if they don't fit it."""
    shape = container.whole_numbers(shape)
    OneOf(*TYPES)("dtype", dtype)
    count = math.prod(shape)
    (ends, packed), rest = container.cut(data, [BESIDE_THE_CODES, packed_size(count, bits)])
    container.nothing_left(rest)
    low, scale = np.frombuffer(ends, "<f8").tolist()
    return QuantizedData(unpack(packed, bits, count).reshape(shape), bits, low, scale, np.dtype(dtype))

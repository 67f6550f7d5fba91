"""Named arrays on disk, quantised ones in their real number of bits, in the format of ``nnlearn.container``.

Of a quantised array the header also holds all fields of ``Quantized`` that are no arrays, and the type of its scales;
the data are its scales, its zero points (only affine, in the type of the codes) and its packed codes:
``Quantized.nbytes`` in all. So a file is larger than what it holds by 16 bytes and the header: about 50 bytes, and 60
(float32) to 200 (quantised) for each array.
"""

import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnlearn import container
from nnlearn.checks import OneOf, unmasked
from nnlearn.compression.packing import packed_size
from nnlearn.compression.quantized import Axis, Quantized, channels, code_type, unpacked
from nnlearn.language import say

FORMAT, VERSION = "nnlearn arrays", 1

Arrays = Mapping[str, Quantized | NDArray[np.float32]]


def save(path: str | Path, arrays: Arrays) -> None:
    """Writes the arrays under their names. A file of that name is replaced only when all is written.

    Raises TypeError if a name is no text, or if an array is neither ``Quantized`` nor a float32 array without a mask.
    """
    if not isinstance(arrays, Mapping):
        raise TypeError(say("arrays are given by name, {{name: array}}; this is of type {kind}.",
                            kind=type(arrays).__name__))  # fmt: skip
    for name, array in arrays.items():
        check(name, array)
    entries = [description(name, array) for name, array in arrays.items()]
    container.write(path, {"format": FORMAT, "version": VERSION, "arrays": entries}, map(stored, arrays.values()))


def load(path: str | Path) -> dict[str, Quantized | NDArray[np.float32]]:
    """The arrays that ``save`` wrote, in the same order.

    Raises ValueError, which says what is wrong, if the file is none of ``save``'s, cut short or otherwise damaged,
    or of a newer format than this nnlearn; OSError if there is no such file.
    """
    header, data = container.read(path, FORMAT, VERSION)
    try:
        return dict(read(header["arrays"], data))
    except container.DAMAGE as error:
        raise container.misdescribed(path, error) from error


def check(name: Any, array: Any) -> None:
    """TypeError if they can't be saved."""
    if not isinstance(name, str):
        raise TypeError(say("The names of arrays must be texts; one is {name!r}.", name=name))
    if isinstance(array, Quantized):
        return
    unmasked(name, array)
    kind = array.dtype if isinstance(array, np.ndarray) else type(array).__name__
    if kind != np.dtype(np.float32):
        message = say("Array {name!r} must be Quantized or a float32 array; it is {kind}.", name=name, kind=kind)
        raise TypeError(message)


def description(name: str, array: Quantized | NDArray[np.float32]) -> dict[str, Any]:
    """What the header says of an array."""
    if not isinstance(array, Quantized):
        return container.entry(name, array)
    fields = {
        "scheme": array.scheme,
        "bits": array.bits,
        "axis": array.axis,
        "scale": array.scale.dtype.name,
        "error": float(f"{array.error:.6g}"),  # for the eye: nothing is computed with them
        "signal": float(f"{array.signal:.6g}"),
    }
    return {"name": name, "shape": array.shape, "quantized": fields}


def stored(array: Quantized | NDArray[np.float32]) -> bytes:
    """What the file holds of an array."""
    if isinstance(array, Quantized):
        parts = container.little_endian(array.scale), container.little_endian(array.stored_zero_point), array.packed
        return b"".join(parts)
    return container.little_endian(array)


def read(entries: Any, data: bytes) -> Iterator[tuple[str, Quantized | NDArray[np.float32]]]:
    """Each name and array of the data; an error of ``DAMAGE`` if they are not as the entries say."""
    for entry in entries:
        array: Any
        if "quantized" in entry:
            array, data = read_quantized(container.whole_numbers(entry["shape"]), data, **entry["quantized"])
        else:
            array, data = container.take(entry, data)
        yield str(entry["name"]), array
    container.nothing_left(data)


def read_quantized(
    shape: tuple[int, ...],
    data: bytes,
    scheme: str,
    bits: int,
    axis: int | list[int] | None,
    scale: str,
    error: float,
    signal: float,
) -> tuple[Any, bytes]:
    """A quantised array from the beginning of the data, and the rest of them."""
    OneOf("float32", "float64")("scale", scale)
    scale_type = np.dtype(scale).newbyteorder("<")
    zero_type = code_type(scheme, bits).newbyteorder("<")
    places: Axis = tuple(axis) if isinstance(axis, list) else axis
    per_channel = channels(places, shape)
    count = math.prod(per_channel)
    zero_points = count * zero_type.itemsize if scheme == "affine" else 0
    sizes = [count * scale_type.itemsize, zero_points, packed_size(math.prod(shape), bits)]
    (scales, zeros, codes), rest = container.cut(data, sizes)
    zero_point = np.frombuffer(zeros, zero_type) if zeros else np.zeros(count)
    quantized = Quantized(
        unpacked(codes, shape, scheme, bits),
        np.frombuffer(scales, scale_type).astype(scale).reshape(per_channel),
        zero_point.astype(np.int32).reshape(per_channel),
        bits,
        scheme,
        places,
        float(error),
        float(signal),
    )
    return quantized, rest

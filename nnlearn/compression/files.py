"""Named arrays on disk, quantised ones in their real number of bits. Never pickle, so a file can do no harm.

The format, all numbers little-endian:

    8 bytes    b"nnarrays"
    4 bytes    the length of the header
    header     JSON in ASCII: {"format": "nnlearn arrays", "version": 1, "arrays": [...]}; of each array its name
               and shape, and if it is quantised all fields of ``Quantized`` that are no arrays, with the type of
               its scales
    data       one array after the other, as the header lists them: float32 numbers in C order; or scales, zero
               points (only affine, in the type of the codes), packed codes: ``Quantized.nbytes`` in all
    4 bytes    the CRC-32 of everything before

So a file is larger than what it holds by 16 bytes and the header: about 50 bytes, and 60 (float32) to 200
(quantised) for each array.
"""

import json
import math
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnlearn.checks import OneOf
from nnlearn.compression.packing import packed_size
from nnlearn.compression.quantized import Quantized, code_type, unpacked
from nnlearn.language import say

MAGIC, FORMAT, VERSION = b"nnarrays", "nnlearn arrays", 1
DAMAGE = (LookupError, ValueError, TypeError, ArithmeticError, RuntimeError)

Arrays = Mapping[str, Quantized | NDArray[np.float32]]


def save(path: str | Path, arrays: Arrays) -> None:
    """Writes the arrays under their names. A file of that name is replaced only when all is written.

    Raises TypeError if a name is no text, or if an array is neither ``Quantized`` nor a float32 array.
    """
    for name, array in arrays.items():
        check(name, array)
    described = [description(name, array) for name, array in arrays.items()]
    header = json.dumps({"format": FORMAT, "version": VERSION, "arrays": described}, separators=(",", ":")).encode()
    content = MAGIC + little(len(header)) + header + b"".join(map(stored, arrays.values()))
    path = Path(path)
    unfinished = path.with_name(path.name + ".part")
    unfinished.write_bytes(content + little(zlib.crc32(content)))
    unfinished.replace(path)


def load(path: str | Path) -> dict[str, Quantized | NDArray[np.float32]]:
    """The arrays that ``save`` wrote, in the same order.

    Raises ValueError, which says what is wrong, if the file is none of ``save``'s, cut short or otherwise damaged,
    or of a newer format than this nnlearn; OSError if there is no such file.
    """
    header, data = split(path, Path(path).read_bytes())
    try:
        if header["format"] != FORMAT or not isinstance(header["version"], int):
            raise ValueError(header["format"])
        if header["version"] <= VERSION:
            return dict(read(header["arrays"], data))
    except DAMAGE as error:
        message = say("{path} is damaged: its header does not describe what it holds ({error}).",
                      path=path, error=error)  # fmt: skip
        raise ValueError(message) from error
    message = say("{path} has format version {version}; this nnlearn reads up to {known}. Update nnlearn.",
                  path=path, version=header["version"], known=VERSION)  # fmt: skip
    raise ValueError(message)


def check(name: Any, array: Any) -> None:
    """TypeError if they can't be saved."""
    if not isinstance(name, str):
        raise TypeError(say("The names of arrays must be texts; one is {name!r}.", name=name))
    if isinstance(array, Quantized):
        return
    kind = array.dtype if isinstance(array, np.ndarray) else type(array).__name__
    if kind != np.dtype(np.float32):
        message = say("Array {name!r} must be Quantized or a float32 array; it is {kind}.", name=name, kind=kind)
        raise TypeError(message)


def description(name: str, array: Quantized | NDArray[np.float32]) -> dict[str, Any]:
    """What the header says of an array."""
    entry: dict[str, Any] = {"name": name, "shape": array.shape}
    if isinstance(array, Quantized):
        entry["quantized"] = {
            "scheme": array.scheme,
            "bits": array.bits,
            "axis": array.axis,
            "scale": array.scale.dtype.name,
            "error": float(f"{array.error:.6g}"),  # for the eye: nothing is computed with them
            "signal": float(f"{array.signal:.6g}"),
        }
    return entry


def stored(array: Quantized | NDArray[np.float32]) -> bytes:
    """What the file holds of an array."""
    if isinstance(array, Quantized):
        return little_endian(array.scale) + little_endian(array.stored_zero_point) + array.packed
    return little_endian(array)


def split(path: str | Path, content: bytes) -> tuple[dict[str, Any], bytes]:
    """The header, parsed, and the data of a file whose checksum is right; else ValueError."""
    if content[: len(MAGIC)] != MAGIC:
        raise ValueError(say("{path} is not a file of saved arrays: it does not begin like one.", path=path))
    if zlib.crc32(content[:-4]) != number(content[-4:]):
        message = say("{path} is damaged or cut short: the checksum at its end is not that of its content.", path=path)
        raise ValueError(message)
    start = len(MAGIC) + 4
    end = start + number(content[len(MAGIC) : start])
    try:
        return dict(json.loads(content[start:end].decode("ascii"))), content[end:-4]
    except DAMAGE as error:
        raise ValueError(say("{path} is damaged: it has no header ({error}).", path=path, error=error)) from error


def read(entries: Any, data: bytes) -> Iterator[tuple[str, Quantized | NDArray[np.float32]]]:
    """Each name and array of the data; an error of ``DAMAGE`` if they are not as the entries say."""
    rest = data
    for entry in entries:
        name, shape = entry["name"], whole_numbers(entry["shape"])
        if "quantized" in entry:
            array, rest = read_quantized(shape, rest, **entry["quantized"])
        else:
            (numbers,), rest = cut(rest, [4 * math.prod(shape)])
            array = np.frombuffer(numbers, "<f4").astype(np.float32).reshape(shape)
        yield str(name), array
    if rest:
        raise ValueError(say("{n} bytes are left over", n=len(rest)))


def read_quantized(
    shape: tuple[int, ...],
    data: bytes,
    scheme: str,
    bits: int,
    axis: int | None,
    scale: str,
    error: float,
    signal: float,
) -> tuple[Any, bytes]:
    """A quantised array from the beginning of the data, and the rest of them."""
    OneOf("float32", "float64")("scale", scale)
    scale_type = np.dtype(scale).newbyteorder("<")
    zero_type = code_type(scheme, bits).newbyteorder("<")
    channels = 1 if axis is None else shape[axis]
    zero_points = channels * zero_type.itemsize if scheme == "affine" else 0
    sizes = [channels * scale_type.itemsize, zero_points, packed_size(math.prod(shape), bits)]
    (scales, zeros, codes), rest = cut(data, sizes)
    per_channel = () if axis is None else (channels,)
    zero_point = np.frombuffer(zeros, zero_type) if zeros else np.zeros(channels)
    quantized = Quantized(
        unpacked(codes, shape, scheme, bits),
        np.frombuffer(scales, scale_type).astype(scale).reshape(per_channel),
        zero_point.astype(np.int32).reshape(per_channel),
        bits,
        scheme,
        axis,
        float(error),
        float(signal),
    )
    return quantized, rest


def cut(data: bytes, sizes: list[int]) -> tuple[list[bytes], bytes]:
    """The first bytes of the data, in pieces of these sizes, and the rest; ValueError if there are fewer."""
    if sum(sizes) > len(data):
        raise ValueError(say("{found} bytes where {needed} are needed", found=len(data), needed=sum(sizes)))
    ends = np.cumsum([0, *sizes]).tolist()
    return [data[i:j] for i, j in zip(ends, ends[1:], strict=False)], data[ends[-1] :]


def whole_numbers(shape: Any) -> tuple[int, ...]:
    """A shape from JSON; ValueError if it is none."""
    if not all(isinstance(n, int) and not isinstance(n, bool) and n >= 0 for n in shape):
        raise ValueError(say("the shape {shape}", shape=shape))
    return tuple(shape)


def little_endian(array: NDArray[Any]) -> bytes:
    """The numbers in C order."""
    return array.astype(array.dtype.newbyteorder("<")).tobytes()


def little(n: int) -> bytes:
    """A number in 4 bytes."""
    return n.to_bytes(4, "little")


def number(four_bytes: bytes) -> int:
    """The reverse of ``little``."""
    return int.from_bytes(four_bytes, "little")

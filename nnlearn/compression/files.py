"""Named arrays on disk, compressed ones in their real number of bits, in the format of ``nnlearn.container``.

Of a compressed array the header also holds how it is to be read; the data are

- of ``Quantized`` its scales, its zero points (only affine, in the type of the codes) and its codes;
- of ``Shared`` its book and its codes;
- of a mask, an array of True and False, its bits;

codes packed, which makes ``nbytes`` in all, or by their entropy (``entropy.encode``): then the header says "coded" and
their length, 0 if they are all that is left. In the smallest file neighbours whose codes mean the same are one row of
codes: the first stands for all, the others say "alike" and have no data; of scales that are all 1 the header says so.
So a file is larger than what it holds by 16 bytes and the header: about 50 bytes, and 60 (float32) to 200 (quantised)
for each array. The short form is larger by 9 bytes and 2 to 30 for each array.
"""

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import takewhile
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnlearn import container
from nnlearn.checks import OneOf, unmasked
from nnlearn.compression.entropy import MOST_KINDS, decode, encode
from nnlearn.compression.packing import Integers, pack, packed_size
from nnlearn.compression.quantized import Axis, Quantized, channels, code_range, code_type, unpacked
from nnlearn.compression.share import Shared, codes_size, unpacked_codes
from nnlearn.language import say

FORMAT, VERSION = "nnlearn arrays", 3
BEFORE = 1  # the version of files that hold nothing but Quantized and float32 arrays, codes packed
BEFORE_ROWS = 2  # of files in which nothing is alike, no scale left out and the length of all codes said

Stored = Quantized | Shared | NDArray[np.float32] | NDArray[np.bool_]
Arrays = Mapping[str, Stored]


def save(path: str | Path, arrays: Arrays, smallest: bool = False) -> None:
    """Writes the arrays under their names. A file of that name is replaced only when all is written.

    smallest: codes packed or by their entropy, whichever is shorter, and the header in its short form; what is for the
    eye alone (``Quantized.error``, ``signal``) is left out. Raises TypeError if a name is no text, or if an array is
    neither ``Quantized``, ``Shared``, a mask (True and False) nor a float32 array that has no mask of its own.
    """
    if not isinstance(arrays, Mapping):
        raise TypeError(say("arrays are given by name, {{name: array}}; this is of type {kind}.",
                            kind=type(arrays).__name__))  # fmt: skip
    for name, array in arrays.items():
        check(name, array)
    described = described_arrays(list(arrays.values()), smallest)
    entries = [described_shape(name, array) | fields
               for (name, array), (fields, _) in zip(arrays.items(), described, strict=True)]  # fmt: skip
    container.write(path, header(entries, arrays, smallest), (data for _, data in described), short=smallest)


def header(entries: list[dict[str, Any]], arrays: Arrays, smallest: bool) -> dict[str, Any]:
    """What a file of arrays begins with; older than today if they could be written then."""
    before = not smallest and all(is_plain(array) or isinstance(array, Quantized) for array in arrays.values())
    return {"format": FORMAT, "version": BEFORE if before else version(entries), "arrays": entries}


def version(entries: list[dict[str, Any]]) -> int:
    """The oldest version that reads such entries."""
    fields = [entry.get("quantized", entry.get("shared", entry.get("mask", {}))) for entry in entries]
    new = any("alike" in entry for entry in entries)
    new = new or any(field.get("coded") == REST or field.get("scale") == ONES for field in fields)
    return VERSION if new else BEFORE_ROWS


def described_arrays(arrays: list[Stored], smallest: bool) -> list[tuple[dict[str, Any], bytes]]:
    """Of each array what the header says besides its name and shape, and what the file holds of it."""
    if not smallest:
        return [described_data(array, smallest) for array in arrays]
    described: list[tuple[dict[str, Any], bytes]] = []
    for row in rows_alike(arrays):
        apart = [described_data(array, smallest) for array in row]
        together = [described_data(in_a_row(row), smallest), *[(ALIKE, b"")] * (len(row) - 1)]
        described += min(apart, together, key=about_bytes)
    last: dict[str, Any] = next((fields for fields, _ in reversed(described) if fields != ALIKE), {})
    for value in last.values():
        if "coded" in value:
            value["coded"] = REST
    return described


def rows_alike(arrays: list[Stored]) -> list[list[Any]]:
    """The arrays in rows of neighbours whose codes mean the same."""
    rows: list[list[Any]] = []
    for array in arrays:
        if rows and is_alike(rows[-1][0], array):
            rows[-1].append(array)
        else:
            rows.append([array])
    return rows


def is_alike(one: Stored, other: Stored) -> bool:
    """Whether codes of one mean the same in the other: the same book, or the same bits and one and the same scale."""
    if isinstance(one, Quantized) and isinstance(other, Quantized):
        kinds = [(each.scheme, each.bits, each.axis, each.scale.dtype) for each in (one, other)]
        numbers = [(float(each.scale), int(each.zero_point)) for each in (one, other) if each.axis is None]
        return kinds[0] == kinds[1] and len(numbers) == 2 and numbers[0] == numbers[1]
    return isinstance(one, Shared) and isinstance(other, Shared) and np.array_equal(one.book, other.book)


def in_a_row(row: list[Any]) -> Any:
    """Arrays that are alike as one; an array alone as it is."""
    if len(row) == 1:
        return row[0]
    return replace(row[0], codes=np.concatenate([array.codes.ravel() for array in row]))


def about_bytes(described: Iterable[tuple[dict[str, Any], bytes]]) -> int:
    """About how much arrays take in a short file."""
    return sum(len(data) + (2 if fields == ALIKE else SHORT_ENTRY) for fields, data in described)


def load(path: str | Path) -> dict[str, Stored]:
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
    if isinstance(array, Quantized | Shared):
        return
    unmasked(name, array)
    if not (is_plain(array) or is_mask(array)):
        kind = array.dtype if isinstance(array, np.ndarray) else type(array).__name__
        message = say("Array {name!r} must be Quantized, Shared, a mask of True and False or a float32 array; it is "
                      "{kind}.", name=name, kind=kind)  # fmt: skip
        raise TypeError(message)


def is_plain(array: Any) -> bool:
    """Whether it is an array of float32."""
    return isinstance(array, np.ndarray) and array.dtype == np.float32


def is_mask(array: Any) -> bool:
    """Whether it is an array of True and False."""
    return isinstance(array, np.ndarray) and array.dtype == np.bool_


def described_shape(name: str, array: Stored) -> dict[str, Any]:
    """What the header says of an array first."""
    return {"name": name, "shape": array.shape}


def described_data(array: Stored, smallest: bool) -> tuple[dict[str, Any], bytes]:
    """What the header says besides, and what the file holds of an array."""
    if isinstance(array, Quantized):
        low, high = code_range(array.scheme, array.bits)
        codes = array.codes > 0 if array.scheme == "binary" else array.codes.astype(np.int32) - low
        coded, data = shorter(array.packed, codes, 2 if array.scheme == "binary" else high - low + 1, smallest)
        fields = {"scheme": array.scheme, "bits": array.bits, "axis": array.axis, "scale": array.scale.dtype.name}
        if not smallest:  # for the eye: nothing is computed with them
            fields |= {"error": float(f"{array.error:.6g}"), "signal": float(f"{array.signal:.6g}")}
        scales = container.little_endian(array.scale)
        if smallest and array.scale.dtype == np.float32 and (array.scale == 1).all():
            fields["scale"], scales = ONES, b""
        numbers = scales + container.little_endian(array.stored_zero_point)
        return {"quantized": fields | coded}, numbers + data
    if isinstance(array, Shared):
        coded, data = shorter(array.packed, array.codes, len(array.book), smallest)
        return {"shared": {"values": len(array.book)} | coded}, container.little_endian(array.book) + data
    if is_mask(array):
        coded, data = shorter(pack(array.astype(np.uint8), 1), array, 2, smallest)
        return {"mask": coded}, data
    return {}, container.little_endian(array)


def shorter(packed: bytes, codes: NDArray[Any], kinds: int, smallest: bool) -> tuple[dict[str, int], bytes]:
    """Packed codes, or codes by their entropy and what the header says of that, if asked for and shorter."""
    if smallest and packed and 2 <= kinds <= MOST_KINDS:
        data = encode(codes.astype(np.int32), kinds)
        if len(data) + len(CODED) < len(packed):
            return {"coded": len(data)}, data
    return {}, packed


CODED = ',"coded":123'  # about what the header says of it, at most
REST = 0  # a length of coded numbers: all that is left
ONES = 1  # scales that are all 1 and stand nowhere else
ALIKE = {"alike": 1}
MOST_OF_ONE = 1 << 28  # numbers of an array of one value, which takes no bits: a header could ask for any memory
SHORT_ENTRY = 6  # about the bytes of an entry of the short form


def read(entries: Any, data: bytes) -> Iterator[tuple[str, Stored]]:
    """Each name and array of the data; an error of ``DAMAGE`` if they are not as the entries say."""
    left = list(entries)
    while left:
        count = 1 + sum(1 for _ in takewhile(lambda entry: "alike" in entry, left[1:]))
        row, left = left[:count], left[count:]
        entry, shapes = row[0], [container.whole_numbers(each["shape"]) for each in row]
        shape = shapes[0] if count == 1 else (sum(map(math.prod, shapes)),)
        array: Any
        form = next((form for form in READERS if form in entry), None)
        if form:
            array, data = READERS[form](shape, data, **entry[form])
        else:
            array, data = container.take(entry, data)
        parts = [array] if count == 1 else taken_apart(array, shapes)
        yield from zip([str(each["name"]) for each in row], parts, strict=True)
    container.nothing_left(data)


def taken_apart(array: Any, shapes: list[tuple[int, ...]]) -> list[Any]:
    """The reverse of ``in_a_row``; ValueError for an array that has no codes."""
    if not isinstance(array, Quantized | Shared):
        raise ValueError(say("the type {kind!r}", kind=type(array).__name__))
    ends = np.cumsum([math.prod(shape) for shape in shapes])[:-1]
    codes = np.split(array.codes, ends)
    return [replace(array, codes=part.reshape(shape)) for part, shape in zip(codes, shapes, strict=True)]


def read_quantized(
    shape: tuple[int, ...],
    data: bytes,
    scheme: str,
    bits: int,
    axis: int | list[int] | None,
    scale: str | int,
    error: float = math.nan,
    signal: float = math.nan,
    coded: int | None = None,
) -> tuple[Any, bytes]:
    """A quantised array from the beginning of the data, and the rest of them."""
    if scale != ONES:
        OneOf("float32", "float64")("scale", scale)
    kind = "float32" if scale == ONES else str(scale)
    scale_type = np.dtype(kind).newbyteorder("<")
    zero_type = code_type(scheme, bits).newbyteorder("<")
    places: Axis = tuple(axis) if isinstance(axis, list) else axis
    per_channel = channels(places, shape)
    count = math.prod(per_channel)
    zero_points = count * zero_type.itemsize if scheme == "affine" else 0
    scale_bytes = 0 if scale == ONES else count * scale_type.itemsize
    numbers = packed_size(math.prod(shape), bits) if coded is None else coded or len(data) - scale_bytes - zero_points
    (scales, zeros, codes), rest = container.cut(data, [scale_bytes, zero_points, numbers])
    values = np.ones(count) if scale == ONES else np.frombuffer(scales, scale_type)
    zero_point = np.frombuffer(zeros, zero_type) if zeros else np.zeros(count)
    quantized = Quantized(
        unpacked(codes, shape, scheme, bits) if coded is None else uncoded(codes, shape, scheme, bits),
        values.astype(kind).reshape(per_channel),
        zero_point.astype(np.int32).reshape(per_channel),
        bits,
        scheme,
        places,
        float(error),
        float(signal),
    )
    return quantized, rest


def uncoded(data: bytes, shape: tuple[int, ...], scheme: str, bits: int) -> Integers:
    """The codes of a quantised array that stand there by their entropy."""
    low, high = code_range(scheme, bits)
    step = 2 if scheme == "binary" else 1  # from -1 to 1
    codes = decode(data, (high - low) // step + 1, math.prod(shape)).astype(np.int32)
    return (step * codes + low).astype(code_type(scheme, bits)).reshape(shape)


def read_shared(shape: tuple[int, ...], data: bytes, values: int, coded: int | None = None) -> tuple[Shared, bytes]:
    """An array of shared values from the beginning of the data, and the rest of them."""
    bits = (values - 1).bit_length()
    count = math.prod(shape)
    if values == 1 and count > MOST_OF_ONE:
        raise ValueError(say("the shape {shape}", shape=shape))
    numbers = codes_size(count, bits) if coded is None else coded or len(data) - 4 * values
    (book, codes), rest = container.cut(data, [4 * values, numbers])
    places = unpacked_codes(codes, bits, shape) if coded is None else decode(codes, values, count).reshape(shape)
    return Shared(places, np.frombuffer(book, "<f4").astype(np.float32)), rest


def read_mask(shape: tuple[int, ...], data: bytes, coded: int | None = None) -> tuple[NDArray[np.bool_], bytes]:
    """A mask from the beginning of the data, and the rest of them."""
    count = math.prod(shape)
    (bits,), rest = container.cut(data, [packed_size(count, 1) if coded is None else coded or len(data)])
    return (unpacked_codes(bits, 1, shape) if coded is None else decode(bits, 2, count).reshape(shape)) > 0, rest


READERS: dict[str, Any] = {"quantized": read_quantized, "shared": read_shared, "mask": read_mask}

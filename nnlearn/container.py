"""Named arrays in a file: the one format of traces and compressed models. Never pickle, so a file can do no harm.

The format, all numbers little-endian:

    8 bytes    b"nnarrays"
    4 bytes    the length of the header
    header     JSON in ASCII: {"format": what it is, "version": 1, "arrays": [...], and what else belongs to it}; of
               each array its name, its shape, and its type if that is not float32
    data       the arrays one after the other, as the header lists them, in C order
    4 bytes    the CRC-32 of everything before

The short form, for files in which each byte counts, has the same header and data:

    3 bytes    b"nns"
    2 bytes    the length of the header
    header     the same JSON, in which byte 128 + i stands for word i of ``SHORT``: ASCII has none above 127
    data, 4 bytes    as above
"""

import json
import math
import operator
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import numpy as np
from numpy.typing import NDArray

from nnlearn.language import say

MAGIC, SHORT_MAGIC = b"nnarrays", b"nns"
LENGTH, SHORT_LENGTH = 4, 2  # bytes of the header's length

# Words of the short form. What a file says by its place here it says for ever: new ones go to the end, 128 at most.
SHORT = (
    '{"format":"nnlearn network","version":2,"network":{"shape":[', '{"format":"nnlearn arrays","version":2,"arrays":[',
    ',"layers":[', ']},"arrays":[', '{"class":"Conv2D","filters":', '{"class":"Dense","units":', '{"class":"ReLU"}',
    '{"class":"MaxPool2D"}', '{"class":"Flatten"}', '{"class":"Residual","layers":[', '{"class":"BatchNorm"}',
    '{"class":"Tanh"}', '{"class":"', ',"size":3}', ',"size":', ',"padding":"valid"', ',"stride":', ',"bias":false',
    ',"bias":', ',"name":"', '{"quantized":{"scheme":"symmetric","bits":', '{"quantized":{"scheme":"affine","bits":',
    '{"quantized":{"scheme":"binary","bits":1', ',"axis":null,"scale":"float32"', ',"axis":', ',"scale":"float32"',
    '{"shared":{"values":', ',"coded":', '{"mask":{}}', '{"mask":{"coded":', '{"name":"', '","shape":[',
    '],"quantized":{', '],"shared":{"values":', '],"mask":{', '/kernel', '/bias', '"}', '"},', '}}', '}},', '},', '{}',
    '{},', '[8,8,1]', ']}', '"scheme":"symmetric","bits":', '"scheme":"affine","bits":', '"scheme":"binary","bits":1',
    ',"axis":null,"scale":"float64"', ',"scale":"float64"', '"coded":', ',"epsilon":', ',"rate":', ',"negative_slope":',
    '{"format":"nnlearn network","version":3,"network":{"shape":[', '{"format":"nnlearn arrays","version":3,"arrays":[',
    '{"format":"nnlearn network","version":3,"network":{"shape":[8,8,1],"layers":[', '{"class":"ReLU"},',
    '{"class":"ReLU"},{"class":"MaxPool2D"},', '{"class":"Flatten"},', '{"class":"Dense","units":10,"bias":false}',
    ',"size":3,"bias":false},', ',"size":3,"padding":"valid","bias":false},', ',"size":3,"stride":2,"bias":false},',
    ',"bias":false},', ',{"alike":1}', ',"alike":1}', ',"axis":null,"scale":1', ',"scale":1', ',"coded":0}}',
    ',"axis":null,"scale":1,"coded":0}}',
)  # fmt: skip
WORDS = [
    (word, chr(128 + i)) for i, word in sorted(enumerate(SHORT), key=lambda each: -len(each[1]))
]  # long ones first

TYPES = ("float32", "float64", "int64")
DAMAGE = (LookupError, ValueError, TypeError, AttributeError, ArithmeticError, RuntimeError)


class Foreign(ValueError):
    """A file that can't be read, with the reason: it is of another kind, damaged or too new."""


def write(path: str | Path, header: dict[str, Any], parts: Iterable[bytes], short: bool = False) -> None:
    """Writes a header, which names its "format" and "version", and the arrays' bytes in the order of its "arrays".

    A file of that name is replaced only when all is written; of several writers at once the last one's stays. short:
    in the short form; ValueError if the header is too long for it.
    """
    before = beginning(json.dumps(header, separators=(",", ":")), short)
    path = Path(path)
    unfinished = path.with_name(f"{path.name}.{uuid4().hex}.part")  # each writer's own
    try:
        with unfinished.open("wb") as file:
            checksum = 0
            for part in (before, *parts):
                file.write(part)
                checksum = zlib.crc32(part, checksum)
            file.write(little(checksum))
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)


def beginning(text: str, short: bool) -> bytes:
    """All that stands before the data."""
    if not short:
        return MAGIC + little(len(text)) + text.encode()
    for word, byte in WORDS:
        text = text.replace(word, byte)
    header = text.encode("latin-1")
    if len(header) >> 8 * SHORT_LENGTH:
        raise ValueError(say("A header of {n:,} bytes is too long for the short form.", n=len(header)))
    return SHORT_MAGIC + len(header).to_bytes(SHORT_LENGTH, "little") + header


def header_of(content: bytes) -> tuple[str, bytes]:
    """The header's JSON and what stands behind it; an error of ``DAMAGE`` if there is none."""
    magic, size = (MAGIC, LENGTH) if content.startswith(MAGIC) else (SHORT_MAGIC, SHORT_LENGTH)
    start = len(magic) + size
    end = start + number(content[len(magic) : start])
    text = content[start:end].decode("ascii" if magic == MAGIC else "latin-1")
    for word, byte in WORDS if magic == SHORT_MAGIC else ():
        text = text.replace(byte, word)
    text.encode("ascii")  # nothing is left that stands for a word
    return text, content[end:]


def read(path: str | Path, form: str, version: int) -> tuple[dict[str, Any], bytes]:
    """The header and the arrays' bytes of a file of this format.

    Raises Foreign, which says what is wrong, if the file is of another kind, cut short or otherwise damaged, or
    newer than ``version``; OSError if there is no such file.
    """
    content = Path(path).read_bytes()
    if not content.startswith((MAGIC, SHORT_MAGIC)):
        raise Foreign(say("{path} is not a file of saved arrays: it does not begin like one.", path=path))
    if zlib.crc32(content[:-4]) != number(content[-4:]):
        message = say("{path} is damaged or cut short: the checksum at its end is not that of its content.", path=path)
        raise Foreign(message)
    try:
        text, data = header_of(content[:-4])
        header = dict(json.loads(text))
        found, newest = header["format"], operator.index(header["version"])
    except DAMAGE as error:
        raise Foreign(say("{path} is damaged: it has no header ({error}).", path=path, error=error)) from error
    if found != form:
        message = say("{path} is no file of the kind that is needed, {form!r}: it says that it is {found!r}.",
                      path=path, form=form, found=found)  # fmt: skip
        raise Foreign(message)
    if newest > version:
        message = say("{path} has format version {version}; this nnlearn reads up to {known}. Update nnlearn.",
                      path=path, version=newest, known=version)  # fmt: skip
        raise Foreign(message)
    return header, data


def misdescribed(path: str | Path, error: Exception) -> Foreign:
    """The error of a file whose header does not fit what it holds."""
    return Foreign(say("{path} is damaged: its header does not describe what it holds ({error}).",
                          path=path, error=error))  # fmt: skip


def entry(name: str, array: NDArray[Any]) -> dict[str, Any]:
    """What the header says of an array; TypeError if it has no type of the format."""
    kind = array.dtype.name
    if kind not in TYPES:
        raise TypeError(say("Array {name!r} must be of type {types}; it is {kind}.",
                            name=name, types=", ".join(TYPES), kind=kind))  # fmt: skip
    return {"name": name, "shape": array.shape} | ({} if kind == TYPES[0] else {"type": kind})


def arrays(entries: Any, data: bytes) -> Iterator[tuple[str, NDArray[Any]]]:
    """Each name and array that the entries of a header list; an error of ``DAMAGE`` if the data are others."""
    for each in entries:
        array, data = take(each, data)
        yield str(each["name"]), array
    nothing_left(data)


def take(each: dict[str, Any], data: bytes) -> tuple[NDArray[Any], bytes]:
    """The array of an entry from the beginning of the data, and the rest of them."""
    kind = each.get("type", TYPES[0])
    if kind not in TYPES:
        raise ValueError(say("the type {kind!r}", kind=kind))
    shape, stored = whole_numbers(each["shape"]), np.dtype(kind).newbyteorder("<")
    (numbers,), rest = cut(data, [stored.itemsize * math.prod(shape)])
    return np.frombuffer(numbers, stored).astype(kind).reshape(shape), rest


def cut(data: bytes, sizes: list[int]) -> tuple[list[bytes], bytes]:
    """The first bytes of the data, in pieces of these sizes, and the rest; ValueError if there are fewer."""
    if sum(sizes) > len(data):
        raise ValueError(say("{found} bytes where {needed} are needed", found=len(data), needed=sum(sizes)))
    ends = np.cumsum([0, *sizes]).tolist()
    return [data[i:j] for i, j in zip(ends, ends[1:], strict=False)], data[ends[-1] :]


def nothing_left(data: bytes) -> None:
    """ValueError if bytes are left over."""
    if data:
        raise ValueError(say("{n} bytes are left over", n=len(data)))


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


def number(few_bytes: bytes) -> int:
    """The reverse of ``little``."""
    return int.from_bytes(few_bytes, "little")

"""Plain data as bytes and back: JSON for the structure, the arrays' own bytes after it. Nothing in it can run."""

import json
from collections.abc import Callable, Mapping
from typing import Any, BinaryIO

import numpy as np

from nnlearn.sandbox.plain import Foreign

WIDTH = 8  # bytes of a length
MOST_BYTES = 1 << 26  # of a message: several times what the largest plain value needs
KINDS = "biufc"  # of the arrays that are sent


class TooLong(Exception):
    """A message says that it is longer than ``MOST_BYTES``."""


def pack(message: Mapping[str, Any]) -> bytes:
    """A message of plain data as bytes."""
    arrays: list[bytes] = []
    text = json.dumps(tree(message, arrays)).encode()
    return b"".join([len(text).to_bytes(WIDTH), text, *arrays])


def unpack(data: bytes) -> dict[str, Any]:
    """The message; ValueError if these bytes are none."""
    end = WIDTH + int.from_bytes(data[:WIDTH])
    place = end

    def node(item: dict[str, Any]) -> Any:
        nonlocal place
        ((kind, value),) = item.items()
        if kind == "array":
            dtype, shape = np.dtype(value[0]), tuple(value[1])
            if dtype.kind not in KINDS:
                raise ValueError(dtype)
            count = int(np.prod(shape))
            array = np.frombuffer(data, dtype, count, place).reshape(shape).copy()
            place += array.nbytes
            return array
        return NODES[kind](value)

    try:
        message = json.loads(data[WIDTH:end], object_hook=node)
    except (TypeError, KeyError, OverflowError, RecursionError, MemoryError) as error:
        raise ValueError(str(error)) from error
    if not isinstance(message, dict):
        raise ValueError(type(message).__name__)
    return message


NODES: dict[str, Callable[[Any], Any]] = {
    "dict": dict,
    "tuple": tuple,
    "complex": lambda parts: complex(*parts),
    "ellipsis": lambda _: ...,
    "foreign": lambda parts: Foreign(*map(str, parts)),
}


def tree(value: Any, arrays: list[bytes]) -> Any:
    """Plain data as JSON has it: whatever JSON lacks becomes an object with the name of its kind as the one key."""
    if isinstance(value, Mapping):
        return {"dict": [[str(key), tree(item, arrays)] for key, item in value.items()]}
    if isinstance(value, tuple):
        return {"tuple": [tree(item, arrays) for item in value]}
    if isinstance(value, list):
        return [tree(item, arrays) for item in value]
    if isinstance(value, np.ndarray):
        arrays.append(value.tobytes())
        return {"array": [value.dtype.str, list(value.shape)]}
    if isinstance(value, complex):
        return {"complex": [value.real, value.imag]}
    if value is Ellipsis:
        return {"ellipsis": 1}
    if isinstance(value, Foreign):
        return {"foreign": [value.text, value.kind]}
    return value


def send(stream: BinaryIO, data: bytes) -> None:
    """Writes bytes with their length before them."""
    stream.write(len(data).to_bytes(WIDTH))
    stream.write(data)
    stream.flush()


def receive(stream: BinaryIO, most: int | None = None) -> bytes:
    """The next bytes that were sent; EOFError at the end of the stream, TooLong, before they are read, if too many."""
    length = int.from_bytes(exactly(stream, WIDTH))
    if most is not None and length > most:
        raise TooLong(length)
    return exactly(stream, length)


def exactly(stream: BinaryIO, length: int) -> bytes:
    """So many bytes."""
    data = stream.read(length)
    if len(data) < length:
        raise EOFError
    return data

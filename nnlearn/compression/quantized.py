"""What ``quantize`` gives: integers, and what they stand for."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnlearn.checks import OneOf, unmasked, whole_number
from nnlearn.compression.packing import MOST_BITS, Integers, pack, packed_size, unpack
from nnlearn.language import say

Floats = NDArray[np.floating[Any]]
Axis = int | tuple[int, ...] | None
BITS = {"symmetric": (2, MOST_BITS), "affine": (1, MOST_BITS), "binary": (1, 1)}


@dataclass(frozen=True, eq=False, repr=False)
class Quantized:
    """An array in few bits: x is about (codes - zero_point) * scale (Jacob et al. 2018, arXiv:1712.05877, eq. 1).

    codes: integers, of the shape of x; int8 or int16 (symmetric), uint8 or uint16 (affine), int8 (binary).
    scale: the real distance of two neighbouring codes; shape () for one scale, or (channels,) with ``axis``, of several
        axes their lengths; float32 or float64, which is also the type of ``dequantize()``.
    zero_point: the code of 0, int32, of the shape of scale; all 0 unless the scheme is affine.
    bits: of each code, 1 to 16. scheme: "symmetric", "affine" or "binary".
    axis: the axis of the channels, from 0, or several of them; None for one scale.
    error: the mean of (x - dequantize())**2, in the square of the unit of x.
    signal: the mean of x**2, to compare it with.

    Raises TypeError or ValueError if the parts don't fit each other. The arrays can't be written to.
    """

    codes: Integers
    scale: Floats
    zero_point: NDArray[np.int32]
    bits: int
    scheme: str
    axis: Axis
    error: float
    signal: float

    def __post_init__(self) -> None:
        check_scheme(self.scheme, self.bits)
        for name in ("codes", "scale", "zero_point"):
            unmasked(name, getattr(self, name))
            array = np.asarray(getattr(self, name)).view()
            array.flags.writeable = False
            object.__setattr__(self, name, array)
        object.__setattr__(self, "axis", check_axis(self.axis, self.shape))
        shape = channels(self.axis, self.shape)
        for name in ("scale", "zero_point"):
            if getattr(self, name).shape != shape:
                message = say("{name} has shape {found}; it needs {shape}.",
                              name=name, found=getattr(self, name).shape, shape=shape)  # fmt: skip
                raise ValueError(message)
        if self.scale.dtype not in (np.float32, np.float64):
            raise TypeError(say("scale must hold float32 or float64; it holds {kind}.", kind=self.scale.dtype))
        if not np.all(np.isfinite(self.scale) & (self.scale >= 0)):
            raise ValueError(say("scale must hold finite numbers from 0."))
        low, high = code_range(self.scheme, self.bits)
        for name in ("codes", "zero_point"):
            integers = getattr(self, name)
            if integers.dtype.kind not in "iu":
                raise TypeError(say("{name} must hold integers; it holds {kind}.", name=name, kind=integers.dtype))
            if integers.size and not low <= integers.min() <= integers.max() <= high:
                message = say("{name} must be from {low} to {high}.", name=name, low=low, high=high)
                raise ValueError(message)

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of x."""
        return self.codes.shape

    @property
    def snr(self) -> float:
        """Signal over error in decibels, 10 log10(signal / error); infinite if nothing was lost."""
        if self.error == 0:
            return np.inf
        return 10 * float(np.log10(self.signal) - np.log10(self.error))

    @property
    def packed(self) -> bytes:
        """The codes in their real number of bits (``packing``); a binary code is 1 for +1 and 0 for -1."""
        codes = (self.codes > 0).astype(np.uint8) if self.scheme == "binary" else self.codes
        return pack(codes, self.bits)

    @property
    def nbytes(self) -> int:
        """The bytes to store: packed codes, scales, and in the affine scheme zero points of 1 or 2 bytes."""
        zero_points = self.stored_zero_point.nbytes
        return packed_size(self.codes.size, self.bits) + self.scale.nbytes + zero_points

    @property
    def stored_zero_point(self) -> Integers:
        """The zero points in the type of the codes; none, shape (0,), where they are 0 by the scheme."""
        if self.scheme == "affine":
            return self.zero_point.astype(code_type(self.scheme, self.bits))
        return np.empty(0, np.uint8)

    def dequantize(self) -> Floats:
        """(codes - zero_point) * scale: the shape of x, the type of ``scale``."""
        scale, zero_point = (along(values, self.axis, self.codes.ndim) for values in (self.scale, self.zero_point))
        return from_codes(self.codes, scale, zero_point)

    def __repr__(self) -> str:
        return say("Quantized({scheme}, {bits} bits, axis {axis}, shape {shape}: {nbytes:,} bytes, {snr:.1f} dB)",
                   scheme=self.scheme, bits=self.bits, axis=self.axis, shape=self.shape, nbytes=self.nbytes,
                   snr=self.snr)  # fmt: skip


def code_range(scheme: str, bits: int) -> tuple[int, int]:
    """The smallest and the largest code.

    The symmetric range is the narrow one, -127 to 127 for 8 bits: as many codes on either side of 0, as LiteRT
    has it for weights.
    """
    if scheme == "affine":
        return 0, 2**bits - 1
    most = 1 if scheme == "binary" else 2 ** (bits - 1) - 1
    return -most, most


def code_type(scheme: str, bits: int) -> np.dtype[Any]:
    """The smallest NumPy type that holds the codes."""
    return np.dtype(("u" if scheme == "affine" else "i") + ("1" if bits <= 8 else "2"))


def unpacked(data: bytes, shape: tuple[int, ...], scheme: str, bits: int) -> Integers:
    """The codes that ``Quantized.packed`` gave; ValueError if there are more or fewer bytes."""
    codes = unpack(data, bits, math.prod(shape), signed=scheme == "symmetric").reshape(shape)
    return 2 * codes.astype(np.int8) - 1 if scheme == "binary" else codes


def from_codes(codes: Integers, scale: Floats, zero_point: NDArray[np.int32]) -> Floats:
    """(codes - zero_point) * scale, broadcast; in the type of the scale."""
    return np.multiply(codes.astype(np.int32) - zero_point, scale, dtype=scale.dtype)


def along(values: NDArray[Any], axis: Axis, ndim: int) -> NDArray[Any]:
    """One value per channel, shaped to be broadcast along the axes of the channels."""
    shape = [1] * ndim
    for place, length in zip(several(axis), values.shape, strict=True):
        shape[place] = length
    return values.reshape(shape)


def several(axis: Axis) -> tuple[int, ...]:
    """The axes as a tuple: () of None, (2,) of 2."""
    if axis is None:
        return ()
    return axis if isinstance(axis, tuple) else (axis,)


def channels(axis: Axis, shape: tuple[int, ...]) -> tuple[int, ...]:
    """The lengths of the axes of the channels: the shape of the scales."""
    return tuple(shape[place] for place in several(axis))


def check_scheme(scheme: Any, bits: Any) -> None:
    """TypeError or ValueError if there is no such scheme, or none of so many bits."""
    OneOf(*BITS)("scheme", scheme)
    whole_number("bits", bits, at_least=1)
    least, most = BITS[scheme]
    if not least <= bits <= most:
        message = say("bits = {bits}: the {scheme} scheme takes {least} to {most}. (1 bit is binary.)",
                      bits=bits, scheme=scheme, least=least, most=most)  # fmt: skip
        raise ValueError(message)


def check_axis(axis: Any, shape: tuple[int, ...]) -> Axis:
    """The axes counted from 0, in order; TypeError if they are no whole numbers, ValueError if the array lacks one."""
    if axis is None:
        return None
    places = []
    for place in axis if isinstance(axis, tuple) else (axis,):
        if isinstance(place, bool) or not isinstance(place, int | np.integer):
            message = say("axis must be a whole number, a tuple of them or None; it is {axis!r}.", axis=axis)
            raise TypeError(message)
        if not -len(shape) <= place < len(shape):
            raise ValueError(say("axis = {axis} is no axis of an array of shape {shape}.", axis=axis, shape=shape))
        places.append(int(place) % len(shape))
    if len(set(places)) < len(places) or not places:
        raise ValueError(say("axis = {axis} must name at least one axis, and each once.", axis=axis))
    return tuple(sorted(places)) if len(places) > 1 else places[0]

"""From real numbers to integers of few bits.

x is divided by its scale in float64, and a tie goes to the even code. TensorFlow, PyTorch and LiteRT, given the
same range, give the same codes, but for numbers next to a tie: they compute in float32, with 1 / scale. Of exact ties
TensorFlow's ``fake_quant`` takes the upper code, the others the even one.
"""

from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from nnlearn.checks import Array, OneOf, finite_array
from nnlearn.compression.quantized import (
    Axis,
    Floats,
    Quantized,
    channels,
    check_axis,
    check_scheme,
    code_range,
    code_type,
    from_codes,
    several,
)
from nnlearn.language import say

Scheme = Literal["symmetric", "affine", "binary"]
LARGEST = {np.dtype(np.float32): 1e38, np.dtype(np.float64): 1e150}  # beyond, scales or squares overflow
SHRINK = 2.0 ** -np.arange(0, 6.125, 0.125)  # the shares of the range that "least error" tries: 1 to 1/64


def quantize(
    x: ArrayLike,
    bits: int,
    scheme: Scheme = "symmetric",
    axis: Axis = None,
    rounding: Literal["nearest", "stochastic"] = "nearest",
    rng: np.random.Generator | None = None,
    range: Literal["max", "least error"] = "max",
) -> Quantized:
    """x in integers of few bits, so that x is about (codes - zero_point) * scale.

    x: real numbers of any shape, at least one. float16 and float32 give float32 scales, all others float64.
    bits, scheme: "symmetric", 2 to 16 bits: codes -(2**(bits - 1) - 1) to 2**(bits - 1) - 1, zero point 0.
        "affine", 1 to 16 bits: codes 0 to 2**bits - 1 and a zero point; the range is widened to contain 0, and
        0 comes back as 0. "binary", 1 bit: the sign times the mean magnitude, the scale of least squared error
        (Rastegari et al. 2016, XNOR-Net, arXiv:1603.05279, section 3.1); the sign of 0 is +1.
    axis: None for one scale, or the axis of the channels, each with its own scale; a tuple of axes makes a channel of
        each combination.
    rounding: "nearest", ties to even. "stochastic": up or down at random, so that the mean is right, for all that
        lies between the numbers of the first and the last code. Either way 0 stays 0.
    rng: the generator for stochastic rounding.
    range: what the first and the last code stand for. "max": the smallest and the largest number. "least error":
        those times the one of 1, 2**-0.125, ..., 1/64 that gives the smallest error (nearest rounding; for each
        channel its own); what lies beyond is cut off. The binary scheme has no range.

    No scale is below the smallest normal float (1.2e-38 in float32), so what is far smaller becomes 0; a channel
    of zeros has this scale too, and 0 in the binary scheme.

    Raises TypeError or ValueError if x is empty, not finite, or larger than 1e38 (float64: 1e150); for another
    scheme or word; for bits that the scheme does not have; for an axis that x does not have; for stochastic
    rounding without rng, or in the binary scheme.

    Jacob et al. 2018, arXiv:1712.05877, section 2.1 (affine); Krishnamoorthi 2018, arXiv:1806.08342, section 2.

    >>> q = quantize([-1.6, 0, 1, 3], bits=4)
    >>> q.codes.tolist(), float(q.scale)
    ([-4, 0, 2, 7], 0.42857142857142855)
    """
    check_scheme(scheme, bits)
    check_rounding(rounding, rng, scheme)
    OneOf("max", "least error")("range", range)
    x = numbers(x)
    axis = check_axis(axis, x.shape)
    within = tuple(i for i, _ in enumerate(x.shape) if i not in several(axis))  # the axes that share a scale

    if scheme == "binary":
        scale = np.abs(x).mean(axis=within, keepdims=True, dtype=np.float64).astype(x.dtype)
        zero_point = np.zeros(scale.shape, np.int32)
        codes = np.where(x < 0, -1, 1)
    else:
        low, high = range_of(x, within) if range == "max" else least_error_range(x, within, bits, scheme)
        scale, zero_point = grid(low, high, bits, scheme, x.dtype)
        ends = code_range(scheme, bits)
        codes = to_codes(x, scale, zero_point, ends, rng if rounding == "stochastic" else None)

    codes = codes.astype(code_type(scheme, bits))
    return Quantized(
        codes,
        scale.reshape(channels(axis, x.shape)),
        zero_point.reshape(channels(axis, x.shape)),
        int(bits),
        scheme,
        axis,
        error=mean_square(np.subtract(x, from_codes(codes, scale, zero_point), dtype=np.float64)),
        signal=mean_square(x),
    )


def range_of(x: Floats, within: tuple[int, ...]) -> tuple[Array, Array]:
    """The smallest and the largest number of each channel, or 0, so that 0 lies between; axes are kept."""
    low = x.min(axis=within, keepdims=True, initial=0)
    high = x.max(axis=within, keepdims=True, initial=0)
    return low.astype(np.float64), high.astype(np.float64)


def grid(low: Array, high: Array, bits: int, scheme: str, dtype: Any) -> tuple[Floats, NDArray[np.int32]]:
    """Scale and zero point of the codes that reach from low <= 0 to high >= 0.

    Krishnamoorthi 2018, sections 2.1 (affine) and 2.2 (symmetric).
    """
    first, last = code_range(scheme, bits)
    symmetric = scheme == "symmetric"
    scale = np.maximum(-low, high) / last if symmetric else (high - low) / (last - first)
    scale = np.maximum(scale, np.finfo(dtype).tiny).astype(dtype)
    zero_point = np.zeros_like(low) if symmetric else np.clip(np.rint(first - low / scale), first, last)
    return scale, zero_point.astype(np.int32)


def to_codes(
    x: Floats,
    scale: Floats,
    zero_point: NDArray[np.int32],
    ends: tuple[int, int],
    rng: np.random.Generator | None = None,
) -> Array:
    """x / scale + zero_point, rounded and cut off at the first and last code, ``ends``: whole numbers in float64.

    With ``rng``, a number is rounded up with the probability of its fraction.
    """
    steps = np.asarray(np.divide(x, scale, dtype=np.float64))
    if rng is None:
        np.rint(steps, out=steps)
    else:
        np.floor(steps + rng.random(steps.shape), out=steps)
    steps += zero_point
    return np.clip(steps, *ends, out=steps)


def least_error_range(x: Floats, within: tuple[int, ...], bits: int, scheme: str) -> tuple[Array, Array]:
    """``range_of``, times the share of it that gives each channel the smallest mean squared error."""
    low, high = range_of(x, within)
    least, best = np.full(low.shape, np.inf), np.ones(low.shape)
    for share in SHRINK:
        scale, zero_point = grid(share * low, share * high, bits, scheme, x.dtype)
        codes = to_codes(x, scale, zero_point, code_range(scheme, bits))
        error = np.square(x - (codes - zero_point) * scale).mean(axis=within, keepdims=True)
        best = np.where(error < least, share, best)
        least = np.minimum(error, least)
    return best * low, best * high


def mean_square(x: Floats) -> float:
    """The mean of the squares of all numbers."""
    x = x.astype(np.float64, copy=False)
    return float(np.vdot(x, x)) / x.size


def numbers(x: Any) -> Floats:
    """x in the type of its scales, float32 or float64; TypeError or ValueError if it can't be quantised."""
    finite_array("x", x)
    x = np.asarray(x)
    x = x.astype(np.float32 if x.dtype in (np.float16, np.float32) else np.float64, copy=False)
    if x.size == 0:
        raise ValueError(say("x must hold at least one number; it has shape {shape}.", shape=x.shape))
    largest = max(-x.min(), x.max())
    if largest > LARGEST[x.dtype]:
        message = say("x holds a number of magnitude {largest:g}; quantisation in {kind} goes up to {limit:g}.",
                      largest=largest, kind=x.dtype, limit=LARGEST[x.dtype])  # fmt: skip
        raise ValueError(message)
    return x


def check_rounding(rounding: Any, rng: Any, scheme: str) -> None:
    """TypeError or ValueError if there is no such rounding, or it lacks its generator."""
    OneOf("nearest", "stochastic")("rounding", rounding)
    if rounding == "nearest":
        return
    if scheme == "binary":
        raise ValueError(say("The binary scheme takes the sign: rounding must be 'nearest'."))
    if not isinstance(rng, np.random.Generator):
        message = say("Stochastic rounding needs rng, such as np.random.default_rng(0); it is {rng!r}.", rng=rng)
        raise TypeError(message)

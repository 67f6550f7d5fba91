"""Numbers in few bits: 2**bits values at equal distances stand for all (source 001§3.1.3.1)."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from nnlearn.checks import Array, OneOf, Range, number
from nnlearn.compression.packing import check_bits
from nnlearn.data.augment.images import number_array, values_of
from nnlearn.data.clean.grids import as_batch, check_averageable, grid
from nnlearn.data.clean.noise import generator
from nnlearn.data.compress.codes import QuantizedData, code_type
from nnlearn.data.compress.rounding import RULES, whole
from nnlearn.language import say

THRESHOLD = Range("(-inf, inf)")


def quantize_data(
    x: ArrayLike,
    bits: int,
    rounding: str = "half up",
    low: float | None = None,
    high: float | None = None,
    seed: int = 0,
) -> QuantizedData:
    """x in ``bits`` bits: codes from 0, which stands for ``low``, to 2**bits - 1, for ``high``, in equal steps.

    x: an array of any shape; "diffusion" needs an image (height, width) or a batch (n, height, width) or (n, height,
    width, channels). bits: 1 to 16. rounding: one of ``RULES``, see ``nnlearn.data.compress.rounding``. low, high: in
    the unit of x, by default its smallest and largest number; what lies beyond becomes the first or the last code.
    seed: of "random", a whole number from 0. Computed in float64.

    A step is (high - low) / (2**bits - 1), of one number alone 1. What is restored is off by half a step at most
    ("half up", "half to even"), by less than one ("truncate", "random"), or by more where neighbours make up for it
    ("diffusion").

    >>> quantize_data([0, 1, 2, 3, 4, 5, 6], bits=2).codes
    array([0, 1, 1, 2, 2, 3, 3], dtype=uint8)
    >>> quantize_data([0, 1, 2, 3, 4, 5, 6], bits=2, rounding="half to even").restored()
    array([0, 0, 2, 4, 4, 4, 6])

    Raises TypeError for a mask and for what are no numbers; ValueError for NaN and infinity, which no code stands for,
    for whole numbers beyond 2**52, for low above high, for ends that x's dtype can't hold or that are too far apart,
    and of "diffusion" for another shape.
    """
    check_bits(bits)
    OneOf(*RULES)("rounding", rounding)
    rng = generator(seed)
    x = grid("x", x) if rounding == "diffusion" else codable("x", x)
    if rounding == "diffusion" and x.ndim == 1:
        message = say("Error diffusion needs rows below one another: an image (height, width), or a batch of images; x "
                      "has shape {shape}.", shape=x.shape)  # fmt: skip
        raise ValueError(message)
    values = codable("x", x).astype(np.float64)
    first, end = ends(values, low, high, x.dtype)
    last = 2**bits - 1
    scale = step(first, end, last)
    values = np.minimum(np.maximum(values, first), end) - first
    values /= scale
    steps = settled(values, first, end, scale)
    codes = whole(as_batch(steps) if rounding == "diffusion" else steps, rounding, last, rng)
    return QuantizedData(codes.reshape(x.shape).astype(code_type(bits)), bits, first, scale, x.dtype)


def binarize(x: ArrayLike, threshold: float, low: float = 0.0, high: float = 1.0) -> QuantizedData:
    """x in 1 bit: code 1 from the threshold on, 0 below; they stand for ``high`` and ``low``.

    x: an array of any shape. threshold, low, high: in the unit of x, low below high; x's dtype must hold both ends.
    (``sklearn.preprocessing.binarize`` gives 1 above the threshold only.)

    >>> binarize([1, 4, 7], threshold=4).restored()
    array([0, 1, 1])

    Raises TypeError for a mask and for what are no numbers; ValueError for NaN and infinity, for whole numbers beyond
    2**52, and for ends that can't be.
    """
    x = codable("x", x)
    threshold = number("threshold", threshold, THRESHOLD)
    first, end = ends(np.empty(0), low, high, x.dtype)
    return QuantizedData((x >= threshold).astype(np.uint8), 1, first, step(first, end, 1), x.dtype)


def codable(name: str, x: ArrayLike) -> NDArray[Any]:
    """x as an array of finite numbers that float64 holds exactly; else TypeError or ValueError."""
    array = number_array(name, x)
    check_averageable(name, array)
    if array.dtype.kind == "f" and not np.isfinite(array).all():
        bad = int(np.count_nonzero(~np.isfinite(array)))
        message = say("{name} must be finite, since no code stands for NaN or infinity; {bad} of its {size} entries "
                      "are not. Fill the gaps first (nnlearn.data.clean.Imputer).",
                      name=name, bad=bad, size=array.size)  # fmt: skip
        raise ValueError(message)
    return array


def ends(values: Array, low: Any, high: Any, dtype: np.dtype) -> tuple[float, float]:
    """What the first and the last code stand for: what is given, or else the smallest and the largest value."""
    least, most = (float(values.min()), float(values.max())) if values.size else (0.0, 0.0)
    first = least if low is None else number("low", low, values_of(dtype))
    end = most if high is None else number("high", high, values_of(dtype))
    if low is None and high is not None:
        first = min(first, end)
    if high is None and low is not None:
        end = max(first, end)
    if first > end:
        raise ValueError(say("low = {low:g} must not be above high = {high:g}.", low=first, high=end))
    if not np.isfinite(end - first):
        message = say("From {low:g} to {high:g} is too far for float64: scale the data down first.",
                      low=first, high=end)  # fmt: skip
        raise ValueError(message)
    return first, end


def settled(steps: Array, first: float, end: float, scale: float) -> Array:
    """Steps that are whole but for rounding are whole: else what lies on a code would be truncated to the one below."""
    nearest = np.rint(steps)
    slack = 4 * np.finfo(np.float64).eps * max(abs(first), abs(end)) / scale
    return np.where(np.abs(steps - nearest) <= slack, nearest, steps)


def step(first: float, end: float, last: int) -> float:
    """Between two neighbouring codes; 1 where all stand for the same, or where it is too small for float64."""
    return (end - first) / last or 1.0

"""What the layers give, in 8 bits: their range is observed on examples, before it is needed."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from nnlearn.checks import Range, number
from nnlearn.compression.quantization import grid, numbers, to_codes

BITS = 8
LAST = 2**BITS - 1
Codes = NDArray[np.uint8]


@dataclass(frozen=True)
class Grid:
    """Affine codes of 8 bits, fixed beforehand: a number is about (code - zero_point) * scale.

    scale: the distance of two neighbouring codes, above 0. zero_point: the code of 0, from 0 to 255. LiteRT counts the
    same codes from -128.
    """

    scale: float
    zero_point: int

    def codes(self, x: ArrayLike) -> Codes:
        """The nearest codes of numbers of any shape; what lies beyond the first or the last gets that one."""
        ends = (0, LAST)
        return to_codes(np.asarray(x), np.asarray(self.scale), np.asarray(self.zero_point), ends).astype(np.uint8)

    def numbers(self, codes: NDArray[Any]) -> NDArray[np.float32]:
        """What codes stand for."""
        return (codes.astype(np.int32) - self.zero_point).astype(np.float32) * np.float32(self.scale)


def observed(x: ArrayLike, percent: float = 100) -> Grid:
    """The grid for numbers like these: it reaches from their smallest to their largest, and always holds 0.

    percent: above 50, at most 100. With 99.9 it reaches from the percentile 0.1 to 99.9, so that one number in a
    thousand lies beyond at either end, however far. Raises TypeError or ValueError, naming what is wrong.

    Jacob et al. 2018, arXiv:1712.05877, sections 2.1 and 3; Krishnamoorthi 2018, arXiv:1806.08342, section 3.1.

    >>> observed([0, 1, 127.5]), observed([-25, 102.5])
    (Grid(scale=0.5, zero_point=0), Grid(scale=0.5, zero_point=50))
    """
    percent = number("percent", percent, Range("(50, 100]"))
    low, high = np.percentile(numbers(x), [100 - percent, percent])
    scale, zero_point = grid(np.minimum(low, 0), np.maximum(high, 0), BITS, "affine", np.float32)
    return Grid(float(scale), int(zero_point))

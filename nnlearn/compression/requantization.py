"""From the sums of products, 32 bits, to the codes of the next layer, 8 bits.

Sums of products of codes stand for numbers of the scale s_x s_w. In steps of the next scale s_y they are

    sums * multiplier,    multiplier = s_x s_w / s_y,

rounded to whole numbers. The two ways below differ where a number lies in the middle between two codes, or next to it.
"""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

FRACTION_BITS = 31


def rounded_once(sums: NDArray[np.int32], multiplier: ArrayLike) -> NDArray[np.int64]:
    """A product in float32, to the nearest whole number, a tie to the even one: as XNNPACK does, LiteRT's default.

    sums: whole numbers, the channels on the last axis. multiplier: above 0, one number or one for each channel.
    """
    product = sums.astype(np.float32) * np.asarray(multiplier, np.float32)
    return np.rint(product).astype(np.int64)


def rounded_twice(sums: NDArray[np.int32], multiplier: ArrayLike) -> NDArray[np.int64]:
    """Whole numbers alone, for a processor without floats: as LiteRT's reference kernels do. Arguments as above.

    multiplier = M0 * 2**-n with M0 from 0.5 to 1, kept as a whole number of 2**-31 (Jacob et al. 2018,
    arXiv:1712.05877, eq. 5-6). The product with M0 is rounded, a tie upwards; its quotient by 2**n is rounded again,
    a tie away from 0 (there section 2.2; Appendix B has both instructions).
    """
    mantissa, exponent = np.frexp(np.asarray(multiplier, np.float64))
    whole = np.minimum(np.rint(mantissa * 2.0**FRACTION_BITS), 2**FRACTION_BITS - 1).astype(np.int64)
    n = -exponent.astype(np.int64)
    product = (sums.astype(np.int64) << np.maximum(-n, 0)) * whole
    return away_from_zero((product + (1 << FRACTION_BITS - 1)) >> FRACTION_BITS, np.maximum(n, 0))


def away_from_zero(x: NDArray[np.int64], n: Any) -> NDArray[np.int64]:
    """x / 2**n to the nearest whole number, a tie away from 0."""
    half = (1 << n) >> 1
    return np.sign(x) * ((np.abs(x) + half) >> n)

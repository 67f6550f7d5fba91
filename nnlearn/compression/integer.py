"""Arithmetic on the codes themselves."""

import numpy as np
from numpy.typing import NDArray

from nnlearn.compression.quantized import Quantized
from nnlearn.language import say

INT32 = np.iinfo(np.int32)


def integer_matmul(a: Quantized, b: Quantized) -> NDArray[np.int32]:
    """The matrix product of the codes, zero points taken off, summed in int32: exact.

    a: shape (m, k), one scale. b: shape (k, n), one scale or one for each column (``axis=1``), where the
    outputs of a dense layer are. The result has shape (m, n), and

        integer_matmul(a, b) * (a.scale * b.scale)

    is a.dequantize() @ b.dequantize(), but for the rounding of floats: no scale changes within a sum, so it can
    be multiplied afterwards (Jacob et al. 2018, arXiv:1712.05877, section 2.2).

    Raises ValueError if the shapes or axes are others, or if a sum of products could exceed int32 on its way:
    if the largest sum of magnitudes of a row of a, times the largest magnitude in b, does.
    """
    check_operands(a, b)
    left = a.codes.astype(np.int32) - a.zero_point
    right = b.codes.astype(np.int32) - b.zero_point
    reach = int(np.abs(left).sum(axis=1, dtype=np.int64).max(initial=0)) * int(np.abs(right).max(initial=0))
    if reach > INT32.max:
        message = say("A sum of {k} products of {a} and {b} bits could reach {reach:,}; int32 ends at {most:,}. "
                      "Use fewer bits, or split the sum.",
                      k=left.shape[1], a=a.bits, b=b.bits, reach=reach, most=INT32.max)  # fmt: skip
        raise ValueError(message)
    return left @ right


def check_operands(a: Quantized, b: Quantized) -> None:
    """TypeError if they aren't quantised, ValueError if there is no product, or a scale would change within a sum."""
    for name, operand in (("a", a), ("b", b)):
        if not isinstance(operand, Quantized):
            message = say("{name} must be Quantized, such as quantize(x, 8); it is of type {kind}.",
                          name=name, kind=type(operand).__name__)  # fmt: skip
            raise TypeError(message)
    if len(a.shape) != 2 or len(b.shape) != 2 or a.shape[1] != b.shape[0]:
        message = say("a and b must have shapes (m, k) and (k, n); they have {a} and {b}.", a=a.shape, b=b.shape)
        raise ValueError(message)
    if a.axis is not None or b.axis not in (None, 1):
        message = say("a must have one scale (axis None), b one or one for each column (axis None or 1); they have "
                      "axis {a} and {b}.", a=a.axis, b=b.axis)  # fmt: skip
        raise ValueError(message)

"""The floating-point formats that weights are stored in. They are no integers: their step grows with the number."""

from dataclasses import dataclass

from nnlearn.language import say


@dataclass(frozen=True)
class FloatFormat:
    """A binary format: one sign bit, an exponent and a fraction (IEEE 754-2019, section 3.3).

    A normal number is +-(1 + fraction) * 2**exponent.
    """

    name: str
    exponent_bits: int
    fraction_bits: int

    @property
    def bytes(self) -> int:
        return (1 + self.exponent_bits + self.fraction_bits) // 8

    @property
    def largest(self) -> float:
        """The largest finite number."""
        return (2 - self.epsilon) * 2.0 ** (2 ** (self.exponent_bits - 1) - 1)

    @property
    def smallest_normal(self) -> float:
        """The smallest number that has the full fraction."""
        return 2.0 ** (2 - 2 ** (self.exponent_bits - 1))

    @property
    def epsilon(self) -> float:
        """From 1 to the next number."""
        return 2.0**-self.fraction_bits

    @property
    def rounding_error(self) -> float:
        """The largest relative error of rounding to the nearest normal number (the unit roundoff)."""
        return self.epsilon / 2

    def __str__(self) -> str:
        return say("{name:8}  {bytes} bytes  largest {largest:<8.3g}  epsilon {epsilon:<8.3g}  "
                   "rounding error {rounding_error:.2g}",
                   name=self.name, bytes=self.bytes, largest=self.largest, epsilon=self.epsilon,
                   rounding_error=self.rounding_error)  # fmt: skip


def float_formats() -> tuple[FloatFormat, ...]:
    """Double, single and half precision (IEEE 754), and bfloat16, the upper half of a float32.

    >>> print(*float_formats(), sep="\\n")
    float64   8 bytes  largest 1.8e+308  epsilon 2.22e-16  rounding error 1.1e-16
    float32   4 bytes  largest 3.4e+38   epsilon 1.19e-07  rounding error 6e-08
    float16   2 bytes  largest 6.55e+04  epsilon 0.000977  rounding error 0.00049
    bfloat16  2 bytes  largest 3.39e+38  epsilon 0.00781   rounding error 0.0039
    """
    return (
        FloatFormat("float64", exponent_bits=11, fraction_bits=52),
        FloatFormat("float32", exponent_bits=8, fraction_bits=23),
        FloatFormat("float16", exponent_bits=5, fraction_bits=10),
        FloatFormat("bfloat16", exponent_bits=8, fraction_bits=7),
    )

"""Is a gradient the slope of its loss? Central differences tell, coordinate by coordinate."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnlearn.checks import Array, Range, finite_array, number, whole_number
from nnlearn.finite_differences import Losses, Slopes, asked
from nnlearn.language import say
from nnlearn.objectives.base import BaseObjective
from nnlearn.tables import Row, Table

WIDELY = 10  # how many times an error may exceed what it was estimated to be
MOST_ROWS = 5  # of the table
Flags = NDArray[np.bool_]


def check_gradient(
    J: BaseObjective, theta: Any, h: float | None = None, coordinates: Sequence[int] | None = None
) -> "GradientCheck":
    r"""Holds ``J.gradient(theta)`` against central differences of ``J.loss``, and says in words what it saw.

    .. math:: \nabla J(\theta)_i \approx \frac{J(\theta + h e_i) - J(\theta - h e_i)}{2 h}

    Nocedal and Wright, Numerical Optimization (2nd ed., 2006), section 8.1. Two smaller steps, and one side against the
    other, tell what the differences are worth, and where the loss has a kink.

    theta: one place, shape (d,); take a random one, since at special places, such as zeros, wrong gradients can be
    right. h: the step; if not given, that at which rounding and the terms left out cost about the same in each
    coordinate, ``eps**(1/3) * max(1, abs(theta[i]))``: 6e-6 where the loss comes in float64, 5e-3 where its values show
    that it comes in float32, 0.1 in float16. coordinates: which to check, 0 being the first; all if not given. Each
    costs six losses.

    Raises TypeError if J is no objective; ValueError if theta is not one finite place, if h is not above 0, or if J
    changes theta in place; IndexError for a coordinate that isn't there.

    >>> import nnlearn as nn
    >>> def loss(theta):
    ...     return theta[0] ** 2 + 3 * theta[1]
    >>> check_gradient(nn.Objective(loss, lambda theta: [2 * theta[0], 3.0]), [1.5, 2.0]).agrees
    True
    >>> print(check_gradient(nn.Objective(loss, lambda theta: [theta[0], 1.5]), [1.5, 2.0]).sentences[-1])
    A factor of 2 is missing, as of the derivative of a square.
    """
    theta = one_place(J, theta)
    chosen = np.arange(len(theta)) if coordinates is None else places(coordinates, len(theta))
    with np.errstate(all="ignore"):  # what is not finite is a finding
        losses = Losses(J, theta)
        best = losses.rounding ** (1 / 3) * np.maximum(1, np.abs(theta[chosen]))
        steps = best if h is None else np.full(len(chosen), number("h", h, Range("(0, inf)")))
        analytic = np.asarray(asked(J, "gradient", theta, theta.shape))[chosen]
        whole, half, quarter = (losses.slopes(chosen, steps * share) for share in (1, 1 / 2, 1 / 4))
        examples = getattr(J, "examples", None)
        return GradientCheck(theta, chosen, analytic, steps, best, whole, half, quarter, losses, examples)


def one_place(J: Any, theta: Any) -> Array:
    """theta, checked, shape (d,)."""
    if not isinstance(J, BaseObjective):
        message = say("check_gradient needs an objective, such as nn.Objective(loss, gradient); it was given "
                      "{value!r}.", value=J)  # fmt: skip
        raise TypeError(message)
    theta = finite_array("theta", J.check(theta))
    if theta.ndim != 1:
        message = say("theta has shape {shape}; a gradient is checked at one place, shape (d,).", shape=theta.shape)
        raise ValueError(message)
    return theta


def places(coordinates: Sequence[int], d: int) -> NDArray[np.int64]:
    """The coordinates to check; TypeError, ValueError or IndexError if there are none, or one is none of theta's."""
    if not len(coordinates):
        raise ValueError(say("coordinates is empty: give at least one, such as [0]."))
    for i in coordinates:
        whole_number("coordinates", i, at_least=0)
        if i >= d:
            message = say("theta has the coordinates 0 to {last}; coordinates = {given} asks for others.",
                          last=d - 1, given=list(coordinates))  # fmt: skip
            raise IndexError(message)
    return np.array(coordinates, np.int64)


@dataclass(frozen=True, repr=False)
class GradientCheck:
    """What ``check_gradient`` saw. As text, or shown in a notebook: ``sentences``, and the coordinates furthest off.

    coordinates: which were checked; the arrays that follow have an entry for each. analytic: J's gradient; numeric:
    the central difference with the steps h; best: the steps that are taken if none is given. agrees: whether each
    coordinate that could be told is right; None where none could.
    """

    theta: Array
    coordinates: NDArray[np.int64]
    analytic: Array
    h: Array
    best: Array
    whole: Slopes
    half: Slopes
    quarter: Slopes
    losses: Losses
    examples: int | None

    @property
    def numeric(self) -> Array:
        return self.whole.central

    @property
    def errors(self) -> Array:
        """Of each coordinate, relative to the larger of the two numbers; 0 where both are 0."""
        return relative(np.abs(self.analytic - self.numeric), np.fmax(np.abs(self.analytic), np.abs(self.numeric)))

    @property
    def error(self) -> float:
        """The length of the difference over that of the longer vector, where the loss is smooth and finite."""
        smooth = self.finite & ~self.kinked
        a, n = self.analytic[smooth], self.numeric[smooth]
        return float(relative(np.linalg.norm(a - n), max(np.linalg.norm(a), np.linalg.norm(n))))

    @property
    def agrees(self) -> bool | None:
        if not self.repeats:
            return None
        return False if self.wrong.any() else True if self.checked.any() else None

    @property
    def repeats(self) -> bool:
        """Whether the loss was the same when it was asked twice."""
        return bool(self.losses.here == self.losses.again)

    # --- Which coordinates are which ---

    @cached_property
    def rounding(self) -> Array:
        """What rounding may cost the numeric slopes: some units in the last place of the loss, and of theta."""
        slope = np.fmax(np.abs(self.whole.left), np.abs(self.whole.right))
        size = np.abs(self.losses.here) + slope * np.maximum(1, np.abs(self.theta[self.coordinates]))
        return 4 * self.losses.rounding * size / self.h

    @cached_property
    def cut_off(self) -> Array:
        """What the series, cut off, costs the numeric slopes: a third of it is what a step of half the size changes."""
        return 4 / 3 * np.abs(self.whole.central - self.half.central)

    @cached_property
    def tolerance(self) -> Array:
        """How far the two may be apart."""
        return WIDELY * self.rounding + 2 * self.cut_off

    @cached_property
    def finite(self) -> Flags:
        """Where the loss is finite on both sides."""
        return np.isfinite(self.whole.central + self.half.central + self.quarter.central)

    @cached_property
    def kinked(self) -> Flags:
        """Where the slope jumps between theta - h and theta + h.

        At a kink the gap between the sides stays when the step shrinks; where the loss is smooth it shrinks with it. If
        the kink lies beside theta, central differences change with the step, but not as the series says, to a quarter.
        """
        visible = WIDELY * 4 * self.rounding
        at = (self.quarter.gap > visible) & (self.quarter.gap > self.whole.gap / 2)
        first, second = self.whole.central - self.half.central, self.half.central - self.quarter.central
        larger = np.fmax(np.abs(first), 4 * np.abs(second))
        beside = (larger > 2 * visible) & (np.abs(first - 4 * second) > larger / 2)
        return self.finite & (at | beside)

    @cached_property
    def silent(self) -> Flags:
        """Where the gradient is zero, or rounding at the best step, and the difference doesn't say otherwise."""
        zero = np.abs(self.analytic) <= self.rounding * self.h / self.best
        return self.finite & ~self.kinked & zero & (np.abs(self.numeric) <= self.tolerance)

    @cached_property
    def blurred(self) -> Flags:
        """Where the difference is not known well enough to tell, not even to a tenth."""
        largest = np.fmax(np.abs(self.analytic), np.abs(self.numeric))
        return self.finite & ~self.kinked & ~self.silent & (self.tolerance > largest / 10)

    @cached_property
    def checked(self) -> Flags:
        """Where the two can be told apart."""
        return self.finite & ~(self.kinked | self.silent | self.blurred)

    @cached_property
    def wrong(self) -> Flags:
        """Where they are apart; at a kink, where the gradient is no slope between those of its two sides."""
        apart = self.checked & (np.abs(self.analytic - self.numeric) > self.tolerance)
        left, right, room = self.quarter.left, self.quarter.right, WIDELY * 4 * self.rounding
        outside = (self.analytic < np.fmin(left, right) - room) | (self.analytic > np.fmax(left, right) + room)
        return apart | (self.kinked & outside) | ~np.isfinite(self.analytic)

    # --- In words ---

    @property
    def sentences(self) -> list[str]:
        """What was seen, most important first."""
        from nnlearn.gradient_findings import sentences

        return sentences(self)

    @property
    def table(self) -> Table:
        """The coordinates furthest off; wrong ones first."""
        order = np.lexsort((-np.nan_to_num(self.errors, nan=np.inf), ~self.wrong))[:MOST_ROWS]
        head = [say("coordinate"), say("gradient"), say("central difference"), say("relative error")]
        return Table(head, [self.row(int(k)) for k in order])

    def row(self, k: int) -> Row:
        numbers = (f"{self.analytic[k]:.8g}", f"{self.numeric[k]:.8g}", f"{self.errors[k]:.1e}")
        return (f"theta[{self.coordinates[k]}]", *numbers)

    def _repr_markdown_(self) -> str:
        return "\n\n".join([*self.sentences, self.table._repr_markdown_()])

    def __repr__(self) -> str:
        return "\n".join([*self.sentences, repr(self.table)])


def relative(difference: Any, size: Any) -> Any:
    """0 where both are 0."""
    return np.divide(difference, size, out=np.zeros(np.shape(difference)), where=np.not_equal(size, 0))

"""The learning-rate range test: one run in which the rate grows from far too small to far too large."""

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

import numpy as np

from nnlearn.checks import Array, Range, number, whole_number
from nnlearn.language import say, together
from nnlearn.schedules.decay import ExponentialDecay
from nnlearn.schedules.plateau import rule_with_a_rate
from nnlearn.trace import first_row, rows

if TYPE_CHECKING:
    from nnlearn.plots import Figure

AROUND = 0.05  # this share of the losses before and after a step make its median, with its own
BELOW = 2.0  # the rate to try: half of where the loss was lowest, on a parabola 1/L; the loss turns at 2/L there


@dataclass(frozen=True, eq=False)
class RateRange:
    """What a range test found in each of its runs.

    rates: shape (steps,). losses: after the step with that rate, the median of those around, shape (steps, runs).
    start: the median at the start, shape (runs,).
    best: of each run the rate at which that loss was lowest, shape (runs,); NaN if it never fell. limit: the rate from
    which on it stayed above the loss at the start; infinite if it came back below.
    """

    rates: Array
    losses: Array
    start: Array
    best: Array
    limit: Array

    @property
    def suggested(self) -> float:
        """A rate to begin with: half the median rate at which the loss was lowest; NaN if it never fell."""
        return float(np.median(self.best)) / BELOW

    def __repr__(self) -> str:
        runs = self.best.size
        if np.isnan(self.best).any():
            return say("In {n} of {runs} runs the loss never fell: begin at a lower rate than {lowest:.2g}.",
                       n=int(np.isnan(self.best).sum()), runs=runs, lowest=self.rates[0])  # fmt: skip
        found = say("The loss is lowest at rate {best}; try {rate:.2g}.", best=spread(self.best), rate=self.suggested)
        if np.isinf(self.limit).any():
            limit = say("Up to {highest:.2g} it does not stay above its start in {n} of {runs} runs.",
                        highest=self.rates[-1], n=int(np.isinf(self.limit).sum()), runs=runs)  # fmt: skip
        else:
            limit = say("It stays above its start from rate {limit} on.", limit=spread(self.limit))
        alone = say("One run tells no spread: give several starts.") if runs == 1 else ""
        return together(found, limit, alone)

    def plot(self) -> "Figure":
        """The losses against the rate, with what was found."""
        from nnlearn.range_plot import range_plot

        return range_plot(self)


def spread(values: Array) -> str:
    """The median, and from where to where the runs' values go."""
    middle = f"{np.median(values):.2g}"
    if values.size == 1:
        return middle
    return say("{middle} ({low:.2g} to {high:.2g} in {runs} runs)",
               middle=middle, low=values.min(), high=values.max(), runs=values.size)  # fmt: skip


def rate_range_test(
    rule: Any, J: Any, theta: Any, lowest: float = 1e-4, highest: float = 10.0, steps: int = 200
) -> RateRange:
    """Runs the rule once from each start, its rate growing evenly in the logarithm, and looks at what the steps see.

    Smith (2017), "Cyclical Learning Rates", arXiv:1506.01186, section 3.3; here with medians of the losses and several
    starts, since one run can't say how sure it is. Where the loss has fallen far, it passes its start late: the limit
    is then too high, the rate of the lowest loss is not.

    rule: with any ``learning_rate``, which is replaced. theta: one start, shape (d,), or several, (runs, d).

    Raises TypeError or ValueError, naming the argument, if it can't be used.
    """
    rule_with_a_rate("rule", rule)
    low, high = (number(name, value, Range("(0, inf)")) for name, value in (("lowest", lowest), ("highest", highest)))
    if not low < high:
        raise ValueError(say("highest = {high:g} must be above lowest = {low:g}.", high=high, low=low))
    whole_number("steps", steps, at_least=10)
    growing = ExponentialDecay(low, decay_steps=steps - 1, decay_rate=high / low)
    method = rule.with_values({"learning_rate": growing})
    row = first_row(method, J, theta)
    with np.errstate(all="ignore"):  # the test ends in divergence
        points = [row.theta, *(later.theta for later in islice(rows(method, J, row), steps))]
        seen = np.array([np.atleast_1d(J.at(t).loss(point)) for t, point in enumerate(points, 1)]).reshape(
            steps + 1, -1
        )
        smooth = medians_around(np.where(np.isfinite(seen), seen, np.inf), around(steps))
    rates, start, losses = np.array([growing(step) for step in range(steps)]), smooth[0], smooth[1:]
    fell = losses.min(axis=0) < start
    above = ~(losses <= start)
    stays = steps - np.argmin(above[::-1], axis=0)  # of each run the first step after its last at or below the start
    stays = np.where(above.all(axis=0), 0, stays)
    return RateRange(
        rates, losses, start,
        best=np.where(fell, rates[losses.argmin(axis=0)], np.nan),
        limit=np.append(rates, np.inf)[stays],
    )  # fmt: skip


def around(steps: int) -> int:
    """How many losses on each side make a median. A share of the steps: the same part of the rates in any length."""
    return max(1, int(AROUND * steps))


def medians_around(values: Array, around: int) -> Array:
    """The median of each value and so many on each side, down the columns: one batch says little, an outlier nothing.

    A mean of the past would come late: it goes on falling for as long as it remembers what was large.
    """
    return np.array([np.median(values[max(0, k - around) : k + around + 1], axis=0) for k in range(len(values))])

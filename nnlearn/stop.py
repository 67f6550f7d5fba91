"""Stop rules: pure functions of the row before, the row, and the objective.

A rule answers for every member of a sweep: shape () for one run. The budget of steps is ``run``'s own argument.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np

from nnlearn.checks import Range, Whole, check_fields
from nnlearn.language import mark, say

if TYPE_CHECKING:
    from nnlearn.objectives.base import BaseObjective
    from nnlearn.row import Row


@dataclass(frozen=True)
class StopRule:
    """Base of all rules: called with (previous row, row, objective); True ends the run, the row being its last."""

    sentence = mark("The run stopped at step {step}.")

    def __post_init__(self) -> None:
        check_fields(self)

    def __call__(self, previous: "Row", row: "Row", J: "BaseObjective") -> Any:
        raise NotImplementedError


@dataclass(frozen=True)
class NotFinite(StopRule):
    """theta holds an infinity or NaN. In force in every run."""

    sentence = mark("The run left the finite numbers at step {step}.")

    def __call__(self, previous: "Row", row: "Row", J: "BaseObjective") -> Any:
        if math.isfinite(np.vdot(row.theta, row.theta)):  # a third of the time; an overflow here proves nothing
            return False
        return ~np.isfinite(row.theta).all(axis=-1)


@dataclass(frozen=True)
class NoStep(StopRule):
    """The Hessian is singular, so that no step leads to a level point. In force in every run of Newton's method."""

    sentence = mark(
        "At step {step} the Hessian is singular: it has no inverse, and there is no step. Damping gives one."
    )

    def __call__(self, previous: "Row", row: "Row", J: "BaseObjective") -> Any:
        if not hasattr(row, "direction") or math.isfinite(np.vdot(row.direction, row.direction)):
            return False
        known = np.isfinite(row.gradient).all(axis=-1) & np.isfinite(row.hessian).all(axis=(-2, -1))
        return known & np.isnan(row.direction).any(axis=-1)


@dataclass(frozen=True)
class NoLowerPoint(StopRule):
    """A search along the line found no lower point, and theta stays: for BFGS, LBFGS and Newton with a line search."""

    sentence = mark("At step {step} no lower point was found along the direction: it doesn't lead downhill, or the "
                    "loss's digits show no fall.")  # fmt: skip

    def __call__(self, previous: "Row", row: "Row", J: "BaseObjective") -> Any:
        return np.asarray(row.rate)[..., 0] == 0


@dataclass(frozen=True)
class GradientBelow(StopRule):
    """The Euclidean norm of the gradient that made this row is at most ``tolerance``."""

    tolerance: Annotated[float, Range("[0, inf)")]
    sentence = mark("The gradient's norm fell to {tolerance:g} or less at step {step}.")

    def __call__(self, previous: "Row", row: "Row", J: "BaseObjective") -> Any:
        return np.linalg.norm(row.gradient, axis=-1) <= self.tolerance


@dataclass(frozen=True)
class LossBelow(StopRule):
    """The loss on all data is at most ``threshold`` (one evaluation of the loss per step)."""

    threshold: Annotated[float, Range("(-inf, inf)")]
    sentence = mark("The loss fell to {threshold:g} or less at step {step}.")

    def __call__(self, previous: "Row", row: "Row", J: "BaseObjective") -> Any:
        return J.loss(row.theta) <= self.threshold


@dataclass(frozen=True)
class LossChangeBelow(StopRule):
    """One step changed the loss on all data by at most ``tolerance`` (two evaluations of the loss per step)."""

    tolerance: Annotated[float, Range("[0, inf)")]
    sentence = mark("A step changed the loss by {tolerance:g} or less, at step {step}.")

    def __call__(self, previous: "Row", row: "Row", J: "BaseObjective") -> Any:
        return np.abs(J.loss(row.theta) - J.loss(previous.theta)) <= self.tolerance


@dataclass(frozen=True)
class NoBetterLoss(StopRule):
    """The loss that is watched was not better in ``patience`` looks. In force in every run of ``EarlyStopping``."""

    patience: Annotated[int, Whole(1)]
    sentence = mark("The watched loss was not better in {patience} looks: the run stopped at step {step}.")

    def __call__(self, previous: "Row", row: "Row", J: "BaseObjective") -> Any:
        return np.asarray(row.since_best)[..., 0] >= self.patience


@dataclass(frozen=True)
class Stopped:
    """Why a run ended before its budget: the step and the rule. As text, a sentence."""

    step: int
    rule: StopRule

    def __str__(self) -> str:
        return say(self.rule.sentence, step=self.step, **vars(self.rule))


def as_rules(stop: StopRule | Sequence[StopRule] | None) -> tuple[StopRule, ...]:
    """No rule, one, or several, as a tuple; TypeError for anything else."""
    given: Any = () if stop is None else stop
    rules = tuple(given) if isinstance(given, list | tuple) else (given,)
    for rule in rules:
        if not isinstance(rule, StopRule):
            message = say("stop must be one or several rules of nnlearn.stop; it holds {value!r}.", value=rule)
            raise TypeError(message)
    return rules

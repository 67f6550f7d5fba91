"""Slopes of a loss out of its values at places nearby, and what these values show of how they were computed."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnlearn.checks import Array
from nnlearn.language import say
from nnlearn.objectives.base import BaseObjective

BLOCK = 2**22  # numbers in the places asked about at once: 32 MB


def asked(J: BaseObjective, name: str, theta: Array, needed: tuple[int, ...]) -> Any:
    """J's loss or gradient at a copy of theta; ValueError if the copy was changed, or the shape is not as needed."""
    given = theta.copy()
    value = getattr(J, name)(given)
    if given.tobytes() != theta.tobytes():  # bytes: NaN equals itself
        message = say("{name} changed theta in place; leave theta as it is and return a new array (theta = theta - 1 "
                      "makes a new one, theta -= 1 does not).", name=name)  # fmt: skip
        raise ValueError(message)
    if np.shape(value) != needed:
        message = say("{name} gives shape {shape} for theta of shape {theta}; its shape must be {needed}.",
                      name=name, shape=np.shape(value), theta=theta.shape, needed=needed)  # fmt: skip
        raise ValueError(message)
    return value


@dataclass(frozen=True)
class Slopes:
    """At one step: the slope to the left, to the right, and across, each of shape (coordinates,)."""

    left: Array
    right: Array
    central: Array

    @property
    def gap(self) -> Array:
        """How far the two sides are apart: h times the curvature where the loss is smooth."""
        return np.abs(self.right - self.left)


class Losses:
    """The losses around a place, and what they show of how they are computed.

    here: the loss at theta. again: the same, asked once more. kind: float16, float32 or float64, the coarsest that
    holds the loss at a few places nearby. rounding: its relative error.
    """

    def __init__(self, J: BaseObjective, theta: Array):
        self.J, self.theta = J, theta
        self.here, self.again = self.at(theta), self.at(theta)
        near = theta + 1e-3 * np.random.default_rng(0).normal(size=(4, len(theta))) * np.maximum(1, np.abs(theta))
        self.kind = coarsest(self.at(near))
        self.rounding = float(np.finfo(self.kind).eps)

    def at(self, theta: Array) -> Any:
        return asked(self.J, "loss", theta, theta.shape[:-1])

    def slopes(self, chosen: NDArray[np.int64], steps: Array) -> Slopes:
        """Those with the step of each chosen coordinate."""
        values = np.empty((2, len(chosen)))
        width = np.empty((2, len(chosen)))
        at_once = max(1, BLOCK // len(self.theta))
        for first in range(0, len(chosen), at_once):
            some = slice(first, first + at_once)
            rows = np.arange(len(chosen[some]))
            for side, sign in enumerate((-1, 1)):
                moved = np.tile(self.theta, (len(rows), 1))
                moved[rows, chosen[some]] += sign * steps[some]
                values[side, some] = self.at(moved)
                width[side, some] = moved[rows, chosen[some]] - self.theta[chosen[some]]  # what is left of the step
        left, right = (values - self.here) / width
        return Slopes(left, right, (values[1] - values[0]) / (width[1] - width[0]))


def coarsest(losses: Array) -> str:
    """The coarsest kind of number that holds all losses; float64 where they are all the same, which tells nothing."""
    if len(set(losses.tolist())) > 1:
        for kind in ("float16", "float32"):
            if (losses.astype(kind) == losses).all():
                return kind
    return "float64"

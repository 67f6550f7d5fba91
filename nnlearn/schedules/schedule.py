"""What all schedules share."""

from typing import Annotated, Any

from nnlearn.checks import Array, Range, constant
from nnlearn.hyperparameters import Hyperparameters

Number = Annotated[float | Array, constant, Range("[0, inf)")]  # one, or of a sweep of n runs n of shape (n, 1)
Steps = Annotated[float | Array, constant, Range("(0, inf)")]
Factor = Steps


class Schedule(Hyperparameters):
    """Base of all schedules: called with ``step``, the number of steps already made (0 for the first step).

    To show in equations, ``__call__(self, step)`` is one line, ``return`` and an expression; it may ask a schedule
    that is one of its fields, ``self.then(...)``.
    """

    def __call__(self, step: int) -> Any:
        raise NotImplementedError


class Constant(Schedule):
    """The same rate in all steps: what a number means where a schedule asks another one.

    >>> Constant(0.1)(0), Constant(0.1)(1000)
    (0.1, 0.1)
    """

    initial_learning_rate: Number

    def __call__(self, step: int) -> Any:
        return self.initial_learning_rate

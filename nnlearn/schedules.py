"""Schedules: a hyper-parameter that is a function of the steps already made. Any callable will do as well."""

from typing import Annotated, Any

from nnlearn.checks import Array, Range
from nnlearn.hyperparameters import Hyperparameters


class Schedule(Hyperparameters):
    """Base of all schedules: called with ``step``, the number of steps already made (0 for the first step).

    To show in equations, ``__call__(self, step)`` is one line, ``return`` and an expression.
    """

    def __call__(self, step: int) -> Any:
        raise NotImplementedError


class ExponentialDecay(Schedule):
    """The rate times ``decay_rate`` every ``decay_steps`` steps, evenly in between. Sources: 001§3.3.1; Keras.

    >>> rate = ExponentialDecay(0.1, decay_steps=10, decay_rate=0.5)
    >>> rate(0), rate(10), rate(20)
    (0.1, 0.05, 0.025)
    """

    initial_learning_rate: Annotated[float | Array, Range("[0, inf)")]
    decay_steps: Annotated[float | Array, Range("(0, inf)")]
    decay_rate: Annotated[float | Array, Range("(0, inf)")]

    def __call__(self, step: int) -> Any:
        return self.initial_learning_rate * self.decay_rate ** (step / self.decay_steps)

"""Schedules: a hyper-parameter that is a function of the steps already made. Any callable will do as well."""

from dataclasses import dataclass, fields, replace
from typing import Annotated, Any

from nnlearn.checks import Array, Range, check_fields
from nnlearn.sweep import members

# A number, an array of them (a sweep), or a function of the steps made; in ``step`` it is a number or an array.
Number = Any


@dataclass(frozen=True, eq=False)
class Schedule:
    """Base of all schedules: called with ``step``, the number of steps already made (0 for the first step)."""

    def __post_init__(self) -> None:
        check_fields(self)

    def __call__(self, step: int) -> Any:
        raise NotImplementedError

    def member(self, index: tuple[int, ...], batch: tuple[int, ...]) -> "Schedule":
        """The schedule of one member of a sweep."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return replace(self, **members(values, index, batch))


@dataclass(frozen=True, eq=False)
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

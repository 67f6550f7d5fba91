"""What all optimisers share: declared checks, the start of a run, schedules, sweeps."""

from copy import copy
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, dataclass_transform

import numpy as np

from nnlearn.checks import Array, Range, check_fields, real_array
from nnlearn.language import say
from nnlearn.schedules import Number
from nnlearn.sweep import members
from nnlearn.trace import Row

if TYPE_CHECKING:
    from nnlearn.equations import Formulas
    from nnlearn.objectives.base import BaseObjective

# A hyper-parameter is a number; an array of them is a sweep; a schedule gives each step its own.
Rate = Annotated[Number, Range("[0, inf)")]
Fraction = Annotated[Number, Range("[0, 1)")]


@dataclass_transform(frozen_default=True, eq_default=False)
def rule(cls: type) -> Any:
    """A frozen dataclass of hyper-parameters; compared by identity, since a hyper-parameter may be an array."""
    return dataclass(frozen=True, eq=False)(cls)


class Optimizer:
    """An update rule: hyper-parameters and one pure method, ``step(row, J) -> Row``.

    ``step`` asks the objective J for what it needs where it needs it, and names every quantity of the update once.
    ``state`` names what the next step needs besides theta; it is zero at the start.
    """

    state: ClassVar[tuple[str, ...]] = ()
    _scheduled: ClassVar[tuple[str, ...]] = ()  # the names of the hyper-parameters that are schedules

    def __post_init__(self) -> None:
        check_fields(self)
        for name, value in self.hyperparameters.items():
            if isinstance(value, list | tuple | np.ndarray):
                object.__setattr__(self, name, real_array(name, value))
        scheduled = tuple(name for name, value in self.hyperparameters.items() if callable(value))
        object.__setattr__(self, "_scheduled", scheduled)

    def step(self, row: Row, J: "BaseObjective") -> Row:
        raise NotImplementedError

    @property
    def equations(self) -> "Formulas":
        """The update rule, rendered from the source of ``step``."""
        from nnlearn.equations import Formulas

        return Formulas(self)

    @property
    def hyperparameters(self) -> dict[str, Any]:
        return {field.name: getattr(self, field.name) for field in fields(self)}  # type: ignore[arg-type]

    def start(self, theta: Array) -> Row:
        """Row 0: theta, spread over the sweep if a hyper-parameter is one, and a state of zeros."""
        arrays = {name: v for name, v in self.at(1).hyperparameters.items() if isinstance(v, np.ndarray)}
        shape = theta.shape
        for name, array in arrays.items():
            try:
                shape = np.broadcast_shapes(shape, array.shape)
                fits = shape[-1] == theta.shape[-1]
            except ValueError:
                fits = False
            if not fits:
                message = say("{name} of shape {shape} does not fit theta of shape {theta}: for a sweep of n values "
                              "give it the shape (n, 1).", name=name, shape=array.shape, theta=theta.shape)  # fmt: skip
                raise ValueError(message)
        theta = np.broadcast_to(theta, shape).copy()
        return Row(t=0, theta=theta, **{name: np.zeros_like(theta) for name in self.state})

    def resume(self, row: Row) -> Row:
        """Only what the next step needs of a row; AttributeError, naming what is missing, if it isn't all there."""
        return Row(t=row.t, theta=row.theta, **{name: getattr(row, name) for name in self.state})

    def at(self, t: int) -> "Optimizer":
        """The optimiser of step t: each schedule, asked with the number of steps already made, becomes a number."""
        if not self._scheduled:
            return self
        return self.with_values({name: getattr(self, name)(t - 1) for name in self._scheduled})

    def member(self, index: tuple[int, ...], batch: tuple[int, ...]) -> "Optimizer":
        """The optimiser of one member of a sweep of shape ``batch``."""
        return self.with_values(members(self.hyperparameters, index, batch))

    def with_values(self, values: dict[str, Any]) -> "Optimizer":
        """A copy with some hyper-parameters replaced, not checked again."""
        other = copy(self)
        for name, value in values.items():
            object.__setattr__(other, name, value)
        scheduled = tuple(name for name in self._scheduled if callable(getattr(other, name)))
        object.__setattr__(other, "_scheduled", scheduled)
        return other

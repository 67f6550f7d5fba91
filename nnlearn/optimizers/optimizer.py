"""What all optimisers share: the start of a run, schedules, the equations of the rule."""

from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Self

import numpy as np

from nnlearn.checks import Array, Range, check_field
from nnlearn.hyperparameters import Hyperparameters
from nnlearn.language import say
from nnlearn.trace import Row

if TYPE_CHECKING:
    from nnlearn.equations import Formulas
    from nnlearn.objectives.base import BaseObjective

# A number, an array of them (a sweep), or a schedule; in ``step`` it is a number or an array.
Rate = Annotated[Any, Range("[0, inf)")]
Fraction = Annotated[Any, Range("[0, 1)")]


class Optimizer(Hyperparameters):
    """An update rule: hyper-parameters and one pure method, ``step(row, J) -> Row``.

    ``step`` asks the objective J for what it needs where it needs it, and names every quantity of the update once.
    ``state`` names what the next step needs besides theta; it is zero at the start.
    """

    state: ClassVar[tuple[str, ...]] = ()

    def step(self, row: Row, J: "BaseObjective") -> Row:
        """The row after ``row``: theta, the state, and every quantity that made them; ``row`` is left as it is."""
        raise NotImplementedError

    @property
    def equations(self) -> "Formulas":
        """The update rule, rendered from the source of ``step``."""
        from nnlearn.equations import Formulas

        return Formulas(self)

    def start(self, theta: Array) -> Row:
        """Row 0: theta, spread over the sweep if a hyper-parameter is one, and a state of zeros."""
        theta = np.broadcast_to(theta, self.swept(theta.shape)).copy(order="K")
        row = Row(t=0, theta=theta, **{name: np.zeros_like(theta) for name in self.state})
        for name in ("theta", *self.state):
            getattr(row, name).flags.writeable = False  # a step that changed it would change the record
        return row

    def swept(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        """The shape of theta once every hyper-parameter that is an array has been spread over it."""
        whole = shape
        for name, value in self.at(1).hyperparameters.items():
            try:
                whole = np.broadcast_shapes(whole, np.shape(value))
                fits = whole[-1] == shape[-1]
            except ValueError:
                fits = False
            if not fits:
                message = say("{name} of shape {shape} does not fit theta of shape {theta}: for a sweep of n values "
                              "give it the shape (n, 1).", name=name, shape=np.shape(value), theta=shape)  # fmt: skip
                raise ValueError(message)
        return whole

    def resume(self, row: Row) -> Row:
        """Only what the next step needs of a row; AttributeError, naming what is missing, if it isn't all there."""
        return Row(t=row.t, theta=row.theta, **{name: getattr(row, name) for name in self.state})

    @cached_property
    def scheduled(self) -> dict[str, Any]:
        """The hyper-parameters that differ from step to step, by name."""
        return {name: value for name, value in self.hyperparameters.items() if callable(value)}

    def at(self, t: int) -> Self:
        """The optimiser of step t: each schedule, asked with the number of steps already made, becomes a number."""
        if not self.scheduled:
            return self
        values = {name: schedule(t - 1) for name, schedule in self.scheduled.items()}
        if isinstance(t, int | np.integer):  # not a tensor, whose number is not known yet
            for name, value in values.items():
                check_field(type(self), name, value)
        return self.with_values(values)

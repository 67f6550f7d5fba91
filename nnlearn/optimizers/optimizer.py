"""What all optimisers share: the start of a run, schedules, the equations of the rule."""

from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Self

import numpy as np

from nnlearn.checks import Array, Range, check_field
from nnlearn.hyperparameters import Hyperparameters, spread
from nnlearn.language import say
from nnlearn.row import Row
from nnlearn.stop import StopRule

if TYPE_CHECKING:
    from nnlearn.equations import Formulas
    from nnlearn.objectives.base import BaseObjective

# A number, an array of them (a sweep), or a schedule; in ``step`` it is a number or an array.
Rate = Annotated[Any, Range("[0, inf)")]
Fraction = Annotated[Any, Range("[0, 1)")]


class Optimizer(Hyperparameters):
    """An update rule: hyper-parameters and one pure method, ``step(row, J) -> Row``.

    ``step`` asks the objective J for what it needs where it needs it, and names every quantity of the update once.
    ``state`` names what the next step needs besides theta. Each piece has theta's shape and is zero at the start, if
    ``initial`` does not say otherwise.
    """

    state: ClassVar[tuple[str, ...]] = ()
    ends: ClassVar[tuple[StopRule, ...]] = ()
    """Where the rule can make no further step: stop rules in force in each of its runs."""

    def initial(self, theta: Array) -> dict[str, Array]:
        """Of those pieces of the state that don't begin as zeros of theta's shape, the first value.

        theta: shape (..., d). The axes before the last are the runs of a sweep; a value begins with them too:
        ``np.ones((*theta.shape[:-1], 1))`` is one number for each run.
        """
        return {}

    def step(self, row: Row, J: "BaseObjective") -> Row:
        """The row after ``row``: theta, the state, and every quantity that made them; ``row`` is left as it is."""
        raise NotImplementedError

    def in_force(self, row: Row, J: "BaseObjective") -> tuple["Optimizer", dict[str, Array]]:
        """The rule whose equations make the row after ``row``, and what that row holds besides: by itself, itself."""
        return self, {}

    @property
    def equations(self) -> "Formulas":
        """The update rule, rendered from the source of ``step``."""
        from nnlearn.equations import Formulas

        return Formulas(self)

    def start(self, theta: Array) -> Row:
        """Row 0: theta, spread over the sweep if a hyper-parameter is one, and the state's first values."""
        theta = np.broadcast_to(theta, self.swept(theta.shape)).copy(order="K")
        row = Row(t=0, theta=theta, **self.first_state(theta))
        for name in ("theta", *self.state):
            getattr(row, name).flags.writeable = False  # a step that changed it would change the record
        return row

    def first_state(self, theta: Array) -> dict[str, Array]:
        """The state at theta, by name: zeros, or what ``initial`` says.

        Raises ValueError if ``initial`` names what ``state`` does not, or forgets the runs of a sweep.
        """
        declared = {name: np.array(value, theta.dtype) for name, value in self.initial(theta).items()}
        runs = theta.shape[:-1]
        for name, value in declared.items():
            if name not in self.state:
                message = say("initial gives {name}, which is not in state: {names}.",
                              name=name, names=", ".join(self.state))  # fmt: skip
                raise ValueError(message)
            if value.shape[: len(runs)] != runs:
                message = say("initial gives {name} the shape {shape}; it must begin with {needed}, the runs.",
                              name=name, shape=value.shape, needed=runs)  # fmt: skip
                raise ValueError(message)
        return {name: declared[name] if name in declared else np.zeros_like(theta) for name in self.state}

    def swept(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        """The shape of theta once every hyper-parameter that is an array has been spread over it."""
        return spread(shape, self.at(1).hyperparameters)

    def resume(self, row: Row) -> Row:
        """Only what the next step needs of a row.

        Raises AttributeError, naming what is missing, if it isn't all there; ValueError if a piece of the state has
        another shape than this optimiser's (a memory of another length, say).
        """
        state = {name: getattr(row, name) for name in self.state}
        for name, first in self.first_state(row.theta).items():
            if np.shape(state[name]) != first.shape:
                message = say("The row's {name} has shape {shape}; {optimizer} needs {needed}.", name=name,
                              shape=np.shape(state[name]), optimizer=self, needed=first.shape)  # fmt: skip
                raise ValueError(message)
        return Row(t=row.t, theta=row.theta, **state)

    @cached_property
    def scheduled(self) -> dict[str, Any]:
        """The hyper-parameters that differ from step to step, by name."""
        return {name: value for name, value in self.hyperparameters.items() if callable(value)}

    def at(self, t: int) -> Self:
        """The optimiser of step t: each schedule, asked with the number of steps already made, becomes a number."""
        if not self.scheduled:
            return self
        values = {name: asked(schedule, t - 1) for name, schedule in self.scheduled.items()}
        if isinstance(t, int | np.integer):  # not a tensor, whose number is not known yet
            for name, value in values.items():
                check_field(type(self), name, value)
        return self.with_values(values)


def asked(schedule: Any, step: Any) -> Any:
    """The schedule's number; infinite where a power of Python's is too large for one, as NumPy's are."""
    try:
        with np.errstate(over="ignore"):
            return schedule(step)
    except OverflowError:
        return np.inf

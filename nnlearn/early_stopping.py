"""A run that ends when another loss no longer falls, and the best theta on its way."""

from typing import TYPE_CHECKING, Annotated, Any, Self

import numpy as np

from nnlearn.checks import Array, Range, Whole, one_number
from nnlearn.language import say
from nnlearn.objectives.base import BaseObjective
from nnlearn.optimizers.optimizer import Optimizer
from nnlearn.row import Row
from nnlearn.stop import NoBetterLoss, StopRule

if TYPE_CHECKING:
    from nnlearn.trace import Trace

NAMES = ("best_loss", "best_theta", "since_best")


def update_rule(name: str, value: Any) -> None:
    """TypeError if the value is no update rule, or stops early already."""
    if not isinstance(value, Optimizer) or isinstance(value, EarlyStopping):
        message = say("{name} must be an update rule, such as nn.Adam(0.01); it is {value!r}.", name=name, value=value)
        raise TypeError(message)


def loss_to_watch(name: str, value: Any) -> None:
    """TypeError if the value is no objective."""
    if not isinstance(value, BaseObjective):
        message = say("{name} must be an objective, such as J.held_out(X, y); it is {value!r}.", name=name, value=value)
        raise TypeError(message)


class EarlyStopping(Optimizer):
    """The rule, in runs that end when the loss of ``watch`` has not been better for a while; the best theta is kept.

    rule: any update rule, ``ReduceOnPlateau`` too. watch: an objective of held-out data, such as ``J.held_out(X, y)``:
        it is the network as it is used, without dropout.
    patience: the run ends when so many looks in a row found no loss more than ``min_delta`` below the best one.
    every: steps between two looks, such as those of an epoch. The look is after the step: at its theta.

    Its state has besides the rule's ``best_loss``, ``best_theta`` and ``since_best``, looks since the best: so a run
    goes on from any row, bit for bit. ``trace.last.best_theta`` is the best theta of a run, ``best(trace)`` that of
    each run of a sweep. With losses that are numbers, it is Keras's callback ``EarlyStopping`` with
    ``restore_best_weights=True``, in which a patience of 0 means 1. The start is not looked at, in Keras neither.

    Prechelt, "Early stopping - but when?" (1998), in "Neural Networks: Tricks of the Trade", has a collection of such
    rules. Raises TypeError if rule is no update rule, or watch no objective.

    >>> import nnlearn as nn
    >>> J = nn.objectives.Quadratic(curvatures=[1.0])
    >>> held_out = nn.Objective(lambda theta: (theta[..., 0] - 1) ** 2, lambda theta: 2 * (theta - 1))
    >>> trace = nn.run(EarlyStopping(nn.GradientDescent(0.1), held_out, patience=3), J, [3.0], 100)
    >>> print(trace.stopped)
    The watched loss was not better in 3 looks: the run stopped at step 13.
    """

    rule: Annotated[Any, update_rule]
    watch: Annotated[Any, loss_to_watch]
    patience: Annotated[int, Whole(1)] = 10
    min_delta: Annotated[float, one_number, Range("[0, inf)")] = 0.0
    every: Annotated[int, Whole(1)] = 1

    @property
    def state(self) -> tuple[str, ...]:  # type: ignore[override]
        return (*self.rule.state, *NAMES)

    @property
    def ends(self) -> tuple[StopRule, ...]:  # type: ignore[override]
        return (*self.rule.ends, NoBetterLoss(self.patience))

    def initial(self, theta: Array) -> dict[str, Array]:
        runs = (*theta.shape[:-1], 1)
        return {
            **self.rule.initial(theta),
            "best_loss": np.full(runs, np.inf), "best_theta": theta, "since_best": np.zeros(runs),
        }  # fmt: skip

    def step(self, row: Row, J: Any) -> Row:
        later = self.rule.at(row.t + 1).step(row, J)
        return Row(**vars(later), **self.looked(row, later.theta))

    def looked(self, row: Row, theta: Array) -> dict[str, Array]:
        """The state after the step that made theta."""
        if (row.t + 1) % self.every:
            return {name: getattr(row, name) for name in NAMES}
        loss = np.asarray(self.watch.loss(theta))[..., np.newaxis]
        better = loss < row.best_loss - self.min_delta
        return {
            "best_loss": np.where(better, loss, row.best_loss),
            "best_theta": np.where(better, theta, row.best_theta),
            "since_best": np.where(better, 0, row.since_best + 1),
        }

    def best(self, trace: "Trace") -> Array:
        """The best theta of each run, shape (..., d): of one run that of its last row.

        A run of a sweep ends by itself: the row in which it did is made again, if it was not recorded. Raises
        AttributeError if the trace did not keep what that needs.
        """
        if not trace.batch:
            return np.array(trace.last.best_theta)
        return np.reshape([trace.member(index).ending().best_theta for index in np.ndindex(trace.batch)],
                          (*trace.batch, -1))  # fmt: skip

    def in_force(self, row: Row, J: Any) -> tuple[Optimizer, dict[str, Array]]:
        rule, kept = self.rule.in_force(row, J)
        return rule, {**kept, **self.looked(row, self.rule.at(row.t + 1).step(row, J).theta)}

    @property
    def equations(self) -> Any:
        """Those of the rule."""
        return self.rule.equations

    def swept(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        return super().swept(self.watch.swept(self.rule.swept(shape)))

    def member(self, index: tuple[int, ...], batch: tuple[int, ...]) -> Self:
        return super().member(index, batch).with_values({"watch": self.watch.member(index, batch)})

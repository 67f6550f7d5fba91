"""A rate that is cut when the loss stands still."""

from typing import Annotated, Any, Self

import numpy as np

from nnlearn.checks import Array, Range, Whole, one_a_run, one_number
from nnlearn.language import say
from nnlearn.optimizers.optimizer import Optimizer
from nnlearn.row import Row
from nnlearn.stop import StopRule

NAMES = ("best", "waited", "scale")


def rule_with_a_rate(name: str, value: Any) -> None:
    """TypeError if the value is not an update rule with a learning rate, or is such a wrapper already."""
    if not isinstance(value, Optimizer) or "learning_rate" not in value.hyperparameters:
        message = say("{name} must be an update rule with a learning_rate, such as nn.Adam(0.01); it is {value!r}.",
                      name=name, value=value)  # fmt: skip
        raise TypeError(message)


def with_a_loss(name: str, value: Any) -> None:
    """TypeError if the value is neither an objective nor None: it would be asked only at the first look."""
    if value is not None and (isinstance(value, type) or not callable(getattr(value, "loss", None))):
        raise TypeError(say("{name} must be an objective, whose loss is looked at, or None; it is {value!r}.",
                            name=name, value=value))  # fmt: skip


class ReduceOnPlateau(Optimizer):
    """The rule, its learning rate times ``factor`` whenever the loss has stood still: 001§3.3.1, "adaptive".

    rule: any rule with a ``learning_rate``, which may follow a schedule of its own.
    patience: after so many looks in a row without a loss more than ``min_delta`` below the best one, the rate is cut,
        and the waiting begins anew. As in Keras's ``ReduceLROnPlateau``; PyTorch's cuts one look later.
    every: steps between two looks, such as those of an epoch. The look is before the step: at theta of the row before.
    watch: the objective whose loss is looked at. Without it, it is what the step sees: on mini-batches, one batch.

    Its state has besides the rule's ``best``, ``waited`` and ``scale``, the factor in force: one number for each run,
    shape (..., 1). So a run goes on from any row, bit for bit. ``learning_rate`` is the rate in force.

    Raises TypeError if rule is no update rule with a learning rate, or watch no objective.
    """

    rule: Annotated[Any, rule_with_a_rate]
    factor: Annotated[float | Array, one_a_run, Range("(0, 1)")] = 0.1
    patience: Annotated[int, Whole(1)] = 10
    min_delta: Annotated[float, one_number, Range("[0, inf)")] = 1e-4
    every: Annotated[int, Whole(1)] = 1
    watch: Annotated[Any, with_a_loss] = None

    @property
    def state(self) -> tuple[str, ...]:  # type: ignore[override]
        return (*self.rule.state, *NAMES)

    @property
    def ends(self) -> tuple[StopRule, ...]:  # type: ignore[override]
        return self.rule.ends

    def initial(self, theta: Array) -> dict[str, Array]:
        runs = (*theta.shape[:-1], 1)
        return {
            **self.rule.initial(theta), "best": np.full(runs, np.inf), "waited": np.zeros(runs), "scale": np.ones(runs),
        }  # fmt: skip

    def step(self, row: Row, J: Any) -> Row:
        rule, kept = self.in_force(row, J)
        return Row(**vars(rule.at(row.t + 1).step(row, J)), **kept)

    def in_force(self, row: Row, J: Any) -> tuple[Optimizer, dict[str, Array]]:
        looks = row.t > 0 and row.t % self.every == 0
        best, waited, scale = self.looked(row, J) if looks else (row.best, row.waited, row.scale)
        learning_rate = scale * self.rule.at(row.t + 1).learning_rate
        kept = {"best": best, "waited": waited, "scale": scale, "learning_rate": learning_rate}
        return self.rule.with_values({"learning_rate": learning_rate}), kept

    def looked(self, row: Row, J: Any) -> tuple[Array, Array, Array]:
        """The best loss, how many looks have passed since, and the factor in force, after a look."""
        loss = np.asarray((J if self.watch is None else self.watch).loss(row.theta))[..., np.newaxis]
        better = loss < row.best - self.min_delta
        waited = np.where(better, 0, row.waited + 1)
        cut = waited >= self.patience
        return (
            np.where(better, loss, row.best),
            np.where(cut, 0, waited),
            np.where(cut, row.scale * self.factor, row.scale),
        )

    @property
    def equations(self) -> Any:
        """Those of the rule; its learning rate is the one in force."""
        return self.rule.equations

    def swept(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        return super().swept(self.rule.swept(shape))

    def member(self, index: tuple[int, ...], batch: tuple[int, ...]) -> Self:
        picked = super().member(index, batch)
        return picked if self.watch is None else picked.with_values({"watch": self.watch.member(index, batch)})

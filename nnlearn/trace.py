"""A run, step by step: the record of one step is the state of the next.

Row t holds everything that made theta_t. A trace is the rows stacked, so state, log, plot data and explanation
are the same object and can't disagree.
"""

from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from nnlearn import stop as stops
from nnlearn.checks import Array, whole_number
from nnlearn.language import say

if TYPE_CHECKING:
    from nnlearn.explain import Explanation
    from nnlearn.objectives.base import BaseObjective
    from nnlearn.optimizers.optimizer import Optimizer


class Row:
    """One step: ``row.t``, ``row.theta`` and every quantity that made it, each an attribute of its own."""

    def __init__(self, **columns: Any):
        self.__dict__.update(columns)

    def __getattr__(self, name: str) -> Any:  # only called when the attribute is missing
        if name.startswith("__"):
            raise AttributeError(name)
        names = ", ".join(vars(self))
        raise AttributeError(say("This row has no {name}; it has {names}.", name=name, names=names))

    def __repr__(self) -> str:
        return "Row(" + ", ".join(f"{name}={value}" for name, value in vars(self).items()) + ")"

    def replace(self, **changes: Any) -> "Row":
        """The same row with some quantities changed (a branch of the run can start there)."""
        missing = [name for name in changes if name not in vars(self)]
        if missing:
            getattr(self, missing[0])  # raises, naming what there is
        return Row(**{**vars(self), **changes})


def rows(optimizer: "Optimizer", J: "BaseObjective", row: Row) -> Iterator[Row]:
    """The one loop, without end: every run, explorer, task and step view iterates it."""
    while True:
        t = row.t + 1
        row = Row(t=t, **vars(optimizer.at(t).step(row, J.at(t))))
        yield row


def last_row(later: Iterator[Row], row: Row, steps: int) -> Row:
    """The row so many steps later, nothing recorded on the way. Overflow is a result, not a warning."""
    with np.errstate(all="ignore"):
        for following in islice(later, steps):
            row = following
    return row


def run(
    optimizer: "Optimizer",
    J: "BaseObjective",
    theta: Any,
    steps: int,
    stop: stops.StopRule | Sequence[stops.StopRule] | None = None,
    keep: Sequence[str] | None = None,
    every: int = 1,
) -> "Trace":
    """Runs ``steps`` steps of ``optimizer`` on the objective ``J`` from ``theta`` and records them.

    theta: shape (d,) for one run, (..., d) for a sweep of independent runs; or a ``Row`` of an earlier trace, from
        which the run goes on, bit for bit.
    stop: one or several stop rules (``nnlearn.stop``). A run that leaves the finite numbers always stops. In a
        sweep each member stops for itself: its later rows are NaN, the others go on.
    keep: the columns to record (all, if not given); every: record only each so-many-th step. The first and the last
        row are always recorded. Both bound the memory.

    Raises ValueError or TypeError, naming the argument, if it can't be used.
    """
    whole_number("steps", steps, at_least=0)
    whole_number("every", every, at_least=1)
    rules = (stops.NotFinite(), *stops.as_rules(stop))
    row = optimizer.resume(theta) if isinstance(theta, Row) else optimizer.start(J.check(theta))
    record = Record(row, keep, size=2 + steps // every)
    ending = Ending(rules, J, batch=row.theta.shape[:-1])
    last = row.t + steps
    with np.errstate(all="ignore"):  # divergence is a result, not a warning
        for t, later in zip(range(row.t + 1, last + 1), rows(optimizer, J, row), strict=False):
            ended = ending.reached(row, later)
            row = later
            if ended or t == last or (t - record.t[0]) % every == 0:
                record.add(row)
            if ended:
                break
    return Trace(optimizer, J, *record.columns_until(ending.step), row, rules, ending.step, ending.rule)


class Record:
    """Rows written into preallocated columns: one copy of each number, whatever the length of the run."""

    def __init__(self, first: Row, keep: Sequence[str] | None, size: int):
        self.keep, self.size = keep, size
        self.t = [first.t]
        self.columns: dict[str, Array] = {}
        self.allocate(first)

    def allocate(self, row: Row) -> None:
        """A column for each quantity that has none yet, NaN in the rows already there."""
        for name, value in vars(row).items():
            if name not in self.columns and name != "t" and (self.keep is None or name in self.keep):
                column = self.columns[name] = np.empty((self.size, *np.shape(value)))
                column[0] = value if row.t == self.t[0] else np.nan

    def add(self, row: Row) -> None:
        if len(self.t) == 1:
            self.allocate(row)
            for name in self.keep or ():
                getattr(row, name)  # raises, naming what there is
        i = len(self.t)
        values = row.__dict__
        for name, column in self.columns.items():
            column[i] = values[name]
        self.t.append(row.t)

    def columns_until(self, end: Any) -> tuple[NDArray[np.int64], dict[str, Array]]:
        """The recorded steps and columns, NaN after the end of each member."""
        t = np.array(self.t)
        later = t.reshape(-1, *[1] * end.ndim) > end
        columns = {name: column[: len(t)] for name, column in self.columns.items()}
        if later.any():
            for column in columns.values():
                column[later] = np.nan
        return t, columns


class Ending:
    """Which member of the sweep (or the one run) ended at which step by which rule."""

    NEVER = np.iinfo(np.int64).max

    def __init__(self, rules: Sequence[stops.StopRule], J: "BaseObjective", batch: tuple[int, ...]):
        self.rules, self.J = rules, J
        self.step = np.full(batch, self.NEVER)
        self.rule = np.full(batch, -1)

    def reached(self, previous: Row, row: Row) -> bool:
        """Notes the members that end with this row; True when none goes on."""
        any_met = False
        for number, rule in enumerate(self.rules):
            met = rule(previous, row, self.J)
            if np.count_nonzero(met):
                any_met = True
                now = met & (self.step == self.NEVER)
                self.step[now], self.rule[now] = row.t, number
        return any_met and bool((self.step != self.NEVER).all())


class Trace:
    """The rows of a run, stacked: ``trace.theta`` has shape (rows, ..., d), ``trace[k]`` is the row of step k.

    Columns: ``theta``, the method's own quantities as its ``step`` names them, and, computed when asked for, ``loss``
    and ``update``. ``trace.t`` holds the recorded steps. Row 0 has only theta and the state; its other columns are NaN.
    """

    def __init__(
        self,
        optimizer: "Optimizer",
        objective: "BaseObjective",
        t: NDArray[np.int64],
        columns: dict[str, Array],
        last: Row,
        rules: Sequence[stops.StopRule],
        stop_step: Any,
        stop_rule: Any,
    ):
        self.optimizer, self.objective = optimizer, objective
        self.t, self.columns, self.last = t, columns, last
        self.rules, self.stop_step, self.stop_rule = rules, stop_step, stop_rule

    def __getattr__(self, name: str) -> Array:
        columns = self.__dict__.get("columns", {})
        if name in columns:
            return columns[name]
        names = ", ".join([*columns, "loss", "update"])
        raise AttributeError(say("This trace has no column {name}; it has {names}.", name=name, names=names))

    def __len__(self) -> int:
        return len(self.t)

    def __iter__(self) -> Iterator[Row]:
        return (self[int(k)] for k in self.t)

    def __getitem__(self, k: int) -> Row:
        """The row of step k; a negative k counts from the end."""
        i = int(k) + len(self) if k < 0 else int(np.searchsorted(self.t, k))
        if not 0 <= i < len(self) or (k >= 0 and self.t[i] != k):
            steps = f"{self.t[0]}, {self.t[1]}, …, {self.t[-1]}" if len(self) > 2 else ", ".join(map(str, self.t))
            raise IndexError(say("Step {k} was not recorded; the recorded steps are {steps}.", k=k, steps=steps))
        return Row(t=int(self.t[i]), **{name: column[i] for name, column in self.columns.items()})

    def __repr__(self) -> str:
        text = say(
            "{optimizer} on {objective}: steps {first} to {last}",
            optimizer=self.optimizer,
            objective=self.objective,
            first=self.t[0],
            last=self.t[-1],
        )
        return f"{text}. {self.stopped}" if self.stop_step.ndim == 0 and self.stopped else text + "."

    @property
    def batch(self) -> tuple[int, ...]:
        """The shape of the sweep; () for one run."""
        return self.stop_step.shape

    @cached_property
    def loss(self) -> Array:
        """J.loss of every recorded theta, on all data, shape (rows, ...)."""
        with np.errstate(all="ignore"):
            blocks = [self.objective.loss(self.theta[i : i + 256]) for i in range(0, len(self), 256)]
        return np.concatenate(blocks)

    @cached_property
    def update(self) -> Array:
        """theta_t - theta_(t-1), the shape of theta; NaN in row 0."""
        if np.any(np.diff(self.t) != 1):
            raise ValueError(say("update needs every step; this trace did not record every step. Run with every=1."))
        with np.errstate(invalid="ignore"):
            return np.concatenate([np.full_like(self.theta[:1], np.nan), np.diff(self.theta, axis=0)])

    @property
    def stopped(self) -> Any:
        """Why and when the run stopped before its budget: None or a ``Stopped``; of a sweep, an array of these."""
        stopped = np.full(self.batch, None, dtype=object)
        for index in zip(*np.nonzero(np.atleast_1d(self.stop_rule >= 0)), strict=True):
            index = index if self.batch else ()
            stopped[index] = stops.Stopped(int(self.stop_step[index]), self.rules[self.stop_rule[index]])
        return stopped if self.batch else stopped[()]

    def member(self, index: int | tuple[int, ...]) -> "Trace":
        """One run of a sweep as a trace of its own, with that run's hyper-parameters."""
        index = tuple(np.atleast_1d(index))
        if len(index) != len(self.batch):
            raise IndexError(say("member needs {n} indices for a sweep of shape {shape}.",
                                 n=len(self.batch), shape=self.batch))  # fmt: skip
        end = self.stop_step[index]
        t = self.t[self.t <= end]
        columns = {name: np.array([row[index] for row in column[: len(t)]]) for name, column in self.columns.items()}
        last = self.last if end >= self.last.t else self[int(t[-1])]
        last = Row(t=last.t, **{name: value[index] for name, value in vars(last).items() if name != "t"})
        optimizer = self.optimizer.member(index, self.batch)
        return Trace(optimizer, self.objective, t, columns, last, self.rules, end, self.stop_rule[index])

    def before(self, k: int) -> Row:
        """The row before step k, exactly; where it was not recorded it is run again from the last one that was."""
        if not self.t[0] < k <= self.t[-1]:
            raise IndexError(say("Step {k} is not in this trace; give a step from {first} to {last}.",
                                 k=k, first=self.t[0] + 1, last=self.t[-1]))  # fmt: skip
        row = self.optimizer.resume(self[int(self.t[self.t < k][-1])])
        return last_row(rows(self.optimizer, self.objective, row), row, k - 1 - row.t)

    def explain(self, k: int, coordinates: Sequence[int] | None = None, member: Any = None) -> "Explanation":
        """Step k as equations, in symbols and with its numbers; see ``nnlearn.explain.explain``."""
        from nnlearn.explain import explain

        return explain(self, k, coordinates=coordinates, member=member)

    def branch(self, k: int, steps: int | None = None, **changes: Any) -> "Trace":
        """The run that would have followed had the row of step k held other numbers: ``trace.branch(7, m=[0, 0])``."""
        row = self[k].replace(**{name: np.asarray(value, dtype=float) for name, value in changes.items()})
        return run(self.optimizer, self.objective, row, int(self.t[-1]) - row.t if steps is None else steps)

    def save(self, path: str | Path) -> None:
        """Writes the trace to one .npz file; see ``nnlearn.storage``."""
        from nnlearn.storage import save

        save(self, path)

    @staticmethod
    def load(path: str | Path, optimizer: Any = None, objective: Any = None) -> "Trace":
        """Reads a saved trace; see ``nnlearn.storage``."""
        from nnlearn.storage import load

        return load(path, optimizer, objective)

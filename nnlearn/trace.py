"""A run, step by step: the record of one step is the state of the next.

Row t holds everything that made theta_t. A trace is the rows stacked, so state, log, plot data and explanation
are the same object and can't disagree.
"""

import operator
from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from nnlearn import stop as stops
from nnlearn.checks import Array, real_array, whole_number
from nnlearn.language import say
from nnlearn.record import Ending, Record
from nnlearn.row import Row

if TYPE_CHECKING:
    from nnlearn.explanation import Explanation
    from nnlearn.objectives.base import BaseObjective
    from nnlearn.optimizers.optimizer import Optimizer


def rows(optimizer: "Optimizer", J: "BaseObjective", row: Row) -> Iterator[Row]:
    """The one loop, without end: every run, explorer, task and step view iterates it."""
    while True:
        t = row.t + 1
        following = optimizer.at(t).step(row, J.at(t))
        if not isinstance(following, Row):
            raise TypeError(say("step must return a Row(theta=..., ...); it returned {value!r}.", value=following))
        row = Row(t=t, **vars(following))
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
    stop: one or several stop rules (``nnlearn.stop``). A run whose theta leaves the finite numbers always stops. In a
        sweep each member stops for itself: its later rows are NaN, the others go on.
    keep: the columns to record (all, if not given); every: record only each so-many-th step. The first and the last
        row are always recorded. Both bound the memory.

    Raises ValueError or TypeError, naming the argument, if it can't be used.
    """
    whole_number("steps", steps, at_least=0)
    whole_number("every", every, at_least=1)
    rules = (*getattr(optimizer, "ends", ()), stops.NotFinite(), *stops.as_rules(stop))
    first = row = first_row(optimizer, J, theta)
    names = None if keep is None else (keep,) if isinstance(keep, str) else tuple(keep)
    record = Record(first, names, 1 - (-steps // every), RESERVED)
    ending = Ending(rules, J, first)
    last = first.t + steps
    with np.errstate(all="ignore"):  # divergence is a result, not a warning
        for t, later in zip(range(first.t + 1, last + 1), rows(optimizer, J, first), strict=False):
            if row is first:
                record.check(later)
            ended = ending.reached(row, later)
            row = later
            if ended or t == last or (t - first.t) % every == 0:
                record.add(row)
            if ended:
                break
    if row.t > ending.step.min(initial=last):  # of a sweep, the members that ended before
        over = row.t > ending.step
        row = Row(**{n: v if n == "t" else np.where(over.reshape(over.shape + (1,) * (v.ndim - over.ndim)), np.nan, v)
                     for n, v in vars(row).items()})  # fmt: skip
    return Trace(optimizer, J, *record.columns_until(ending.step), row, rules, ending.step, ending.rule)


def first_row(optimizer: Any, J: Any, theta: Any) -> Row:
    """Where a run begins: at theta with a state of zeros, or at a row of another run."""
    for name, value, method in (("optimizer", optimizer, "step"), ("J", J, "gradient")):
        if isinstance(value, type) or not hasattr(value, method):
            example = {"step": "nn.Adam(0.1)", "gradient": "nn.objectives.Rosenbrock()"}[method]
            message = say("{name} must be an object with a method {method}, such as {example}; it is {value!r}.",
                          name=name, method=method, example=example, value=value)  # fmt: skip
            raise TypeError(message)
    if isinstance(theta, Trace):
        raise TypeError(say("theta is a whole trace: to go on from it, give one of its rows, trace[k] or trace.last."))
    if isinstance(theta, Row):
        row = optimizer.resume(theta)
        found = np.shape(J.check(row.theta))
        swept = optimizer.swept(J.swept(found))
        if swept != found:
            message = say("The row's theta has shape {found}; the sweep needs {swept}: begin it at row.theta.",
                          found=found, swept=swept)  # fmt: skip
            raise ValueError(message)
        return row
    theta = J.check(theta)
    return optimizer.start(np.broadcast_to(theta, J.swept(theta.shape)))


class Trace:
    """The rows of a run, stacked: ``trace.theta`` has shape (rows, ..., d), ``trace[k]`` is the row of step k.

    Columns: ``theta``, the method's own quantities as its ``step`` names them, and, computed when asked for, ``loss``
    and ``update``, and the ``learning_rate`` in force; on data also ``samples``, a tuple of arrays: the numbers of the
    examples that made each row, as the step saw them. ``trace.t`` holds the recorded steps. Row 0 has only theta and
    the state; its other columns are NaN, and no samples made it.
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

        for column in columns.values():
            column.flags.writeable = False  # the rows are views of it

    def __getattr__(self, name: str) -> Any:
        columns = self.__dict__.get("columns", {})
        if name in columns:
            return columns[name]
        if name in COMPUTED and (name not in OF_THETA or "theta" in columns):
            value = self.__dict__[name] = COMPUTED[name](self)
            return value
        names = ", ".join([*columns, *(("loss", "update") if "theta" in columns else ())])
        raise AttributeError(say("This trace has no column {name}; it has {names}.", name=name, names=names))

    def __len__(self) -> int:
        return len(self.t)

    def __iter__(self) -> Iterator[Row]:
        return (self[int(k)] for k in self.t)

    def __getitem__(self, k: int) -> Row:
        """The row of step k; a negative k counts from the end."""
        k = operator.index(k)
        i = k + len(self) if k < 0 else int(np.searchsorted(self.t, k))
        if not 0 <= i < len(self) or (k >= 0 and self.t[i] != k):
            steps = f"{self.t[0]}, {self.t[1]}, …, {self.t[-1]}" if len(self) > 2 else ", ".join(map(str, self.t))
            raise IndexError(say("Step {k} was not recorded; the recorded steps are {steps}.", k=k, steps=steps))
        return Row(t=int(self.t[i]), **{name: column[i] for name, column in self.columns.items()})

    def __repr__(self) -> str:
        text = say(
            "{optimizer} on {objective}: steps {first} to {last}.",
            optimizer=self.optimizer,
            objective=self.objective,
            first=self.t[0],
            last=self.t[-1],
        )
        return f"{text} {self.stopped}" if self.stop_step.ndim == 0 and self.stopped else text

    @property
    def batch(self) -> tuple[int, ...]:
        """The shape of the sweep; () for one run."""
        return self.stop_step.shape

    @cached_property
    def stopped(self) -> Any:
        """Why and when the run stopped before its budget: None or a ``Stopped``; of a sweep, an array of these."""
        stopped = np.full(self.batch, None, dtype=object)
        for index in zip(*np.nonzero(np.atleast_1d(self.stop_rule >= 0)), strict=True):
            index = index if self.batch else ()
            stopped[index] = stops.Stopped(int(self.stop_step[index]), self.rules[self.stop_rule[index]])
        return stopped if self.batch else stopped[()]

    def member(self, number: int | tuple[int, ...]) -> "Trace":
        """One run of a sweep as a trace of its own, with that run's hyper-parameters; ``number`` is its index."""
        index = tuple(int(i) for i in np.atleast_1d(number))
        if len(index) != len(self.batch):
            raise IndexError(say("member needs {n} indices for a sweep of shape {shape}.",
                                 n=len(self.batch), shape=self.batch))  # fmt: skip
        end = self.stop_step[index]
        t = self.t[self.t <= end]
        columns = {name: np.array([row[index] for row in column[: len(t)]]) for name, column in self.columns.items()}
        last = self.last if end >= self.last.t else self[int(t[-1])]
        last = Row(t=last.t, **{name: value[index] for name, value in vars(last).items() if name != "t"})
        optimizer = self.optimizer.member(index, self.batch)
        objective = self.objective.member(index, self.batch)
        return Trace(optimizer, objective, t, columns, last, self.rules, end, self.stop_rule[index])

    def ending(self) -> Row:
        """The row in which a run ended; of a member of a sweep its own, made again where it was not recorded.

        Raises AttributeError if what that needs was not kept.
        """
        end = int(self.stop_step)
        if self.stop_rule < 0 or self.last.t == end:
            return self.last
        return next(rows(self.optimizer, self.objective, self.before(end)))

    def before(self, k: int) -> Row:
        """The row before step k, exactly; where it was not recorded it is run again from the last one that was."""
        whole_number("k", k, at_least=-(10**9))
        end = max(int(self.t[-1]), int(self.stop_step) if self.stop_rule >= 0 else 0)  # the last row of a member
        if not self.t[0] < k <= end:
            message = say("Step {k} is not in this trace; give a step from {first} to {last}.",
                          k=k, first=self.t[0] + 1, last=end)  # fmt: skip
            raise IndexError(message)
        row = self.beginning(int(self.t[self.t < k][-1]))
        return last_row(rows(self.optimizer, self.objective, row), row, k - 1 - row.t)

    def beginning(self, k: int) -> Row:
        """The recorded row of step k, to go on from; AttributeError if what the next step needs was not kept."""
        needed = ("theta", *self.optimizer.state)
        missing = [name for name in needed if name not in self.columns]
        if missing:
            message = say("The next step needs {missing}, which this trace did not keep: run it with keep={keep}.",
                          missing=", ".join(missing), keep=[*self.columns, *missing])  # fmt: skip
            raise AttributeError(message)
        return self.optimizer.resume(self[k])

    def explain(self, k: int, coordinates: Sequence[int] | None = None, member: Any = None) -> "Explanation":
        """Step k as equations, in symbols and with its numbers; see ``nnlearn.explanation.explain``."""
        from nnlearn.explanation import explain

        return explain(self, k, coordinates=coordinates, member=member)

    def branch(self, k: int, steps: int | None = None, **changes: Any) -> "Trace":
        """The run that would have followed had the row of step k held other numbers: ``trace.branch(7, m=[0, 0])``."""
        row = self.beginning(k)
        for name, value in changes.items():
            array, shape = real_array(name, value), np.shape(getattr(row, name))
            if array.shape != shape:
                message = say("{name} has shape {shape}; the row of step {k} needs {needed}.",
                              name=name, shape=array.shape, k=k, needed=shape)  # fmt: skip
                raise ValueError(message)
        row = Row(**{**vars(row), **{name: real_array(name, value) for name, value in changes.items()}})
        left = int(self.t[-1]) - row.t if steps is None else steps
        return run(self.optimizer, self.objective, row, left, stop=self.rules)

    def save(self, path: str | Path) -> None:
        """Writes the trace to one file; see ``nnlearn.storage``."""
        from nnlearn.storage import save

        save(self, path)

    @staticmethod
    def load(path: str | Path, optimizer: Any = None, objective: Any = None) -> "Trace":
        """Reads a saved trace; see ``nnlearn.storage``."""
        from nnlearn.storage import load

        return load(path, optimizer, objective)


# Names that a step can't give its quantities: a loss or an update of its own would stand one step, or one sign, beside
# those that the trace computes.
RESERVED = frozenset({*dir(Trace), *Trace.__init__.__code__.co_varnames, "loss", "update", "samples"} - {"t"})
BLOCK = 2**16  # points whose loss is computed at once


def all_losses(trace: Trace) -> Array:
    """J.loss of every recorded theta, on all data, shape (rows, ...)."""
    rows_at_once = max(1, BLOCK // max(1, int(np.prod(trace.batch))))
    starts = range(0, len(trace), rows_at_once)
    with np.errstate(all="ignore"):
        return np.concatenate([trace.objective.loss(trace.theta[i : i + rows_at_once]) for i in starts])


def all_updates(trace: Trace) -> Array:
    """theta_t - theta_(t-1), the shape of theta; NaN in row 0."""
    if np.any(np.diff(trace.t) != 1):
        raise ValueError(say("update needs every step; this trace did not record every step. Run with every=1."))
    with np.errstate(invalid="ignore"):
        return np.concatenate([np.full_like(trace.theta[:1], np.nan), np.diff(trace.theta, axis=0)])


def all_samples(trace: Trace) -> tuple[NDArray[np.int64], ...]:
    """Which examples made each recorded row; none made row 0. AttributeError if the objective has no examples."""
    return tuple(trace.objective.samples(int(t)) if t else np.arange(0) for t in trace.t)


def all_rates(trace: Trace) -> Array:
    """The learning rate in force in each recorded step, shape (rows, ..., 1); NaN in row 0, which no step made."""
    optimizer: Any = getattr(trace.optimizer, "rule", trace.optimizer)  # of a rule in runs that stop early
    if "learning_rate" not in optimizer.hyperparameters:
        raise AttributeError(say("{optimizer} has no learning_rate.", optimizer=trace.optimizer))
    if trace.last.t == 0:
        return np.full((len(trace), *trace.batch, 1), np.nan)
    steps = (optimizer.at(int(t)).learning_rate for t in trace.t if t > 0)
    rates = [np.broadcast_to(rate, (*trace.batch, np.shape(rate)[-1] if np.ndim(rate) else 1)) for rate in steps]
    first = [np.full_like(rates[0], np.nan)] if trace.t[0] == 0 else []
    return np.array([*first, *rates], dtype=np.float64).reshape(len(trace), *trace.batch, -1)


COMPUTED = {"loss": all_losses, "update": all_updates, "samples": all_samples, "learning_rate": all_rates}
OF_THETA = ("loss", "update")

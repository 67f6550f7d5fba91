"""Recording a run: its rows written into columns, and which member of a sweep ended when."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from nnlearn.checks import Array
from nnlearn.language import say
from nnlearn.stop import StopRule

if TYPE_CHECKING:
    from nnlearn.objectives.base import BaseObjective
    from nnlearn.row import Row

FIRST_ROWS = 4096  # room for so many; then it doubles, so that a generous budget costs no memory until it is used


class Record:
    """Columns, one for each quantity of the rows, NaN where a row has none; ``keep`` names those to write."""

    def __init__(self, first: "Row", keep: Sequence[str] | None, most: int, reserved: frozenset[str]):
        self.first, self.keep, self.most, self.reserved = first, keep, most, reserved
        self.t = [first.t]
        self.columns: dict[str, Array] = {}
        self.room = min(FIRST_ROWS, most)
        self.allocate(first)

    def allocate(self, row: "Row") -> None:
        """A column for each quantity that has none yet."""
        for name, value in vars(row).items():
            if name not in self.columns and name != "t" and (self.keep is None or name in self.keep):
                column = self.columns[name] = np.empty((self.room, *np.shape(value)))
                column[0] = value if row is self.first else np.nan

    def check(self, row: "Row") -> None:
        """Refuses the first row of a faulty ``step``, and a ``keep`` that names what there is not."""
        for name in vars(self.first):
            getattr(row, name)  # raises, naming what there is
        for each in self.keep or ():
            if each not in vars(row):
                raise ValueError(say("keep names {name!r}, which no row of this run has; a row has {names}.",
                                     name=each, names=", ".join(vars(row))))  # fmt: skip
        theta = np.shape(self.first.theta)
        for name, value in vars(row).items():
            if name in self.reserved:
                raise ValueError(say("step returned a quantity called {name}, which every trace has already: give it "
                                     "another name.", name=name))  # fmt: skip
            if name == "t":
                continue
            state = name in vars(self.first)
            needed = np.shape(getattr(self.first, name)) if state else theta[:-1]
            if state and np.shape(value) != needed:
                raise ValueError(say("step returned {name} of shape {shape}; its shape must stay {needed}.",
                                     name=name, shape=np.shape(value), needed=needed))  # fmt: skip
            if np.shape(value)[: len(needed)] != needed:
                raise ValueError(say("step returned {name} of shape {shape}; its shape must begin with {needed}.",
                                     name=name, shape=np.shape(value), needed=needed))  # fmt: skip

    def add(self, row: "Row") -> None:
        i = len(self.t)
        if i == 1:
            self.allocate(row)
        if i == self.room:
            self.grow()
        values = row.__dict__
        for name, column in self.columns.items():
            column[i] = values[name]
        self.t.append(row.t)

    def grow(self) -> None:
        more = min(self.room, self.most - self.room)
        self.room += more
        for name, column in self.columns.items():
            self.columns[name] = np.concatenate([column, np.empty((more, *column.shape[1:]))])

    def columns_until(self, end: Any) -> tuple[NDArray[np.int64], dict[str, Array]]:
        """The recorded steps and columns, NaN after the end of each member."""
        t = np.array(self.t)
        columns = {name: column if len(t) == self.room else column[: len(t)].copy()
                   for name, column in self.columns.items()}  # fmt: skip
        later = t.reshape(-1, *[1] * end.ndim) > end
        if later.any():
            for column in columns.values():
                column[later] = np.nan
        return t, columns


class Ending:
    """Which member of the sweep (or the one run) ended at which step by which rule."""

    NEVER = np.iinfo(np.int64).max

    def __init__(self, rules: Sequence[StopRule], J: "BaseObjective", start: "Row"):
        self.rules, self.J = rules, J
        batch = np.shape(start.theta)[:-1]
        self.step = np.full(batch, self.NEVER)
        self.rule = np.full(batch, -1)
        if batch:  # members that ended before this run began stay ended
            self.step[~np.isfinite(start.theta).all(axis=-1)] = start.t

    def reached(self, previous: "Row", row: "Row") -> bool:
        """Notes the members that end with this row; True when none goes on."""
        any_met = False
        for number, rule in enumerate(self.rules):
            met = rule(previous, row, self.J)
            if met is not False and np.count_nonzero(met):  # the first saves asking NumPy at every step
                any_met = True
                now = np.asarray(met, bool) & (self.step == self.NEVER)
                self.step[now], self.rule[now] = row.t, number
        return any_met and bool((self.step != self.NEVER).all())

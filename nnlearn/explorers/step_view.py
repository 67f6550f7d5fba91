"""The optimiser debugger: walk along a run, open each step, change one number, lay two rules side by side."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from nnlearn.checks import Array
from nnlearn.difference import Difference, compare
from nnlearn.explorers.code_line import code_line
from nnlearn.explorers.controls import Choice, Linear, Whole
from nnlearn.explorers.explorer import Explorer
from nnlearn.explorers.mathml import difference_table, explanation_table
from nnlearn.explorers.result import Result
from nnlearn.language import mark, say
from nnlearn.plots import contours, finite, view_of
from nnlearn.trace import Trace

COORDINATES = 3  # of each quantity, the first few can be shown and changed
MODERATE = 1e3  # how far apart losses may lie on a linear axis: beyond, all but the last steps would look flat


class StepView(Explorer):
    """Made by ``step_view``: ``trace``, the run shown, and ``beside``, another one or None."""

    trace: Trace
    beside: Trace | None
    difference: Difference | None
    step: Any
    change: Any
    by: Any

    @property
    def code(self) -> str:
        return code_line("step_view", self.given, self.controls(), self.values)

    def figure(self) -> Figure:
        figure, (place, loss) = self.panels(380, 2)
        scale, limits = loss_axis(self.trace.loss)
        loss.set(xlabel=mark("step"), ylabel=mark("loss"), yscale=scale, ylim=limits)
        if self.trace.theta.shape[-1] == 2:
            self.draw_paths(place)
        else:
            self.draw_columns(place)
        for trace, color, line, name in ((self.trace, self.colours.blue, "-", mark("run")),
                                         (self.beside, self.colours.green, "--", mark("other rule"))):  # fmt: skip
            if trace:
                loss.plot(trace.t, finite(trace.loss), line, color=color, label=name)
        moving = {"color": self.colours.orange, "animated": True}
        (self.here,) = place.plot([], [], "o", markersize=9, **moving)
        (self.branch_path,) = place.plot([], [], ".:", markersize=4, **moving)
        (self.branch_start,) = place.plot([], [], "D", markersize=8, fillstyle="none", **moving)
        (self.here_loss,) = loss.plot([], [], "o", markersize=9, **moving)
        (self.branch_loss,) = loss.plot([], [], ":", label=mark("branch"), **moving)
        loss.legend(loc="upper right", frameon=False)
        self.ghosts(self.branch_path, self.branch_loss)
        return figure

    def draw_paths(self, axes: Any) -> None:
        theta = finite(self.trace.theta)
        contours(axes, self.trace.objective, widened(view_of(self.trace), theta))
        axes.plot(*theta.T, ".-", color=self.colours.blue, markersize=4, linewidth=1)
        if self.beside:
            axes.plot(*finite(self.beside.theta).T, ".--", color=self.colours.green, markersize=4, linewidth=1)

    def draw_columns(self, axes: Any) -> None:
        axes.plot(self.trace.t, finite(self.trace.theta[:, 0]), color=self.colours.blue)
        if self.beside:
            axes.plot(self.beside.t, finite(self.beside.theta[:, 0]), "--", color=self.colours.green)
        axes.set(xlabel=mark("step"), ylabel=r"$\theta[0]$")

    def compute(self) -> Any:
        trace, branch = self.trace, self.branch()
        i = int(np.searchsorted(trace.t, self.step))
        return Result(
            theta=trace.theta[i, :COORDINATES], place=places(trace.t, trace.theta)[i], loss=trace.loss[i],
            stopped=str(trace.stopped or ""), last_loss=trace.loss[-1], tables=self.tables(),
            branch=branch and Result(t=branch.t, places=places(branch.t, branch.theta), loss=branch.loss),
        )  # fmt: skip

    def branch(self) -> Trace | None:
        """The run that would have followed had the row of the step held the changed number; None if none changes."""
        if not (self.change and self.by):
            return None
        name, i = self.change[:-1].split("[")
        values = np.array(getattr(self.trace[self.step], name))
        values[int(i)] += self.by
        changes: dict[str, Any] = {name: values}
        return self.trace.branch(self.step, **changes)

    def draw(self, result: Any) -> None:
        self.here.set_data(*result.place[:, np.newaxis])
        self.here_loss.set_data([result.step], [result.loss])
        path, losses = np.empty((0, 2)), (np.empty(0), np.empty(0))
        if result.branch:
            path, losses = finite(result.branch.places), (result.branch.t, finite(result.branch.loss))
        self.branch_path.set_data(*path.T)
        self.branch_start.set_data(*path[:1].T)
        self.branch_loss.set_data(*losses)

    def says(self, result: Any) -> str:
        if result.branch:
            return say("Branch at step {step}: {name} changed by {by:.3g}; at step {end} the loss is {branch:.4g} "
                       "instead of {loss:.4g}.", step=result.step, name=result.change, by=result.by,
                       end=result.branch.t[-1], branch=result.branch.loss[-1], loss=result.last_loss)  # fmt: skip
        if not np.isfinite(result.loss):
            return str(result.stopped)
        place = ", ".join(f"{x:.4g}" for x in result.theta)
        return say("Step {step}: theta = ({theta}), loss {loss:.4g}.", step=result.step, theta=place, loss=result.loss)

    def shows(self, result: Any) -> str:
        return str(result.tables)

    def tables(self) -> str:
        """Where the two runs part, if there are two, and the equations of the step, as HTML."""
        parts = []
        if self.beside:
            never = say("The two runs never part.")
            parts.append(difference_table(self.difference) if self.difference else f"<p>{never}</p>")
        if self.step > self.trace.t[0]:
            parts.append(explanation_table(self.trace.explain(self.step)))
        return "".join(parts)


def places(t: Any, theta: Array) -> Array:
    """Where rows lie in the left panel, (rows, 2): at theta, or, unless it is two numbers, at (t, theta[0])."""
    return theta if theta.shape[-1] == 2 else np.stack([t, theta[:, 0]], axis=-1)


def loss_axis(losses: Array) -> tuple[str, tuple[float, float]]:
    """The scale of the losses' axis and its ends: linear where a loss is not positive, unless the run flies apart."""
    low, high = np.nanpercentile(finite(losses), [0, 100])
    if low > 0:
        return "log", (low / 3, high * 3)
    if high - low > MODERATE:
        return "symlog", (low - 1, high + 1)
    room = 0.1 * (high - low) or 1.0
    return "linear", (low - room, high + room)


def widened(view: Sequence[float], theta: Array) -> list[float]:
    """The view, x_min, x_max, y_min, y_max, made larger to hold the path, up to three times; a path may diverge."""
    ends = np.reshape(view, (2, 2))
    middle, half = ends.mean(axis=1), np.ptp(ends, axis=1) / 2
    reach = np.clip(1.05 * np.nanmax(np.abs(theta - middle), axis=0), half, 3 * half)
    return np.stack([middle - reach, middle + reach], axis=1).ravel().tolist()


def step_view(trace: Trace, beside: Trace | None = None, **values: Any) -> StepView:
    """Walks along a run: the step's place, its loss, its equations with their numbers; a change opens a branch.

    trace: a single run of every step (of a sweep, ``trace.member(i)``). beside: a run of another rule, from the same
    start; the view then opens at the first step at which the two differ, with the term lit. values: of the controls
    ``step``, ``change``, ``by``.
    Raises ValueError for a sweep.
    """
    if trace.batch:
        raise ValueError(say("A step view shows one run: take trace.member(i) of a sweep."))
    difference = compare(trace, beside) if beside else None
    first, last = int(trace.t[0]), int(trace.t[-1])
    states = ("theta", *trace.optimizer.state)
    d = min(trace.theta.shape[-1], COORDINATES)
    quantities = {f"{name}[{i}]": f"{name}[{i}]" for name in states for i in range(d)}
    reach = min(float(np.nanmax(np.abs(finite(trace.theta)))) or 1.0, 1e6) / 2
    controls = {
        "step": Whole(
            first, last, start=difference.step if difference else min(first + 1, last), label=mark("step"), plays=True
        ),  # fmt: skip
        "change": Choice({"": mark("nothing"), **quantities}, start="", label=mark("change")),
        "by": Linear(-reach, reach, start=0.0, step=reach / 100, label=mark("by"), needs="change"),
    }
    made = {
        "title": mark("One run, step by step"),
        "trace": trace,
        "beside": beside,
        "difference": difference,
        "given": ("trace", "beside") if beside else ("trace",),
    }
    return type("StepView", (StepView,), made | controls)(**values)

"""Figures of traces. Each function takes a trace, or several by name, and returns a Figure that shows itself once."""

import base64
import itertools
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure as MatplotlibFigure
from matplotlib.text import Text

from nnlearn.checks import Array, finite_array
from nnlearn.language import listed, mark, say
from nnlearn.lettering import CODE, dress, legend, meaning
from nnlearn.palette import LINES, in_style, palette
from nnlearn.png import small_png
from nnlearn.trace import Trace

Traces = Trace | Mapping[str, Trace]

LARGEST = 1e200  # of the numbers drawn: beyond, matplotlib's own arithmetic overflows


class Figure(MatplotlibFigure):
    """A matplotlib figure without pyplot: it shows itself as the value of a cell, with alternative text.

    ``figure.alt`` is the text that screen readers hear and notebooks store beside the picture. It is shown as HTML,
    too: JupyterLab gives a picture alone no alternative text. What its English words mean in the learner's language is
    printed below it, if they could not be written there.
    """

    alt = ""

    def _ipython_display_(self) -> None:
        below = legend(self)
        if not below:
            raise NotImplementedError  # it is shown like any other value
        from IPython.display import display  # here, as only a notebook calls this

        data, metadata = self._repr_mimebundle_()
        display(data, metadata=metadata, raw=True)
        print(below)

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        width, height = (round(100 * float(inches)) for inches in self.get_size_inches())  # CSS pixels
        picture = self._repr_png_()
        source = f"data:image/png;base64,{base64.b64encode(picture).decode('ascii')}"
        element = f'<img src="{source}" alt="{escape(self.alt)}" width="{width}" height="{height}">'
        bundle = {"text/plain": self.alt, "image/png": picture, "text/html": element}
        return bundle, {"image/png": {"width": width, "height": height}}

    @in_style()
    def _repr_png_(self) -> bytes:
        for text in self.findobj(Text):  # what a cell added was made with its reader's own settings
            text.set_usetex(False)
        dress(self)
        FigureCanvasAgg(self).draw()
        return small_png(np.asarray(self.canvas.buffer_rgba()))  # type: ignore[attr-defined]


@in_style()
def new_figure(alt: str, width: float = 7.0, height: float = 3.6, **grid: Any) -> tuple[Figure, Any]:
    """A figure of ``width`` x ``height`` inches in the course's style, and its axes (``grid`` goes to ``subplots``).

    alt: what screen readers hear; like the words put into the figure, it may be English that the catalogue has.
    """
    figure = Figure(figsize=(width, height), dpi=150, layout="constrained")
    figure.alt = meaning(alt)
    return figure, figure.subplots(**grid)


def named(traces: Traces) -> dict[str, Trace]:
    """The traces by name; a single one has none. TypeError for anything else, ValueError for one that holds no run."""
    shown = {"": traces} if isinstance(traces, Trace) else traces
    if not (isinstance(shown, Mapping) and shown and all(isinstance(trace, Trace) for trace in shown.values())):
        raise TypeError(say("traces must be a trace, or several by name: {{'Adam': trace, ...}}."))
    for trace in shown.values():
        if 0 in (len(trace), *trace.batch):
            message = say("A trace of {rows} rows, of a sweep of shape {batch}, has nothing to draw.",
                          rows=len(trace), batch=trace.batch)  # fmt: skip
            raise ValueError(message)
    return {str(name): trace for name, trace in shown.items()}


def single(traces: Traces) -> dict[str, Trace]:
    """As ``named``; ValueError if one is a sweep."""
    shown = named(traces)
    if any(trace.batch for trace in shown.values()):
        raise ValueError(say("This picture shows single runs: take trace.member(i) of a sweep."))
    return shown


def looks() -> Iterator[dict[str, Any]]:
    """A colour and a line style for each line; after all pairs the colours begin again with other styles."""
    colours = palette().colours
    for number in itertools.count():
        line = LINES[(number + number // len(colours)) % len(LINES)]
        yield {"color": colours[number % len(colours)], "linestyle": line}


@in_style()
def loss_curves(traces: Traces, log: bool = True, alt: str = "") -> Figure:
    """The loss of each trace against the step. Of a sweep each member is a thin line."""
    shown = named(traces)
    summary = listed(
        say("{name}: loss {first:.3g} at step {t0}, {last:.3g} at step {t1}", name=meaning(name) or trace.optimizer,
            first=typical(trace.loss[0]), last=typical(trace.loss[-1]), t0=trace.t[0], t1=trace.t[-1])
        for name, trace in shown.items()
    )  # fmt: skip
    figure, axes = new_figure(alt or say("Loss against step. {summary}.", summary=summary))
    for (name, trace), look in zip(shown.items(), looks(), strict=False):
        curves = finite(trace.loss).reshape(len(trace), -1)
        lines = axes.plot(trace.t, curves, **look, linewidth=0.7 if trace.batch else 1.8)
        lines[0].set_label(name)
    values = np.concatenate([np.asarray(line.get_ydata()) for line in axes.lines])
    low, high = np.fmin.reduce(values), np.fmax.reduce(values)
    decades = low > 0 and high > low * (1 + 1e-9)  # the logarithms of what is closer would be one number
    axes.set(xlabel=mark("step"), ylabel=mark("loss"), yscale="log" if log and decades else "linear")
    if len(shown) > 1:
        axes.legend(frameon=False)
    admit_nothing(axes)
    return figure


def typical(values: Array) -> float:
    """The median of the finite values; if there is none, infinity, or NaN where there is nothing else."""
    kept = np.asarray(values)[np.isfinite(values)]
    return float(np.median(kept) if kept.size else np.fmax.reduce(values, axis=None))


def finite(values: Array) -> Array:
    """The values that a picture can show; a gap in place of infinity and of what is beyond ``LARGEST``."""
    return np.where(np.abs(values) <= LARGEST, values, np.nan)


def admit_nothing(axes: Axes) -> None:
    """Says so in a panel whose lines have no point that can be drawn."""
    if not any(np.isfinite(line.get_ydata()).any() for line in axes.lines):
        words = mark("no finite number to draw")
        axes.text(0.5, 0.5, words, transform=axes.transAxes, ha="center", color=palette().muted)


def view_of(trace: Trace) -> Sequence[float]:
    """What a picture of the path should show: the objective's own view, else the path with a margin of 1 or more."""
    theta = finite(trace.theta)
    low, high = np.nan_to_num(np.fmin.reduce(theta)), np.nan_to_num(np.fmax.reduce(theta))
    margin = np.maximum(1, 1e-3 * np.maximum(np.abs(low), np.abs(high)))  # 1 is nothing to 1e20
    low, high = low - margin, high + margin
    return getattr(trace.objective, "view", (low[0], high[0], low[1], high[1]))


def checked_view(view: Any) -> Sequence[float]:
    """The view; ValueError or TypeError unless it is x_min < x_max, y_min < y_max, in numbers that can be drawn."""
    ends = finite_array("view", view)
    if ends.shape != (4,) or (np.abs(ends) > LARGEST).any() or not (ends[0] < ends[1] and ends[2] < ends[3]):
        message = say("view = {view} is not x_min, x_max, y_min, y_max with x_min < x_max and y_min < y_max, "
                      "none beyond {largest:g}.", view=view, largest=LARGEST)  # fmt: skip
        raise ValueError(message)
    return view


def contours(axes: Axes, J: Any, view: Sequence[float], points: int = 200) -> None:
    """Level lines of the loss of a 2-D objective, evenly spaced in its logarithm."""
    x_min, x_max, y_min, y_max = view
    x, y = np.meshgrid(np.linspace(x_min, x_max, points), np.linspace(y_min, y_max, points))
    with np.errstate(all="ignore"):
        loss = finite(J.loss(np.stack([x, y], axis=-1)))
    low, high = np.fmin.reduce(loss, axis=None), np.fmax.reduce(loss, axis=None)
    if high > low:  # not so where the loss is flat, or nowhere finite
        levels = np.unique(low + np.geomspace(1e-3, 1, 14) * (high - low))
        axes.contour(x, y, loss, levels=levels, colors=palette().muted, linewidths=0.6, linestyles="-")
    axes.set(xlim=(x_min, x_max), ylim=(y_min, y_max), xlabel=r"$\theta[0]$", ylabel=r"$\theta[1]$")
    axes.grid(visible=False)


@in_style()
def paths(traces: Traces, view: Sequence[float] | None = None, alt: str = "") -> Figure:
    """The path of each trace on the contours of its 2-D objective.

    view: x_min, x_max, y_min, y_max; the objective's own, if not given. Raises ValueError for a sweep, if theta is
    not 2-D, or for another view.
    """
    shown = single(traces)
    first = next(iter(shown.values()))
    if first.theta.shape[-1] != 2:
        message = say("A path is drawn in two coordinates; theta has {d}.", d=first.theta.shape[-1])
        raise ValueError(message)
    ends = listed(
        say("{name}: from ({x0:.3g}, {y0:.3g}) to ({x1:.3g}, {y1:.3g}) in {steps} steps",
            name=meaning(name) or trace.optimizer, x0=trace.theta[0][0], y0=trace.theta[0][1],
            x1=trace.theta[-1][0], y1=trace.theta[-1][1], steps=trace.t[-1] - trace.t[0])
        for name, trace in shown.items()
    )  # fmt: skip
    figure, axes = new_figure(alt or say("Paths on contours. {ends}.", ends=ends), width=5.2, height=4.2)
    contours(axes, first.objective, view_of(first) if view is None else checked_view(view))
    for (name, trace), look in zip(shown.items(), looks(), strict=False):
        axes.plot(*finite(trace.theta).T, **look, linewidth=1.2, marker=".", markersize=4, label=name)
        axes.plot(*finite(trace.theta[:1]).T, color=look["color"], marker="o", markersize=7)
    if len(shown) > 1:
        axes.legend(frameon=False)
    return figure


@in_style()
def columns(trace: Trace, names: Sequence[str], coordinates: Sequence[int] = (0, 1), alt: str = "") -> Figure:
    """Each named column of a single run against the step, one panel each, one line a coordinate.

    coordinates: 0 is the first; those that theta does not have are left out. Raises ValueError for a sweep, if nothing
    is left to draw, or for a column of matrices; AttributeError if the trace has no such column.
    """
    single(trace)
    d = trace.last.theta.shape[-1]
    chosen = [i for i in coordinates if 0 <= i < d]
    names = [names] if isinstance(names, str) else list(names)
    if not (names and chosen):
        message = say("Nothing is left to draw: {number} columns, coordinates {coordinates}; theta has {d} of them.",
                      number=len(names), coordinates=list(coordinates), d=d)  # fmt: skip
        raise ValueError(message)
    text = say("{names} of {optimizer} against step.", names=", ".join(names), optimizer=trace.optimizer)
    figure, panels = new_figure(
        alt or text, height=1.4 * len(names) + 0.8, nrows=len(names), sharex=True, squeeze=False
    )
    for name, axes in zip(names, panels[:, 0], strict=True):
        for (label, values), look in zip(lines_of(name, getattr(trace, name), chosen, d), looks(), strict=False):
            axes.plot(trace.t, finite(values), **look, label=label)
        axes.set_ylabel(name, gid=CODE)
        admit_nothing(axes)
    with_names = [axes for axes in panels[:, 0] if axes.get_legend_handles_labels()[1]]
    if with_names:
        with_names[0].legend(ncols=len(chosen), frameon=False)
    panels[-1, 0].set_xlabel(mark("step"))
    return figure


def lines_of(name: str, column: Array, chosen: Sequence[int], d: int) -> list[tuple[str, Array]]:
    """(label, values) of each line: the chosen of a column's d coordinates, or the one number of each step.

    Raises ValueError for any other column, such as the matrices of Newton's method.
    """
    shape = column.shape[1:]
    if shape == (d,):
        return [(f"[{i}]", column[:, i]) for i in chosen]
    if shape in ((), (1,)):
        return [("", column.reshape(len(column)))]
    message = say("{name} has shape {shape} at each step; lines are drawn of one number or of {d}.",
                  name=name, shape=shape, d=d)  # fmt: skip
    raise ValueError(message)

"""Every pixel is a training run: a map of runs, made by one batched sweep, of which any can be opened."""

from types import SimpleNamespace
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patheffects import withStroke

from nnlearn.checks import Array
from nnlearn.explorers.explorer import Explorer
from nnlearn.explorers.mathml import explanation_table
from nnlearn.explorers.step_view import StepView, step_view
from nnlearn.trace import Row, Trace, last_row, rows, run

BLOCK = 16_000  # runs at a time: their numbers then stay in the processor's cache
RESOLUTIONS = (100, 300)  # pixels along each side: first a quick map, then a fine one once the hand rests

FAR = 100.0  # a path that has left for good is not drawn: its lines would cross the whole map


class TrainingMap(Explorer):
    """A subclass says what the axes are, which run a pixel stands for, and how an end is coloured.

    It declares a ``Point`` named ``pixel`` on the axes "map" and a whole number ``step`` of the run opened there.
    """

    x_range: tuple[float, float]
    y_range: tuple[float, float]
    map_steps: int
    pixel: tuple[float, float]
    step: int
    _map: tuple[Any, Any] = (None, None)

    def runs(self, x: Array, y: Array) -> tuple[Any, Any, Array]:
        """(optimizer, J, starts) of the runs at x and y, arrays of one shape (..., 1); starts has shape (..., d)."""
        raise NotImplementedError

    def key(self) -> Any:
        """The settings on which the map depends: it is computed again only when they change."""
        raise NotImplementedError

    def colour(self, ends: Row, J: Any) -> Array:
        """Red, green and blue in 0 to 1 of each end, shape (..., 3)."""
        raise NotImplementedError

    def draw_axes(self, map_axes: Axes, side: Axes) -> None:
        """Labels, and whatever else stands still."""

    def figure(self) -> Figure:
        figure = Figure(figsize=(9, 4.4), layout="constrained")
        map_axes, side = figure.subplots(1, 2, width_ratios=(1, 1))
        map_axes.set_label("map")
        map_axes.grid(visible=False)
        extent = (*self.x_range, *self.y_range)
        blank = np.zeros((1, 1, 3))
        self.image = map_axes.imshow(blank, extent=extent, origin="lower", aspect="auto", animated=True)
        (self.path,) = map_axes.plot([], [], color="black", linewidth=1, animated=True)
        (self.dots,) = map_axes.plot([], [], ".", color="black", markersize=3, animated=True)
        self.path.set_path_effects([withStroke(linewidth=3, foreground="white")])  # seen on any colour
        (self.here,) = map_axes.plot([], [], "o", color=self.colours.orange, markersize=9, animated=True,
                                     markeredgecolor=self.colours.paper)  # fmt: skip
        (self.curve,) = side.plot([], [], color=self.colours.blue, animated=True)
        (self.here_loss,) = side.plot([], [], "o", color=self.colours.orange, markersize=9, animated=True)
        map_axes.set(xlim=self.x_range, ylim=self.y_range)
        side.set(
            xlabel="step",
            ylabel="loss of the chosen run",
            yscale="log",
            xlim=(0, self.map_steps),
            ylim=(1e-9, 1e6),
        )
        self.draw_axes(map_axes, side)
        return figure

    def trace(self) -> Trace:
        """The run of the chosen pixel, all of it."""
        optimizer, J, start = self.runs(*np.reshape(self.pixel, (2, 1)))
        return run(optimizer, J, start, self.map_steps)

    def opened(self) -> StepView:
        """The step view of the chosen run."""
        return step_view(self.trace())

    def sweep(self, resolution: int) -> tuple[Row, Any]:
        """The ends of all runs of the map: batched runs, nothing recorded on the way."""
        x, y = (np.linspace(*ends, resolution) for ends in (self.x_range, self.y_range))
        x, y = np.meshgrid(x, y)
        theta = np.empty((*x.shape, 2))
        for part in np.array_split(np.arange(resolution), -(-x.size // BLOCK)):
            optimizer, J, starts = self.runs(x[part, :, np.newaxis], y[part, :, np.newaxis])
            # Each coordinate in a plane of its own: the arithmetic then runs along memory.
            starts = np.moveaxis(np.ascontiguousarray(np.moveaxis(starts, -1, 0)), 0, -1)
            row = optimizer.start(starts)
            row = last_row(rows(optimizer, J, row), row, self.map_steps)
            theta[part] = row.theta
        return Row(t=row.t, theta=theta), J

    def compute(self) -> Any:
        trace = self.trace()
        fresh = self._map[0] != self.key()
        for resolution in RESOLUTIONS if fresh else RESOLUTIONS[-1:]:
            if fresh:
                row, J = self.sweep(resolution)
                self._map = (self.key() if resolution == RESOLUTIONS[-1] else None, self.summary(row, J))
            yield SimpleNamespace(map=self._map[1], trace=trace, step=min(self.step, int(trace.t[-1])))

    def summary(self, ends: Row, J: Any) -> Any:
        """What is kept of a map: its colours, and whatever ``says`` needs."""
        with np.errstate(all="ignore"):
            return SimpleNamespace(image=self.colour(ends, J), finite=np.isfinite(ends.theta).all(axis=-1))

    def draw(self, result: Any) -> None:
        self.image.set_data(result.map.image)
        theta = np.where(np.abs(result.trace.theta) < FAR, result.trace.theta, np.nan)
        self.path.set_data(*theta.T)
        self.dots.set_data(*theta.T)  # apart from the line: an outline would be drawn around each by itself
        self.here.set_data(*theta[result.step][:, np.newaxis])
        self.curve.set_data(result.trace.t, result.trace.loss)
        self.here_loss.set_data([result.step], [result.trace.loss[result.step]])

    def shows(self, result: Any) -> str:
        return explanation_table(result.trace.explain(result.step)) if result.step else ""

"""Every pixel is a training run: a map of runs, made by one batched sweep, of which any can be opened."""

from collections.abc import Sequence
from itertools import islice
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.legend_handler import HandlerTuple
from matplotlib.transforms import ScaledTranslation

from nnlearn.checks import Array
from nnlearn.explorers.controls import Control
from nnlearn.explorers.cover import Cover
from nnlearn.explorers.explorer import Explorer
from nnlearn.explorers.mathml import explanation_table
from nnlearn.explorers.result import Result
from nnlearn.explorers.step_view import StepView, step_view
from nnlearn.explorers.window import Window
from nnlearn.language import say
from nnlearn.row import Row
from nnlearn.trace import Trace, last_row, rows, run

BLOCK = 16_000  # runs at a time: their numbers then stay in the processor's cache
RESOLUTIONS = (100, 300)  # pixels along each side: first a quick map, then a fine one once the hand rests

LABEL_ROOM = 0.62  # inches between a map and its axis' name: the numbers of a small part of the map are long
SMALLEST = 1e-6  # of the whole map: the part to which a zoom can go
FAR = 100.0  # a path that has left for good is not drawn: its lines would cross the whole picture


class TrainingMap(Explorer):
    """A subclass says what the axes are, which run a pixel stands for, how an end is coloured, and shows one run.

    It declares a ``Point`` named ``pixel`` on the axes "map", and may declare a whole number ``step`` of the run that
    is opened there. Its ``figure`` calls ``draw_map``; its ``draw`` calls this class's. A result has ``map``, what
    ``summary`` gave; ``run``, the chosen run's ``t``, ``theta``, ``loss`` and why it ``stopped`` ("" if it did not);
    ``step``, the step opened; ``explanation``, its equations as HTML; ``extent``, what the map shows.

    A part of the map can be looked at closer: ``zoom_in`` computes it anew, finer, around the chosen pixel. While a
    prediction waits for its answer, what lies above the share ``known`` of the map is covered.
    """

    view: Any = Window()
    deeds = Explorer.deeds | {"zoom_in": "zoom_in", "zoom_out": "zoom_out"}
    known: float = 0.0  # the share of the map, from below, that isn't covered while the prediction is open
    coarser: int = 1  # how many times fewer pixels each side has than ``RESOLUTIONS`` say: where a run costs more
    numbers_per_run: int = 1  # that each step of a run computes with: so many times fewer runs make a block
    map_steps: int
    last_rows: int = 1  # how many rows of each run ``summary`` sees
    pixel: tuple[float, float]
    step: int = 0
    _map: tuple[Any, Any] = (None, None)

    @classmethod
    def controls(cls) -> dict[str, Control]:
        return dict(sorted(super().controls().items(), key=lambda item: item[0] == "view"))  # the zoom comes last

    def extent(self) -> tuple[float, float, float, float]:
        """What the whole map shows: the ends of x, then those of y."""
        raise NotImplementedError

    def runs(self, x: Array, y: Array) -> tuple[Any, Any, Array]:
        """(optimizer, J, starts) of the runs at x and y, arrays of one shape (..., 1); starts has shape (..., d)."""
        raise NotImplementedError

    def key(self) -> Any:
        """The settings on which the map depends: it is computed again only when they change."""
        raise NotImplementedError

    def summary(self, ends: Row, J: Any) -> Result:
        """What is kept of a map: its ``image``, red, green and blue in 0 to 1, and whatever ``says`` needs.

        ends.theta has shape (resolution, resolution, d); before it stands an axis of the rows, if there are several.
        """
        raise NotImplementedError

    def draw_map(self, axes: Axes) -> None:
        """The image and the chosen pixel, on the axes that become the map."""
        axes.set_label("map")
        axes.grid(visible=False)
        self.image = axes.imshow(np.zeros((1, 1, 3)), origin="lower", aspect="auto", animated=True)
        self.map_axes, self.cover = axes, Cover(axes, self.colours, self.known)
        left = ScaledTranslation(-LABEL_ROOM, 0, axes.figure.dpi_scale_trans)
        axes.yaxis.set_label_coords(0, 0.5, transform=axes.transAxes + left)

    def map_key(self, handles: Sequence[Artist | tuple[Artist, ...]]) -> None:
        """What the map's colours and lines mean, above the map. Several of one meaning, a tuple, stand side by side."""
        place: dict[str, Any] = {"loc": "lower left", "bbox_to_anchor": (-0.12, 1), "borderaxespad": 0.3}
        place["handler_map"] = {tuple: HandlerTuple(ndivide=None, pad=0)}
        labels = [str((each[0] if isinstance(each, tuple) else each).get_label()) for each in handles]
        self.map_axes.legend(handles, labels, ncols=2, fontsize="small", handlelength=1.4, columnspacing=1, **place)

    def shown(self) -> tuple[float, ...]:
        """What the map shows now: the whole, or the part that the zoom has chosen."""
        return self.extent() if self.asking or not self.view else self.view

    def zoom_in(self) -> None:
        """Shows half of what the map shows now, in each direction, around the chosen pixel."""
        self._zoom(0.5)

    def zoom_out(self) -> None:
        """Shows twice of what the map shows now, in each direction, as far as there is more."""
        self._zoom(2.0)

    def _zoom(self, factor: float) -> None:
        whole, now = np.reshape(self.extent(), (2, 2)), np.reshape(self.shown(), (2, 2))
        size, most = factor * np.ptp(now, axis=1), np.ptp(whole, axis=1)
        if (size >= most).any():
            self.view = ()
        elif (size >= SMALLEST * most).all():
            low = np.clip(self.pixel - size / 2, whole[:, 0], whole[:, 1] - size)
            digits = np.ceil(3 - np.log10(size)).astype(int)  # a thousandth of the part: finer says nothing
            ends = np.stack([low, low + size], axis=1)
            self.view = tuple(round(float(end), int(places)) for pair, places in zip(ends, digits, strict=True)
                              for end in pair)  # fmt: skip

    def trace(self) -> Trace:
        """The run of the chosen pixel, all of it: of a sweep of one, the member, whose settings are plain numbers."""
        optimizer, J, starts = self.runs(*np.reshape(self.pixel, (2, 1, 1)))
        return run(optimizer, J, starts, self.map_steps).member(0)

    def opened(self) -> StepView:
        """The step view of the chosen run."""
        return step_view(self.trace())

    def sweep(self, resolution: int) -> tuple[Row, Any]:
        """The ends of all runs of the map: batched runs, nothing recorded on the way."""
        left, right, bottom, top = self.shown()
        x, y = np.meshgrid(np.linspace(left, right, resolution), np.linspace(bottom, top, resolution))
        ends = []
        for part in np.array_split(np.arange(resolution), -(-x.size * self.numbers_per_run // BLOCK)):
            optimizer, J, starts = self.runs(x[part, :, np.newaxis], y[part, :, np.newaxis])
            # Each coordinate in a plane of its own: the arithmetic then runs along memory.
            starts = np.moveaxis(np.ascontiguousarray(np.moveaxis(starts, -1, 0)), 0, -1)
            row = optimizer.start(starts)
            later = rows(optimizer, J, row)
            row = last_row(later, row, self.map_steps - self.last_rows + 1)
            with np.errstate(all="ignore"):
                tail = [row, *islice(later, self.last_rows - 1)]
            ends.append(np.squeeze([each.theta for each in tail], axis=0 if len(tail) == 1 else ()))
        return Row(t=self.map_steps, theta=np.concatenate(ends, axis=-3)), J

    def compute(self) -> Any:
        trace = self.trace()
        step = min(self.step, int(trace.t[-1]))
        chosen = Result(
            run=Result(t=trace.t, theta=trace.theta, loss=trace.loss, stopped=str(trace.stopped or "")), step=step,
            explanation=explanation_table(trace.explain(step)) if step else "", extent=self.shown(),
        )  # fmt: skip
        key = self.key(), self.shown()
        fresh = self._map[0] != key
        for resolution in RESOLUTIONS if fresh else RESOLUTIONS[-1:]:
            if fresh:
                ends, J = self.sweep(resolution // self.coarser)
                with np.errstate(all="ignore"):
                    summary = self.summary(ends, J)
                self._map = (key if resolution == RESOLUTIONS[-1] else None, summary)
            yield chosen.also(map=self._map[1])

    def draw(self, result: Any) -> None:
        image = result.map.image
        if result.asking:
            image = np.copy(image)
            image[round(self.known * len(image)) :] = 0
        self.image.set_data(image)
        self.cover.show(result.asking)
        if tuple(self.image.get_extent()) != result.extent:  # a changed limit redraws the whole figure
            left, right, bottom, top = result.extent
            self.image.set_extent(result.extent)
            self.map_axes.set(xlim=(left, right), ylim=(bottom, top))

    def told_step(self, result: Any) -> str:
        """One sentence about the step that is opened under the picture."""
        theta, loss = result.run.theta[result.step], result.run.loss[result.step]
        if result.asking or not result.step or not np.isfinite([*theta, loss]).all():
            return ""
        place = ", ".join(f"{x:.4g}" for x in theta)
        return say("At its step {step} theta is ({theta}), the loss {loss:.3g}.",
                   step=result.step, theta=place, loss=loss)  # fmt: skip

    def shows(self, result: Any) -> str:
        return str(result.explanation)


def near(theta: Array) -> Array:
    """The places of a path that are worth drawing; NaN, a gap, for the others."""
    return np.where(np.abs(theta) < FAR, theta, np.nan)

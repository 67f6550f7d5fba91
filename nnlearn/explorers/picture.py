"""A matplotlib figure as pixels, many times a second."""

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from nnlearn.language import say
from nnlearn.png import Pixels

Place = tuple[float, float]  # in shares of the picture's width and height, from its upper left corner


class Picture:
    """A figure drawn once, on which only the animated artists move.

    Whatever is not animated is the background: it is drawn again only when it changed (limits, a title) and
    matplotlib calls the figure stale. The animated artists lie above all of the background.
    """

    def __init__(self, figure: Figure, pixel_ratio: float = 1.0) -> None:
        self.figure = figure
        width, height = figure.get_size_inches() * figure.dpi
        self.size = round(width), round(height)  # in CSS pixels
        figure.set_dpi(figure.dpi * pixel_ratio)
        self._pixel_ratio = pixel_ratio
        self._canvas = FigureCanvasAgg(figure)
        self._background: Any = None
        self._animated: list[Any] = []

    def pixels(self) -> Pixels:
        """The picture as it is now; the memory is the canvas's own and changes with the next call."""
        if self._background is None or self.figure.stale:
            self._draw_background()
        self._canvas.restore_region(self._background)
        for artist in self._animated:
            artist.draw(self._canvas.get_renderer())
        return np.asarray(self._canvas.buffer_rgba())

    def _draw_background(self) -> None:
        self._canvas.draw()  # leaves animated artists out
        if self._background is None:
            self.figure.set_layout_engine("none")  # laid out once: the axes stand still from here on
        self._background = self._canvas.copy_from_bbox(self.figure.bbox)
        animated = self.figure.findobj(lambda artist: artist.get_animated())
        self._animated = sorted(animated, key=lambda artist: artist.get_zorder())

    def axes(self, label: str = "") -> Axes:
        """The axes with this label (``subplot_mosaic`` or ``set_label`` gives it); without one, the first."""
        for axes in self.figure.axes:
            if label in ("", axes.get_label()):
                return axes
        raise ValueError(say("The figure has no axes with the label {label!r}.", label=label))

    def box(self, axes: Axes) -> tuple[Place, Place]:
        """Upper left and lower right corner of the axes."""
        (left, bottom), (right, top) = self.figure.transFigure.inverted().transform(axes.bbox)
        return (left, 1 - top), (right, 1 - bottom)

    def place(self, axes: Axes, point: tuple[float, float]) -> Place:
        """Where a point of the data lies in the picture."""
        across, up = self.figure.transFigure.inverted().transform(axes.transData.transform(point))
        return float(across), 1 - float(up)

    def point(self, axes: Axes, place: Place) -> tuple[float, float]:
        """The point of the data at a place of the picture; of a place outside the axes, the nearest inside.

        Digits finer than a CSS pixel are rounded away: a hand can't choose them.
        """
        across, down = np.clip(place, *self.box(axes))
        here = self.figure.transFigure.transform((across, 1 - down))
        data = axes.transData.inverted()
        point = data.transform(here)
        pixel = np.abs(data.transform(here + self._pixel_ratio) - point)
        digits = np.ceil(-np.log10(pixel)).astype(int)
        x, y = (round(float(value), int(places)) for value, places in zip(point, digits, strict=True))
        return x, y

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
        self._dpi, self._pixel_ratio = figure.dpi, pixel_ratio
        self._canvas = FigureCanvasAgg(figure)
        self._backgrounds: dict[float, Any] = {}  # by the density of pixels
        self._animated: list[Any] = []
        self._scale(pixel_ratio)

    def pixels(self, pixel_ratio: float | None = None) -> Pixels:
        """The picture as it is now, in its own density of pixels or another one.

        The memory is the canvas's own and changes with the next call.
        """
        ratio = pixel_ratio or self._pixel_ratio
        if self.figure.stale:
            self._backgrounds.clear()
        self._scale(ratio)
        if ratio not in self._backgrounds:
            self._draw_background(ratio)
        self._canvas.restore_region(self._backgrounds[ratio])
        for artist in self._animated:
            artist.draw(self._canvas.get_renderer())
        pixels = np.asarray(self._canvas.buffer_rgba())
        self._scale(self._pixel_ratio)
        return pixels

    def _scale(self, ratio: float) -> None:
        """Takes so many pixels to a CSS pixel; that is no change of what is drawn."""
        stale = self.figure.stale
        if self.figure.dpi != self._dpi * ratio:
            self.figure.set_dpi(self._dpi * ratio)
        self.figure.stale = stale

    def _draw_background(self, ratio: float) -> None:
        self._canvas.draw()  # leaves animated artists out
        self.figure.set_layout_engine("none")  # laid out once: the axes stand still from here on
        self.figure.stale = False
        self._backgrounds[ratio] = self._canvas.copy_from_bbox(self.figure.bbox)
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

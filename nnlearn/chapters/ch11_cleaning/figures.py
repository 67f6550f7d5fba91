"""The figure of chapter 11 that is no explorer: what is as large as half a window, and what isn't."""

import numpy as np

from nnlearn import plots
from nnlearn.chapters.ch11_cleaning.pictures import filtered
from nnlearn.checks import Array
from nnlearn.language import mark, say
from nnlearn.plots import Figure

FIELD = 9  # pixels of a side
WAYS = {mark("as it is"): ("none", 3), mark("mean 3"): ("mean", 3), mark("median 3"): ("median", 3),
        mark("median of a plus 3"): ("plus", 3)}  # fmt: skip


def fields() -> dict[str, Array]:
    """A speck, strokes of one and of two pixels, a square; 1 in 0, (9, 9) each."""
    speck, thin, thick, square = np.zeros((4, FIELD, FIELD))
    speck[4, 4] = 1
    thin[:, 4] = 1
    thick[:, 4:6] = 1
    square[2:7, 2:7] = 1
    return {mark("a speck"): speck, mark("a stroke of 1 pixel"): thin, mark("a stroke of 2 pixels"): thick,
            mark("a square of 5"): square}  # fmt: skip


def sizes() -> Figure:
    """Each of them before and after three filters."""
    alt = say("Four rows of small pictures, as they are and after three filters. The speck: spread by the mean, gone "
              "after both medians. A stroke of one pixel: grey and three wide after the mean, gone after the median, "
              "whole after the median of a plus. A stroke of two pixels: whole after both medians. A square: after the "
              "median only its corners are missing.")  # fmt: skip
    drawn = fields()
    figure, rows = plots.new_figure(alt, width=5.6, height=5.6, nrows=len(drawn), ncols=len(WAYS))
    for axes, title in zip(rows[0], WAYS, strict=True):
        axes.set_title(title, fontsize="small")
    for row, (name, field) in zip(rows, drawn.items(), strict=True):
        for axes, (way, size) in zip(row, WAYS.values(), strict=True):
            axes.imshow(filtered(field, way, size), cmap="gray", vmin=0, vmax=1)
            axes.grid(visible=False)
            axes.set(xticks=[], yticks=[])
        row[0].set_ylabel(name, fontsize="small")
    return figure

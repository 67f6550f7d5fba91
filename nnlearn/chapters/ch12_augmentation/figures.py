"""The figures of chapter 12 that are no explorers."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.patches import Rectangle
from matplotlib.patheffects import withStroke

from nnlearn import plots
from nnlearn.chapters.ch12_augmentation.squares import STEPS, STRENGTHS, THINGS, Part
from nnlearn.checks import Array
from nnlearn.data import datasets
from nnlearn.language import mark, say
from nnlearn.objectives.softmax import softmax
from nnlearn.palette import palette
from nnlearn.plots import Figure


def moved(digits: Sequence[Array], features: Sequence[Array], scores: Sequence[Array]) -> Figure:
    """A digit in two places, one of its features, and what the network reads: a row for each place.

    digits, features: (height, width) each; scores: (classes,) each.
    """
    alt = say("Two rows: a digit, one feature of it, and the probabilities of the ten classes. In the second row digit "
              "and feature stand one pixel farther to the right, and another class is read.")  # fmt: skip
    figure, rows = plots.new_figure(alt, height=3.2, nrows=2, ncols=3)
    strongest = max(feature.max() for feature in features)
    for row, digit, feature, score in zip(rows, digits, features, scores, strict=True):
        row[0].imshow(digit, cmap="gray_r", vmin=0, vmax=1)
        row[1].imshow(feature, cmap="gray_r", vmin=0, vmax=strongest)
        for axes in row[:2]:
            axes.set(xticks=[], yticks=[])
        row[2].bar(range(len(score)), softmax(score))
        row[2].set(ylim=(0, 1), xticks=range(len(score)), yticks=[0, 1], ylabel=mark("probability"))
    for axes, name in zip(rows[1], (mark("the digit"), mark("one of its features"), mark("read as")), strict=True):
        axes.set_xlabel(name)
    return figure


def strengths(rows: Iterable[Mapping[str, Any]]) -> Figure:
    """The gains by colour jitter against its strength, on both tests; rows: of the table "photographs"."""
    alt = say("Two panels of gains against the strength of colour jitter, one dot a seed, a line through the medians. "
              "On squares as they are the dots lie on both sides of 0; in another light most lie above.")  # fmt: skip
    figure, panels = plots.new_figure(alt, width=8, height=2.6, ncols=2, sharey=True)
    found = {(row["augmentation"], row["test"]): 100 * np.array(row["accuracies"])
             for row in rows if row["steps"] == STEPS}  # fmt: skip
    tests = {"as they are": mark("test squares as they are"), "in another light": mark("test squares in another light")}
    for axes, (test, name) in zip(panels, tests.items(), strict=True):
        gains = [found[f"colour {strength}", test] - found["none", test] for strength in STRENGTHS]
        for strength, each in zip(STRENGTHS, gains, strict=True):
            axes.plot(np.full(len(each), strength), each, "o", color=palette().blue, markersize=4)
        axes.plot([0, *STRENGTHS], [0, *map(np.median, gains)], "_-", color=palette().orange, markersize=14)
        axes.axhline(0, color=palette().muted, linewidth=1)
        axes.set(title=name, xlabel=mark("strength of colour jitter"), xticks=[0, *STRENGTHS])
    panels[0].set_ylabel(mark("gain (points)"))
    return figure


def parts() -> Figure:
    """Both photographs, and where training and test squares come from."""
    alt = say("Two photographs, a temple by a lake and an orange flower. Of each of six things, a solid frame on the "
              "left is for training, a dashed one on the right for testing; no two overlap.")  # fmt: skip
    figure, panels = plots.new_figure(alt, width=8, height=2.9, ncols=2)
    for axes, (name, photograph) in zip(panels, datasets.photographs().items(), strict=True):
        axes.imshow(photograph)
        axes.set(xticks=[], yticks=[])
        for thing, (training, testing) in THINGS.items():
            if training.photograph == name:
                axes.add_patch(frame(training, "-"))
                axes.add_patch(frame(testing, "--"))
                axes.text(training.left + 12, training.top + 30, thing, color="white", fontsize=9,
                          bbox={"facecolor": "black", "edgecolor": "none", "pad": 1.5})  # fmt: skip
    return figure


INSIDE = 6  # pixels: half a frame's line, and a little more


def frame(part: Part, line: str) -> Rectangle:
    """Just inside the border of a part of a photograph, so that neighbours' frames don't touch; on any ground."""
    dark = withStroke(linewidth=4, foreground="black")
    return Rectangle((part.left + INSIDE, part.top + INSIDE), part.width - 2 * INSIDE, part.height - 2 * INSIDE,
                     fill=False, edgecolor="white", linestyle=line, linewidth=2, path_effects=[dark])  # fmt: skip


def side_by_side(images: Mapping[str, Array], alt: str) -> Figure:
    """Colour images, (height, width, 3), and below each its name."""
    figure, panels = plots.new_figure(alt, width=8, height=1.6, ncols=len(images))
    for axes, (name, image) in zip(panels, images.items(), strict=True):
        axes.imshow(np.clip(image, 0, 1))
        axes.set(xticks=[], yticks=[], xlabel=name)
        axes.xaxis.label.set_size(8)
    return figure

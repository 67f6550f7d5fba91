"""The figures of chapter 12 that are no explorers."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.patches import Rectangle
from matplotlib.patheffects import withStroke

from nnlearn import plots
from nnlearn.chapters.ch12_augmentation.squares import THINGS, Part
from nnlearn.checks import Array
from nnlearn.data import datasets
from nnlearn.language import say
from nnlearn.plots import Figure


def moved(digits: Sequence[Array], features: Sequence[Array], chances: Sequence[Array]) -> Figure:
    """A digit in two places, one of its features, and what the network says: a row for each place.

    digits, features: (height, width) each; chances: (classes,) each.
    """
    alt = say("Two rows: a digit, one feature of it, and the chances of the ten classes. In the second row digit and "
              "feature stand one pixel farther to the right, and another class is called.")  # fmt: skip
    figure, rows = plots.new_figure(alt, height=3.6, nrows=2, ncols=3)
    strongest = max(feature.max() for feature in features)
    for row, digit, feature, chance in zip(rows, digits, features, chances, strict=True):
        row[0].imshow(digit, cmap="gray_r", vmin=0, vmax=1)
        row[1].imshow(feature, cmap="gray_r", vmin=0, vmax=strongest)
        for axes in row[:2]:
            axes.set(xticks=[], yticks=[])
        row[2].bar(range(len(chance)), chance)
        row[2].set(ylim=(0, 1), xticks=range(len(chance)), ylabel=say("probability"))
    for axes, name in zip(rows[1], (say("the digit"), say("one of 32 features"), say("what is read")), strict=True):
        axes.set_xlabel(name)
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
                axes.text(training.left + 5, training.top + 24, say(thing), color="white", fontsize=9,
                          bbox={"facecolor": "black", "edgecolor": "none", "pad": 1.5})  # fmt: skip
    return figure


def frame(part: Part, line: str) -> Rectangle:
    """Around a part of a photograph, seen on dark and light ground."""
    dark = withStroke(linewidth=4, foreground="black")
    return Rectangle((part.left, part.top), part.width, part.height, fill=False, edgecolor="white", linestyle=line,
                     linewidth=2, path_effects=[dark])  # fmt: skip


def side_by_side(images: Mapping[str, Array], alt: str) -> Figure:
    """Colour images, (height, width, 3), and below each its name."""
    figure, panels = plots.new_figure(alt, width=8, height=1.6, ncols=len(images))
    for axes, (name, image) in zip(panels, images.items(), strict=True):
        axes.imshow(np.clip(image, 0, 1))
        axes.set(xticks=[], yticks=[], xlabel=name)
        axes.xaxis.label.set_size(8)
    return figure

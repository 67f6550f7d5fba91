"""The figures of chapter 08 that are no explorers."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from nnlearn import plots
from nnlearn.chapters.ch08_schedules.bowl import STEEP, floor, followed
from nnlearn.chapters.ch08_schedules.cooling import FLAT, STEPS, VARIANCE
from nnlearn.language import mark, say
from nnlearn.palette import palette
from nnlearn.plots import Figure

HOT, COLD, CUT = 0.5, 0.1, 400  # the rate, cut after so many steps
SHOWN = ("constant", "last 30%", "linear", "one cycle")
NAMES = {
    "constant": mark("constant"),
    "last tenth": mark("cooled in the last tenth"),
    "last 30%": mark("cooled in the last 30%"),
    "linear": mark("even fall"),
    "cosine": mark("half a wave"),
    "exponential": mark("exponential, to 1%"),
    "one cycle": mark("one cycle"),
}
STYLES = ("-", "-", "--", ":")


def settled() -> Figure:
    """The expected loss of a rate that is cut late, beside one that was low throughout, and the floors of both."""
    alt = say("The expected loss against the step. A rate of 0.5 falls quickly and lies level near 0.012 from step "
              "200 on. Cut to 0.1 at step 400 it drops within some ten steps to 0.007, then goes down slowly. A rate "
              "of 0.1 throughout comes down much more slowly and is at 0.024 at step 500.")  # fmt: skip
    figure, axes = plots.new_figure(alt, height=3.3)
    colours = palette()
    cut = sum(followed(np.where(np.arange(STEPS) < CUT, HOT, COLD), VARIANCE, FLAT))
    low = sum(followed(np.full(STEPS, COLD), VARIANCE, FLAT))
    axes.plot(np.arange(STEPS + 1), cut, color=colours.blue, label=mark("rate 0.5, from step 400 on 0.1"))
    axes.plot(np.arange(STEPS + 1), low, "--", color=colours.orange, label=mark("rate 0.1 throughout"))
    for rate in (HOT, COLD):
        both = sum(floor(rate, VARIANCE, curvature) for curvature in (STEEP, FLAT))
        axes.axhline(both, color=colours.muted, linestyle=":", linewidth=1.4)
        axes.annotate(say("floor of rate {rate}", rate=rate), (STEPS, both), (-4, 3), textcoords="offset points",
                      ha="right", fontsize="small", color=colours.muted)  # fmt: skip
    axes.set(yscale="log", xlim=(0, STEPS), ylim=(1e-3, 3), xlabel=mark("step"), ylabel=mark("expected loss"))
    axes.legend(fontsize="small", loc="upper right")
    return figure


def rows_of(stored: Mapping[str, Any], setting: str) -> dict[str, Any]:
    """The rows of a setting, by schedule."""
    return {row["schedule"]: row for row in stored["schedules"] if row["setting"] == setting}


def curves(stored: Mapping[str, Any]) -> Figure:
    """The loss on all training data along the ten epochs: the median of the fresh seeds, each at its best rate."""
    alt = say("Training loss against the epoch, logarithmic, for four schedules. The constant rate swings and ends "
              "high; the one cooled in the last 30% swings along with it until epoch 7, then falls steeply below all; "
              "the even fall comes down smoothly and ends higher.")  # fmt: skip
    figure, axes = plots.new_figure(alt, height=3.4)
    found = rows_of(stored, "10 epochs")
    for name, style in zip(SHOWN, STYLES, strict=True):
        steps = np.array(found[name]["curve_steps"])
        axes.plot(10 * steps / steps[-1], found[name]["curve"], style, label=NAMES[name],
                  linewidth=1.2 if name == "constant" else 1.9)  # fmt: skip
    axes.set(yscale="log", xlim=(0, 10), xlabel=mark("epoch"), ylabel=mark("training loss (median of 10 seeds)"))
    axes.legend(fontsize="small")
    return figure


def walls(stored: Mapping[str, Any]) -> Figure:
    """How large a peak each schedule bears: the worst loss of the tuning seeds at each rate of the grid."""
    alt = say("The worst of five last losses against the peak rate, both logarithmic. All curves fall up to a rate of "
              "0.7 to 1; then constant, late cooling and even fall shoot up at 1.4. One cycle is lowest at 1.4 and "
              "rises at 2.")  # fmt: skip
    figure, axes = plots.new_figure(alt, height=3.3)
    found = rows_of(stored, "10 epochs")
    for name, style, marker in zip(SHOWN, STYLES, "os^D", strict=True):
        axes.loglog(found[name]["rates"], found[name]["tuning"], style, marker=marker, markersize=4, label=NAMES[name])
    axes.set(xlabel=mark("peak rate"), ylabel=mark("worst of 5 last losses"), ylim=(0.01, 100))
    axes.set_xticks([0.1, 0.2, 0.5, 1, 2], ["0.1", "0.2", "0.5", "1", "2"])
    axes.minorticks_off()
    axes.legend(fontsize="small", loc="upper left")
    return figure


def wall(stored: Mapping[str, Any]) -> Figure:
    """The rate of one cycle along its run, and the wall 2/L of the training loss where the run is."""
    alt = say("Against the epoch: the rate of one cycle, a wave from 0.06 up to 1.4 at epoch 3 and down to 0; and the "
              "wall 2/L, from 0.6 at the start, level for an epoch, 1.6 at epoch 3, nearly 8 at the end. The wall lies "
              "above the rate, but for epoch 2, where both are near 1.")  # fmt: skip
    figure, axes = plots.new_figure(alt, height=3.2)
    rows, colours = stored["walls"], palette()
    epochs = 10 * np.array([row["step"] for row in rows]) / rows[-1]["step"]
    walls_of_seeds = np.array([row["walls"] for row in rows])
    axes.fill_between(epochs, walls_of_seeds.min(axis=1), walls_of_seeds.max(axis=1), color=colours.muted, alpha=0.3,
                      linewidth=0, label=mark("ten seeds"))  # fmt: skip
    axes.plot(epochs, np.median(walls_of_seeds, axis=1), "--", color=colours.ink, label=mark("wall 2/L (median)"))
    axes.plot(epochs, [row["rate"] for row in rows], "-", color=colours.blue, label=mark("rate of one cycle"))
    axes.set(yscale="log", xlim=(0, 10), ylim=(0.04, 12), xlabel=mark("epoch"), ylabel=mark("learning rate"))
    axes.set_yticks([0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10], ["0.05", "0.1", "0.2", "0.5", "1", "2", "5", "10"])
    axes.minorticks_off()
    axes.legend(fontsize="small", loc="upper left", bbox_to_anchor=(0.02, 0.99))
    return figure

"""The figures of chapter 04 that are no explorers."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from nnlearn import plots
from nnlearn.chapters.ch04_minibatches.map import SIZES
from nnlearn.chapters.ch04_minibatches.patients import largest_safe_rate, patients
from nnlearn.language import mark, say
from nnlearn.palette import palette
from nnlearn.plots import Figure

ALL = 1347  # the training digits: where a stored row has no batch


def parts_of_the_limit(size: Any) -> Any:
    """The largest safe rate by its two parts: 1 / rate = L / 2 + m / size, m the mean squared length of an example."""
    J = patients()
    return 1 / (J.curvatures[0] / 2 + np.mean(np.sum(J.design**2, axis=1)) / np.asarray(size))


def limits() -> Figure:
    """The largest safe rate of each batch: exact, by its two parts, and each part alone."""
    alt = say("The largest safe rate against the batch, both logarithmic. It rises, bends from about "
              "3 on, and from 30 on it lies at the wall 2/L. The sum of two parts follows "
              "it closely.")  # fmt: skip
    figure, axes = plots.new_figure(alt, height=3.2)
    colours, sizes = palette(), np.geomspace(1, SIZES[-1], 60)
    J = patients()
    m = np.mean(np.sum(J.design**2, axis=1))
    axes.loglog(SIZES, [largest_safe_rate(size) for size in SIZES], "o", markersize=4, label=mark("exact"))
    axes.loglog(sizes, parts_of_the_limit(sizes), "-", label=mark("1 / (L/2 + m/B)"))
    axes.loglog(sizes, sizes / m, ":", color=colours.muted, label=mark("the noise alone: B/m"))
    axes.axhline(2 / J.curvatures[0], linestyle="--", color=colours.muted, label=mark("the wall alone: 2/L"))
    axes.set(xlabel=mark("batch size B"), ylabel=mark("largest safe rate"), ylim=(0.05, 0.5))
    axes.set_yticks([0.05, 0.1, 0.2, 0.4], ["0.05", "0.1", "0.2", "0.4"])
    axes.minorticks_off()
    axes.legend(loc="lower right", fontsize="small")
    return figure


def noise(stored: Mapping[str, Any]) -> Figure:
    """How far a batch's gradient lies from that of all digits, before training and after."""
    alt = say("The squared distance of a batch's gradient from that of all data, against the batch, both logarithmic: "
              "a falling line before training, and another after 20 epochs. The squared length of the whole gradient, "
              "a level, is crossed near 40 before training, and far to the right of that afterwards.")  # fmt: skip
    figure, axes = plots.new_figure(alt, height=3.4)
    for when, look, of_noise, of_signal in (
        ("before training", "o-", mark("noise, before training"), mark("signal, before training")),
        ("after 20 epochs", "s--", mark("noise, after 20 epochs"), mark("signal, after 20 epochs")),
    ):
        rows = [row for row in stored["noise"] if row["when"] == when]
        batches = np.array([row["batch"] for row in rows])
        middle, low, high = (f([row["noise"] for row in rows], axis=1) for f in (np.median, np.min, np.max))
        (line,) = axes.loglog(batches, middle, look, markersize=5, label=of_noise)
        axes.fill_between(batches, low, high, color=line.get_color(), alpha=0.2, linewidth=0)
        signal = np.median(rows[0]["signal"])
        axes.axhline(signal, linestyle=":", color=line.get_color(), label=of_signal)
    axes.set(xlabel=mark("batch size"), ylabel=mark("squared length"))
    axes.legend(fontsize="small", ncols=2, loc="upper center", bbox_to_anchor=(0.5, 1.28))
    return figure


def clocks(stored: Mapping[str, Any]) -> Figure:
    """How long each batch takes with its best rate, by two clocks."""
    alt = say("Two panels against the batch. Epochs to the target: about level up to 16, then rising to all data. "
              "Steps to the target: falling, steeply at first, then level from about 128 on.")  # fmt: skip
    figure, panels = plots.new_figure(alt, width=8, height=3, ncols=2)
    rows = stored["epochs"]
    batches = np.array([row["batch"] or ALL for row in rows])
    per_epoch = np.array([-(-ALL // row["batch"]) if row["batch"] else 1 for row in rows])
    clocks = (
        (panels[0], 1, mark("epochs to the target"), [5, 10, 20, 50, 100, 200]),
        (panels[1], per_epoch, mark("steps to the target"), [200, 500, 1000, 2000, 5000]),
    )
    for axes, times, name, ticks in clocks:
        middle, low, high = (np.array([row[key] for row in rows]) * times for key in ("median", "min", "max"))
        axes.errorbar(batches, middle, [middle - low, high - middle], fmt="o-", markersize=5, capsize=3)
        axes.set(xscale="log", yscale="log", xlabel=mark("batch size, at its best rate"), ylabel=name)
        axes.set_xticks([1, 4, 16, 64, 256, ALL], ["1", "4", "16", "64", "256", "1,347"])
        axes.set_yticks(ticks, [f"{tick:,}" for tick in ticks])
        axes.minorticks_off()
    return figure

"""The figures of chapter 14: each is one picture of one mechanism."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from nnlearn.chapters.ch14_architecture.tables import row_of
from nnlearn.language import mark, say
from nnlearn.palette import palette
from nnlearn.plots import Figure, new_figure

COLOURS = palette()
COSTS = {"parameters": mark("parameters"), "flops": mark("operations for one image"),
         "us": mark("LiteRT: µs for one image")}  # fmt: skip


def best(points: Any) -> Any:
    """Of points (cost, accuracy) those that none beats in both, in the order of their cost."""
    ordered = sorted(map(tuple, points), key=lambda point: (point[0], -point[1]))
    kept, most = [], -np.inf
    for cost, accuracy in ordered:
        if accuracy > most:
            kept.append((cost, accuracy))
            most = accuracy
    return np.array(kept)


def frontier(stored: Mapping[str, Any]) -> Figure:
    """Accuracy against parameters, operations and time, with the line of networks that none beats in both."""
    figure, panels = new_figure(
        say("Test images right against parameters, operations and time, a dot for each network, its median of the "
            "seeds, with the range. Dashed: the networks that no other beats in both. Circles are convolutional, "
            "squares have dense layers alone. The dashed line rises steeply at first, then it is nearly flat."),
        width=9, height=3.4, ncols=3)  # fmt: skip
    times = {row["name"]: row["us"] for row in stored["times"]}
    kinds = (("shapes", "o", COLOURS.blue, mark("convolutional")), ("deep", "s", COLOURS.orange, mark("dense alone")))
    for axes, (cost, label) in zip(panels, COSTS.items(), strict=True):
        points = []
        for table, marker, colour, name in kinds:
            rows = [{**row, "us": times[row["name"]]} for row in stored[table]]
            x, y = [row[cost] for row in rows], [100 * row["median"] for row in rows]
            spans = [[100 * (row["median"] - row["min"]) for row in rows], [100 * (row["max"] - row["median"])
                                                                            for row in rows]]  # fmt: skip
            axes.errorbar(x, y, spans, fmt=marker, color=colour, markersize=5, linewidth=0.7, label=name)
            points += [*zip(x, y, strict=True)]
        axes.plot(*best(points).T, "--", color=COLOURS.ink, linewidth=1, label=mark("none beats these in both"))
        axes.set(xscale="linear" if cost == "us" else "log", xlabel=label, ylim=(84, 100))
    panels[0].set_ylabel(mark("test images right (%)"))
    figure.legend(*panels[0].get_legend_handles_labels(), loc="outside lower center", ncols=3)
    return figure


LINES = (
    ("0-4", "pixels", mark("a last layer on the pixels"), ":", "ink", "."),
    ("0-4", "scratch", mark("a new network"), "-", "blue", "o"),
    ("0-4", "tuned", mark("knows 0 to 4: fine-tuned"), "--", "orange", "s"),
    ("0-4", "dense", mark("knows 0 to 4: dense layer kept"), "-.", "green", "v"),
    ("0-9", "dense", mark("knows all ten: dense layer kept"), (0, (5, 1, 1, 1)), "purple", "^"),
)  # fmt: skip


def transfer(stored: Mapping[str, Any]) -> Figure:
    """What is read after learning from few images, in several ways."""
    figure, axes = new_figure(
        say("Test images of 5 to 9 that are right against images a class. Pixels, a new network and a fine-tuned one "
            "that knew 0 to 4 lie close together; its dense layer, kept, lies far below. The dense layer of a network "
            "that knew all ten is far above with two images a class, and overtaken with sixty."),
        width=7, height=3.6)  # fmt: skip
    counts = sorted({row["images"] for row in stored["transfer"]})
    for old, way, name, line, colour, marker in LINES:
        rows = [row_of(stored, old, way, count) for count in counts]
        middle = [100 * row["median"] for row in rows]
        spans = [[100 * (row["median"] - row["min"]) for row in rows], [100 * (row["max"] - row["median"])
                                                                        for row in rows]]  # fmt: skip
        axes.errorbar(counts, middle, spans, linestyle=line, color=getattr(COLOURS, colour), marker=marker,
                      markersize=4, linewidth=1.2, elinewidth=0.6, label=name)  # fmt: skip
    axes.set(xscale="log", xlabel=mark("images a class"), ylabel=mark("test images right (%)"), xticks=counts,
             xticklabels=list(map(str, counts)), ylim=(50, 101))  # fmt: skip
    axes.minorticks_off()
    figure.legend(*axes.get_legend_handles_labels(), loc="outside right upper")
    return figure

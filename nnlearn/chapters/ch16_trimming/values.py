"""Explorer of chapter 16: a trained network whose layers have few different weights."""

from typing import Any

import numpy as np
from matplotlib.figure import Figure

from nnlearn.chapters.ch16_trimming.measures import books, shared_rows, smallest_left
from nnlearn.compression.share import nearest
from nnlearn.explorers.controls import Choice, Whole
from nnlearn.explorers.cover import Cover
from nnlearn.explorers.explorer import Explorer
from nnlearn.explorers.goals import Goal
from nnlearn.explorers.prediction import Prediction
from nnlearn.explorers.result import Result
from nnlearn.language import listed, mark, say, together
from nnlearn.models import trained

LAYERS = {"conv1": mark("first convolution"), "conv2": mark("second convolution"), "dense": mark("dense layer"),
          "output": mark("output layer")}  # fmt: skip
FEW, MANY = 2, 16  # values
VALUES = range(FEW, MANY + 1)
STARTS = {"even": mark("evenly spaced"), "quantile": mark("as dense as the weights"),
          "random": mark("drawn at random"), "left alone": mark("evenly spaced, left alone")}  # fmt: skip
GONE = {"0": mark("none"), "0.3": mark("30%"), "0.5": mark("50%"), "0.6": mark("60%"), "0.7": mark("70%")}
BINS, ROWS = 81, 72  # rows of a kernel that are drawn: more would be finer than the screen
LARGE = 8_600  # bytes, of the goal


def row_of(values: int, start: str = "quantile", gone: str = "0") -> Any:
    """What was measured with so many values."""
    return shared_rows()[float(gone), start, values]


def how_many_are_enough() -> str:
    """The truth of the prediction."""
    parts = [say("{values} values {accuracy:.1%}", values=values, accuracy=row_of(values)["median"])
             for values in (8, 4, 2)]  # fmt: skip
    return say("Measured, medians of five networks: {each}; untouched 98.0%.", each=listed(parts))


def thought_behind_values(answer: str) -> str:
    """Which thought leads to an answer."""
    thoughts = {
        "256": mark("One value a byte is the usual step. 8 values need 3 bits: the layer has 16,384 weights, and most "
                    "lie near 0, so a few places for values serve nearly all."),
        "64": mark("Fine steps matter where each number counts alone. Here 512 weights are added up in each unit, and "
                   "errors up and down cancel."),
        "8": "",
        "2": mark("A sign and a size are too little without training: the errors are then more than half as large as "
                  "the weights."),
    }  # fmt: skip
    return say(thoughts[answer]) if thoughts[answer] else ""


class SharedValues(Explorer):
    """Every weight of a layer is one of a few values: which, how many bytes, how well the network still reads."""

    title = mark("How many different weights does a layer need?")
    chapter = "16"
    prediction = Prediction(
        mark("A trained network reads 98.0% of the test digits. Its dense layer has 16,384 weights, nearly all of them "
             "different. Now each layer may have only a few different values; each weight takes one of them, and "
             "nothing is trained again. How many values does a layer need, to lose less than one point?"),
        Choice({"256": mark("about 250"), "64": mark("about 60"), "8": mark("8"), "2": mark("2")}, start="64",
               label=mark("values a layer")),
        truth=how_many_are_enough,
        thought=thought_behind_values,
        opens_at={"distinct": 4},
    )  # fmt: skip
    distinct = Whole(FEW, MANY, start=MANY, label=mark("values a layer"))
    start = Choice(STARTS, start="quantile", label=mark("values before k-means"))
    gone = Choice(GONE, start="0", label=mark("smallest weights set to 0"))
    layer = Choice(LAYERS, start="dense", label=mark("layer shown"))
    goals = (
        Goal(mark("no weight set to 0: below 8,600 bytes packed, and at least 97%"),
             lambda result: result.gone == "0" and result.bytes < LARGE and result.accuracy >= 0.97),
        Goal(mark("2 values a layer (and 0): above 75%"),
             lambda result: result.distinct == FEW and result.accuracy > 0.75),
        Goal(mark("evenly spaced and left alone: within half a point of what k-means makes of it"),
             lambda result: result.start == "left alone" and result.accuracy > result.moved - 0.005),
    )  # fmt: skip

    def figure(self) -> Figure:
        figure, (counts, kernel, curve) = self.panels(350, 3, narrowest=215)
        (self.weights,) = counts.plot(
            [], [], drawstyle="steps-mid", color=self.colours.muted, linewidth=1, animated=True
        )
        self.lines = counts.vlines([0], 0, 1, color=self.colours.orange, linewidth=1.2, animated=True)
        counts.set(xlabel=mark("weight"), ylabel=mark("how many"), yscale="log", ylim=(0.5, 2e4), xlim=(-1, 1))
        self.image = kernel.imshow(np.zeros((2, 2)), cmap="coolwarm", vmin=-0.3, vmax=0.3, aspect="auto",
                                   extent=(0, 1, 0, 1), interpolation="nearest", animated=True)  # fmt: skip
        kernel.set(xticks=[], yticks=[], xlabel=mark("units or filters"), ylabel=mark("their weights (the first rows)"))
        curve.set(xlabel=mark("values a layer"), ylabel=mark("accuracy (%)"), xlim=(1.5, MANY + 0.5), ylim=(0, 102),
                  xticks=(2, 4, 8, 12, 16))  # fmt: skip
        curve.axhline(98, color=self.colours.muted, linestyle=":", linewidth=1.2)
        self.spread = curve.vlines([0], 0, 1, color=self.colours.blue, linewidth=1, animated=True)
        (self.curve,) = curve.plot([], [], ".-", color=self.colours.blue, linewidth=1, animated=True)
        (self.here,) = curve.plot([], [], "o", color=self.colours.orange, markersize=9, animated=True)
        self.cover = Cover(curve, self.colours)
        self.ghosts(self.weights, self.curve)
        return figure

    def compute(self) -> Any:
        row = row_of(self.distinct, self.start, self.gone)
        kernel = trained()[f"{self.layer}/kernel"]
        book = books()[f"{self.gone}/{self.start}/{self.distinct}/{self.layer}/kernel"]
        counts, edges = np.histogram(kernel, BINS, (-1, 1))
        curve = [] if self.asking else [row_of(values, self.start, self.gone) for values in VALUES]
        return Result(
            book=book, counts=counts, middles=(edges[1:] + edges[:-1]) / 2, shown=looked_up(kernel, book, self.gone),
            accuracy=row["median"], low=row["min"], high=row["max"], bytes=row["bytes"], smallest=row["smallest"],
            moved=row_of(self.distinct, "even", self.gone)["median"],
            curve=np.array([[each["median"], each["min"], each["max"]] for each in curve]).reshape(-1, 3) * 100,
        )  # fmt: skip

    def draw(self, result: Any) -> None:
        self.cover.show(result.asking)
        self.weights.set_data(result.middles, np.maximum(result.counts, 0.5))
        self.lines.set_segments([np.array([[value, 0.5], [value, 2e4]]) for value in result.book])
        self.image.set_data(result.shown)
        middle, low, high = result.curve.T
        values = np.array(VALUES)[: len(middle)]
        self.curve.set_data(values, middle)
        self.spread.set_segments([np.array([[x, a], [x, b]]) for x, a, b in zip(values, low, high, strict=True)])
        self.here.set_data([result.distinct], [100 * result.accuracy])
        self.here.set_visible(not result.asking)

    def says(self, result: Any) -> str:
        shown = say("The {layer} has {n} different weights.", layer=say(LAYERS[result.layer]), n=len(result.book))
        size = say("{values} values a layer: {bytes:,} of 86,184 bytes packed, {smallest:,} by their entropy.",
                   values=result.distinct, bytes=result.bytes, smallest=result.smallest)  # fmt: skip
        if result.asking:
            return together(size, shown)
        read = say("Accuracy {accuracy:.1%} ({low:.1%} to {high:.1%}, five networks).",
                   accuracy=result.accuracy, low=result.low, high=result.high)  # fmt: skip
        return together(read, size, shown)


def looked_up(kernel: Any, book: Any, gone: str) -> Any:
    """The first rows of a kernel with the values of the book, (rows, units)."""
    rows = kernel.reshape(-1, kernel.shape[-1])
    left = np.abs(rows) >= smallest_left(trained(), float(gone))
    values = book[book != 0] if float(gone) else book
    return np.where(left, values[nearest(rows.astype(np.float64), values)], 0)[:ROWS]

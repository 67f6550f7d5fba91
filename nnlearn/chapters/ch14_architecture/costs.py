"""An explorer of chapter 14: what each layer of a convolutional network costs, in parameters and in operations."""

from functools import cache
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from nnlearn.data import measured
from nnlearn.explorers.controls import Choice, Whole
from nnlearn.explorers.cover import Cover
from nnlearn.explorers.explorer import Explorer
from nnlearn.explorers.goals import Goal
from nnlearn.explorers.prediction import Prediction
from nnlearn.explorers.result import Result
from nnlearn.language import mark, say, together
from nnlearn.models import digits_cnn

LAYERS = ("conv1", "conv2", mark("dense"), mark("output"))  # the names stand at an axis, too
POOLED = {"early": 1, "late": 2}  # after which convolution
PARAMETERS, FLOPS = 21_546, 641_664  # of the network that it begins with


@cache
def costs(filters: int, kernel: int, units: int, pooled: str) -> tuple[Any, Any]:
    """Parameters and operations of the four layers; 0 for a dense layer that isn't there."""
    network = digits_cnn(filters, kernel, units, depth=2, pool=POOLED[pooled])
    counted = {layer.name: layer for layer in network.count().layers}
    rows = [counted.get(name) for name in LAYERS]
    parameters = np.array([row.parameters if row else 0 for row in rows])
    return parameters, np.array([row.flops if row else 0 for row in rows])


@cache
def stored() -> tuple[dict[str, Any], ...]:
    """The networks of two convolutions that the experiment trained."""
    return tuple(row for row in measured("14")["shapes"] if row["arguments"]["depth"] == 2)


def measured_at(filters: int, kernel: int, units: int, pooled: str) -> dict[str, Any] | None:
    """The row of the experiment with these settings, if it trained this network."""
    asked = {"filters": filters, "kernel": kernel, "units": units, "depth": 2, "pool": POOLED[pooled],
             "residual": False}  # fmt: skip
    return next((row for row in stored() if row["arguments"] == asked), None)


def dense_share() -> str:
    """The truth of the prediction."""
    _, flops = costs(16, 3, 32, "late")
    dense, second = flops[2] / flops.sum(), flops[1] / flops.sum()
    return say("Counted: {dense:.1%}. The second convolution, 22% of the parameters, has {second:.1%}.",
               dense=dense, second=second)  # fmt: skip


def thought_behind(answer: str) -> str:
    """Which thought leads to a share."""
    thoughts = {
        "same": mark("So it would be if each parameter were used once. A convolution uses each of its own at 64 "
                     "places."),
        "half": mark("You expect less than the parameters suggest, but a parameter of the second convolution is used "
                     "64 times, not three times."),
        "fifth": mark("The right way, not far enough: a parameter of the second convolution is used 64 times."),
        "twentieth": mark("So it is: the dense layer uses each parameter once, a convolution at each of 64 places."),
    }  # fmt: skip
    return say(thoughts[answer])


class Costs(Explorer):
    """A convolutional network in other shapes: each layer's share of parameters and operations, and what it reads."""

    title = mark("Two currencies: parameters and operations")
    chapter = "14"
    prediction = Prediction(
        mark("A network of two convolutions (16 and 32 filters), a dense layer of 32 units and an output layer. The "
             "dense layer holds 76% of all parameters. What share of the multiplications and additions for one image "
             "is its own?"),
        Choice({"same": mark("about three quarters"), "half": mark("about half"), "fifth": mark("about a fifth"),
                "twentieth": mark("about a twentieth")}, start="same", label=mark("share of the operations")),
        truth=dense_share,
        thought=thought_behind,
        opens_at={"filters": 16, "kernel": 3, "units": 32, "pooled": "late"},
    )  # fmt: skip
    filters = Whole(4, 64, start=16, label=mark("filters (second convolution: twice as many)"))
    kernel = Whole(1, 5, start=3, label=mark("side of a window"))
    units = Whole(0, 128, start=32, label=mark("dense units"))
    pooled = Choice({"late": mark("after the second convolution"), "early": mark("after the first convolution")},
                    start="late", label=mark("image is halved"))  # fmt: skip
    cost = Choice({"parameters": mark("parameters"), "flops": mark("operations")}, start="flops",
                  label=mark("cost in the right panel"))  # fmt: skip
    claim = Choice(
        {"": mark("nothing yet"), "possible": mark("possible"), "impossible": mark("impossible")},
        start="",
        label=mark("the third goal: you say"),
    )
    goals = (
        Goal(mark("at most a third of the operations of the start, and not one parameter less"),
             lambda result: 3 * result.flops.sum() <= FLOPS and result.parameters.sum() >= PARAMETERS),
        Goal(mark("at most half of the parameters, but at least 95% of the operations of the start"),
             lambda result: 2 * result.parameters.sum() <= PARAMETERS and result.flops.sum() >= 0.95 * FLOPS),
        Goal(mark("windows of 3, halved after the second convolution: a dense layer with more operations than the "
                  "second convolution; or see why there is none, and claim that"),
             lambda result: result.claim == "impossible"),
    )  # fmt: skip

    def figure(self) -> Figure:
        figure, (parameters, flops, accuracy) = self.panels(330, 3, narrowest=230)
        names = list(LAYERS)
        self.bars, self.numbers = [], []
        for axes, label, colour in ((parameters, mark("share of the parameters (%)"), self.colours.blue),
                                    (flops, mark("share of the operations (%)"), self.colours.orange)):  # fmt: skip
            self.bars.append(axes.barh(names, [0] * 4, color=colour, height=0.6, animated=True))
            self.numbers.append([axes.text(0, row, "", va="center", fontsize="small", animated=True)
                                 for row in range(4)])  # fmt: skip
            axes.set(xlim=(0, 135), xticks=(0, 50, 100), xlabel=label)
            axes.invert_yaxis()
        accuracy.set(xscale="log", xlim=(1e3, 4e7), ylim=(80, 100), ylabel=mark("test images right (%)"),
                     xlabel=mark("cost of the network"))  # fmt: skip
        (self.others,) = accuracy.plot([], [], ".", color=self.colours.muted, markersize=9, animated=True,
                                       label=mark("trained, five seeds"))  # fmt: skip
        self.spreads = accuracy.vlines([1], 80, 80, color=self.colours.muted, linewidth=1, animated=True)
        self.cost_line = accuracy.axvline(1, 0.25, color=self.colours.green, linestyle="--", linewidth=1.3,
                                          animated=True, label=mark("this network's cost"))  # fmt: skip
        (self.here,) = accuracy.plot([], [], "o", color=self.colours.green, markersize=9, animated=True)
        accuracy.legend(loc="lower right", frameon=False, fontsize="small")
        self.covers = [Cover(flops, self.colours), Cover(accuracy, self.colours)]
        return figure

    def compute(self) -> Any:
        setting = self.filters, self.kernel, self.units, self.pooled
        parameters, flops = costs(*setting)
        row = measured_at(*setting)
        points = np.array([[each[self.cost], 100 * each["median"], 100 * each["min"], 100 * each["max"]]
                           for each in stored()])  # fmt: skip
        found = None if row is None else (row["median"], row["min"], row["max"])
        return Result(parameters=parameters, flops=flops, points=points, found=found,
                      here=float((parameters if self.cost == "parameters" else flops).sum()))  # fmt: skip

    def draw(self, result: Any) -> None:
        for bars, numbers, costs in zip(self.bars, self.numbers, (result.parameters, result.flops), strict=True):
            for bar, number, each in zip(bars, numbers, costs, strict=True):
                share = 100 * each / costs.sum()
                bar.set_width(share)
                number.set_position((share + 2, number.get_position()[1]))
                number.set_text(f"{each:,}")
        for number in self.numbers[1]:
            number.set_visible(not result.asking)
        self.others.set_data(result.points[:, 0], result.points[:, 1])
        self.spreads.set_segments([np.array([[x, low], [x, high]]) for x, _, low, high in result.points])
        self.cost_line.set_xdata([result.here, result.here])
        shown = [] if result.found is None else [100 * result.found[0]]
        self.here.set_data([result.here] * len(shown), shown)
        for part in (self.here, self.cost_line, self.others, self.spreads):
            part.set_visible(not result.asking)
        for cover in self.covers:
            cover.show(result.asking)

    def says(self, result: Any) -> str:
        parameters, flops = result.parameters, result.flops
        if result.asking:
            return say("{parameters:,} parameters, {share:.0%} of them in the dense layer.",
                       parameters=parameters.sum(), share=parameters[2] / parameters.sum())  # fmt: skip
        whole = say("{parameters:,} parameters, {flops:,} operations for an image.",
                    parameters=parameters.sum(), flops=flops.sum())  # fmt: skip
        dense = say("The dense layer has {share:.0%} of the parameters and {part:.1%} of the operations.",
                    share=parameters[2] / parameters.sum(), part=flops[2] / flops.sum())  # fmt: skip
        second = say("The second convolution has {share:.0%} and {part:.1%}.",
                     share=parameters[1] / parameters.sum(), part=flops[1] / flops.sum())  # fmt: skip
        if result.found is None:
            found = say("This network was not trained.")
        else:
            median, low, high = result.found
            found = say("Trained from five seeds it reads {median:.1%} ({low:.1%} to {high:.1%}).",
                        median=median, low=low, high=high)  # fmt: skip
        return together(whole, dense, second, found)

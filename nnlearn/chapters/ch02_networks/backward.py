"""An explorer of chapter 02: the slope of the loss on its way back through the layers of a network."""

from functools import cache
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from nnlearn.checks import Array
from nnlearn.data import datasets
from nnlearn.explorers.controls import Choice, Log, Whole
from nnlearn.explorers.cover import Cover
from nnlearn.explorers.explorer import Explorer
from nnlearn.explorers.goals import Goal
from nnlearn.explorers.prediction import Prediction
from nnlearn.explorers.result import Result
from nnlearn.language import mark, say
from nnlearn.networks import NetworkObjective, ReLU, Sigmoid, Tanh, mlp
from nnlearn.networks.initial import glorot, he

DEEPEST, WIDTH, EXAMPLES, SEEDS = 10, 64, 256, 5
KINDS = {"sigmoid": (Sigmoid, glorot), "tanh": (Tanh, glorot), "relu": (ReLU, he)}
FLOOR, CEILING = 1e-10, 1e4  # of the bars, in lengths of the last layer's gradient
ASKED = (1e-2, 1e2)  # while the prediction is open: the depth of the picture would give the answer away


@cache
def network(depth: int, activation: str) -> NetworkObjective:
    """The loss on 256 digits of a network of so many hidden layers of 64 units."""
    data = datasets.digits()
    kind, initial = KINDS[activation]
    layers = mlp(data.X_train.shape[1], *[WIDTH] * depth, 10, activation=kind, initial=initial)
    return layers.on(data.X_train[:EXAMPLES], data.y_train[:EXAMPLES])


def way_back(depth: int, activation: str, gain: float, seed: int) -> Result:
    """What the loss's slope meets on its way back, by hidden layer, the first first.

    gradients: the length of the slope in each hidden kernel, shape (depth,). slopes: the mean slope of each activation,
    (depth,). factors: how much smaller or larger the slope in the scores becomes from each hidden layer to the one
    before, (depth - 1,).
    """
    J = network(depth, activation)
    weights = J.network.unpack(J.initial(seed))
    first = J.network.pack(
        {name: gain * array if name.endswith("kernel") else array for name, array in weights.items()}
    )
    opened = J.open(first)
    layers = J.network.layers
    hidden: list[Any] = [(layers[2 * k], layers[2 * k + 1]) for k in range(depth)]  # dense, then bent
    scores = [opened.activations[str(dense.name)] for dense, _ in hidden]
    outputs = [opened.activations[str(bent.name)] for _, bent in hidden]
    back = np.array([np.linalg.norm(opened.slopes[str(dense.name)]) for dense, _ in hidden])
    return Result(
        gradients=np.array([np.linalg.norm(opened.gradients[f"{dense.name}/kernel"]) for dense, _ in hidden]),
        slopes=np.array([np.mean(bent.slope(z, a)) for (_, bent), z, a in zip(hidden, scores, outputs, strict=True)]),
        factors=back[:-1] / back[1:],
    )


def ratio(gradients: Array) -> float:
    """The last hidden layer's gradient over the first one's; infinity where the first has none."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return float(np.nan_to_num(gradients[-1] / gradients[0], nan=np.inf, posinf=np.inf))


@cache
def ten_sigmoids() -> list[float]:
    """The ratios of five networks of ten layers of sigmoids, the least first."""
    return sorted(ratio(way_back(DEEPEST, "sigmoid", 1.0, seed).gradients) for seed in range(SEEDS))


def measured() -> str:
    """The truth of the prediction."""
    least, *_, most = found = ten_sigmoids()
    return say("Measured on five networks: {median:,.0f} times ({least:,.0f} to {most:,.0f}).",
               median=found[SEEDS // 2], least=least, most=most)  # fmt: skip


def thought_behind(answer: str) -> str:
    """Which thought leads to a share of the gradient."""
    thoughts = {
        "same": mark("Each layer passes on what it gets, so it may seem that nothing is lost. But a sigmoid's slope is "
                     "at most 1/4, and the way back multiplies by it once a layer."),
        "ten": mark("Ten layers, ten times: that would be adding. Slopes are multiplied."),
        "thousand": mark("Multiplied, as you said; but a half a layer is too mild. A sigmoid's slope is at most 1/4."),
        "half_million": mark("So it is: a factor of about 4 a layer, nine times in a row."),
    }  # fmt: skip
    return say(thoughts[answer])


class Backward(Explorer):
    """Digits through 2 to 10 hidden layers of 64 units, before training: the size of the gradients, layer by layer."""

    title = mark("The way back through the layers")
    chapter = "02"
    prediction = Prediction(
        mark("Ten hidden layers of 64 sigmoids, usual random weights. How much smaller is the gradient of the first "
             "hidden layer's weights than that of the tenth's?"),
        Choice({"same": mark("about the same"), "ten": mark("about 10 times"), "thousand": mark("about 1,000 times"),
                "half_million": mark("about 500,000 times")}, start="same", label=mark("how much smaller")),
        truth=measured,
        thought=thought_behind,
        opens_at={"depth": DEEPEST, "activation": "sigmoid", "gain": 1.0, "passed": DEEPEST},
    )  # fmt: skip
    depth = Whole(2, DEEPEST, start=DEEPEST, label=mark("hidden layers"))
    activation = Choice(
        {"sigmoid": mark("sigmoid"), "tanh": mark("tanh"), "relu": mark("ReLU")}, start="sigmoid",
        label=mark("activation"),
    )  # fmt: skip
    gain = Log(0.5, 10, start=1, label=mark("first weights, times"))
    passed = Whole(1, DEEPEST, start=DEEPEST, label=mark("layers passed, from the last"), plays=True)
    seed = Whole(0, SEEDS - 1, start=0, label=mark("seed of the weights"))
    goals = (
        Goal(mark("ten layers of sigmoids: the tenth's gradient less than 10 times the first's"),
             lambda result: result.activation == "sigmoid" and result.depth == DEEPEST and result.ratio < 10),
        Goal(mark("ten layers of tanh: the first layer's gradient more than 10 times the tenth's"),
             lambda result: result.activation == "tanh" and result.depth == DEEPEST and result.ratio < 0.1),
    )  # fmt: skip

    def figure(self) -> Figure:
        figure, (bars, factors) = self.panels(380, 2, narrowest=330)
        layers = np.arange(1, DEEPEST + 1)
        bars.set(xlabel=mark("hidden layer"), ylabel=mark("gradient, over the last layer's"), yscale="log",
                 ylim=(FLOOR, CEILING), xlim=(0.4, DEEPEST + 0.6), xticks=layers)  # fmt: skip
        bars.grid(visible=False, axis="x")
        self.bars = [bars.bar(k, 0, bottom=FLOOR, color=self.colours.blue, animated=True)[0] for k in layers]
        factors.set(xlabel=mark("hidden layer"), ylabel=mark("factor"), yscale="log", ylim=(0.005, 20),
                    xlim=(0.4, DEEPEST + 0.6), xticks=layers)  # fmt: skip
        factors.axhline(1, color=self.colours.muted, linewidth=1)
        factors.axhline(0.25, color=self.colours.muted, linestyle=":", linewidth=1.4)
        self.quarter = factors.text(DEEPEST + 0.7, 0.25, "1/4", va="center", color=self.colours.muted, animated=True)
        (self.slopes,) = factors.plot([], [], "o--", color=self.colours.orange, animated=True,
                                      label=mark("mean slope of the bend"))  # fmt: skip
        (self.factors,) = factors.plot([], [], "s-", color=self.colours.purple, animated=True,
                                       label=mark("what the slope is multiplied by"))  # fmt: skip
        factors.legend(loc="lower left", frameon=False, fontsize="small")
        self.axes_bars = bars
        self.covers = [Cover(bars, self.colours), Cover(factors, self.colours)]
        self.ghosts(self.slopes, self.factors)
        return figure

    def compute(self) -> Any:
        found = way_back(self.depth, self.activation, self.gain, self.seed)
        passed = min(self.passed, self.depth)
        return Result(passed=passed, ratio=ratio(found.gradients), **vars(found))

    def draw(self, result: Any) -> None:
        for k, bar in enumerate(self.bars):
            shown = result.depth - result.passed <= k < result.depth
            bar.set_height(max(result.gradients[k] / result.gradients[-1] - FLOOR, 0) if shown else 0)
        behind = np.arange(result.depth - result.passed, result.depth)  # the layers that the slope has come through
        self.slopes.set_data(behind + 1, result.slopes[behind])
        between = behind[behind < result.depth - 1]
        self.factors.set_data(between + 1, result.factors[between])
        for cover in self.covers:
            cover.show(result.asking)
        self.quarter.set_visible(not result.asking)
        limits = ASKED if result.asking else (FLOOR, CEILING)
        if self.axes_bars.get_ylim() != limits:  # a changed limit redraws the whole figure
            self.axes_bars.set_ylim(limits)

    def says(self, result: Any) -> str:
        if result.asking:
            return ""
        if result.passed < result.depth:
            first = result.depth - result.passed
            return say("The slope has come back to hidden layer {layer}: its gradient has length {length:.2g}.",
                       layer=first + 1, length=result.gradients[first])  # fmt: skip
        if not np.isfinite(result.ratio):
            return say("Nothing arrives at the first hidden layer: its gradient is 0.")
        if result.ratio >= 1:
            return say("The gradient of hidden layer {last} is {ratio:,.3g} times as long as that of layer 1.",
                       last=result.depth, ratio=result.ratio)  # fmt: skip
        return say("The gradient of hidden layer 1 is {ratio:,.3g} times as long as that of layer {last}.",
                   last=result.depth, ratio=1 / result.ratio)  # fmt: skip

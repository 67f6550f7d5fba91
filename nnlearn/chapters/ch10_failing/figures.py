"""The figures of chapter 10 that are no explorers: lost gradients, plateaus, losses along two directions."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from nnlearn import plots
from nnlearn.chapters.ch10_failing.deep import WIDTH, network, starts
from nnlearn.data import datasets
from nnlearn.landscape import LossSurface
from nnlearn.landscape_plot import side_by_side
from nnlearn.language import mark, say
from nnlearn.lettering import word
from nnlearn.networks import Network, Sigmoid, mlp
from nnlearn.plots import Figure

DEPTH = 20
GUESS = float(np.log(10))


def kernel_gradients(layers: Network, factor: float) -> Any:
    """The length of the gradient in each hidden kernel before any step, hidden weights times a factor."""
    data = datasets.digits()
    J = layers.on(data.X_train[:256], data.y_train[:256])
    found = J.unpack(J.gradient(starts(layers, 0, [factor])[0]))
    return np.array([np.linalg.norm(found[f"hidden_{k}/kernel"]) for k in range(1, DEPTH + 1)])


def two_ways() -> Figure:
    """Relus of three scales, all layers alike; sigmoids, smaller from layer to layer on the way back."""
    alt = say("Two panels, the gradient's length in each of 20 hidden layers. Left, ReLU: three almost level lines, "
              "at weights of 0.8, 1 and 1.25 times the usual, each about one to three hundred times above the one "
              "before. Right, sigmoid: one steep line, from 3e-13 in the first layer to 0.2 in the last.")  # fmt: skip
    figure, (relus, sigmoids) = plots.new_figure(alt, width=8, height=3, ncols=2)
    layers = np.arange(1, DEPTH + 1)
    for factor, style in ((1.25, "^-"), (1.0, "o-"), (0.8, "s-")):
        relus.plot(layers, kernel_gradients(network(DEPTH), factor), style, markersize=4,
                   label=word("weights times {factor}", factor=f"{factor:g}"))  # fmt: skip
    sigmoids.plot(layers, kernel_gradients(mlp(64, *[WIDTH] * DEPTH, 10, activation=Sigmoid), 1.0), "o-", markersize=4)
    for axes, title in (
        (relus, mark("ReLU: no layer is better off")),
        (sigmoids, mark("sigmoid: the first lose most")),
    ):
        axes.set(yscale="log", xlabel=mark("hidden layer"), ylabel=mark("gradient's length"), xticks=[1, 5, 10, 15, 20])
        axes.set_title(title, fontsize="medium")
    relus.set_ylim(1e-3, 1e5)
    relus.legend(fontsize="small", frameon=False, loc="upper right")
    return figure


def plateaus(stored: Mapping[str, Any]) -> Figure:
    """The loss of networks of one to four layers of sigmoids, step by step."""
    alt = say("The loss over 400 steps, four lines. One hidden layer of sigmoids falls at once, two after some forty "
              "steps, three stay level at 2.3 until about step 210, four for all 400 steps.")  # fmt: skip
    figure, axes = plots.new_figure(alt, width=6, height=3)
    for row, style in zip(stored["plateau"], ("-", "--", "-.", ":"), strict=True):
        steps = 10 * np.arange(len(row["curve"]))
        axes.plot(steps, row["curve"], style, label=word("hidden layers: {depth}", depth=row["depth"]))
    axes.axhline(GUESS, color="0.6", linewidth=1)
    axes.set(xlabel=mark("step"), ylabel=mark("loss, median of five seeds"), ylim=(0, 2.6))
    axes.legend(fontsize="small", frameon=False, loc="center right")
    return figure


def three_places(plateau: LossSurface, saddle: LossSurface, minimum: LossSurface) -> Figure:
    """The loss of one network: around weights that are all 0 along two pairs of directions, and after training."""
    titles = (mark("zeros, two at random"), mark("zeros, extreme curvatures"), mark("learned, two at random"))
    return side_by_side(dict(zip(titles, (plateau, saddle, minimum), strict=True)), highest=4)

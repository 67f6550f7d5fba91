"""The second explorer of chapter 15: a share for each layer, over a map of what each bears alone."""

from functools import lru_cache
from typing import Any

import matplotlib
import numpy as np
from matplotlib.figure import Figure

from nnlearn.chapters.ch15_pruning.digits import LAYERS, misread, sizes, test_images, weights
from nnlearn.compression import masks, pruned
from nnlearn.explorers.controls import Choice, Linear
from nnlearn.explorers.cover import Cover
from nnlearn.explorers.explorer import Explorer
from nnlearn.explorers.goals import Goal
from nnlearn.explorers.prediction import Prediction
from nnlearn.explorers.result import Result
from nnlearn.language import mark, say, together

SHARES = np.arange(0, 1, 0.04)  # of the map
ASKED = 0.7
COLOURS = matplotlib.colormaps["viridis"]
PERCENT = matplotlib.colors.PowerNorm(3, 0, 100)  # most of the map lies above 90
FEW = 200  # weights, of the second goal


@lru_cache(maxsize=512)
def wrong(*shares: float) -> int:
    """The digits misread with these shares of the four layers gone."""
    return misread(pruned(weights(), masks(sizes(), dict(zip(LAYERS, shares, strict=True)))))


@lru_cache(maxsize=8)
def wrong_of_one_cut(share: float) -> int:
    """The digits misread with one cut for the whole network."""
    return misread(pruned(weights(), masks(sizes(), share)))


def accuracy(wrong: Any) -> Any:
    """The share read, of digits misread."""
    return 1 - wrong / len(test_images()[1])


def each_layer_or_the_network() -> str:
    """The truth of the prediction."""
    return say("Measured: {each:.1%} with the smallest of each layer gone, {one:.1%} with the smallest of the network.",
               each=accuracy(wrong(*[ASKED] * 4)), one=accuracy(wrong_of_one_cut(ASKED)))  # fmt: skip


def thought_behind(answer: str) -> str:
    """Which thought leads to an answer of the prediction."""
    thoughts = {
        "each": mark("Equal shares look fair. But 70% of the output layer are 224 weights on which every answer hangs, "
                     "and 70% of the dense layer 11,469 among which many are tiny."),
        "network": "",
        "same": mark("Both delete the same number of weights. But not the same ones: one cut takes hardly anything "
                     "from the two small layers, whose weights are large."),
    }  # fmt: skip
    return say(thoughts[answer]) if thoughts[answer] else ""


class LayerShares(Explorer):
    """Each layer with a share of its own that goes, over a map of what happens to each layer alone."""

    title = mark("Where it hurts")
    chapter = "15"
    prediction = Prediction(
        mark("70% of the weights must go, the smallest. The smallest 70% of each layer, or the smallest 70% of the "
             "whole network, wherever they are: after which does it read more?"),
        Choice({"each": mark("of each layer"), "network": mark("of the whole network"),
                "same": mark("no difference to speak of")}, start="each", label=mark("reads more")),
        truth=each_layer_or_the_network,
        thought=thought_behind,
        opens_at=dict.fromkeys(LAYERS, ASKED),
    )  # fmt: skip
    conv1 = Linear(0, 0.98, start=0, step=0.01, label=LAYERS["conv1"])
    conv2 = Linear(0, 0.98, start=0, step=0.01, label=LAYERS["conv2"])
    dense = Linear(0, 0.98, start=0, step=0.01, label=LAYERS["dense"])
    output = Linear(0, 0.98, start=0, step=0.01, label=LAYERS["output"])
    goals = (
        Goal(mark("at least 70% gone, above 97%"), lambda result: result.gone >= 0.7 and accuracy(result.wrong) > 0.97),
        Goal(mark("at most 200 weights gone, of 21,456, and less than 85% read"),
             lambda result: result.weights_gone <= FEW and accuracy(result.wrong) < 0.85),
    )  # fmt: skip

    def figure(self) -> Figure:
        figure, (plane, bars) = self.panels(300, 2, ratios=(1.7, 1), narrowest=330)
        step = SHARES[1] / 2
        self.image = plane.imshow(np.zeros((4, len(SHARES), 3)), aspect="auto", interpolation="nearest", animated=True,
                                  extent=(-step, SHARES[-1] + step, 3.5, -0.5))  # fmt: skip
        plane.set(xlabel=mark("share of this layer alone that goes"), yticks=range(4))
        plane.set_yticklabels(list(LAYERS))
        plane.grid(visible=False)
        (self.here,) = plane.plot([], [], "o", color=self.colours.orange, markeredgecolor=self.colours.paper,
                                  markersize=9, animated=True)  # fmt: skip
        scale = matplotlib.cm.ScalarMappable(PERCENT, COLOURS)
        figure.colorbar(scale, ax=plane, location="top", label=mark("accuracy (%), the other layers whole"), aspect=40,
                        ticks=(0, 60, 80, 90, 100))  # fmt: skip
        counts = [size.size for size in sizes().values()]
        bars.barh(list(LAYERS), counts, color=self.colours.grid)
        self.left = bars.barh(list(LAYERS), counts, color=self.colours.blue, height=0.45, animated=True)
        bars.invert_yaxis()
        bars.set(xlabel=mark("weights that are left (grey: all)"), xlim=(0, 17_500))
        self.cover = Cover(plane, self.colours)
        return figure

    def compute(self) -> Any:
        shares = [self.conv1, self.conv2, self.dense, self.output]
        counts = np.array([size.size for size in sizes().values()])
        gone = np.array([round(share * count) for share, count in zip(shares, counts, strict=True)])
        result = Result(wrong=wrong(*shares), shares=shares, left=counts - gone, weights_gone=int(gone.sum()),
                        gone=float(gone.sum() / counts.sum()), map=np.full((4, len(SHARES)), np.nan))  # fmt: skip
        yield result
        found = np.full((4, len(SHARES)), np.nan)
        for row in range(0 if self.asking else 4):
            for column, share in enumerate(SHARES):
                found[row, column] = accuracy(wrong(*(float(share) if i == row else 0.0 for i in range(4))))
                if column % 2 == 0:
                    yield result.also(map=found.copy())
        yield result.also(map=found.copy())

    def draw(self, result: Any) -> None:
        self.cover.show(result.asking)
        blank = np.array([*matplotlib.colors.to_rgb(self.colours.grid)])
        self.image.set_data(
            np.where(np.isnan(result.map)[..., np.newaxis], blank, COLOURS(PERCENT(100 * result.map))[..., :3])
        )
        self.here.set_data(result.shares, range(4))
        self.here.set_visible(not result.asking)
        for bar, left in zip(self.left, result.left, strict=True):
            bar.set_width(left)

    def says(self, result: Any) -> str:
        gone = say("{gone:.1%} gone, {count:,} of 21,456 weights.", gone=result.gone, count=result.weights_gone)
        read = say("Accuracy {accuracy:.1%}, {wrong} digits misread.",
                   accuracy=accuracy(result.wrong), wrong=result.wrong)  # fmt: skip
        return together(gone, "" if result.asking else read)
